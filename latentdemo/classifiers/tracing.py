"""What a trained CNN sees: its layers, their maps and receptive fields, its guesses and where their evidence is."""

import threading
from typing import Any, NamedTuple

import torch
from numpy import ndarray as Array
from torch import Tensor, fx, nn

from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models.protocols import Classifier

RELU = ("relu", "relu_")


class Layer(NamedTuple):
    """A step of a network whose feature maps can be looked at.

    Attributes:
        name: of the node in the traced network; what `activations` takes.
        before: the node in front of its ReLU, with negative values; the same as `name` where there is no ReLU.
        kind: "convolution", "pooling" or "sum" (the end of a residual block).
        kernel: side of its kernel or pooling block, pixels; 0 for a sum.
        module: path of the convolution or pooling in the network; "" for a sum.
    """

    name: str
    before: str
    kind: str
    kernel: int
    module: str


class Traced:
    """A network's graph, its nodes named as torchvision's feature extraction names them.

    torchvision's `create_feature_extractor` would trace again for every choice of nodes, and set the network to
    training while it does: other threads, which share the network, must not see that. So the graph is traced once and
    copied.
    """

    def __init__(self, model: nn.Module) -> None:
        tracer = _tracer()
        self.model, self.graph = model, tracer.trace(model)
        self.nodes = list(self.graph.nodes)
        self.names: dict[fx.Node, str] = dict(tracer.node_to_qualname)
        self._extractors: dict[tuple[str, ...], nn.Module] = {}

    def module(self, node: fx.Node) -> nn.Module | None:
        """The module that a node calls, None if it calls a function."""
        return self.model.get_submodule(str(node.target)) if node.op == "call_module" else None

    def is_relu(self, node: fx.Node) -> bool:
        """Whether a node is a ReLU, called as a module or as a function."""
        return isinstance(self.module(node), nn.ReLU) or getattr(node.target, "__name__", node.target) in RELU

    def extractor(self, names: tuple[str, ...]) -> nn.Module:
        """images -> {name: output} of some nodes, computing nothing beyond the last of them."""
        if names not in self._extractors:
            by_name = {name: node for node, name in self.names.items()}
            unknown = set(names) - set(by_name)
            if unknown:
                known = ", ".join(layer.name for layer in layers(self))
                raise ValueError(f"no layer {', '.join(sorted(unknown))}; there are {known}")
            graph, copies = fx.Graph(), dict[fx.Node, fx.Node]()
            graph.graph_copy(self.graph, copies)
            graph.output({name: copies[by_name[name]] for name in names})
            extractor = fx.GraphModule(self.model, graph)
            extractor.graph.eliminate_dead_code()
            extractor.recompile()
            self._extractors[names] = extractor
        return self._extractors[names]


def input_channels(traced: Traced) -> int:
    """How many channels the network's images have: those of its first convolution."""
    return next(module.in_channels for node in traced.nodes if isinstance(module := traced.module(node), nn.Conv2d))


def _tracer() -> Any:
    """torchvision's tracer, deaf to other threads: while it traces, every module of the process calls it."""

    class ThreadsOwnTracer(torchvision().models.feature_extraction.NodePathTracer):
        thread = threading.get_ident()

        def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
            if threading.get_ident() != self.thread:
                return forward(*args, **kwargs)
            return super().call_module(m, forward, args, kwargs)

        def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
            if threading.get_ident() != self.thread:
                return attr_val
            return super().getattr(attr, attr_val, parameter_proxy_cache)

    return ThreadsOwnTracer()


def layers(traced: Traced) -> list[Layer]:
    """Every convolution, pooling and residual sum, from the input on; a convolution ends behind its ReLU.

    Left out are convolutions without one whose output is only a summand: the sum shows them, and may overwrite them.
    """
    found = []
    for node in traced.nodes:
        module = traced.module(node)
        if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            kind = "convolution" if isinstance(module, nn.Conv2d) else "pooling"
            layer = _layer(traced, node, kind, first(module.kernel_size), str(node.target))
            found += [layer] if layer else []
        elif _is_sum(node):
            layer = _layer(traced, node, "sum", 0, "")
            found += [layer] if layer else []
    return found


def _is_sum(node: fx.Node) -> bool:
    """Two images added, as at the end of a residual block."""
    named = getattr(node.target, "__name__", node.target) in ("add", "iadd", "add_")
    return node.op in ("call_function", "call_method") and named and len(node.all_input_nodes) == 2


def _layer(traced: Traced, node: fx.Node, kind: str, kernel: int, module: str) -> Layer | None:
    """A layer from its first node on, past its normalisation and its ReLU if they follow; None for a mere summand."""
    before = node
    follower = _only_user(node)
    if follower is not None and isinstance(traced.module(follower), nn.BatchNorm2d):
        before, follower = follower, _only_user(follower)
    if follower is not None and _is_sum(follower):
        return None
    end = follower if follower is not None and traced.is_relu(follower) else before
    return Layer(traced.names[end], traced.names[before], kind, kernel, module)


def _only_user(node: fx.Node) -> fx.Node | None:
    return next(iter(node.users)) if len(node.users) == 1 else None


def first(value: int | tuple[int, ...]) -> int:
    """One number of a size that may be given for both axes."""
    return value if isinstance(value, int) else value[0]


@torch.inference_mode()
def activations(traced: Traced, x: Tensor, names: list[str]) -> dict[str, Tensor]:
    """Outputs of some nodes.

    Args:
        traced: a network in eval mode.
        x: (B, C, H, W) in [0, 1].
        names: of layers, or of other nodes.

    Returns:
        name -> (B, W, H', W') maps, unbounded.

    Raises:
        ValueError: a name that the network does not have.
    """
    return traced.extractor(tuple(names))(x)


def kernels(model: nn.Module, layer: Layer) -> Array | None:
    """A convolution's weights, (n_out, n_in, k, k) float32; None for pooling and sums."""
    if layer.kind != "convolution":
        return None
    return model.get_submodule(layer.module).weight.detach().numpy()  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]


@torch.inference_mode()
def probabilities(model: Classifier, x: Tensor) -> Array:
    """Softmax of the logits: (B, C, H, W) in [0, 1] -> (B, n_classes), each row adding up to 1."""
    return torch.softmax(model(x), dim=1).numpy()


def vector_node(traced: Traced) -> str:
    """The node whose output the last linear layer reads: the image as a vector."""
    last = [node for node in traced.nodes if isinstance(traced.module(node), nn.Linear)][-1]
    return traced.names[last.all_input_nodes[0]]


def evidence(traced: Traced, x: Tensor, target: int) -> Array:
    """Where the evidence for a class lies: Grad-CAM on the last layer that is no pooling.

    Args:
        traced: a classifier in eval mode.
        x: (1, C, H, W) in [0, 1].
        target: a class.

    Returns:
        (H', W') float32, not negative, in logits: the maps of the layer, each weighted by the mean over its places of
        the class logit's gradient, summed, and cut off below 0.

    Source:
        Selvaraju et al. 2017 (arXiv:1610.02391), eqs. 1 and 2.
    """
    layer = [layer for layer in layers(traced) if layer.kind != "pooling"][-1].name
    output = traced.names[traced.nodes[-1].all_input_nodes[0]]
    x = x.detach().clone().requires_grad_(True)  # the weights are frozen: without this nothing would be recorded
    with torch.enable_grad():
        found = traced.extractor((layer, output))(x)
        (gradient,) = torch.autograd.grad(found[output][0, target], found[layer])
        weights = gradient.mean(dim=(2, 3), keepdim=True)  # (1, W, 1, 1)
        return (weights * found[layer]).sum(1).relu()[0].detach().numpy()
