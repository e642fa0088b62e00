"""The public data sets, read by torchvision: MNIST, FashionMNIST, CIFAR-10, CelebA."""

import math
import struct
from pathlib import Path

import numpy as np
from numpy import ndarray as Array
from PIL import Image
from tqdm import tqdm

from latentdemo.data.download import download
from latentdemo.data.folder import load_folder
from latentdemo.data.imageset import ImageSet
from latentdemo.data.torchvision_shim import torchvision

CELEBA_CROP, CELEBA_SIZE = 148, 64  # pixels: the middle of 178 × 218, then what the models see


def is_whole(path: Path) -> bool:
    """Whether a file in MNIST's format (0, 0, type 8, number of axes, their sizes, bytes) has the size that it says."""
    with path.open("rb") as file:
        head = file.read(4)
        if len(head) < 4 or head[:3] != b"\0\0\x08":
            return False
        sizes = file.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        return False
    return path.stat().st_size == 4 + len(sizes) + math.prod(struct.unpack(f">{head[3]}I", sizes))


def _idx(name: str, split: str, data_dir: Path) -> ImageSet:
    """MNIST or FashionMNIST, fetched into torchvision's own layout where it is missing."""
    dataset = getattr(torchvision().datasets, name)
    raw = data_dir / name / "raw"
    files = [Path(archive).stem for archive, _ in dataset.resources]
    for file in files:
        if (raw / file).exists() and not is_whole(raw / file):
            raise ValueError(f"{raw / file} is cut off or damaged; delete it, and it is fetched again")
    if not all((raw / file).exists() for file in files):
        for archive, md5 in dataset.resources:
            download([f"{mirror}{archive}" for mirror in dataset.mirrors], raw / archive, md5)
        dataset(data_dir, download=True)  # finds the archives, checks and unpacks them
    loaded = dataset(data_dir, train=split == "train")
    return ImageSet(loaded.data.numpy()[:, :, :, None], loaded.targets.numpy(), tuple(loaded.classes))


def mnist(split: str, data_dir: Path) -> ImageSet:
    """MNIST: 60,000 + 10,000 digits, 28 × 28 grey (LeCun et al. 1998)."""
    loaded = _idx("MNIST", split, data_dir)
    return loaded._replace(names=tuple(str(digit) for digit in range(10)))


def fashion_mnist(split: str, data_dir: Path) -> ImageSet:
    """FashionMNIST: 60,000 + 10,000 garments, 28 × 28 grey (Xiao et al. 2017)."""
    return _idx("FashionMNIST", split, data_dir)


def cifar10(split: str, data_dir: Path) -> ImageSet:
    """CIFAR-10: 50,000 + 10,000 photographs, 32 × 32 RGB (Krizhevsky 2009); also from a `cifar10.zip` of classes."""
    packed = data_dir / "cifar10.zip"
    if packed.exists():
        return load_folder(packed, split, 32)
    dataset = torchvision().datasets.CIFAR10
    if not (data_dir / dataset.base_folder).exists():
        download([dataset.url], data_dir / dataset.filename, dataset.tgz_md5)
    loaded = dataset(data_dir, train=split == "train", download=True)  # unpacks the archive, checks the files
    return ImageSet(np.asarray(loaded.data), np.asarray(loaded.targets), tuple(loaded.classes))


def celeba(split: str, data_dir: Path) -> ImageSet:
    """CelebA: 162,770 + 19,962 photographs, 64 × 64 RGB, 40 attributes of 0 or 1 (Liu et al. 2015)."""
    dataset = torchvision().datasets.CelebA
    try:
        loaded = dataset(data_dir, split=split)
    except RuntimeError:
        loaded = _fetch_celeba(dataset, split, data_dir)
    pictures = [_celeba_picture(data_dir / "celeba" / "img_align_celeba" / name) for name in tqdm(loaded.filename)]
    names = tuple(name for name in loaded.attr_names if name)
    return ImageSet(np.stack(pictures), loaded.attr.numpy().astype(np.float32), names)


def _fetch_celeba(dataset: type, split: str, data_dir: Path):
    """torchvision's own download from Google Drive, which often refuses."""
    try:
        return dataset(data_dir, split=split, download=True)
    except Exception as error:  # gdown and urllib fail in many ways; all mean the same to the user
        raise FileNotFoundError(
            f"CelebA could not be fetched; put its files (img_align_celeba and the .txt files) "
            f"into {data_dir / 'celeba'} and start again"
        ) from error


def _celeba_picture(path: Path) -> Array:
    picture = Image.open(path).convert("RGB")
    left, top = (picture.width - CELEBA_CROP) // 2, (picture.height - CELEBA_CROP) // 2
    box = (left, top, left + CELEBA_CROP, top + CELEBA_CROP)
    return np.asarray(picture.resize((CELEBA_SIZE, CELEBA_SIZE), Image.Resampling.LANCZOS, box))
