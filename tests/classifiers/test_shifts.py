import numpy as np
import torch
from torch import nn

from latentdemo.classifiers import shifts
from latentdemo.pixels import motion


class LeftHalf(nn.Module):
    """Class 1 if more than half of the light is in the left half."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        left = x[..., : x.shape[-1] // 2].sum((1, 2, 3)) / x.sum((1, 2, 3)).clamp_min(1e-9)
        return torch.stack((0.5 - left, left - 0.5), 1) * 10


def test_accuracy_and_ink_by_hand():
    images = np.zeros((2, 4, 8, 1), np.uint8)
    images[0, :, 3], images[1, :, 6] = 200, 100  # the first is left, the second right
    labels = np.array([1, 0])
    curve = shifts.accuracy_curve(LeftHalf(), images, labels, reach=3)
    assert curve.tolist() == [0.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    ink = shifts.ink_curve(images, reach=3)
    np.testing.assert_allclose(ink, [1, 1, 1, 1, 1, 2 / 3, 2 / 3], rtol=1e-6)
    np.testing.assert_allclose(shifts.ink_curve(images, reach=5)[[0, -1]], [1 / 3, 0], atol=1e-6)


def test_black_images_have_no_ink():
    assert shifts.ink_curve(np.zeros((2, 4, 8, 1), np.uint8), reach=1).tolist() == [0, 0, 0]


def test_answers_at_every_shift_are_in_reading_order():
    image = np.zeros((5, 8, 1), np.uint8)
    image[2, 3] = 255
    found = shifts.everywhere(LeftHalf(), image, reach=1)
    assert found.shape == (9, 2) and (found.argmax(1) == [1, 1, 0] * 3).all()
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-6)


def test_accuracies_after_turning_and_mirroring_by_hand():
    images = np.zeros((2, 9, 9, 1), np.uint8)
    images[0, :, 1], images[1, :, 7] = 200, 200  # bars left and right
    labels = np.array([1, 0])
    found = shifts.accuracies(LeftHalf(), images, labels, [motion.mirror, lambda some: some])
    assert found.tolist() == [0, 1]
    curve = shifts.turn_curve(LeftHalf(), images, labels)
    assert len(curve) == len(shifts.TURNS) == 13 and curve[6] == 1 and shifts.TURNS[6] == 0
    assert shifts.TURNS[0] == -45 and shifts.TURNS[-1] == 45
