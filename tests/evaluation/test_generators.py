"""What is measured of generators, against closed forms."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from latentdemo.codes import diffusion, sampling
from latentdemo.evaluation import generators
from latentdemo.models import build
from latentdemo.models.parts import Shape

GRIDS = Shape(28, 1, 4, entries=8)


def test_bits_of_a_prior_that_knows_nothing_are_those_of_the_entries():
    grids = np.random.default_rng(0).integers(0, 8, (5, 7, 7))
    assert generators.prior_bits(lambda g: torch.zeros(len(g), 49, 8), grids) == pytest.approx(49 * 3)
    sure = lambda g: torch.nn.functional.one_hot(g.flatten(1), 8) * 1e3  # noqa: E731
    assert generators.prior_bits(sure, grids) == pytest.approx(0, abs=1e-6)


def test_a_grids_metrics_are_those_of_its_images():
    model = build("vqvae", GRIDS).eval()
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), dtype=np.uint8)
    test = SimpleNamespace(images=images)
    found = generators.grid_metrics(model, test)  # type: ignore[arg-type]
    x = torch.from_numpy(images).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        grids = model.indices(x)
        x_hat = model.decode_indices(grids)
    assert found["mse"] == pytest.approx((x - x_hat).square().mean().item(), rel=1e-4)
    share = np.bincount(grids.flatten().numpy(), minlength=8) / grids.numel()
    entropy = -sum(p * math.log(p) for p in share if p)
    assert found["perplexity"] == pytest.approx(math.exp(entropy), rel=1e-5) and found["bits"] == 49 * 3
    np.testing.assert_array_equal(generators.usage(grids.numpy(), 8), share * grids.numel())


def test_classes_are_counted_by_the_largest_logit():
    images = np.zeros((7, 28, 28, 1), np.uint8)
    images[:3] = 255
    judge = lambda x: torch.stack([1 - x.mean((1, 2, 3)), x.mean((1, 2, 3)), x.mean((1, 2, 3)) - 2], 1)  # noqa: E731
    assert generators.class_counts(judge, images).tolist() == [4, 3, 0]


@pytest.mark.slow
def test_a_cloud_is_the_walk_at_every_eighth_step(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(generators, "N_CLOUD", 20)
    torch.manual_seed(0)
    model = build("diffusion", Shape(28, 1, 2, told=3)).eval()
    found = generators.cloud(model)
    way = dict(diffusion.walk(model, diffusion.noise(model, 20, 0), 0))
    assert found["cloud_steps"].tolist() == list(range(200, -1, -8))
    for left, codes in zip(found["cloud_steps"], found["cloud"], strict=True):
        np.testing.assert_allclose(codes, way[int(left)], atol=2e-2, rtol=2e-3)


def test_every_kind_of_generator_draws_images_and_others_refuse():
    shape = Shape(28, 1, 2)
    vae, book = build("vae", shape).eval(), build("vqvae", GRIDS).eval()
    for kind, model, of in (
        ("gan", build("gan", shape).eval(), None),
        ("diffusion", build("diffusion", Shape(28, 1, 2, told=3)).eval(), vae),
        ("transformer", build("transformer", GRIDS).eval(), book),
    ):
        first, same, other = (sampling.sample(kind, model, of, 3, seed) for seed in (0, 0, 1))
        assert first.shape == (3, 28, 28, 1) and first.dtype == np.uint8
        assert np.array_equal(first, same) and not np.array_equal(first, other)
    with pytest.raises(ValueError, match="vqvae draws no images; diffusion, gan, transformer do"):
        sampling.sample("vqvae", book, None, 3, 0)
