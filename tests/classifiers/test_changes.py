import pytest
import torch

from latentdemo.classifiers import changes
from latentdemo.classifiers.pretrained import Network, open_up
from latentdemo.models import Shape, build
from latentdemo.models.cnn import SMALLEST_SIDE


def opened(kind: str = "small-cnn", scale: float = 1.0) -> Network:
    torch.manual_seed(0)
    model = build(kind, Shape(32, 3, 10))
    with torch.no_grad():
        model.conv2[0].weight *= scale
    return open_up(kind, model, tuple("0123456789"), 32, SMALLEST_SIDE)


def test_a_layer_whose_weights_are_halved_went_half_its_length():
    found = changes.moved(opened(), opened(scale=0.5))
    assert [one.share for one in found] == pytest.approx([0, 0.5, 0, 0, 0, 0, 0])
    assert [one.layer for one in found] == [i for i, layer in enumerate(opened().layers) if layer.kind == "convolution"]


def test_networks_of_two_kinds_are_refused():
    with pytest.raises(ValueError, match="not of one kind"):
        changes.moved(opened(), opened("cnn"))
