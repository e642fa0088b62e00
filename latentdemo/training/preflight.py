"""What could fail after hours of training, tried before it: data, folders, names, other processes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from latentdemo import data
from latentdemo.codes.projection import N_NEIGHBOURS
from latentdemo.data.imageset import ImageSet
from latentdemo.measuring.metrics import pca_error
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import ANY, possible
from latentdemo.training.config import RECONSTRUCTING, TrainConfig

FEWEST_TEST = N_NEIGHBOURS + 1  # images: the map of their codes needs neighbours
FEWEST_TRAIN = 32  # images: of less no density is fitted
ROOM = 120_000_000  # bytes: of the largest network (3 million weights) a state has 36 MB, beside the one it replaces


def check_data(config: TrainConfig, train: ImageSet, test: ImageSet, world: int) -> None:
    """ValueError if this model cannot learn from this data set, or be measured on it.

    Args:
        world: processes that share a batch.
    """
    kind, has = MODELS[config.model], "labels" if train.labels.ndim == 1 else "factors"
    learns = kind.learns
    if kind.classifies and learns != has:
        raise ValueError(f"{config.model} learns {learns}; {config.dataset} has {has}")
    if learns == "factors" and (blank := sum(int(np.isnan(part.labels).any(axis=1).sum()) for part in (train, test))):
        raise ValueError(
            f"{blank} images have no value in some column; {config.model} needs a value in every cell: fill the cells, "
            "or remove these rows from the table"
        )
    if learns == "labels" and len(train.names) < 2:
        raise ValueError(f"{config.model} tells classes apart; {config.dataset} has one ({', '.join(train.names)})")
    channels = train.images.shape[3]
    if config.corruption not in (None, ANY, *possible(channels)):
        can = ", ".join(possible(channels))
        raise ValueError(f"{config.dataset}'s images cannot undergo {config.corruption}; they can undergo {can}")
    least = max(config.batch_size, FEWEST_TRAIN)
    if len(train.images) < least or len(test.images) < FEWEST_TEST:
        raise ValueError(
            f"{config.dataset} has {len(train.images)} training and {len(test.images)} test images; wanted are at "
            f"least {least} (a batch has {config.batch_size}) and {FEWEST_TEST}: add images, put "
            "more of them into a folder test/, or lower --batch-size"
        )
    if config.batch_size % world:
        raise ValueError(f"batch_size is {config.batch_size}; it must be a multiple of the {world} processes")


def estimated(config: TrainConfig, train: ImageSet) -> TrainConfig:
    """The settings with a variance of the pixels, if they have none and their dataset leaves it to its images.

    It is the error that PCA with as many components as latent dimensions leaves on held-out images, to two digits. A
    larger variance than a model's error makes β = 1 act like a larger β: codes keep less, and images are washed out.
    """
    leaves_it = data.DATASETS[config.dataset].estimates_variance and MODELS[config.model].learns in RECONSTRUCTING
    if config.variance is not None or not leaves_it:
        return config
    error = pca_error(train.images, config.latent_dim)
    return replace(config, variance=float(f"{max(error, data.MIN_VARIANCE):.2g}"))


def check_room(*folders: Path) -> None:
    """OSError unless files can be written into these folders, and there is room."""
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise OSError(
                f"nothing can be written into {folder} ({error.strerror or error}); choose another --out"
            ) from None
        if free < ROOM:
            raise OSError(f"{folder} has room for {free / 1e6:.0f} MB; a run may need {ROOM / 1e6:.0f}")


@contextmanager
def alone(run: Path) -> Iterator[None]:
    """While it lasts no other process trains this run. ValueError if one does."""
    run.mkdir(parents=True, exist_ok=True)
    lock = FileLock(run / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"{run.name} is being trained by another process; wait for it, or choose another --name"
        ) from None
    try:
        yield
    finally:
        lock.release()
