"""Tables and the paths of images come in; labels of each image go out: numbers for attributes, or classes."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.tables.matching import Ambiguous, Index, Unmatched, match, normalised
from latentdemo.data.tables.parsing import MAX_NAMED, UNREAD, Sheet, decode, is_table, parse
from latentdemo.data.tables.values import Column, column

__all__ = ["UNREAD", "Table", "is_table", "normalised", "read"]
N_LOOKED_FOR = 500  # images whose names are looked for in a damaged table
MAX_EMPTY = 0.5  # of a column's cells; one with more is not used
CLASS_HEADERS = ("class", "label", "category", "target", "species", "klasse", "classe", "clase")  # of classes 0, 1, 2 …
Read = Callable[[str], bytes]


class Table(NamedTuple):
    """What tables tell of N images.

    Attributes:
        names: of the F columns, or of the classes.
        labels: (N, F) float32, NaN where there is no value; or (N,) int64 classes, −1 where there is none.
        splits: (N,) str, words of a column that divides the images ("train", "val", …), "" where there is none; None:
            no column names them.
        has_row: (N,) bool.
        notes: sentences about what was read and what was not.
    """

    names: tuple[str, ...]
    labels: Array
    splits: Array | None
    has_row: Array
    notes: tuple[str, ...]

    @property
    def complete(self) -> Array:
        """(N,) bool: images with all values."""
        known = self.labels >= 0 if self.labels.ndim == 1 else np.isfinite(self.labels).all(axis=1)
        return self.has_row & known

    def gaps(self) -> str:
        """How many images have a row with an empty cell, by column; "" if none has."""
        if self.labels.ndim == 1:
            return f"{int((self.has_row & (self.labels < 0)).sum())}"
        n = (self.has_row[:, None] & np.isnan(self.labels)).sum(axis=0)
        return ", ".join(f"{name}: {count}" for name, count in zip(self.names, n, strict=True) if count)


class _Merged:
    """Cells of several sheets, by column and image; columns of one name become one."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths, self.decimal = paths, "."
        self.cells: dict[str, Array] = {}
        self.has_row, self.shown = np.zeros(len(paths), bool), np.full(len(paths), "", object)
        self.names: list[str] = []
        self.notes: list[str] = []

    def add(self, sheet: Sheet, index: Index) -> None:
        """The columns of a sheet that names images. Unmatched or Ambiguous if it cannot be matched."""
        found = match(sheet, index)
        known = found.rows >= 0
        self.cells |= {
            name: self._merged(name, np.where(known, sheet.columns[i][found.rows], ""), sheet.name)
            for i, title in enumerate(sheet.header)
            if i != found.column
            and (name := title or (f"column {i + 1}" if i and not _is_count(sheet.columns[i]) else ""))
        }
        self.has_row |= known
        self.shown = np.where(known, sheet.columns[found.column][found.rows], self.shown)
        self.names.append(sheet.name)
        self.decimal = "," if sheet.decimal == "," else self.decimal
        title = repr(sheet.header[found.column]) if sheet.header[found.column] else "without a name"
        unused = f"; {found.n_unused:,} rows name no image" if found.n_unused else ""
        self.notes.append(f"{sheet.name}: the column {title} names {int(known.sum()):,} images{unused}")

    def _merged(self, title: str, cells: Array, name: str) -> Array:
        """A column's cells with those of other tables. Ambiguous if they contradict each other."""
        before = self.cells.get(title, np.full(len(self.paths), "", object))
        differs = np.flatnonzero((before != "") & (cells != "") & (before != cells))
        if len(differs):
            path, was, now = self.paths[differs[0]], str(before[differs[0]]), str(cells[differs[0]])
            raise Ambiguous(f"{name} has {now!r} as {title!r} of {path}, another table has {was!r}; correct one")
        return np.where(cells == "", before, cells)


def _is_count(cells: Array) -> bool:
    """Whether a column counts the rows, as pandas' index does."""
    first = cells[0] if len(cells) else ""
    return first in ("0", "1") and cells.tolist() == [str(i) for i in range(int(first), int(first) + len(cells))]


def read(
    names: Iterable[str], load: Read, paths: Sequence[str], split_words: Iterable[str]
) -> tuple[Table | None, list[str]]:
    """Read the tables of a folder that name its images.

    Args:
        names: of the files that are tables; .txt files are tables only if they name images.
        load: gives the bytes of a file.
        paths: of the N images, normalised.
        split_words: words of a column that divides the images into train and test.

    Returns:
        What the tables tell, None if none names images; and a sentence for each table that does not.

    Raises:
        ValueError: cells that are no numbers, a row of two images, two rows of one image, tables that contradict each
            other; a table of other image files if no other one names the images.
    """
    merged, problems = _Merged(paths), []
    stops: ValueError | None = None
    for name in names:
        text = ""
        try:
            text = decode(_loaded(load, name), name)
            merged.add(parse(text, name), Index(paths, normalised(name).rpartition("/")[0]))
        except ValueError as error:
            if not is_table(name):
                continue
            problems.append(str(error))
            names_files = isinstance(error, Unmatched) and error.file_names
            unparsed = not isinstance(error, Unmatched) and any(last in text for last in _last_parts(paths))
            if isinstance(error, Ambiguous):
                raise
            stops = stops or (error if names_files or unparsed else None)
    if stops and not merged.names:
        raise stops
    if merged.names:
        return _table(merged, {word.lower() for word in split_words}), problems
    return None, problems


def _loaded(load: Read, name: str) -> bytes:
    """The bytes of a table. ValueError names the table."""
    try:
        return load(name)
    except (ValueError, OSError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None


def _last_parts(paths: Sequence[str]) -> list[str]:
    return [path.rpartition("/")[2] for path in paths[:N_LOOKED_FOR]]


def _table(merged: _Merged, split_words: set[str]) -> Table:
    columns = [column(title, cells.astype(str), merged.decimal) for title, cells in merged.cells.items()]
    splits = None
    for one in list(columns):
        if one.is_text and len(one.words) > 1 and {word.lower() for word in one.words} <= split_words:
            splits, columns = np.char.lower(one.cells), [other for other in columns if other is not one]
            merged.notes.append(f"the column {one.name.partition(' = ')[0]!r} divides the images into train and test")
    title = ", ".join(merged.names)
    if len(columns) == 1 and (classes := _classes(columns[0])) is not None:
        names, labels = classes
        return Table(names, labels, splits, merged.has_row, tuple(merged.notes))
    used = _used(columns, merged, title)
    labels = np.stack([one.values for one in used if one.values is not None], axis=1)
    return Table(tuple(one.name for one in used), labels, splits, merged.has_row, tuple(merged.notes))


def _classes(one: Column) -> tuple[tuple[str, ...], Array] | None:
    """Names and indices of the classes that a single column tells: of words, or of whole numbers below "label"."""
    cells = one.cells
    words = sorted(set(cells.tolist()) - {""})
    counted = one.name.lower() in CLASS_HEADERS and all(word.isdecimal() for word in words)
    if not (one.is_text or counted) or not 1 < len(words) <= max(2, np.count_nonzero(cells != "") / 2):
        return None
    words = sorted(words, key=lambda word: (len(word), word)) if counted else words
    place = {word: i for i, word in enumerate(words)}
    return tuple(words), np.array([place.get(cell, -1) for cell in cells.tolist()], np.int64)


def _used(columns: list[Column], merged: _Merged, title: str) -> list[Column]:
    """The columns of numbers. ValueError names cells that are none, if there are some in them or no column is left."""
    used, unusable = [], []
    n = max(1, int(merged.has_row.sum()))
    for one in columns:
        empty = merged.has_row & (one.cells == "")
        if one.values is None:
            merged.notes.append(f"the column {one.name!r} is not used: text with {len(one.words)} different values")
            unusable += _cells(one, one.bad, merged)
        elif empty.sum() > MAX_EMPTY * n:
            merged.notes.append(f"the column {one.name!r} is not used: {int(empty.sum())} of {n} cells are empty")
            unusable += _cells(one, empty, merged)
        elif (wrong := one.bad & np.isnan(one.values)).any():
            raise ValueError(_unreadable(title, _cells(one, wrong, merged)))
        else:
            used.append(one)
    if not used:
        raise ValueError(_unreadable(title, unusable or ["it has no column beside the names of the images"]))
    return used


def _cells(one: Column, chosen: Array, merged: _Merged) -> list[str]:
    """Some of the chosen cells (N,) of a column, with the names of their images."""
    places = np.flatnonzero(chosen)[:MAX_NAMED]
    return [f"{merged.shown[i]} has {str(one.cells[i])[:20]!r} in the column {one.name!r}" for i in places]


def _unreadable(title: str, cells: list[str]) -> str:
    return f"{title} cannot be read: {'; '.join(cells[:MAX_NAMED])}; expected are numbers, yes or no, true or false"
