"""Any folder or zip of images, in class sub-folders or beside a table of attributes, as people have them."""

import logging
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from latentdemo.data import tables
from latentdemo.data.imageset import ImageSet
from latentdemo.data.tables import Table
from latentdemo.pixels import images

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")
TRAIN = ("train", "training")
HELD_OUT = ("val", "valid", "validation")  # for choosing settings, never trained on
TEST = ("test", "testing", *HELD_OUT)
SHADOWS = ("__macosx", "__pycache__", "@eadir", "thumbs", "thumbnails", "_thumbs", "_thumbnails")  # what programs add
TEST_SHARE = 10  # one image in ten is for testing where the folder itself has no train and test
BROKEN_SHARE = 20  # one file in twenty may be unreadable
NAMED = 10  # broken files in a message
log = logging.getLogger("latentdemo")


class Entry(NamedTuple):
    """One image file.

    Attributes:
        name: its path in the folder or zip.
        place: the same without folders around everything, without the split.
        split: "train" or "test".
        size, time: of the file, as its folder tells.
        values: of its attributes, if a table tells them.
    """

    name: str
    place: str
    split: str
    size: int
    time: float
    values: tuple[float, ...] = ()


def load_folder(path: Path, split: str, image_size: int) -> ImageSet:
    """Read images sorted into one sub-folder per class, or into train/CLASS and test/CLASS; or beside a table.

    A CSV, or a list in CelebA's form (`data.tables`), that names the images makes its columns their attributes; then
    images may lie as they like, and those that it does not name are left out.

    An image's class is the first folder below the root or below the split, however deep it lies. Folders called val,
    valid or validation, in any case, are held out like test. Where nothing says so an image belongs to the test split
    if the CRC-32 of its path is divisible by ten: adding images never moves another one across. Hidden files, and
    folders that other programs leave behind, are no images; links are followed. One file in twenty may be unreadable:
    a warning counts and names them.

    Args:
        path: a folder or a zip file; one folder around everything is looked through.
        split: "train" or "test".
        image_size: every image's middle square is resized to this side (pixels).

    Returns:
        Grey images (C = 1) if all files are grey, else RGB; classes in alphabetical order, or the table's columns as
        factors.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: no images in class sub-folders, or too many that cannot be opened (named).
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; give a folder or a zip of images in class sub-folders")
    files = sorted(_zip_files(path) if path.is_file() else _files(path))
    table = _table([name for name, _, _ in files], _reader(path))
    entries = tuple(_entries(files) if table is None else _named(files, table))
    if not entries:
        raise ValueError(f"{path} has no images in class sub-folders (CLASS/picture.png), and no table that names any")
    everything, splits = _read_all(path, entries, image_size, table.names if table else None)
    return everything.only(splits == split)


@lru_cache(maxsize=1)  # both splits are asked for, one after the other; other files are other entries
def _read_all(
    path: Path, entries: tuple[Entry, ...], image_size: int, names: tuple[str, ...] | None
) -> tuple[ImageSet, np.ndarray]:
    """All images, and the split of each; their labels are classes, or, where a table gives names, its values."""
    read = _reader(path)
    opened: list[tuple[Entry, images.Array]] = []
    broken: list[str] = []
    for entry in entries:
        try:
            picture = images.load(read(entry.name))
        except (ValueError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            broken.append(f"{entry.name} ({error})")
        else:
            channels = picture.shape[2]
            opened.append((entry, images.fit(picture, image_size, channels)))
    _tell(path, broken, len(entries))
    channels = max(image.shape[2] for _, image in opened)
    fitted = np.stack([images.rgb(image) if channels == 3 else image for _, image in opened])
    splits = np.array([entry.split for entry, _ in opened])
    if names is not None:
        return ImageSet(fitted, np.array([entry.values for entry, _ in opened], np.float32), names), splits
    classes = sorted({_class(entry) for entry, _ in opened})
    labels = np.array([classes.index(_class(entry)) for entry, _ in opened], np.int64)
    return ImageSet(fitted, labels, tuple(classes)), splits


def _reader(path: Path) -> Callable[[str], bytes]:
    return _zip_reader(path) if path.is_file() else lambda name: (path / name).read_bytes()


def _table(names: list[str], read: Callable[[str], bytes]) -> Table | None:
    """The first table that names images of the folder; None: there is none. A CSV of something else is no table."""
    pictures = {part for name in names if _is_image(PurePosixPath(name)) for part in _endings(name)}
    for name in names:
        hidden = any(part.startswith(".") or part.lower() in SHADOWS for part in PurePosixPath(name).parts)
        if hidden or not tables.is_table(name):
            continue
        text = read(name).decode("utf-8", "replace")
        if any(first in pictures for first in tables.first_cells(text)):
            return tables.read(text, name)
    return None


def _endings(name: str) -> list[str]:
    """A path, and what is left of it without its first folders: "a/b.png" -> "a/b.png", "b.png"."""
    parts = name.split("/")
    return ["/".join(parts[i:]) for i in range(len(parts))]


def _named(files: list[tuple[str, int, float]], table: Table) -> Iterator[Entry]:
    """The image files that a table names, in alphabetical order."""
    left_out = 0
    for name, size, time in files:
        if not _is_image(PurePosixPath(name)):
            continue
        values = table.row(name)
        if values is None:
            left_out += 1
            continue
        folders = [part.lower() for part in PurePosixPath(name).parts[:-1]]
        told = [part for part in folders if part in (*TRAIN, *TEST)]
        test = told[0] in TEST if told else zlib.crc32(name.encode()) % TEST_SHARE == 0
        yield Entry(name, name, "test" if test else "train", size, time, values)
    if left_out:
        log.warning("%d images stand in no row of the table of attributes. They are left out.", left_out)


def _class(entry: Entry) -> str:
    return PurePosixPath(entry.place).parts[0]


def _tell(path: Path, broken: list[str], n: int) -> None:
    """A warning of files that cannot be read; a ValueError if they are too many."""
    if not broken:
        return
    more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    what = f"{len(broken)} of {n} images of {path} cannot be read: {'; '.join(broken[:NAMED])}{more}"
    if len(broken) * BROKEN_SHARE > n:
        raise ValueError(f"{what}. At most one in {BROKEN_SHARE} may be; mend or remove them.")
    log.warning("%s. They are left out.", what)


def _entries(found: list[tuple[str, int, float]]) -> Iterator[Entry]:
    """The image files of a folder or zip, sorted into classes, in alphabetical order."""
    names = [name for name, _, _ in found if _is_image(PurePosixPath(name))]
    facts = {name: (size, time) for name, size, time in found}
    short = _strip_outer(names)
    flat = all(PurePosixPath(place).parts[0].lower() in (*TRAIN, *TEST) for place in short.values())
    for name, place in short.items():
        parts = PurePosixPath(place).parts
        top, is_split = parts[0].lower(), len(parts) > 2 or flat
        if top in (*TRAIN, *TEST) and is_split:
            inside = "/".join(parts[1:]) if len(parts) > 2 else f"images/{PurePosixPath(place).name}"
            yield Entry(name, inside, "train" if top in TRAIN else "test", *facts[name])
        elif len(parts) >= 2:
            test = top in HELD_OUT or zlib.crc32(place.encode()) % TEST_SHARE == 0
            yield Entry(name, place, "test" if test else "train", *facts[name])


def _is_image(name: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") or part.lower() in SHADOWS for part in name.parts)
    return not hidden and name.suffix.lower() in ENDINGS


def _files(path: Path) -> Iterator[tuple[str, int, float]]:
    """Names, sizes and times of the files of a folder; links are followed, but never in a circle."""
    seen: set[str] = set()
    for folder, below, files in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        below.sort()
        for file in files:
            full = Path(folder, file)
            if full.is_file():  # no link to nowhere
                facts = full.stat()
                yield full.relative_to(path).as_posix(), facts.st_size, facts.st_mtime


def _zip_files(path: Path) -> Iterator[tuple[str, int, float]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield entry.filename, entry.file_size, float(entry.CRC)
    except zipfile.BadZipFile:
        raise ValueError(f"{path} is not a zip file") from None


def _zip_reader(path: Path) -> Callable[[str], bytes]:
    archive = zipfile.ZipFile(path)

    def read(name: str) -> bytes:
        if archive.getinfo(name).file_size > images.MAX_BYTES:
            raise ValueError(f"more than {images.MAX_BYTES} bytes")
        return archive.read(name)

    return read


def _strip_outer(names: list[str]) -> dict[str, str]:
    """Full name -> name without folders that surround everything, down to SPLIT/CLASS/file or CLASS/file."""
    short = {name: name for name in names}
    while short:
        parts = [PurePosixPath(name).parts for name in short.values()]
        outer = {part[0] for part in parts}
        if len(outer) > 1 or outer.pop().lower() in (*TRAIN, *TEST) or min(map(len, parts)) <= 2:
            break
        short = {name: "/".join(PurePosixPath(rest).parts[1:]) for name, rest in short.items()}
    return short
