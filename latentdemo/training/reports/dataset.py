"""The name of a dataset and where it lies come in; the report that train.py prints before training goes out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from latentdemo import data
from latentdemo.codes.attributes import splits
from latentdemo.data.folder import read_folder
from latentdemo.data.imageset import ImageSet
from latentdemo.training.preflight import FEWEST_TEST, FEWEST_TRAIN


def dataset_report(name: str, data_dir: str | None, image_size: int | None = None) -> str:
    """What is read from a dataset: images, classes or columns with their split values, what is left out and why.

    Args:
        name: a key of `data.DATASETS`.
        data_dir: as `data.load` takes it.
        image_size: side of a folder's images (pixels); None: the dataset's own.

    Raises:
        ValueError, FileNotFoundError: as `data.load`.
    """
    with _no_warnings():
        train, test = (data.load(name, split, data_dir, image_size=image_size) for split in data.SPLITS)
    entry = data.DATASETS[name]
    if not entry.resizable:
        lines = [f"{name}: {len(train.images):,} images for training, {len(test.images):,} for testing"]
    else:
        read = read_folder(Path(data_dir or data.DEFAULT_DIR), image_size or entry.image_size)
        lines = [read.report.text(train, test)]
    return "\n".join([*lines, *_columns(train, entry), *_too_few(train, test)])


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Without the loader's warnings, which the report repeats."""
    log = logging.getLogger("latentdemo.data")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _columns(train: ImageSet, entry: data.Dataset) -> list[str]:
    """A line for each column: where it is split, and how many training images that leaves on each side."""
    if train.labels.ndim == 1:
        return []
    found, lines = splits(train.labels, train.names, entry.thresholds, entry.excluded), []
    for i, name in enumerate(train.names):
        values = train.labels[:, i]
        span = f"{np.nanmin(values):.4g} to {np.nanmax(values):.4g}"
        if name in found.unsplit:
            lines.append(f"  {name}: {span}; not an attribute: {found.unsplit[name]}")
            continue
        has, lacks = found.thresholds[name]
        where = f"split at {has:.4g}" if has == lacks else f"with above {has:.4g}, without up to {lacks:.4g}"
        counts = f"{int((values > has).sum()):,} with, {int((values <= lacks).sum()):,} without"
        lines.append(f"  {name}: {span}; {where}: {counts} (training images)")
    return lines


def _too_few(train: ImageSet, test: ImageSet) -> list[str]:
    """A line that tells whether training needs more images."""
    if len(train.images) >= FEWEST_TRAIN and len(test.images) >= FEWEST_TEST:
        return []
    return [f"Too few images for training: at least {FEWEST_TRAIN} training and {FEWEST_TEST} test images are needed."]
