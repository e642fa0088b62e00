import copy

import numpy as np
import pytest
import torch

from latentdemo import features
from latentdemo.models import Shape, build
from latentdemo.vision import torchvision

NAMES = ["conv1", "conv2", "pool2", "residual2", "conv3", "pool3", "residual3"]


@pytest.fixture(scope="module")
def cnn():
    torch.manual_seed(0)
    return build("cnn", Shape(32, 3, 10)).eval()


def test_activations_equal_torchvisions(cnn):
    x = torch.rand(2, 3, 40, 48)
    assert features.layers(cnn) == NAMES
    extractor = torchvision().models.feature_extraction.create_feature_extractor(
        Traceable(cnn).eval(), [f"cnn.{n}" for n in NAMES]
    )
    oracle = extractor(x)
    for name, maps in features.activations(cnn, x, NAMES).items():
        torch.testing.assert_close(maps, oracle[f"cnn.{name}"])


class Traceable(torch.nn.Module):
    """The network's stages one after another, without the checks that a tracer cannot follow."""

    def __init__(self, cnn) -> None:
        super().__init__()
        self.cnn = torch.nn.Sequential(*[])
        for name in NAMES:
            self.cnn.add_module(name, getattr(cnn, name))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.cnn((x - 0.45) / 0.25)


@pytest.mark.parametrize(("name", "size", "stride"), [("conv1", 3, 1), ("pool2", 6, 2), ("residual3", 36, 4)])
def test_receptive_field_by_hand(cnn, name: str, size: int, stride: int):
    assert features.receptive_field(cnn, name) == (size, stride)


@pytest.mark.parametrize("name", NAMES)
def test_receptive_field_equals_the_pixels_that_matter(cnn, name: str):
    precise = copy.deepcopy(cnn).double()  # in float32 fast convolutions leave traces of 1e-9 everywhere
    x = torch.rand(1, 3, 80, 80, dtype=torch.double, requires_grad=True)
    maps = dict(precise.stages(x))[name]
    middle = maps.shape[-1] // 2
    (gradient,) = torch.autograd.grad(maps[0, :, middle, middle].sum(), x)
    touched = torch.nonzero(gradient[0].abs().sum(0))
    extent = touched.amax(0) - touched.amin(0) + 1
    assert extent.tolist() == [features.receptive_field(cnn, name).size] * 2


def test_probabilities_are_a_softmax(cnn):
    x = torch.rand(3, 3, 32, 32)
    shares = features.probabilities(cnn, x)
    logits = cnn(x).detach().numpy().astype(float)
    np.testing.assert_allclose(shares, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), rtol=1e-4)


def test_kernels_are_the_weights(cnn):
    np.testing.assert_array_equal(features.kernels(cnn, "conv1"), cnn.conv1[0].weight.detach())
    assert features.kernels(cnn, "pool2") is None


def test_unknown_layers_are_refused(cnn):
    with pytest.raises(ValueError, match="there are conv1"):
        features.activations(cnn, torch.rand(1, 3, 32, 32), ["conv9"])
    with pytest.raises(ValueError, match="there are conv1"):
        features.receptive_field(cnn, "conv9")
