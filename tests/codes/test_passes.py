"""One image through one model: every number against numpy, a numerical integral or the network itself."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from latentdemo.codes import latents, passes
from latentdemo.codes.passes import Gauge
from latentdemo.data.faces import weight_map
from latentdemo.models.learning import Likelihood
from latentdemo.pixels.convolution import convolve
from latentdemo.pixels.tensors import as_images, as_tensor
from latentdemo.store.resources import Resources


@pytest.fixture(scope="module", params=["faces-vae", "faces-ae", "mnist-vae-16", "mnist-ae-2"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def done(resources: Resources, name: str) -> passes.Pass:
    return passes.through(resources.model(name), resources.gallery_image(name, 4))


def test_a_pass_is_encode_then_decode(resources: Resources, name: str, done: passes.Pass):
    model = resources.model(name)
    with torch.inference_mode():
        mu, _ = model.encode(as_tensor(done.seen[None]))
        copy = as_images(model.decode(mu))[0]
    np.testing.assert_array_equal(done.x_hat, copy)
    assert done.mse == pytest.approx(((done.seen.astype(float) - copy) ** 2).mean() / 255**2, rel=1e-4)
    assert (done.kl is None) == (done.logvar is None) == ("-ae" in name)


def test_the_kl_of_an_image_is_an_integral(resources: Resources):
    done = passes.through(resources.model("mnist-vae-2"), resources.gallery_image("mnist-vae-2", 4))
    assert done.kl is not None and done.logvar is not None
    for mu, logvar, kl in zip(done.mu, done.logvar, done.kl, strict=True):
        q: Any = stats.norm(mu, np.exp(0.5 * logvar))
        ends = q.ppf([1e-12, 1 - 1e-12])
        oracle, _ = integrate.quad(lambda z, q=q: q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z)), *ends, limit=200)
        assert kl == pytest.approx(oracle, rel=1e-4)


def test_the_layers_are_those_of_the_network(resources: Resources, name: str, done: passes.Pass):
    model = resources.model(name)
    first, last = passes.anatomy(model, done.seen)
    assert len(first) == len(model.encoder) and len(last) == len(model.decoder) + 1
    size = len(done.mu)
    np.testing.assert_allclose(first[-1].values[:size], done.mu, atol=1e-5)  # means come before log variances
    if done.logvar is not None:
        np.testing.assert_allclose(first[-1].values[size:], done.logvar, atol=1e-5)
    np.testing.assert_array_equal(as_images(torch.from_numpy(last[-1].values)[None])[0], done.x_hat)
    assert first[0].name == "Conv2d 4 × 4, stride 2" and last[-1].name == "Sigmoid"
    assert first[0].values.shape == (model.shape.widths[0], *2 * (model.shape.image_size // 2,))


def test_the_loss_is_the_one_that_was_minimised(resources: Resources, name: str, done: passes.Pass):
    card = resources.card(name)
    found = passes.loss(resources.model(name), Likelihood.of(card.dataset), 1.0, done)
    x_hat = np.clip(done_logits(resources, name, done), 1e-7, 1 - 1e-7)
    x = as_tensor(done.seen[None]).numpy().astype(float)
    if card.dataset == "mnist":
        oracle = -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)).sum()
    else:
        oracle = -(stats.norm.logpdf(x, x_hat, np.sqrt(0.08)) * weight_map()).sum()
    assert found.reconstruction == pytest.approx(oracle, rel=1e-4)
    kl = 0.0 if done.kl is None else done.kl.sum()
    assert found.total == pytest.approx(oracle + kl, rel=1e-4) and found.beta == (0.0 if done.kl is None else 1.0)


def done_logits(resources: Resources, name: str, done: passes.Pass) -> np.ndarray:
    with torch.inference_mode():
        return resources.model(name).decode(torch.from_numpy(done.mu[None])).numpy().astype(float)


def test_beta_weighs_the_kl_term(resources: Resources):
    model, likelihood = resources.model("mnist-vae-2"), Likelihood.of("mnist")
    done = passes.through(model, resources.gallery_image("mnist-vae-2", 4))
    light, heavy = (passes.loss(model, likelihood, beta, done) for beta in (1.0, 7.0))
    assert heavy.total == pytest.approx(light.total + 6 * light.kl) and light.kl > 0


def test_detail_is_the_laplacians_energy():
    image = np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8)
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float)
    oracle = (convolve(image / 255, laplacian) ** 2).mean()
    assert passes.detail(image) == pytest.approx(oracle) and passes.detail(np.full_like(image, 9)) == 0
    ramp = np.broadcast_to(np.arange(64, dtype=np.uint8)[:, None, None], (64, 64, 1))
    assert passes.detail(ramp) == 0


def test_the_gauge_counts_test_images(resources: Resources, name: str, done: passes.Pass):
    gallery = resources.gallery(name)
    nearest = latents.nearest_other(gallery.codes)
    member = passes.gauge(gallery, done._replace(mu=gallery.codes[4]))  # in the gallery: not its own neighbour
    assert member.distance == pytest.approx(nearest[4], rel=1e-4)
    away = gallery.codes[4] + 0.3 * gallery.sd
    stranger = passes.gauge(gallery, done._replace(mu=away))
    assert stranger.distance == pytest.approx(np.linalg.norm(gallery.codes - away, axis=1).min(), rel=1e-4)
    for found in (member, stranger):
        assert found.place == pytest.approx(100 * (nearest < found.distance).mean(), abs=1.5)


def test_an_image_of_the_gallery_is_not_its_own_neighbour(resources: Resources):
    gallery = resources.gallery("faces-vae")
    nearest = latents.nearest_other(gallery.codes)
    for i in (0, 11, 200):
        done = passes.through(resources.model("faces-vae"), resources.gallery_image("faces-vae", i))
        assert passes.gauge(gallery, done).distance == pytest.approx(nearest[i], rel=1e-3)


def test_noise_is_foreign_and_test_images_are_not(resources: Resources):
    name = "faces-vae"
    model, gallery = resources.model(name), resources.gallery(name)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    strange = passes.gauge(gallery, passes.through(model, noise))
    assert strange.foreign and strange.error == 100
    usual = [passes.gauge(gallery, passes.through(model, resources.gallery_image(name, i))) for i in range(40)]
    assert sum(found.foreign for found in usual) <= 4
    assert np.mean([found.error for found in usual]) == pytest.approx(50, abs=15)  # percentiles are even
    assert not Gauge(99.0, 1.0, 50.0).foreign and Gauge(99.1, 1.0, 50.0).foreign and Gauge(0.0, 1.0, 99.1).foreign
