import threading
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from latentdemo.classifiers import tracing
from latentdemo.classifiers.tracing import Layer, Traced
from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models import Shape, build

NAMES = ["conv1.2", "conv2.2", "pool2", "residual2.conv1.2", "residual2.conv2.2", "residual2.add", "conv3.2", "pool3",
         "residual3.conv1.2", "residual3.conv2.2", "residual3.add"]  # fmt: skip


def resnet() -> nn.Module:
    torch.manual_seed(0)
    return torchvision().models.resnet18(weights=None).eval()


def hooked(model: nn.Module, path: str, x: torch.Tensor) -> torch.Tensor:
    """What a module gives in an ordinary forward pass."""
    kept: list[torch.Tensor] = []
    handle = model.get_submodule(path).register_forward_hook(lambda module, given, out: kept.append(out.clone()))
    with torch.inference_mode():
        model(x)
    handle.remove()
    return kept[0]


def test_layers_are_convolutions_poolings_and_sums_in_order(traced: Traced):
    found = tracing.layers(traced)
    assert [layer.name for layer in found] == NAMES
    assert found[0] == Layer("conv1.2", "conv1.1", "convolution", 3, "conv1.0")
    assert found[2] == Layer("pool2", "pool2", "pooling", 2, "pool2")
    assert found[5] == Layer("residual2.add", "residual2.add", "sum", 0, "")


def test_torchvisions_networks_are_read_too():
    models = torchvision().models
    kinds = [layer.kind for layer in tracing.layers(Traced(models.alexnet(weights=None).eval()))]
    assert kinds.count("convolution") == 5 and kinds.count("pooling") == 3
    kinds = [layer.kind for layer in tracing.layers(Traced(resnet()))]
    assert kinds.count("sum") == 8 and kinds.count("pooling") == 1 and kinds.count("convolution") == 9


def test_activations_are_those_of_an_ordinary_pass(traced: Traced):
    x = torch.rand(2, 3, 40, 48)
    found = tracing.activations(traced, x, NAMES)
    for name in ("conv1.2", "pool2", "residual2.conv1.2", "conv3.2"):
        torch.testing.assert_close(found[name], hooked(traced.model, name, x))
    torch.testing.assert_close(found["residual3.add"], hooked(traced.model, "residual3", x))
    before = tracing.activations(traced, x, ["conv1.1"])["conv1.1"]
    torch.testing.assert_close(before.relu(), found["conv1.2"])
    assert before.min() < 0


def test_probabilities_are_a_softmax(traced: Traced):
    x = torch.rand(3, 3, 32, 32)
    shares = tracing.probabilities(traced.model, x)
    logits = traced.model(x).detach().numpy().astype(float)
    np.testing.assert_allclose(shares, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), rtol=1e-4)


def test_evidence_is_grad_cam(traced: Traced):
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    target = next(i for i in range(10) if tracing.evidence(traced, x, i).max() > 0)
    kept: list[torch.Tensor] = []
    handle = traced.model.residual3.register_forward_hook(lambda module, given, out: kept.append(out))  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
    logits = traced.model(x)
    handle.remove()
    (gradient,) = torch.autograd.grad(logits[0, target], kept[0])
    oracle = torch.relu(torch.einsum("c,chw->hw", gradient[0].mean((1, 2)), kept[0][0])).detach()
    assert oracle.max() > 0
    np.testing.assert_allclose(tracing.evidence(traced, x, target), oracle, rtol=1e-3, atol=1e-3 * float(oracle.max()))


def test_the_vector_is_what_the_last_layer_reads(traced: Traced):
    x = torch.rand(2, 3, 32, 32)
    node = tracing.vector_node(traced)
    oracle = traced.model.features(x)  # pyright: ignore[reportCallIssue]
    torch.testing.assert_close(tracing.activations(traced, x, [node])[node], oracle)
    alexnet = Traced(torchvision().models.alexnet(weights=None).eval())
    node = tracing.vector_node(alexnet)
    assert tracing.activations(alexnet, torch.rand(1, 3, 64, 64), [node])[node].shape == (1, 4096)


def test_looking_into_a_network_leaves_it_alone_while_others_use_it():
    torch.manual_seed(1)
    model = build("cnn", Shape(32, 3, 10)).eval()
    x, before = torch.rand(8, 3, 32, 32), {name: tensor.clone() for name, tensor in model.state_dict().items()}
    oracle = tracing.probabilities(model, x)
    wrong: list[Any] = []
    done = threading.Event()

    def use() -> None:
        while not done.is_set():
            try:
                if np.abs(tracing.probabilities(model, x) - oracle).max() > 1e-5:
                    wrong.append("other answers")
            except Exception as error:
                wrong.append(error)

    others = [threading.Thread(target=use, daemon=True) for _ in range(2)]
    for other in others:
        other.start()
    try:
        for _ in range(8):
            Traced(model).extractor(("conv2.2", "conv3.1"))(x)
    finally:
        done.set()
    for other in others:
        other.join()
    assert not wrong and not model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_nothing_beyond_the_last_node_is_computed(traced: Traced):
    nodes = [str(node.target) for node in traced.extractor(("conv2.2",)).graph.nodes]  # pyright: ignore[reportAttributeAccessIssue, reportGeneralTypeIssues]
    assert "conv2.2" in nodes and "pool2" not in nodes
    with pytest.raises(ValueError, match="at least 8"):
        tracing.activations(traced, torch.rand(1, 3, 4, 4), ["conv1.2"])


def test_kernels_are_the_weights(traced: Traced):
    first, _, pooling = tracing.layers(traced)[:3]
    weights: Any = traced.model.get_submodule("conv1.0")
    np.testing.assert_array_equal(tracing.kernels(traced.model, first), weights.weight.detach())
    assert tracing.kernels(traced.model, pooling) is None


def test_unknown_layers_are_refused(traced: Traced):
    with pytest.raises(ValueError, match="there are conv1"):
        tracing.activations(traced, torch.rand(1, 3, 32, 32), ["conv9"])
