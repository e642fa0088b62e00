"""A checkpoint comes in, its encoder and decoder go out as ONNX, checked: python -m latentdemo.export NAME."""

import argparse
import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latentdemo.models import MODELS
from latentdemo.store import checkpoints

OPSET = 18
FEW = 2  # images to trace with; any number goes through afterwards


class _Encoder(nn.Module):
    """Images to what the file gives."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Any:
        mu, logvar = self.model.encode(x)
        return mu if logvar is None else (mu, logvar)


class _Decoder(nn.Module):
    """Codes to images."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        return self.model.decode(z)


def export(name: str, out: Path, folder: Path = checkpoints.FOLDER) -> tuple[Path, Path]:
    """Write NAME-encoder.onnx and NAME-decoder.onnx.

    The encoder takes "image" (N, C, S, S) float32 in [0, 1] and gives "mu" (N, D), a VAE's also "logvar" (N, D); the
    decoder takes "z" (N, D) and gives "image". N is free.

    Args:
        name: of an autoencoder's checkpoint.
        out: the folder to write into; made if it is not there.
        folder: where checkpoints lie.

    Raises:
        ValueError: no such autoencoder, or the package onnx is not installed.
    """
    if name not in checkpoints.names(folder):
        raise ValueError(f"no checkpoint {name!r} in {folder}; there are {', '.join(checkpoints.names(folder))}")
    card = checkpoints.verify(name, folder)
    if MODELS[card.kind].learns != "pixels":
        raise ValueError(f"{name} is no autoencoder; it has no encoder and decoder to write")
    model, shape = checkpoints.load(name, folder), card.shape
    images = torch.rand(FEW, shape.channels, shape.image_size, shape.image_size)
    codes = torch.zeros(FEW, shape.latent_dim)
    with torch.no_grad():
        given = ["mu"] if model.encode(images)[1] is None else ["mu", "logvar"]
    out.mkdir(parents=True, exist_ok=True)
    paths = out / f"{name}-encoder.onnx", out / f"{name}-decoder.onnx"
    _write(_Encoder(model), images, "image", given, paths[0])
    _write(_Decoder(model), codes, "z", ["image"], paths[1])
    return paths


def _write(network: nn.Module, example: Tensor, taken: str, given: list[str], path: Path) -> None:
    try:
        import onnx  # noqa: F401  (torch needs it, and says so in a traceback)
    except ImportError:
        raise ValueError("writing ONNX needs a package more; run: pip install onnx") from None
    free = {name: {0: "N"} for name in (taken, *given)}
    with warnings.catch_warnings():  # the other exporter needs one package more; and shapes are checked while tracing
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (example,),
            str(path),
            input_names=[taken],
            output_names=given,
            dynamic_axes=free,
            opset_version=OPSET,
            dynamo=False,
        )


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m latentdemo.export", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("name", help="of an autoencoder's checkpoint")
    parser.add_argument("--out", type=Path, default=Path(), help="folder to write into (default: here)")
    parser.add_argument("--checkpoints", type=Path, default=checkpoints.FOLDER, help="folder of checkpoints")
    options = parser.parse_args(arguments)
    try:
        paths = export(options.name, options.out, options.checkpoints)
    except (ValueError, OSError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    print("\n".join(map(str, paths)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
