"""A run's losses into a table, and, where asked for, losses, samples and codes into TensorBoard's files."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from PIL import Image

from latentdemo.data.imageset import ImageSet
from latentdemo.models.learning import Terms
from latentdemo.store import checkpoints
from latentdemo.training.loop import Loop

EVERY = 20  # steps between two rows
MOST_CODES = 2000  # in the embedding projector


class Logs:
    """Losses of a run in a table and in TensorBoard; only the first process writes.

    A resumed run continues both from its saved step: what was logged after that step is replaced.

    Raises:
        ValueError: TensorBoard is asked for and not installed.
    """

    def __init__(self, loop: Loop, table: Path, folder: Path | None) -> None:
        self.loop, self.table, self.start = loop, table, time.monotonic()
        self.board: Any = None
        if loop.rank:
            return
        if folder is not None:  # TensorBoard drops what earlier files of the folder hold from this step on
            self.board = _writer()(str(folder), purge_step=loop.step + 1 if loop.step else 0)
        table.parent.mkdir(parents=True, exist_ok=True)
        rows = _rows_until(loop.step, table)
        if len(rows) > 1:
            self.start -= float(rows[-1][rows[0].index("seconds")])
        with table.open("w", newline="") as file:
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


def _rows_until(step: int, table: Path) -> list[list[str]]:
    """The header of a table and its whole rows up to the saved step, each step once; [] at the start of a run."""
    if not step or not table.exists():
        return []
    with table.open(newline="") as file:
        header, *rows = [*csv.reader(file)] or [[]]
    kept = {int(row[0]): row for row in rows if len(row) == len(header) and row[0].isdecimal() and int(row[0]) <= step}
    return [header, *(kept[at] for at in sorted(kept))] if "seconds" in header else []


def write_codes(card: checkpoints.Card, folder: Path, test: ImageSet, log_dir: Path, step: int) -> None:
    """Codes of test images with their pictures and labels, for TensorBoard's embedding projector."""
    arrays = checkpoints.load_arrays(card.name, folder)
    if "codes" not in arrays:
        return
    codes, index = arrays["codes"][:MOST_CODES], arrays["index"][:MOST_CODES]
    pictures = torch.from_numpy(test.images[index]).permute(0, 3, 1, 2).float() / 255
    rows, header = metadata(test.labels[index], test.names)
    with _writer()(str(log_dir)) as board:
        board.add_embedding(codes, rows, pictures, step, metadata_header=header)


def metadata(labels: Array, names: tuple[str, ...]) -> tuple[list[Any], list[str] | None]:
    """Rows and header of the embedding projector's metadata.tsv; a table of one column has no header.

    Args:
        labels: classes (N,), as indices of `names`, or factors (N, F).
        names: of the classes or factors.

    Source:
        TensorBoard, "Embedding projector", section "Metadata".
    """
    clean = [" ".join(name.split()) or f"class {i}" for i, name in enumerate(names)]  # no tab or line break
    if labels.ndim == 1:
        return [clean[i] for i in labels], None
    if labels.shape[1] == 1:
        return labels[:, 0].tolist(), None
    return labels.tolist(), clean


def _writer() -> Callable[..., Any]:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise ValueError("--log-dir needs TensorBoard; run: pip install tensorboard") from None
    return SummaryWriter
