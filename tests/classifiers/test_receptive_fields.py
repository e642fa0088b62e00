import copy

import numpy as np
import pytest
import torch

from latentdemo.classifiers import tracing
from latentdemo.classifiers.receptive_fields import Field, central_side, effective_field, receptive_field
from latentdemo.classifiers.tracing import Traced
from latentdemo.data.torchvision_shim import torchvision
from tests.classifiers.test_tracing import NAMES, resnet


@pytest.mark.parametrize(
    ("name", "field"), [("conv1.2", (3, 1, -1)), ("pool2", (6, 2, -2)), ("residual3.add", (36, 4, -16))]
)
def test_receptive_field_by_hand(traced: Traced, name: str, field: tuple[int, int, int]):
    assert receptive_field(traced, name) == field


def test_receptive_fields_of_the_classics_are_the_published_ones():
    models = torchvision().models
    alexnet = Traced(models.alexnet(weights=None).eval())
    assert receptive_field(alexnet, "features.12").size == 195
    assert receptive_field(Traced(resnet()), "layer4.1.relu_1").size == 435


@pytest.mark.parametrize("name", NAMES)
def test_receptive_field_equals_the_pixels_that_matter(traced: Traced, name: str):
    precise = Traced(copy.deepcopy(traced.model).double())  # in float32 fast convolutions leave traces of 1e-9
    x = torch.rand(1, 3, 80, 80, dtype=torch.double)
    maps = tracing.activations(precise, x, [name])[name]
    row = maps.shape[-1] // 2
    box = receptive_field(precise, name).box(row, row)
    for pixel, matters in ((box[0] - 1, False), (box[0], True), (box[2] - 1, True), (box[2], False)):
        changed = x.clone()
        changed[:, :, pixel, :] += torch.linspace(1, 3, 80, dtype=torch.double)
        moved = tracing.activations(precise, changed, [name])[name][0, :, row, row]
        assert bool((moved - maps[0, :, row, row]).abs().max() > 1e-12) == matters, (name, pixel)


def test_a_field_knows_its_place():
    assert Field(6, 2, -2).box(0, 3) == (-2, 4, 4, 10)


def test_the_effective_field_is_the_gradient(traced: Traced):
    precise = Traced(copy.deepcopy(traced.model).double())
    x = torch.rand(1, 3, 32, 32, dtype=torch.double)
    found = effective_field(precise, x, "conv2.1", 5, 16, 16)
    value = lambda image: tracing.activations(precise, image, ["conv2.1"])["conv2.1"][0, 5, 16, 16]  # noqa: E731
    slopes = torch.zeros(3)
    for c in range(3):
        moved = x.clone()
        moved[0, c, 15, 17] += 1e-6
        slopes[c] = (value(moved) - value(x)) / 1e-6
    assert found[15, 17] == pytest.approx(float(slopes.abs().sum()), rel=1e-4)
    box = receptive_field(precise, "conv2.1").box(16, 16)
    outside = found.copy()
    outside[box[0] : box[2], box[1] : box[3]] = 0
    assert outside.max() == 0


def test_the_square_that_holds_most():
    gradient = np.zeros((9, 9))
    gradient[4, 4], gradient[2, 4] = 94, 6
    assert central_side(gradient, (1, 1, 8, 8)) == 5 and central_side(gradient, (1, 1, 8, 8), 0.9) == 1
    assert central_side(np.ones((9, 9)), (0, 0, 6, 6)) == 6  # never more than the field
    beyond = np.zeros((9, 9))
    beyond[0, 0] = 1
    assert central_side(beyond, (-3, -3, 4, 4)) == 1  # the middle of the field is the image's corner


class Forked(torch.nn.Module):
    """A dilated convolution beside one of a smaller reach, added; then one of stride 2."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = torch.nn.Conv2d(3, 4, 3, dilation=3, padding=3)
        self.near = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.pairs = torch.nn.Conv2d(4, 4, 2, stride=2)
        self.last = torch.nn.Conv2d(4, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.pairs(self.near(x) + self.wide(x)))


def test_dilation_and_the_wider_of_two_paths_count():
    model: torch.nn.Module = Forked().eval()
    traced = Traced(model)
    assert receptive_field(traced, "wide") == (7, 1, -3) and receptive_field(traced, "add") == (7, 1, -3)
    assert receptive_field(traced, "pairs") == (8, 2, -3) and receptive_field(traced, "last") == (12, 2, -3)


def test_unknown_layers_are_refused(traced: Traced):
    with pytest.raises(ValueError, match="there are conv1"):
        receptive_field(traced, "conv9")
