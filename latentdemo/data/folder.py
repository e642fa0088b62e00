"""Any folder or zip of images in class sub-folders, as an ImageSet."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np

from latentdemo.data.imageset import ImageSet
from latentdemo.pixels import images

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")
SPLITS = ("train", "test")
TEST_SHARE = 10  # one image in ten is for testing where the folder itself has no train and test


def load_folder(path: Path, split: str, image_size: int) -> ImageSet:
    """Read images sorted into one sub-folder per class, or into train/CLASS and test/CLASS.

    Without train and test folders an image belongs to the test split if the CRC-32 of its path is divisible by ten:
    adding images never moves another one across.

    Args:
        path: a folder or a zip file; one folder around everything is looked through.
        split: "train" or "test".
        image_size: every image's middle square is resized to this side (pixels).

    Returns:
        Grey images (C = 1) if the first one is grey, else RGB; classes in alphabetical order.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: no images in class sub-folders, or one that cannot be opened (named).
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; give a folder or a zip of images in class sub-folders")
    names, read = _zip_entries(path) if path.is_file() else _folder_entries(path)
    entries = _strip_outer(sorted(name for name in names if PurePosixPath(name).suffix.lower() in ENDINGS))
    entries = {name: short for name, short in entries.items() if len(PurePosixPath(short).parts) >= 2}
    if not entries:
        raise ValueError(f"{path} has no images in class sub-folders (CLASS/picture.png)")
    classes = sorted({PurePosixPath(short).parts[-2] for short in entries.values()})
    chosen = {name: short for name, short in entries.items() if _belongs(short, split)}
    channels = _open(next(iter(entries)), read).shape[2]
    fitted = [images.fit(_open(name, read), image_size, channels) for name in chosen]
    labels = [classes.index(PurePosixPath(short).parts[-2]) for short in chosen.values()]
    shape = (len(fitted), image_size, image_size, channels)
    return ImageSet(np.array(fitted, np.uint8).reshape(shape), np.array(labels, np.int64), tuple(classes))


def _zip_entries(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise ValueError(f"{path} is not a zip file") from None

    def read(name: str) -> bytes:
        if archive.getinfo(name).file_size > images.MAX_BYTES:
            raise ValueError(f"{name} has more than {images.MAX_BYTES} bytes")
        return archive.read(name)

    return archive.namelist(), read


def _folder_entries(path: Path) -> tuple[list[str], Callable[[str], bytes]]:
    names = [file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()]
    return names, lambda name: (path / name).read_bytes()


def _strip_outer(names: list[str]) -> dict[str, str]:
    """Full name -> name without folders that surround everything, down to SPLIT/CLASS/file or CLASS/file."""
    short = {name: name for name in names}
    while short:
        parts = [PurePosixPath(name).parts for name in short.values()]
        outer = {part[0] for part in parts}
        if len(outer) > 1 or outer & set(SPLITS) or min(map(len, parts)) <= 2:
            break
        short = {name: "/".join(PurePosixPath(rest).parts[1:]) for name, rest in short.items()}
    return short


def _belongs(name: str, split: str) -> bool:
    first = PurePosixPath(name).parts[0]
    if first in SPLITS:
        return first == split
    return (zlib.crc32(name.encode()) % TEST_SHARE == 0) == (split == "test")


def _open(name: str, read: Callable[[str], bytes]) -> images.Array:
    try:
        return images.load(read(name))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
