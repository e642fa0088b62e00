"""A code is found for a picture by descent alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from latentdemo.codes import search
from latentdemo.models.parts import Shape


def linear() -> tuple[SimpleNamespace, torch.Tensor]:
    """A decoder whose best code is known by least squares."""
    weight = torch.randn(3, 16, generator=torch.Generator().manual_seed(0))
    return SimpleNamespace(shape=Shape(28, 1, 3), decode=lambda z: 0.5 + 0.1 * (z @ weight).view(-1, 1, 4, 4)), weight


def test_the_nearest_picture_is_found():
    model, weight = linear()
    picture = (np.random.default_rng(0).random((4, 4, 1)) * 40 + 110).astype(np.uint8)
    found = list(search.search(model, picture, seed=0))
    assert [one.step for one in found] == list(range(0, search.STEPS + 1, search.TOLD_EVERY))
    x = torch.from_numpy(picture).float().flatten() / 255
    best = torch.linalg.lstsq(0.1 * weight.T, (x - 0.5)[:, None]).solution[:, 0]
    least = (model.decode(best[None]).flatten() - x).square().mean().item()
    assert found[-1].mse == pytest.approx(least, rel=0.02) and found[0].mse > 2 * least
    np.testing.assert_allclose(found[-1].code, best, atol=0.15)


def test_another_seed_begins_elsewhere():
    model, _ = linear()
    picture = np.full((4, 4, 1), 128, np.uint8)
    first, same, other = (next(search.search(model, picture, seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.code, same.code) and not np.array_equal(first.code, other.code)
