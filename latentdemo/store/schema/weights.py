"""A safetensors file comes in; ValueError unless it holds finite weights of one model, with its names and shapes."""

from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from latentdemo.models import Shape, build


def check_weights(kind: str, shape: Shape, path: Path) -> None:
    """Compare a file with the model that it is for: names and shapes first, then types and values.

    Args:
        kind: key of MODELS.
        shape: of the model.
        path: of the safetensors file.

    Raises:
        ValueError: names the first weight that does not fit.
    """
    with torch.device("meta"):  # shapes alone, whatever their size
        expected: dict[str, Tensor] = build(kind, shape).state_dict()
    with safe_open(path, "pt") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118  (no iterator)
        for name in sorted(expected.keys() | shapes.keys()):
            wanted = list(expected[name].shape) if name in expected else None
            if wanted != shapes.get(name):
                raise ValueError(f"weights {name[:60]!r} have shape {shapes.get(name)}; expected {wanted}")
        for name in expected:
            _check_values(name, expected[name], file.get_tensor(name))


def _check_values(name: str, expected: Tensor, tensor: Tensor) -> None:
    if tensor.is_floating_point() != expected.is_floating_point() or tensor.is_complex():
        raise ValueError(f"weights {name[:60]!r} are {tensor.dtype}; expected {expected.dtype}")
    total = tensor.sum(dtype=torch.float32)  # NaN and infinity survive a sum, which is faster than isfinite
    if not torch.isfinite(total):
        raise ValueError(f"weights {name[:60]!r} contain NaN, infinity or numbers beyond float32")
    if name.endswith("running_var") and tensor.numel() and tensor.amin() < 0:
        raise ValueError(f"weights {name[:60]!r} contain a negative variance")
