"""A run's losses into a table, and, where asked for, losses, samples and codes into TensorBoard's files."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from PIL import Image

from latentdemo.data.imageset import ImageSet
from latentdemo.models.learning import Terms
from latentdemo.store import checkpoints
from latentdemo.training.loop import Loop

EVERY = 20  # steps between two rows
MOST_CODES = 2000  # in the embedding projector


class Logs:
    """What is written while a run goes on; only the first process writes. A resumed run goes on in the same table.

    Raises:
        ValueError: TensorBoard is asked for and not installed.
    """

    def __init__(self, loop: Loop, table: Path, folder: Path | None) -> None:
        self.loop, self.table, self.start = loop, table, time.monotonic()
        self.board: Any = None
        if loop.rank:
            return
        if folder is not None:
            self.board = _writer()(str(folder))
        table.parent.mkdir(parents=True, exist_ok=True)
        self._keep_rows(loop.step)

    def _keep_rows(self, step: int) -> None:
        """Rows up to a step stay; what was written after the saved state is written anew."""
        rows = []
        if step and self.table.exists():
            with self.table.open(newline="") as file:
                rows = [row for i, row in enumerate(csv.reader(file)) if i == 0 or int(row[0]) <= step]
        with self.table.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        self.empty = not rows

    def __enter__(self) -> "Logs":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.board is not None:
            self.board.close()

    def update(self, terms: Terms) -> None:
        """Every so many steps: step, epoch, seconds since the start, learning rate, and every loss."""
        loop = self.loop
        if loop.rank or (loop.step % EVERY and loop.step != loop.total_steps):
            return
        losses = {name: float(value.detach()) for name, value in terms.items()}
        row = {
            "step": loop.step,
            "epoch": round(loop.step / loop.steps_per_epoch, 4),
            "seconds": round(time.monotonic() - self.start, 2),
            "learning_rate": loop.schedule.get_last_lr()[0],
            **losses,
        }
        with self.table.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if self.empty:
                writer.writeheader()
            writer.writerow(row)
        self.empty = False
        if self.board is not None:
            for name, value in losses.items():
                self.board.add_scalar(name, value, loop.step)

    def samples(self, picture: Path) -> None:
        """The picture of samples, at this step."""
        if self.board is not None:
            image = np.asarray(Image.open(picture))
            self.board.add_image("samples", image, self.loop.step, dataformats="HW" if image.ndim == 2 else "HWC")


def write_codes(card: checkpoints.Card, folder: Path, test: ImageSet, log_dir: Path, step: int) -> None:
    """Codes of test images with their pictures and labels, for TensorBoard's embedding projector."""
    arrays = checkpoints.load_arrays(card.name, folder)
    if "codes" not in arrays:
        return
    codes, index = arrays["codes"][:MOST_CODES], arrays["index"][:MOST_CODES]
    pictures = torch.from_numpy(test.images[index]).permute(0, 3, 1, 2).float() / 255
    labels = test.labels[index]
    header = ["class"] if labels.ndim == 1 else list(test.names)
    rows = [[test.names[i]] for i in labels] if labels.ndim == 1 else labels.tolist()
    with _writer()(str(log_dir)) as board:
        board.add_embedding(codes, rows, pictures, step, metadata_header=header)


def _writer() -> Callable[..., Any]:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise ValueError("--log-dir needs TensorBoard; run: pip install tensorboard") from None
    return SummaryWriter
