"""What is shown as evidence adds up to the logit that the network computes."""

from typing import Any

import pytest
import torch
from torch import nn

from latentdemo.classifiers.attribution import AVERAGE, MAXIMUM, OTHER, attribution, end_of
from latentdemo.classifiers.tracing import Traced
from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models.cnn import ConvNet
from latentdemo.models.parts import Shape
from latentdemo.store.resources import Resources

X = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


class Averaging(nn.Module):
    """Two convolutions, a global average, a linear layer with a bias."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 6, 3), nn.ReLU())
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(6, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(torch.flatten(self.avgpool(self.body(x)), 1))


def maps_of(model: Any, x: torch.Tensor) -> torch.Tensor:
    kept: list[torch.Tensor] = []
    handle = model.residual3.register_forward_hook(lambda module, given, out: kept.append(out))
    with torch.inference_mode():
        model(x)
    handle.remove()
    return kept[0][0]


def test_behind_a_maximum_the_places_of_the_maxima_add_up_to_the_logit(resources: Resources):
    network = resources.classifier("cifar10-cnn")
    model: Any = network.model
    maps = maps_of(model, X)
    with torch.inference_mode():
        logits = model(X)[0]
    top = maps.flatten(1).argmax(1)
    for target in range(10):
        found = attribution(network.traced, X, target)
        oracle = torch.zeros(maps[0].numel())
        oracle.index_add_(0, top, model.head.weight[target].detach() * maps.amax((1, 2)) * 0.125)
        torch.testing.assert_close(torch.from_numpy(found.values).flatten(), oracle, rtol=1e-4, atol=1e-5)
        assert found.values.sum() == pytest.approx(float(logits[target]), abs=1e-4)
        assert found.end == MAXIMUM and found.rest == pytest.approx(0, abs=1e-4)


def test_equal_maxima_share_their_part():
    torch.manual_seed(0)
    model = ConvNet(Shape(32, 3, 4)).eval()
    found = attribution(Traced(model), torch.full((1, 3, 32, 32), 0.5), 1)
    assert found.values.sum() == pytest.approx(found.logit, abs=1e-5)


def test_behind_an_average_all_places_add_up_to_the_logit_less_the_bias():
    torch.manual_seed(0)
    model = Averaging().eval()
    maps = model.body(X)[0]
    found = attribution(Traced(model), X, 2)
    oracle = torch.einsum("c,chw->hw", model.fc.weight[2], maps) / maps[0].numel()
    torch.testing.assert_close(torch.from_numpy(found.values), oracle.detach(), rtol=1e-4, atol=1e-6)
    assert found.end == AVERAGE and found.rest == pytest.approx(model.fc.bias[2].item(), abs=1e-5)


@pytest.mark.parametrize(("name", "end"), [("resnet18", AVERAGE), ("alexnet", OTHER), ("vgg16", OTHER)])
def test_the_large_networks_ends_are_known(name: str, end: str):
    with torch.device("meta"):
        model = getattr(torchvision().models, name)().eval()
    assert end_of(Traced(model)) == end
