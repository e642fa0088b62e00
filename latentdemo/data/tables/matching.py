"""A table and the paths of images come in; the column that names the images, and the row of each image, go out."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.tables.parsing import Sheet
from latentdemo.pixels.images import ENDINGS

MIN_MATCHED = 0.1  # of the rows or the images, whichever are fewer
N_SHOWN = 3  # names of each side in a message
UNIQUE = 0.9  # of the cells that name images are different ones
FILE_LIKE = 0.5  # of a column's cells end like images: it holds file names


Hits = dict[str, list[int]]  # a cell -> images


class Match(NamedTuple):
    """Which row belongs to which image.

    Attributes:
        column: position of the column that names the images.
        rows: (N,) int, the row of each image; −1: none.
        n_unused: rows that name no image.
    """

    column: int
    rows: Array
    n_unused: int


class Unmatched(ValueError):
    """No column of the table names the images; `file_names` tells whether one has names of image files."""

    def __init__(self, sentence: str, file_names: bool) -> None:
        super().__init__(sentence)
        self.file_names = file_names


class Ambiguous(ValueError):
    """A row names several images, or several rows name one."""


def normalised(path: str) -> str:
    """A path in Unicode's composed form (NFC), with / between its parts and without "." and empty parts."""
    parts = unicodedata.normalize("NFC", path.strip()).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def without_ending(path: str) -> str:
    """A path without the ending of an image: "a/b.PNG" -> "a/b"."""
    stem, dot, ending = path.rpartition(".")
    return stem if dot and stem and f".{ending.lower()}" in ENDINGS else path


def _numbered(path: str) -> str:
    """ "a/007.png" -> "a/7", as a spreadsheet writes it; "" if the name is not a number."""
    folder, slash, last = without_ending(path).casefold().rpartition("/")
    last = last.removesuffix(".0")
    return folder + slash + str(int(last)) if last.isascii() and last.isdecimal() else ""


KEYS: tuple[Callable[[str], str], ...] = (  # how names are compared, from strict to loose
    str,
    str.casefold,
    lambda path: without_ending(path).casefold(),
    _numbered,
)


class Index:
    """Images by every end of their paths: "b/c.png" and "c.png" for "a/b/c.png", for each way to compare names."""

    def __init__(self, paths: Iterable[str], home: str = "") -> None:
        """Of `paths`, normalised; `home` is the folder of the table, whose images are preferred."""
        self.paths, self.home = list(paths), home
        self._ends: list[dict[str, list[int]]] = [{} for _ in KEYS]
        self._whole: list[dict[str, list[int]]] = [{} for _ in KEYS]
        shared = _shared_folders(self.paths)
        for i, path in enumerate(self.paths):
            parts = path.split("/")
            for level, key in enumerate(KEYS):
                for k in range(len(parts)):
                    self._ends[level].setdefault(key("/".join(parts[k:])), []).append(i)
                self._whole[level].setdefault(key("/".join(parts[shared:])), []).append(i)

    def find(self, cell: str) -> list[int]:
        """Images whose path ends with the cell's, or whose path the cell's ends with; the closest ones alone."""
        path = "" if "://" in cell and not cell.startswith("file:") else normalised(cell)
        parts = path.split("/")
        for k in range(len(parts)):
            end = "/".join(parts[k:])
            for level, key in enumerate(KEYS):
                known = self._whole[level] if k else self._ends[level]
                if (name := key(end)) and (hits := known.get(name)):
                    return self._at_home(hits)
        return []

    def find_last(self, cell: str) -> list[int]:
        """Images whose file is called as the cell's, in whatever folder."""
        return [] if "://" in cell else self.find(normalised(cell).rpartition("/")[2])

    def _at_home(self, hits: list[int]) -> list[int]:
        near = [i for i in hits if self.home and self.paths[i].startswith(f"{self.home}/")]
        return near or hits


def _shared_folders(paths: list[str]) -> int:
    """How many first folders all paths share."""
    folders = [path.split("/")[:-1] for path in paths]
    n = 0
    while folders and all(len(each) > n and each[n] == folders[0][n] for each in folders):
        n += 1
    return n


def match(sheet: Sheet, index: Index) -> Match:
    """Find the column that names most images, and the image of each of its rows.

    Paths may be absolute, relative or only the file's name; upper and lower case, endings and leading zeros may differ.
    Where a column holds names of image files, no other one is tried.

    Raises:
        Unmatched: no column names enough images; tells names of both sides.
        Ambiguous: a row names several images, or several rows name the same one.
    """
    tried = [i for i, cells in enumerate(sheet.columns) if _is_file_like(cells)]
    enough = max(1, MIN_MATCHED * min(len(sheet.columns[0]), len(index.paths)))
    ranked: list[tuple[int, bool, int, Hits]] = []
    for i in tried or range(len(sheet.columns)):
        hits, n = _hits(sheet.columns[i], index, enough)
        if tried or _is_unique(sheet.columns[i], hits):
            ranked.append((n, bool(sheet.header[i]), -i, hits))
    n, _, column, hits = max(ranked, key=lambda one: one[:3], default=(0, False, -(tried or [0])[0], {}))
    if n < enough:
        raise Unmatched(_unmatched(sheet, -column, n, index), file_names=bool(tried))
    return _rows(sheet, -column, hits, index)


def _hits(cells: Array, index: Index, enough: float) -> tuple[Hits, int]:
    """The images of each cell, and how many images that are; by the files' names alone if paths match too few."""
    hits: Hits = {}
    n = 0
    for find in (index.find, index.find_last):
        hits = _consistent({cell: find(cell) for cell in np.unique(cells).tolist() if cell}, index.paths)
        n = len({hit[0] for hit in hits.values() if hit})
        if n >= enough:
            break
    return hits, n


def _consistent(hits: Hits, paths: list[str]) -> Hits:
    """Without images in other folders than the cell says, if the folders of some cells are those of their images."""
    agree: dict[str, bool] = {}
    for cell, found in hits.items():
        if found:
            parts, other = (without_ending(normalised(path)).casefold().split("/") for path in (cell, paths[found[0]]))
            n = min(len(parts), len(other))
            agree[cell] = parts[-n:] == other[-n:]
    if not any(agree[cell] and "/" in normalised(cell) for cell in agree):
        return hits
    return {cell: found if agree.get(cell) else [] for cell, found in hits.items()}


def _is_file_like(cells: Array) -> bool:
    """Whether most cells that are not empty end like image files."""
    texts = [cell for cell in np.unique(cells).tolist() if cell and "://" not in cell]
    return bool(texts) and sum(without_ending(text) != text for text in texts) > FILE_LIKE * len(texts)


def _is_unique(cells: Array, hits: Hits) -> bool:
    """Whether hardly a cell that names an image occurs twice: ages and heights do."""
    known = [cell for cell in cells.tolist() if hits.get(cell)]
    return len(set(known)) >= UNIQUE * len(known)


def _rows(sheet: Sheet, column: int, hits: Hits, index: Index) -> Match:
    rows, unused, title = np.full(len(index.paths), -1), 0, sheet.header[column]
    if without_ending(title) != title and index.find(title):
        raise Ambiguous(f"{sheet.name} begins with the row of {title}; add a first line with names, such as image,NAME")
    for row, cell in enumerate(sheet.columns[column].tolist()):
        found = hits.get(cell, [])
        if len(found) > 1:
            two = " and ".join(index.paths[i] for i in found[:2])
            raise Ambiguous(
                f"{sheet.name} has the row {cell!r} for {len(found)} images: {two}; write their folders into the table"
            )
        if not found:
            unused += 1
        elif rows[found[0]] >= 0:
            other = str(sheet.columns[column][rows[found[0]]])
            both = f"{other!r} and {cell!r} both name" if other != cell else f"{cell!r} names twice"
            raise Ambiguous(f"{sheet.name}: {both} the image {index.paths[found[0]]}; keep one row for each image")
        else:
            rows[found[0]] = row
    return Match(column, rows, unused)


def _unmatched(sheet: Sheet, column: int, n: int, index: Index) -> str:
    """What was tried, with names of both sides."""
    title = f"{sheet.header[column]!r}" if sheet.header[column] else "without a name"
    cells = [cell for cell in sheet.columns[column].tolist() if cell]
    return (
        f"{sheet.name} does not name the images: its column {title} matches {n} of {len(index.paths)}. It has "
        f"{_quoted(cells)}; the images are {_quoted(index.paths)}. Correct the names or remove the table"
    )


def _quoted(names: list[str]) -> str:
    shown = ", ".join(repr(name[-60:]) for name in names[:N_SHOWN]) + (" …" if len(names) > N_SHOWN else "")
    return shown or "no names"
