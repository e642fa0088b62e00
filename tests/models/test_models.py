import pytest
import torch
from torch import nn

from latentdemo.models import MODELS, Shape, build
from latentdemo.models.learning import Likelihood, factor_terms, label_terms, pixel_terms
from latentdemo.models.losses import kl_to_standard_normal
from latentdemo.models.parts import n_parameters

FACES, DIGITS = Shape(64, 3, 8), Shape(28, 1, 2)


def images(shape: Shape, n: int = 4) -> torch.Tensor:
    return torch.rand(n, shape.channels, shape.image_size, shape.image_size, generator=torch.Generator().manual_seed(n))


@pytest.mark.parametrize("shape", [FACES, DIGITS, Shape(32, 3, 5)])
@pytest.mark.parametrize("kind", ["ae", "vae"])
def test_codes_and_pictures_have_their_shapes(kind: str, shape: Shape):
    model = build(kind, shape).eval()
    x = images(shape)
    mu, logvar = model.encode(x)
    assert mu.shape == (4, shape.latent_dim) and (logvar is None) == (kind == "ae")
    x_hat = model.decode(mu)
    assert x_hat.shape == x.shape and x_hat.min() >= 0 and x_hat.max() <= 1


def test_autoencoder_and_vae_differ_in_the_last_layer_of_the_encoder_alone():
    ae, vae = build("ae", FACES), build("vae", FACES)
    sizes = [{name: tuple(p.shape) for name, p in model.named_parameters()} for model in (ae, vae)]
    different = {name for name in sizes[0] | sizes[1] if sizes[0].get(name) != sizes[1].get(name)}
    last = max(int(name.split(".")[1]) for name in sizes[0] if name.startswith("encoder"))
    assert different == {f"encoder.{last}.weight", f"encoder.{last}.bias"}
    assert n_parameters(vae) - n_parameters(ae) == 8 * (256 + 1)


def test_the_vae_draws_while_training_and_decodes_the_mean_in_eval_mode():
    vae, x = build("vae", DIGITS), images(DIGITS)
    vae.train()
    torch.manual_seed(0)
    first = vae(x).logits
    assert not torch.equal(first, vae(x).logits)
    vae.eval()
    output = vae(x)
    torch.testing.assert_close(output.logits, vae.decode_logits(output.mu))


def test_loss_is_reconstruction_plus_beta_times_kl():
    vae, x = build("vae", DIGITS).eval(), images(DIGITS)
    output, likelihood = vae(x), Likelihood("bernoulli")
    terms = pixel_terms(output, x, likelihood, beta=3.0)
    kl = kl_to_standard_normal(output.mu, output.logvar)
    torch.testing.assert_close(terms["loss"], likelihood.nll(output.logits, x) + 3 * kl)
    plain = pixel_terms(build("ae", DIGITS).eval()(x), x, likelihood, beta=3.0)
    assert set(plain) == {"loss", "reconstruction"} and torch.equal(plain["loss"], plain["reconstruction"])


def test_gradients_reach_every_parameter():
    for kind, shape in (
        ("ae", DIGITS),
        ("vae", FACES),
        ("cnn", Shape(32, 3, 10)),
        ("small-cnn", Shape(28, 1, 10)),
        ("regressor", FACES),
    ):
        model, x = build(kind, shape), images(shape)
        output = model(x)
        if MODELS[kind].learns == "pixels":
            terms = pixel_terms(output, x, Likelihood("gaussian", 0.08), 1.0)
        elif MODELS[kind].learns == "labels":
            terms = label_terms(output, torch.arange(4))
        else:
            terms = factor_terms(output, torch.zeros(4, 8))
        terms["loss"].backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters()), kind


def test_the_perceptron_connects_everything_and_drops_half_while_training():
    model, x = build("mlp", DIGITS).train(), images(DIGITS)
    units = model.features(x)
    assert units.shape == (4, 256) and units.min() == 0 and (units > 0).any()
    torch.testing.assert_close(units, torch.relu(x.flatten(1) @ model.hidden.weight.T + model.hidden.bias))
    torch.manual_seed(0)
    assert not torch.equal(model(x), model(x))
    model.eval()
    assert torch.equal(model(x), model(x)) and n_parameters(build("mlp", Shape(28, 1, 10))) == 203_530


def test_the_decoder_is_built_of_what_a_page_could_run():
    plain = (nn.Linear, nn.SiLU, nn.Unflatten, nn.ConvTranspose2d, nn.BatchNorm2d, nn.Conv2d)
    assert all(isinstance(layer, plain) for layer in build("vae", FACES).decoder)


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (50, 71)])
def test_the_cnn_takes_any_size(size: tuple[int, int]):
    cnn = build("cnn", Shape(32, 3, 10)).eval()
    assert cnn(torch.rand(2, 3, *size)).shape == (2, 10)


def test_the_cnn_sees_shifted_images_alike():
    cnn = build("cnn", Shape(32, 3, 10)).eval()
    x = torch.zeros(1, 3, 64, 64) + 0.45
    shifted = x.clone()
    patch = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(0))
    x[0, :, 20:32, 20:32] = patch
    shifted[0, :, 28:40, 24:36] = patch
    torch.testing.assert_close(cnn(x), cnn(shifted), atol=1e-5, rtol=1e-4)


def test_factors_are_read_in_their_own_units():
    reader = build("regressor", FACES).eval()
    reader.target_mean += 5
    reader.target_sd *= 2
    x = images(FACES)
    torch.testing.assert_close(reader.read(x), reader(x) * 2 + 5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: build("flow", DIGITS), "there are ae, vae"),
        (lambda: Shape(28, 2, 4), "channels is 2"),
        (lambda: Shape(28, 1, 0), "latent_dim is 0"),
        (lambda: build("ae", Shape(30, 1, 4)), "networks for 16, 28, 32, 48, 64"),
        (lambda: build("ae", DIGITS).encode(torch.zeros(1, 3, 28, 28)), r"takes \(B, 1, 28, 28\)"),
        (lambda: build("ae", DIGITS).decode(torch.zeros(1, 3)), r"takes \(B, 2\)"),
        (lambda: build("cnn", Shape(32, 3, 10))(torch.zeros(1, 3, 7, 9)), "at least 8"),
    ],
)
def test_refusals_name_value_and_limit(call, message: str):
    with pytest.raises(ValueError, match=message):
        call()
