"""What chance does to images: every result is one of those that may come, and all kinds of them come."""

import numpy as np
import pytest
import torch

from latentdemo.pixels import motion
from latentdemo.training import augmenting
from latentdemo.training.augmenting import AUGMENTATIONS, crop_and_flip


@pytest.fixture
def x() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randint(0, 256, (1, 3, 12, 12), dtype=torch.uint8).repeat(64, 1, 1, 1)


def as_bytes(images: torch.Tensor) -> list[bytes]:
    return [bytes(image.contiguous().numpy()) for image in images]


def windows(image: torch.Tensor, mode: str) -> list[torch.Tensor]:
    padded = torch.nn.functional.pad(image[None].float(), (4,) * 4, mode=mode).to(torch.uint8)[0]
    return [padded[:, top : top + 12, left : left + 12] for top in range(9) for left in range(9)]


def test_crops_are_shifts_and_mirrors(x: torch.Tensor):
    allowed = windows(x[0], "reflect")
    found = as_bytes(crop_and_flip(x))
    assert set(found) <= set(as_bytes(torch.stack([*allowed, *(one.flip(2) for one in allowed)])))
    assert len(set(found)) > 20


def test_shifts_bring_zeros_in_and_mirror_nothing(x: torch.Tensor):
    found = as_bytes(augmenting.shift(x))
    assert set(found) <= set(as_bytes(torch.stack(windows(x[0], "constant")))) and len(set(found)) > 20


def test_flips_are_mirrors_of_about_half(x: torch.Tensor):
    found = as_bytes(augmenting.flip(x))
    assert set(found) == set(as_bytes(torch.stack([x[0], x[0].flip(2)])))
    assert 16 < found.count(as_bytes(x)[0]) < 48


def test_rotations_are_those_that_the_app_measures(x: torch.Tensor, monkeypatch: pytest.MonkeyPatch):
    draws = torch.linspace(0, 1, 64)
    monkeypatch.setattr(torch, "rand", lambda n, device: draws)
    turned = augmenting.rotate(x)
    for i in (0, 13, 63):  # 0 and 1 are the limits
        degrees = (2 * float(draws[i]) - 1) * augmenting.MOST_TURNED
        oracle = motion.turn(x[i : i + 1].permute(0, 2, 3, 1).numpy(), degrees)[0].transpose(2, 0, 1)
        np.testing.assert_allclose(turned[i].numpy().astype(int), oracle, atol=1)


def test_types_and_shapes_stay(x: torch.Tensor):
    for change in AUGMENTATIONS.values():
        assert change(x).dtype == torch.uint8 and change(x).shape == x.shape
        assert change(x.float() / 255).dtype == torch.float32
