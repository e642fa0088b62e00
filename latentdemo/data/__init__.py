"""DATASETS: every data set behind one function, in one form."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from numpy import ndarray as Array

from latentdemo import images
from latentdemo.data.faces import NAMES, render_parallel, sample_factors, weight_map
from latentdemo.data.folder import load_folder
from latentdemo.data.imageset import ImageSet

DEFAULT_DIR = Path("data")
SPLITS = ("train", "test")
N_FACES = {"train": 100_000, "test": 5_000}
FACES_SEED = {"train": 0, "test": 1}


@dataclass(frozen=True)
class Dataset:
    """One entry of DATASETS.

    Attributes:
        title: on screen.
        load: (split, data_dir, n) -> ImageSet of at most n images.
        image_size, channels: of its images; channels 0: as in the files.
        likelihood: "bernoulli" for nearly binary pixels, else "gaussian".
        variance: of a pixel under the "gaussian" likelihood.
        pixel_weight: makes the (S, S) weights of the pixels in the training loss, mean 1; None: all count alike.
        licence: of the images, and where they come from.
        test_files: what of the test split lies in a data folder; empty: not looked for by the app.
        augment: whether classifiers are trained on shifted and mirrored copies.
        judge: checkpoint of a classifier or regressor of the set, in whose features samples are measured; "": none.
        prepare: (image, size, channels) -> what a model trained on the set gets to see of any picture.
    """

    title: str
    load: Callable[[str, Path, int | None], ImageSet]
    image_size: int
    channels: int
    likelihood: str
    licence: str
    variance: float = 1.0
    pixel_weight: Callable[[], Array] | None = None
    test_files: tuple[str, ...] = ()
    augment: bool = False
    judge: str = ""
    prepare: Callable[[Array, int, int], Array] = images.fit

    def at_hand(self, data_dir: Path) -> bool:
        """Whether the test split can be read from a folder without fetching anything."""
        return bool(self.test_files) and all((data_dir / file).exists() for file in self.test_files)


def _digit(image: Array, size: int, channels: int) -> Array:
    return images.as_digit(image)


def _faces(split: str, data_dir: Path, n: int | None) -> ImageSet:
    factors = sample_factors(N_FACES[split] if n is None else n, FACES_SEED[split])
    return ImageSet(render_parallel(factors), factors, NAMES)


def _idx_files(name: str) -> tuple[str, ...]:
    return tuple(f"{name}/raw/t10k-{what}-ubyte" for what in ("images-idx3", "labels-idx1"))


def _public(name: str) -> Callable[[str, Path, int | None], ImageSet]:
    """A loader of `public.py`, imported when it is called: torchvision is slow to import."""

    def load_public(split: str, data_dir: Path, n: int | None) -> ImageSet:
        from latentdemo.data import public

        return getattr(public, name)(split, data_dir).some(n)

    return load_public


def _folder(split: str, data_dir: Path, n: int | None) -> ImageSet:
    return load_folder(data_dir, split, DATASETS["folder"].image_size).some(n)


DATASETS: dict[str, Dataset] = {
    "faces": Dataset(
        "Faces",
        _faces,
        64,
        3,
        "gaussian",
        "drawn by this project's renderer; nobody's picture",
        0.08,
        weight_map,
        judge="faces-factors",
    ),
    "mnist": Dataset(
        "Digits",
        _public("mnist"),
        28,
        1,
        "bernoulli",
        "MNIST, LeCun, Cortes and Burges, CC BY-SA 3.0",
        test_files=_idx_files("MNIST"),
        judge="mnist-classifier",
        prepare=_digit,
    ),
    "fashion_mnist": Dataset(
        "Garments",
        _public("fashion_mnist"),
        28,
        1,
        "bernoulli",
        "FashionMNIST, Zalando SE, MIT",
        test_files=_idx_files("FashionMNIST"),
    ),
    "cifar10": Dataset(
        "CIFAR-10",
        _public("cifar10"),
        32,
        3,
        "gaussian",
        "CIFAR-10, Krizhevsky 2009; no licence stated, research use",
        0.02,
        augment=True,
    ),
    "celeba": Dataset(
        "CelebA", _public("celeba"), 64, 3, "gaussian", "CelebA, MMLAB CUHK; non-commercial research only", 0.08
    ),
    "folder": Dataset("Your folder", _folder, 64, 0, "gaussian", "the owner of the folder decides", 0.08),
}


def load(name: str, split: str, data_dir: str | Path | None = None, n: int | None = None) -> ImageSet:
    """Load a data set; its two splits are fixed and disjoint.

    Args:
        name: a key of DATASETS.
        split: "train" or "test".
        data_dir: where files lie or are fetched to (default `data/`); for "folder" the folder or zip itself.
        n: only so many images, the same ones each time.

    Returns:
        images (N, H, W, C) uint8, labels (N,) int64 or factors (N, F) float32, their names.

    Raises:
        ValueError: an unknown name or split.
        FileNotFoundError: files that are not there and cannot be fetched; names the folder to put them in.
    """
    if name not in DATASETS:
        raise ValueError(f"no data set {name!r}; there are {', '.join(DATASETS)}")
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    return DATASETS[name].load(split, Path(data_dir or DEFAULT_DIR), n)
