"""DATASETS: a name, a split and a folder come in, images with their labels go out; every data set in one form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from numpy import ndarray as Array

from latentdemo.data.dataset import MIN_VARIANCE as MIN_VARIANCE
from latentdemo.data.dataset import Dataset
from latentdemo.data.faces import EXCLUDED, THRESHOLDS, populations, render, weight_map
from latentdemo.data.folder import load_folder
from latentdemo.data.imageset import ImageSet
from latentdemo.pixels import images

DEFAULT_DIR = Path("data")
SPLITS = ("train", "test")


def _digit(image: Array, size: int, channels: int) -> Array:
    return images.as_digit(image)


def _idx_files(name: str) -> tuple[str, ...]:
    return tuple(f"{name}/raw/t10k-{what}-ubyte" for what in ("images-idx3", "labels-idx1"))


def _public(name: str) -> Callable[[str, Path, int | None], ImageSet]:
    """A loader of `public.py`, imported when it is called: torchvision is slow to import."""

    def load_public(split: str, data_dir: Path, n: int | None) -> ImageSet:
        from latentdemo.data import public

        return getattr(public, name)(split, data_dir).some(n)

    return load_public


def _folder(split: str, data_dir: Path, n: int | None, image_size: int | None = None) -> ImageSet:
    return load_folder(data_dir, split, image_size or DATASETS["folder"].image_size).some(n)


DATASETS: dict[str, Dataset] = {
    "faces": Dataset(
        title="Faces",
        noun="face",
        load=populations.faces,
        image_size=64,
        channels=3,
        likelihood="gaussian",
        licence="drawn by this project's renderer; nobody's picture",
        variance=0.08,
        pixel_weight=weight_map,
        weight_note="mouth and eyes",
        n_test=populations.N_FACES["test"],
        examples=populations.examples,
        judge="faces-factors",
        render=render,
        thresholds=THRESHOLDS,
        excluded=EXCLUDED,
        first_attribute="smile",
        edited="smile",
        colour_first="hair length",  # a point's 15 neighbours on the map explain 94 % of its variance
    ),
    "mnist": Dataset(
        title="Digits",
        noun="digit",
        load=_public("mnist"),
        image_size=28,
        channels=1,
        likelihood="bernoulli",
        licence="MNIST, LeCun, Cortes and Burges, CC BY-SA 3.0",
        n_test=10_000,
        test_files=_idx_files("MNIST"),
        judge="mnist-classifier",
        prepare=_digit,
        drawn=True,
        sample_class=7,
    ),
    "fashion_mnist": Dataset(
        title="Garments",
        noun="garment",
        load=_public("fashion_mnist"),
        image_size=28,
        channels=1,
        likelihood="bernoulli",
        licence="FashionMNIST, Zalando SE, MIT",
        n_test=10_000,
        test_files=_idx_files("FashionMNIST"),
    ),
    "cifar10": Dataset(
        title="CIFAR-10",
        noun="photograph",
        load=_public("cifar10"),
        image_size=32,
        channels=3,
        likelihood="gaussian",
        licence="CIFAR-10, Krizhevsky 2009; no licence stated, research use",
        variance=0.02,
        n_test=10_000,
        augment=True,
    ),
    "celeba": Dataset(
        title="CelebA",
        noun="photograph",
        load=_public("celeba"),
        image_size=64,
        channels=3,
        likelihood="gaussian",
        licence="CelebA, MMLAB CUHK; non-commercial research only",
        n_test=19_962,
        variance=0.08,
        estimates_variance=True,
    ),
    "folder": Dataset(
        title="Your folder",
        noun="image",
        load=_folder,
        image_size=64,
        channels=0,
        likelihood="gaussian",
        licence="the owner of the folder decides",
        variance=0.08,
        estimates_variance=True,
        resizable=True,
    ),
}

DATASETS["small-faces"] = replace(  # for trainings that a class watches
    DATASETS["faces"],
    title="Small faces",
    load=populations.small_faces,
    image_size=populations.SMALL,
    pixel_weight=None,
    weight_note="",
    n_test=populations.N_SMALL["test"],
    examples=list,
    judge="",
    render=populations.render_small,
    edited="",
)


def load(
    name: str,
    split: str,
    data_dir: str | Path | None = None,
    n: int | None = None,
    processes: int = 1,
    image_size: int | None = None,
) -> ImageSet:
    """Load a data set; its two splits are fixed and disjoint.

    Args:
        name: a key of DATASETS.
        split: "train" or "test".
        data_dir: where files lie or are fetched to (default `data/`); for "folder" the folder or zip itself.
        n: only so many images, the same ones each time.
        processes: that render; more than one only from a program whose main module is guarded.
        image_size: side of the images, pixels; of a folder's alone.

    Returns:
        images (N, H, W, C) uint8, labels (N,) int64 or factors (N, F) float32, their names.

    Raises:
        ValueError: an unknown name or split, a size for images that have one, or damaged files (named).
        FileNotFoundError: files that are not there and cannot be fetched; names the folder to put them in.
    """
    if name not in DATASETS:
        raise ValueError(f"no data set {name!r}; there are {', '.join(DATASETS)}")
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    entry = DATASETS[name]
    if image_size is not None and not entry.resizable:
        raise ValueError(f"{name}'s images have {entry.image_size} pixels a side; that cannot be chosen")
    options = {"processes": processes} if entry.render else {"image_size": image_size} if entry.resizable else {}
    place = Path(data_dir or DEFAULT_DIR)
    with _sentences(name, place):
        return entry.load(split, place, n, **options)


@contextmanager
def _sentences(name: str, place: Path) -> Iterator[None]:
    """Whatever readers of archives, pickles and pictures raise at damaged ones becomes a ValueError with a cure."""
    try:
        yield
    except (ValueError, FileNotFoundError):
        raise
    except Exception as error:
        why = str(error).split("\n")[0][:120] or type(error).__name__
        own = DATASETS[name].resizable  # nobody but the visitor could bring these back
        cure = "look whether it can be opened" if own else "delete its files there, and they are fetched again"
        raise ValueError(f"{name} in {place} cannot be read ({why}); {cure}") from error


def dataset_of(source: str) -> Dataset:
    """The entry of a key of DATASETS, or of "folder:NAME:FINGERPRINT", whose title is the folder's name."""
    name, _, rest = source.partition(":")
    return replace(DATASETS[name], title=rest.rpartition(":")[0]) if rest else DATASETS[name]
