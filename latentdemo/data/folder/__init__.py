"""A folder or zip of images, in class sub-folders or with tables, comes in; labelled images and a report go out."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.data import tables
from latentdemo.data.folder.arranging import TEST, TRAIN, Placed, arrange, divide, folder_splits, split_of
from latentdemo.data.folder.listing import File, list_files, reader
from latentdemo.data.folder.report import Report, by_ending, ending_of
from latentdemo.data.imageset import ImageSet
from latentdemo.pixels import images

MAX_BROKEN = 20  # at most one file in twenty may be unreadable
MAX_NAMED = 10  # files in a message
TEXTS = (".txt", ".dat")  # tables only if they name images
log = logging.getLogger("latentdemo.data")


class Labelled(NamedTuple):
    """The image files that are used, N of them, before they are read.

    Attributes:
        files: the image files.
        labels: (N,) int64 classes, or (N, F) float32 columns of a table.
        names: of the classes or columns.
        splits: (N,) "train" or "test", "" where neither folders nor tables tell.
        strata: (N,) class of each, of which the same share is held out.
        keys: (N,) path by which images are chosen for testing.
        report: without the files that turn out to be unreadable, and without the split.
    """

    files: tuple[File, ...]
    labels: Array
    names: tuple[str, ...]
    splits: list[str]
    strata: list[str]
    keys: list[str]
    report: Report


class Folder(NamedTuple):
    """What was read: both splits and the report."""

    train: ImageSet
    test: ImageSet
    report: Report


def load_folder(path: Path, split: str, image_size: int) -> ImageSet:
    """Read images in one sub-folder per class, in train/CLASS and test/CLASS, or described by tables.

    A table (CSV, TSV, or CelebA's list) that names the images gives their labels: columns of numbers become attributes,
    a single column of text classes; images without a row or with an empty cell are left out. Otherwise an image's class
    is the first folder below the root or below the split. Folders called val, valid, validation or dev are held out
    like test. Without any test images a tenth of the images, at least 16, is held out: the same share of each class,
    the same images at every start. Hidden files and folders that other programs leave behind are ignored; links are
    followed. A warning names what is left out; at most one file in twenty may be unreadable.

    Args:
        path: a folder or a zip file; folders around everything are skipped.
        split: "train" or "test".
        image_size: every image's middle square is resized to this side (pixels).

    Returns:
        Grey images (C = 1) if all files are grey, else RGB.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: no images in class sub-folders, a table that cannot be matched or read, too many unreadable files,
            or a class without readable images; all named.
    """
    read = read_folder(path, image_size)
    if not len(read.train.images) and split == "train":
        raise ValueError(f"{path} has test images alone; put training images into train/CLASS")
    return read.train if split == "train" else read.test


def read_folder(path: Path, image_size: int) -> Folder:
    """Both splits and the report; arguments and errors as for `load_folder`."""
    return _read(path, list_files(path), image_size)


@lru_cache(maxsize=1)  # both splits are loaded, one after the other; changed files are other arguments
def _read(path: Path, files: tuple[File, ...], image_size: int) -> Folder:
    labelled = _label(path, files)
    opened, broken = _open(path, labelled.files, image_size)
    used = np.array([image is not None for image in opened])
    sentence = _broken(path, broken, len(labelled.files))
    report = labelled.report._replace(left_out=(*filter(None, [sentence]), *labelled.report.left_out))
    _check_classes(path, labelled, used)
    shown = [image for image in opened if image is not None]
    channels = max(image.shape[2] for image in shown)
    fitted = np.stack([images.rgb(image) if channels == 3 else image for image in shown])
    everything = ImageSet(fitted, labelled.labels[used], labelled.names)
    told, strata, keys = (list(compress(each, used)) for each in (labelled.splits, labelled.strata, labelled.keys))
    test, how = _split(told, strata, keys)
    report = report._replace(split=how)
    if report.left_out:
        log.warning("%s.", ". ".join(report.left_out))
    return Folder(everything.only(~test), everything.only(test), report)


def _label(path: Path, files: tuple[File, ...]) -> Labelled:
    """Which images are used, their labels and splits."""
    pictures = tuple(file for file in files if ending_of(file.path) in images.ENDINGS)
    unread = [file.path for file in files if ending_of(file.path) in images.UNREAD_ENDINGS]
    if not pictures:
        raise ValueError(_no_images(path, files))
    table, notes = _read_tables(path, files, pictures)
    taken = {*(file.path for file in pictures), *unread}
    others = [file.path for file in files if file.path not in taken and not tables.is_table(file.path)]
    left_out = [f"{_count(unread)} in a format that is not read; convert to PNG or JPEG"] if unread else []
    report = Report(str(path), tuple(left_out), by_ending(others), tuple(notes), "")
    if table is not None:
        return _label_by_table(pictures, table, report)
    return _label_by_folder(path, pictures, unread, report)


def _label_by_table(pictures: tuple[File, ...], table: tables.Table, report: Report) -> Labelled:
    kept, left_out = np.flatnonzero(table.complete), list(report.left_out)
    without = [pictures[i].path for i in np.flatnonzero(~table.has_row)]
    if without:
        left_out.append(f"{_count(without)} without a row in the table")
    empty = [pictures[i].path for i in np.flatnonzero(table.has_row & ~table.complete)]
    if empty:
        left_out.append(f"{_count(empty)} with an empty cell ({table.gaps()})")
    if not len(kept):
        raise ValueError(f"{report.title} has no image with a complete row: {'; '.join(left_out)}; fill the cells")
    files = tuple(pictures[i] for i in kept)
    paths = [file.path for file in files]
    told = [] if table.splits is None else [split_of(word) for word in table.splits[kept].tolist()]
    labels = table.labels[kept]
    strata = [str(label) for label in labels] if labels.ndim == 1 else [""] * len(files)
    places = [placed.place for placed in arrange(paths)]
    told = told if "test" in told else folder_splits(paths)
    report = report._replace(left_out=tuple(left_out), tables=(*table.notes, *report.tables))
    return Labelled(files, labels, table.names, told, strata, places, report)


def _label_by_folder(path: Path, pictures: tuple[File, ...], unread: list[str], report: Report) -> Labelled:
    arranged = arrange([*(file.path for file in pictures), *unread])
    placed = [(file, where) for file, where in zip(pictures, arranged, strict=False) if where.label]
    loose = [file.path for file, where in zip(pictures, arranged, strict=False) if not where.label]
    classes = sorted({where.label for _, where in placed})
    if not classes:
        raise ValueError(
            f"{path} has no images in class sub-folders (CLASS/image.png), and no table that names any: "
            f"{_count(loose)} directly in it; move them into a sub-folder for each class, or add a table"
        )
    lost = sorted({where.label for where in arranged[len(pictures) :]} - {"", *classes})
    if lost:
        raise ValueError(
            f"no file of the class {lost[0]!r} of {path} can be read: {_count(unread)}; convert to PNG or JPEG"
        )
    left_out = (*report.left_out, *([f"{_count(loose)} in no class sub-folder"] if loose else []))
    labels = np.array([classes.index(where.label) for _, where in placed], np.int64)
    columns = _columns([where for _, where in placed])
    files = tuple(file for file, _ in placed)
    return Labelled(files, labels, tuple(classes), *columns, report._replace(left_out=left_out))


def _columns(placed: list[Placed]) -> tuple[list[str], list[str], list[str]]:
    return [one.split for one in placed], [one.label for one in placed], [one.place for one in placed]


def _split(told: list[str], strata: list[str], keys: list[str]) -> tuple[Array, str]:
    """(N,) bool, True for the test split, and how it was chosen. `told`: "train", "test" or "" for each image."""
    if "test" in told:
        return np.array([one == "test" for one in told]), "as the folders or the table say"
    return divide(strata, keys), "chosen by path: a tenth, at least 16, with the same share of each class"


def _read_tables(
    path: Path, files: tuple[File, ...], pictures: tuple[File, ...]
) -> tuple[tables.Table | None, list[str]]:
    """What tables tell of the images, and notes about tables that are not used.

    Raises:
        ValueError: a table that cannot be read or matched, if all images would be one class without it, or if it holds
            names of other image files.
    """
    texts = [file for file in files if ending_of(file.path) in TEXTS and not tables.is_table(file.path)]
    sheets = [file for file in files if tables.is_table(file.path)]
    sheets += texts if len(texts) <= MAX_BROKEN else []  # more belong to one image each
    paths, names = [file.path for file in pictures], {file.path: file.name for file in sheets}
    read = reader(path)
    table, notes = tables.read(names, lambda name: read(names[name]), paths, (*TRAIN, *TEST))
    notes += [f"{file.path} is not read; export it as CSV" for file in files if ending_of(file.path) in tables.UNREAD]
    if table is None and notes and len({one.label for one in arrange(paths)} - {""}) < 2:
        raise ValueError(notes[0])
    return table, notes


def _open(path: Path, files: tuple[File, ...], image_size: int) -> tuple[list[Array | None], list[str]]:
    """The images, (S, S, 1 or 3) uint8, None for an unreadable file; and a name with the reason for each of these."""
    read, broken = reader(path), []
    opened: list[Array | None] = []
    for file in files:
        try:
            image = images.load(read(file.name), keep_grey=True)
        except (ValueError, OSError) as error:
            broken.append(f"{file.path} ({error})")
            opened.append(None)
        else:
            opened.append(images.fit(image, image_size, image.shape[2]))
    return opened, broken


def _broken(path: Path, broken: list[str], n: int) -> str:
    """A sentence about unreadable files, "" if there are none; a ValueError if they are too many."""
    if not broken:
        return ""
    more = f" and {len(broken) - MAX_NAMED} more" if len(broken) > MAX_NAMED else ""
    what = f"{len(broken)} of {n} images of {path} cannot be read: {'; '.join(broken[:MAX_NAMED])}{more}"
    if len(broken) * MAX_BROKEN > n:
        raise ValueError(f"{what}. At most one in {MAX_BROKEN} may be unreadable; repair or remove them")
    return what


def _check_classes(path: Path, labelled: Labelled, used: Array) -> None:
    """ValueError if no image of a class can be read."""
    if labelled.labels.ndim == 2:
        return
    for i in np.setdiff1d(labelled.labels, labelled.labels[used]):
        raise ValueError(f"no image of the class {labelled.names[i]!r} of {path} can be read; repair or remove them")


def _no_images(path: Path, files: tuple[File, ...]) -> str:
    there = f"it has {by_ending([file.path for file in files])}; " if files else ""
    return f"{path} has no images: {there}put PNG, JPEG, WebP, GIF, BMP, TIFF, PNM, AVIF or HEIC files into CLASS/"


def _count(paths: Sequence[str]) -> str:
    """Their number with the endings, and some names."""
    names = ", ".join(paths[:MAX_NAMED]) + (f" and {len(paths) - MAX_NAMED} more" if len(paths) > MAX_NAMED else "")
    return f"{len(paths):,} image{'s' * (len(paths) != 1)} ({by_ending(paths)}: {names})"
