"""What a trained CNN sees: feature maps, kernels, receptive fields, guesses."""

from typing import NamedTuple

import torch
from numpy import ndarray as Array
from torch import Tensor, nn

from latentdemo.models.cnn import ConvNet


class ReceptiveField(NamedTuple):
    """The patch of the input that one value of a feature map depends on.

    Attributes:
        size: side of the patch, pixels.
        stride: pixels by which the patch moves from one value to the next.
    """

    size: int
    stride: int


def layers(model: ConvNet) -> list[str]:
    """Names of the stages whose feature maps can be looked at, from the input on."""
    return [name for name, _ in model.named_children() if name != "head"]


@torch.inference_mode()
def activations(model: ConvNet, x: Tensor, names: list[str]) -> dict[str, Tensor]:
    """Feature maps of some stages.

    Args:
        model: in eval mode.
        x: (B, C, H, W) in [0, 1].
        names: from `layers(model)`.

    Returns:
        name -> (B, W, H', W') maps, unbounded.

    Raises:
        ValueError: a name that is no stage.
    """
    unknown = set(names) - set(layers(model))
    if unknown:
        raise ValueError(f"no layer {', '.join(sorted(unknown))}; there are {', '.join(layers(model))}")
    return {name: maps for name, maps in model.stages(x) if name in names}


def receptive_field(model: ConvNet, name: str) -> ReceptiveField:
    """Theoretical receptive field of a stage.

    Source:
        Araujo et al. 2019, "Computing receptive fields of convolutional neural networks", eq. 2: each layer adds
        (k − 1) times the product of the strides before it.
    """
    size, stride = 1, 1
    for stage, module in model.named_children():
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
                size += (_first(layer.kernel_size) - 1) * stride
                stride *= _first(layer.stride)
        if stage == name:
            return ReceptiveField(size, stride)
    raise ValueError(f"no layer {name!r}; there are {', '.join(layers(model))}")


def _first(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]


def kernels(model: ConvNet, name: str) -> Array | None:
    """Weights of a stage's last convolution, (n_out, n_in, 3, 3) float32; None for a stage that has none."""
    convolutions = [layer for layer in getattr(model, name).modules() if isinstance(layer, nn.Conv2d)]
    return convolutions[-1].weight.detach().numpy() if convolutions else None


@torch.inference_mode()
def probabilities(model: ConvNet, x: Tensor) -> Array:
    """Softmax of the logits: (B, C, H, W) in [0, 1] -> (B, n_classes), each row adding up to 1."""
    return torch.softmax(model(x), dim=1).numpy()
