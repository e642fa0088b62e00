"""An autoencoder in, its weights as the page's engine reads them out: steps, and half-precision numbers.

A file is four bytes with the length of a head, the head, and the numbers. The head is JSON: the model's facts, and for
"encoder" and "decoder" a list of steps. Images and maps are laid out row by row, pixel by pixel, channels last, so that
every filter is a few stretches of numbers that lie behind each other in the map that it is laid on:

    dense   n_in numbers -> n_out: filters (n_out, n_in'), n_in' is n_in filled up with zeros to a multiple of 4
    down    4×4 convolution of stride 2 with a border of 1: filters (n_out, 4, 4 · n_in), `side` pixels come out
    up      4×4 transposed convolution of stride 2: it is four 2×2 convolutions, one for each pixel of a block of 2×2,
            filters (4, n_out, 2, 2 · n_in)
    smooth  3×3 convolution with a border of 1: filters (n_out, 3, 3 · n_in)

What the decoder takes is `latent_dim` numbers; with `given`, they are a map of so many pixels a side and channels.
There are no steps of an encoder where a network has none.

The biases (n_out) follow the filters. Batch normalisations are folded into both (Jacob et al. 2018, arXiv:1712.05877,
section 3.2). Where `silu`, x · sigmoid(x) is applied to what comes out.
"""

import json
import struct
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from latentdemo.models.parts import Shape
from latentdemo.models.protocols import LayeredDecoder

LAYOUT = 2  # another one for every change of what is described above
LANES = 4  # floats that the engine reads at once
TAPS = (
    (3, 1),
    (2, 0),
)  # rows of a transposed 4×4 kernel that meet an even, and an odd row of the result, upper one first


BETWEEN = (nn.BatchNorm2d, nn.SiLU, nn.Flatten, nn.Unflatten)  # parts of the steps before or behind them


class Step(NamedTuple):
    """One step of a network: what the engine is told, its filters and its biases."""

    facts: dict[str, Any]
    filters: Tensor
    bias: Tensor


def pack(model: LayeredDecoder, shape: Shape, regularised: bool) -> bytes:
    """A trained model as a file for the engine.

    Args:
        model: in eval mode, of the layers that `parts.encoder` and `parts.decoder` are built of; `encoder` may lack.
        shape: what it was built from.
        regularised: whether its encoder gives log variances behind the means.

    Raises:
        ValueError: a layer that the engine has no step for, or a number that half precision cannot hold.
    """
    encoder = getattr(model, "encoder", nn.Sequential())
    first = shape.grid if shape.entries else shape.smallest
    networks = {"encoder": _steps(encoder, shape.image_size), "decoder": _steps(model.decoder, first)}
    facts = {name: [step.facts for step in steps] for name, steps in networks.items()}
    head: dict[str, Any] = {"side": shape.image_size, "channels": shape.channels, "latent_dim": shape.code_size}
    head["given"] = {"side": shape.grid, "channels": shape.latent_dim, "border": 1} if shape.entries else None
    text = json.dumps({**head, "regularised": regularised, **facts}).encode()
    text += b" " * (len(text) % 2)  # the numbers begin at an even byte
    parts = [part for steps in networks.values() for step in steps for part in (step.filters, step.bias)]
    numbers = torch.cat([part.flatten() for part in parts]).numpy()
    if not np.abs(numbers).max() < np.finfo(np.float16).max:
        raise ValueError(f"a weight of {np.abs(numbers).max():g} is beyond what half precision holds")
    return struct.pack("<I", len(text)) + text + numbers.astype("<f2").tobytes()


@torch.no_grad()
def _steps(network: nn.Sequential, side: int) -> list[Step]:
    """The steps of a network whose images, or whose first maps, have so many pixels a side."""
    layers, steps = list(network), []
    for i, layer in enumerate(layers):
        if isinstance(layer, BETWEEN):
            continue
        before, after = layers[i - 1] if i else None, layers[i + 1 :]
        behind = [one for one in after[:2] if isinstance(one, nn.BatchNorm2d | nn.SiLU)]
        norm = behind[0] if behind and isinstance(behind[0], nn.BatchNorm2d) else None
        silu = bool(behind) and isinstance(behind[-1], nn.SiLU) and after[len(behind) - 1] is behind[-1]
        match layer:
            case nn.Linear():
                read = (steps[-1].bias.numel(), side * side) if isinstance(before, nn.Flatten) else None
                made = tuple(after[0].unflattened_size) if after and isinstance(after[0], nn.Unflatten) else None
                filters, bias = _dense(layer, read, made)
                op, n_in = "dense", layer.in_features
            case nn.Conv2d(kernel_size=(4, 4), stride=(2, 2), padding=(1, 1)):
                side //= 2
                filters, bias = _folded(layer.weight, layer.bias, norm)
                op, n_in, filters = "down", layer.in_channels, filters.permute(0, 2, 3, 1)
            case nn.ConvTranspose2d(kernel_size=(4, 4), stride=(2, 2), padding=(1, 1)):
                side *= 2
                filters, bias = _folded(layer.weight.transpose(0, 1), layer.bias, norm)
                op, n_in, filters = "up", layer.in_channels, _phases(filters)
            case nn.Conv2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1)):
                filters, bias = _folded(layer.weight, layer.bias, norm)
                op, n_in, filters = "smooth", layer.in_channels, filters.permute(0, 2, 3, 1)
            case _:
                raise ValueError(f"the engine has no step for {layer}")
        facts = {"op": op, "n_in": n_in, "n_out": bias.numel(), "side": side, "silu": silu}
        steps.append(Step(facts, filters, bias))
    return steps


def _folded(weight: Tensor, bias: Tensor | None, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """Filters (n_out, …) and biases (n_out) that do what a convolution and the normalisation behind it do."""
    weight, bias = weight.double(), torch.zeros(len(weight)).double() if bias is None else bias.double()
    if norm is None:
        return weight, bias
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None and variance is not None  # the default
    scale = norm.weight.double() / torch.sqrt(variance.double() + norm.eps)
    return weight * scale.view(-1, 1, 1, 1), (bias - mean.double()) * scale + norm.bias.double()


def _dense(layer: nn.Linear, read: tuple[int, int] | None, made: tuple[int, ...] | None) -> tuple[Tensor, Tensor]:
    """Filters (n_out, n_in') and biases of a linear layer; maps that it reads (C, S²) or makes (C, S, S): C last."""
    weight, bias = layer.weight.double(), layer.bias.double()
    if read is not None:
        weight = weight.view(-1, *read).transpose(1, 2).flatten(1)
    if made is not None:
        weight = weight.view(made[0], -1, layer.in_features).transpose(0, 1).flatten(0, 1)
        bias = bias.view(made[0], -1).T.flatten()
    return nn.functional.pad(weight, (0, -layer.in_features % LANES)), bias


def _phases(weight: Tensor) -> Tensor:
    """A transposed 4×4 kernel (n_out, n_in, 4, 4) as one of 2×2 for each pixel of a block: (4, n_out, 2, 2, n_in)."""
    return torch.stack([weight[:, :, down][..., right].permute(0, 2, 3, 1) for down in TAPS for right in TAPS])
