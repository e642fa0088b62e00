"""What a running training tells: a line with speed, losses and time left, and a picture of what it can do so far."""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray as Array
from PIL import Image

from latentdemo.models import Terms
from latentdemo.training.loop import Loop

LINE_SECONDS = 5.0
N_SHOWN = 8


class Progress:
    """Prints to standard error: in place on a terminal, line by line into a log."""

    def __init__(self, loop: Loop) -> None:
        self.loop, self.start, self.first_step = loop, time.monotonic(), loop.step
        self.last = self.start

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
        print(line, end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


@torch.no_grad()
def write_samples(loop: Loop, path: Path) -> None:
    """A PNG of what the model does: eight images over their reconstructions over eight draws from N(0, I).

    Of a network that reads labels or factors: the weights of its first layer, each unit's stretched to its own range.
    """
    loop.model.eval()
    if loop.learns == "pixels":
        x = loop.x[:N_SHOWN].float() / 255
        z = torch.randn(N_SHOWN, loop.shape.latent_dim, generator=torch.Generator().manual_seed(0))
        rows = (x, loop.model.decode(loop.model.encode(x)[0]), loop.model.decode(z.to(loop.device)))
        tiles = torch.stack(rows).cpu()  # (3, 8, C, H, W)
    else:
        weights = next(loop.model.parameters()).detach().cpu().float()  # (units, C, k, k) or (units, C · S · S)
        size = loop.shape.image_size
        kernels = weights if weights.ndim == 4 else weights.view(-1, loop.shape.channels, size, size)
        columns = min(N_SHOWN, len(kernels))
        kernels = kernels[: 4 * N_SHOWN][: len(kernels) // columns * columns]
        low, high = kernels.amin((1, 2, 3), keepdim=True), kernels.amax((1, 2, 3), keepdim=True)
        scaled = (kernels - low) / (high - low + 1e-9)
        enlarged = torch.nn.functional.interpolate(scaled, scale_factor=max(1, 36 // kernels.shape[-1]))
        tiles = enlarged.unflatten(0, (-1, columns))
    loop.model.train()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(_sheet(tiles.numpy())).save(path)


def _sheet(tiles: Array) -> Array:
    """(rows, columns, C, h, w) in [0, 1] -> one uint8 picture, (H, W, 3) or (H, W)."""
    rows, columns, channels, height, width = tiles.shape
    sheet = tiles.transpose(0, 3, 1, 4, 2).reshape(rows * height, columns * width, channels)
    return (np.clip(sheet, 0, 1) * 255 + 0.5).astype(np.uint8).squeeze()
