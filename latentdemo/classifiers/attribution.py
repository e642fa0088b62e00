"""A class's logit taken apart over the places of the last feature maps, as exactly as the network's end allows."""

from typing import NamedTuple

import torch
from numpy import ndarray as Array
from torch import Tensor, nn

from latentdemo.classifiers import tracing
from latentdemo.classifiers.tracing import Traced, layers

MAXIMUM, AVERAGE, OTHER = "maximum", "average", "other"  # how maps become the vector that the last linear layer reads


class Attribution(NamedTuple):
    """What each place of the last maps adds to a logit.

    Attributes:
        values: (H', W') float32, signed, in logits.
        logit: of the class.
        rest: logit less the sum of the values: the last layer's bias, where `end` is a maximum or an average.
        end: MAXIMUM, AVERAGE or OTHER.
        layer: node of the maps.
    """

    values: Array
    logit: float
    rest: float
    end: str
    layer: str


def attribution(traced: Traced, x: Tensor, target: int) -> Attribution:
    """Gradient of the logit times the maps, summed over channels.

    Behind a global maximum or average and a linear layer the logit is linear in what the gradient leaves of the maps,
    so the values add up to the logit less the bias (Euler's theorem for homogeneous functions). Behind a maximum only
    the place of each channel's maximum counts; equal maxima share its part.

    Args:
        traced: a classifier in eval mode.
        x: (1, C, H, W) in [0, 1].
        target: a class.
    """
    layer = [layer for layer in layers(traced) if layer.kind != "pooling"][-1].name
    output = traced.names[traced.nodes[-1].all_input_nodes[0]]
    x = x.detach().clone().requires_grad_(True)  # the weights are frozen: without this nothing would be recorded
    with torch.enable_grad():
        computed = traced.extractor((layer, output))(x)
        logit = computed[output][0, target]
        (gradient,) = torch.autograd.grad(logit, computed[layer])
        values = (gradient * computed[layer]).sum(1)[0].detach()
    total = logit.item()
    return Attribution(values.numpy(), total, total - values.sum().item(), end_of(traced), layer)


def end_of(traced: Traced) -> str:
    """MAXIMUM or AVERAGE if the last linear layer reads each map's maximum or mean, else OTHER."""
    by_name = {name: node for node, name in traced.names.items()}
    node = by_name[tracing.vector_node(traced)]
    while getattr(node.target, "__name__", node.target) == "flatten":
        node = node.all_input_nodes[0]
    module = traced.module(node)
    if isinstance(module, nn.AdaptiveAvgPool2d) and module.output_size in (1, (1, 1)):
        return AVERAGE
    return MAXIMUM if getattr(node.target, "__name__", "") == "amax" else OTHER
