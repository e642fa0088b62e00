"""A table of attributes beside images comes in, as CSV or as CelebA's list; numbers for each image go out."""

import csv
import math
import re
from typing import NamedTuple

WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
MOST_NAMES = 200  # attributes
LARGE = 1e30  # a float32 holds more
NAMED = 5  # bad cells in a message


class Table(NamedTuple):
    """Attributes of images.

    Attributes:
        names: of the attributes.
        rows: file names, as the table has them, and a number for each attribute.
    """

    names: tuple[str, ...]
    rows: dict[str, tuple[float, ...]]

    def row(self, place: str) -> tuple[float, ...] | None:
        """Of an image by its path, or its file's name alone; None: the table does not have it."""
        return self.rows.get(place) or self.rows.get(place.rpartition("/")[2])


def first_cells(text: str) -> list[str]:
    """What stands first in each line."""
    return [re.split(r"[,;\t ]", line.strip())[0].strip('"') for line in text.lstrip("\ufeff").splitlines()]


def is_table(name: str) -> bool:
    """Whether a file's name is that of a table: any CSV, or a .txt that begins like CelebA's."""
    last = name.rpartition("/")[2].lower()
    return last.endswith(".csv") or (last.startswith("list_attr") and last.endswith(".txt"))


def read(text: str, name: str) -> Table:
    """A table from a file's text.

    CSV: a head whose first cell stands over the file names, then a row for each image, comma, semicolon or tab between.
    CelebA's form: the number of images, a line of names, then a file name and as many numbers, spaces between. Numbers,
    yes, no, true, false; a column of −1 and 1 alone is read as 0 and 1.

    Raises:
        ValueError: no such table, or cells that are none of these (named).
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        raise ValueError(f"{name} is empty")
    cells = _celeba(lines) if name.lower().endswith(".txt") else _csv(lines)
    names, body = tuple(cells[0]), cells[1:]
    if not 0 < len(names) <= MOST_NAMES or len(set(names)) < len(names) or not body:
        raise ValueError(f"{name} needs a head of 1 to {MOST_NAMES} different names, and a row for each image")
    bad: list[str] = []
    rows = {row[0]: tuple(_number(cell, row[0], bad) for cell in row[1:]) for row in body}
    if len(rows) < len(body):
        raise ValueError(f"{name} names an image twice")
    short = [row[0] for row in body if len(row) != len(names) + 1]
    if short or bad:
        what = f"rows of another length than the head: {', '.join(short[:NAMED])}" if short else "; ".join(bad[:NAMED])
        raise ValueError(f"{name} cannot be read: {what}")
    return Table(names, _zero_to_one(rows, len(names)))


def _celeba(lines: list[str]) -> list[list[str]]:
    rest = lines[1:] if lines[0].strip().isdecimal() else lines
    return [line.split() for line in rest]


def _csv(lines: list[str]) -> list[list[str]]:
    delimiter = max(",;\t", key=lines[0].count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as error:
        raise ValueError(f"a row cannot be read ({error})") from None
    return [rows[0][1:], *rows[1:]]


def _number(cell: str, image: str, bad: list[str]) -> float:
    try:
        value = WORDS[cell.lower()] if cell.lower() in WORDS else float(cell)
    except ValueError:
        value = math.nan
    if not abs(value) < LARGE:  # no number is not less either
        bad.append(f"{image} has {cell[:20]!r}")
    return value


def _zero_to_one(rows: dict[str, tuple[float, ...]], n: int) -> dict[str, tuple[float, ...]]:
    """Columns of −1 and 1 alone become 0 and 1."""
    signed = [{row[i] for row in rows.values()} == {-1.0, 1.0} for i in range(n)]
    return {
        image: tuple((value + 1) / 2 if two else value for value, two in zip(row, signed, strict=True))
        for image, row in rows.items()
    }
