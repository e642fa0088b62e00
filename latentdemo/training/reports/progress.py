"""What a running training tells: a line with speed, losses and time left, and a picture of what it can do so far."""

import copy
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray as Array
from PIL import Image
from torch import Tensor

from latentdemo.codes.sampling import sample
from latentdemo.models.learning import Terms
from latentdemo.pixels.tensors import as_tensor
from latentdemo.training.loop import Loop

LINE_SECONDS = 5.0
N_SHOWN = 8


class Progress:
    """Prints to standard error: in place on a terminal, line by line into a log."""

    def __init__(self, loop: Loop) -> None:
        self.loop, self.start, self.first_step = loop, time.monotonic(), loop.step
        self.last = self.start

    def begin(self) -> None:
        """Print the pixels' variance, on which the loss depends, where the dataset does not fix it."""
        config = self.loop.config
        if self.loop.rank == 0 and config.variance is not None:
            print(f"{config.name}  variance of a pixel in the loss: {config.variance:g}", file=sys.stderr, flush=True)

    def update(self, terms: Terms, always: bool = False) -> None:
        """Show the state of the run, at most once in five seconds unless `always`."""
        now = time.monotonic()
        if self.loop.rank or (now - self.last < LINE_SECONDS and not always):
            return
        self.last, loop = now, self.loop
        per_second = (loop.step - self.first_step) / max(now - self.start, 1e-9)
        left = (loop.total_steps - loop.step) / max(per_second, 1e-9)
        losses = "  ".join(f"{name} {float(value.detach()):.4g}" for name, value in terms.items())
        line = (
            f"{loop.config.name}  epoch {loop.step / loop.steps_per_epoch:.2f}/{loop.config.epochs}  {losses}  "
            f"{per_second * loop.config.batch_size:.0f} images/s  {left / 60:.1f} min left"
        )
        begin, end = ("\r\x1b[K", "") if sys.stderr.isatty() else ("", "\n")  # replaces the line before
        print(f"{begin}{line}", end=end, file=sys.stderr, flush=True)

    def close(self) -> None:
        """On a terminal: leave the last line and begin a new one."""
        if sys.stderr.isatty() and not self.loop.rank:
            print(file=sys.stderr)


@torch.no_grad()
def write_samples(loop: Loop, path: Path) -> None:
    """A PNG of what the model does: see SHEETS."""
    training = [part for part in loop.model.modules() if part.training]  # a frozen body is not
    loop.model.eval()
    tiles = SHEETS[loop.kind.learns](loop)
    for part in training:
        part.training = True
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(_sheet(tiles.cpu().numpy())).save(path)


def _reconstructions(loop: Loop) -> Tensor:
    """Eight images over their reconstructions over eight draws from N(0, I)."""
    x = loop.x[:N_SHOWN].float() / 255
    rows = (x, loop.model.decode(loop.model.encode(x)[0]), loop.model.decode(_noise(loop, N_SHOWN)))
    return torch.stack(rows)


def _quantised(loop: Loop) -> Tensor:
    """Eight images over what their grids of entries decode to."""
    x = loop.x[:N_SHOWN].float() / 255
    return torch.stack((x, loop.model.decode_indices(loop.model.indices(x))))


def _made(loop: Loop) -> Tensor:
    """Four rows of eight draws."""
    return loop.model.decode(_noise(loop, 4 * N_SHOWN)).unflatten(0, (4, N_SHOWN))


def _drawn_codes(loop: Loop) -> Tensor:
    """Four rows of eight draws, decoded by the network whose codes are learned."""
    assert loop.source is not None  # settings without one are refused
    model, of = copy.deepcopy(loop.model).cpu(), loop.source.model
    drawn = sample(loop.config.model, model, of, 4 * N_SHOWN, 0)
    return as_tensor(drawn).unflatten(0, (4, N_SHOWN))


def _first_layer(loop: Loop) -> Tensor:
    """The weights of the first layer, each unit's stretched to its own range."""
    weights = next(loop.model.parameters()).detach().cpu().float()  # (units, C, k, k) or (units, C · S · S)
    size = loop.shape.image_size
    kernels = weights if weights.ndim == 4 else weights.view(-1, loop.shape.channels, size, size)
    columns = min(N_SHOWN, len(kernels))
    kernels = kernels[: 4 * N_SHOWN][: len(kernels) // columns * columns]
    low, high = kernels.amin((1, 2, 3), keepdim=True), kernels.amax((1, 2, 3), keepdim=True)
    scaled = (kernels - low) / (high - low + 1e-9)
    enlarged = torch.nn.functional.interpolate(scaled, scale_factor=max(1, 36 // kernels.shape[-1]))
    return enlarged.unflatten(0, (-1, columns))


def _noise(loop: Loop, n: int) -> Tensor:
    return torch.randn(n, loop.shape.latent_dim, generator=torch.Generator().manual_seed(0)).to(loop.device)


SHEETS: dict[str, Callable[[Loop], Tensor]] = {  # by what a model learns: (rows, columns, C, h, w) in [0, 1]
    "pixels": _reconstructions,
    "labels": _first_layer,
    "factors": _first_layer,
    "noise": _drawn_codes,
    "critic": _made,
    "grids": _quantised,
    "indices": _drawn_codes,
}


def _sheet(tiles: Array) -> Array:
    """(rows, columns, C, h, w) in [0, 1] -> one uint8 picture, (H, W, 3) or (H, W)."""
    rows, columns, channels, height, width = tiles.shape
    sheet = tiles.transpose(0, 3, 1, 4, 2).reshape(rows * height, columns * width, channels)
    return (np.clip(sheet, 0, 1) * 255 + 0.5).astype(np.uint8).squeeze()
