"""How far a value of a feature map can see, and how far it does see."""

from typing import NamedTuple

import torch
from numpy import ndarray as Array
from torch import Tensor, fx, nn

from latentdemo.classifiers.tracing import Traced, first, layers


class Field(NamedTuple):
    """The patch of the input that one value of a feature map depends on.

    Attributes:
        size: side of the patch, pixels.
        stride: pixels by which the patch moves from one value to the next.
        start: left (and upper) end of the first value's patch; below 0 where the padding begins.
    """

    size: int
    stride: int
    start: int

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """top, left, bottom, right (exclusive) of the patch behind a value; may reach beyond the image."""
        top, left = self.start + row * self.stride, self.start + column * self.stride
        return top, left, top + self.size, left + self.size


def receptive_field(traced: Traced, name: str) -> Field:
    """Theoretical receptive field of a node's values.

    Raises:
        ValueError: a name that the network does not have.

    Source:
        Araujo et al. 2019, "Computing receptive fields of convolutional neural networks", eqs. 2 to 5: each layer adds
        (k − 1) times the product of the strides before it; where paths meet, the widest counts.
    """
    fields: dict[fx.Node, Field] = {}
    for node in traced.nodes:
        before = [fields[other] for other in node.all_input_nodes if other in fields] or [Field(1, 1, 0)]
        fields[node] = _advance(traced.module(node), _widest(before))
        if traced.names.get(node) == name:
            return fields[node]
    raise ValueError(f"no layer {str(name)[:40]!r}; there are {', '.join(layer.name for layer in layers(traced))}")


def _widest(fields: list[Field]) -> Field:
    start = min(field.start for field in fields)
    return Field(max(field.start + field.size for field in fields) - start, fields[0].stride, start)


def _advance(module: nn.Module | None, field: Field) -> Field:
    if not isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        return field
    kernel, stride, padding = first(module.kernel_size), first(module.stride), first(module.padding)  # pyright: ignore[reportArgumentType]
    reach = first(getattr(module, "dilation", 1)) * (kernel - 1)
    start = field.start - padding * field.stride
    return Field(field.size + reach * field.stride, field.stride * stride, start)


def effective_field(traced: Traced, x: Tensor, name: str, channel: int, row: int, column: int) -> Array:
    """How much each pixel of this image moves one value of a feature map.

    Args:
        traced: a network in eval mode.
        x: (1, C, H, W) in [0, 1].
        name: of a node.
        channel, row, column: which value of its maps.

    Returns:
        (H, W) float32: the magnitude of the value's gradient, summed over the image's channels.

    Source:
        Luo et al. 2016 (arXiv:1701.04128), section 2, for one image instead of a mean over many.
    """
    x = x.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        value = traced.extractor((name,))(x)[name][0, channel, row, column]
        (gradient,) = torch.autograd.grad(value, x)
    return gradient[0].abs().sum(0).numpy()


def central_side(gradient: Array, box: tuple[int, int, int, int], share: float = 0.95) -> int:
    """Side of the smallest square in the middle of a receptive field that holds a share of the magnitudes in it.

    Args:
        gradient: (H, W) magnitudes, 0 outside the field.
        box: top, left, bottom, right of the field; may reach beyond the image.
        share: of the sum over the field.

    Returns:
        Pixels; odd or even as the field's own side, which is the largest possible.
    """
    total = float(gradient.sum())
    for margin in range((box[2] - box[0] - 1) // 2, 0, -1):
        top, left, bottom, right = box[0] + margin, box[1] + margin, box[2] - margin, box[3] - margin
        if gradient[max(0, top) : max(0, bottom), max(0, left) : max(0, right)].sum() >= share * total:
            return bottom - top
    return box[2] - box[0]
