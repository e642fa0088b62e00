"""Noise into codes: against cases where the best guess of the noise is known in closed form."""

from typing import Any

import numpy as np
import pytest
import torch

from latentdemo.codes import diffusion
from latentdemo.models import build
from latentdemo.models.generators.denoiser import STEPS, alpha_bar
from latentdemo.models.parts import Shape

LEFT = alpha_bar().double().numpy()


class Knowing:
    """A denoiser that knows the truth: codes from N(centre, spread²), in units where they are as they are."""

    shape = Shape(28, 1, 2, told=3)

    def __init__(self, centre: float, spread: float) -> None:
        self.centre, self.spread = centre, spread

    def __call__(self, z: torch.Tensor, t: torch.Tensor, told: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        left = torch.from_numpy(LEFT)[t][:, None]
        centre = self.centre + (told * known)[:, :1]
        variance = left * self.spread**2 + 1 - left
        return ((1 - left).sqrt() * (z - left.sqrt() * centre) / variance).float()

    def restore(self, z: torch.Tensor) -> torch.Tensor:
        return z

    def standardise(self, z: torch.Tensor) -> torch.Tensor:
        return z


def drawn(model: Any, n: int = 3000, **settings: Any) -> np.ndarray:
    return diffusion.draw(model, n, 0, **settings)


@pytest.mark.parametrize(("n_steps", "near"), [(STEPS, 0.03), (50, 0.1)])  # large steps cost something
def test_codes_come_out_as_they_are_distributed(n_steps: int, near: float):
    found = drawn(Knowing(2.0, 0.5), n_steps=n_steps)
    assert found.mean() == pytest.approx(2, abs=near) and found.std() == pytest.approx(0.5, abs=near)


@pytest.mark.parametrize("n_steps", [STEPS, 20, 5])
def test_a_world_of_one_point_is_found(n_steps: int):
    np.testing.assert_allclose(drawn(Knowing(-1.5, 0.0), 20, n_steps=n_steps), -1.5, atol=1e-4)


def test_a_walk_tells_every_step_and_ends_without_noise():
    model: Any = Knowing(0, 1)
    for n_steps, wanted in ((STEPS, list(range(STEPS, -1, -1))), (5, [200, 160, 120, 80, 40, 0])):
        assert [left for left, _ in diffusion.walk(model, np.zeros((1, 2)), 0, n_steps)] == wanted
    assert [left for left, _ in diffusion.walk(model, np.zeros((1, 2)), 0, 5, first=100)] == [100, 80, 40, 0]


def test_guidance_is_the_guess_without_plus_so_many_differences():
    model: Any = Knowing(0.0, 1.0)
    z, told = torch.randn(4, 2), diffusion.one_factor(model, 0, 1.5)
    without = diffusion.guess(model, z, 100, None, 1.0)
    with_it = diffusion.guess(model, z, 100, told, 1.0)
    assert not torch.equal(without, with_it)
    for strength in (0.0, 1.0, 3.0):
        found = diffusion.guess(model, z, 100, told, strength)
        torch.testing.assert_close(found, without + strength * (with_it - without), atol=1e-6, rtol=1e-5)


def test_what_is_told_is_what_comes():
    model: Any = Knowing(0.0, 0.3)
    assert drawn(model, 500, told=diffusion.one_factor(model, 0, 2.0)).mean() == pytest.approx(2, abs=0.05)
    kind = diffusion.one_class(model, 1)
    assert kind.values.tolist() == [0, 1, 0] and kind.known.tolist() == [1, 1, 1]


def test_noise_is_added_all_at_once():
    model: Any = Knowing(0.0, 1.0)
    codes = np.random.default_rng(1).standard_normal((6, 2)).astype(np.float32)
    noise = diffusion.noise(model, 6, 4)
    for n_steps in (1, 77, STEPS):
        wanted = np.sqrt(LEFT[n_steps - 1]) * codes + np.sqrt(1 - LEFT[n_steps - 1]) * noise
        np.testing.assert_allclose(diffusion.noised(model, codes, n_steps, 4), wanted, atol=1e-5)
    np.testing.assert_array_equal(diffusion.noised(model, codes, 0, 4), codes)
    with pytest.raises(ValueError, match=r"201 steps of noising; there are 0 … 200"):
        diffusion.noised(model, codes, 201, 4)


def test_codes_come_back_in_the_decoders_units():
    model = build("diffusion", Shape(28, 1, 2, told=3)).eval()
    model.mean.fill_(10.0)
    model.sd.fill_(0.01)
    assert np.abs(diffusion.draw(model, 3, 0, 5) - 10).max() < 1
    assert np.abs(diffusion.noised(model, np.full((1, 2), 10.0), 0, 0)).max() < 1e-5
