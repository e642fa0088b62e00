"""A column's cells as text come in; numbers, or the reason why there are none, go out."""

import re
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

TRUE = ("yes", "true", "ja", "wahr", "oui", "vrai", "si", "sí", "verdadero")
FALSE = ("no", "false", "nein", "falsch", "non", "faux", "falso")
EMPTY = ("", "na", "n/a", "nan", "null", "none", "?", "-", "–", "#n/a")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
LARGE = 1e30  # a float32 holds more


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: its header; of a column with two different words "HEADER = SECOND WORD".
        values: (R,) float32, NaN where the cell is empty; None for text.
        cells: (R,) str; "" where the cell is empty.
        bad: (R,) bool, cells that are neither empty nor numbers.
    """

    name: str
    values: Array | None
    cells: Array
    bad: Array

    @property
    def words(self) -> list[str]:
        """The different texts of the cells that are no numbers, in alphabetical order."""
        return np.unique(self.cells[self.bad]).tolist()

    @property
    def is_text(self) -> bool:
        """Whether cells hold words, and none a number."""
        return bool(self.bad.any() and not ((self.cells != "") & ~self.bad).any())


def column(name: str, cells: Array, decimal: str) -> Column:
    """Read a column of strings (R,).

    Numbers, yes and no, true and false (also in German, French and Spanish) are values. A column of −1 and 1 alone
    becomes 0 and 1; two different words become 0 and 1 in alphabetical order.

    Args:
        name: the column's header.
        cells: (R,) strings.
        decimal: "," if a comma may be a decimal comma whatever follows it.
    """
    unique, back = np.unique(cells, return_inverse=True)
    texts = [str(text).strip().lower().replace("−", "-") for text in unique]
    texts = _with_points([text if text not in EMPTY else "" for text in texts], decimal)
    empty = np.array([not text for text in texts])
    numbers = np.array([_number(text) for text in texts], np.float64)
    bad = np.isnan(numbers) & ~empty
    kept = np.where(empty[back], "", cells)
    words = [str(text) for text, is_bad in zip(unique, bad, strict=True) if is_bad]
    if words and bad[~empty].all() and not any(map(_is_numeric, texts)):  # text throughout
        return _of_words(Column(name, None, kept, bad[back]))
    if set(numbers[~np.isnan(numbers)]) == {-1.0, 1.0}:
        numbers = (numbers + 1) / 2
    return Column(name, numbers[back].astype(np.float32), kept, bad[back])


def _of_words(text: Column) -> Column:
    """Two different words as 0 and 1; other text has no values."""
    if len(text.words) != 2:
        return text
    values = np.where(text.cells == text.words[1], 1, np.where(text.cells == "", np.nan, 0)).astype(np.float32)
    return text._replace(name=f"{text.name} = {text.words[1]}", values=values)


def _with_points(texts: list[str], decimal: str) -> list[str]:
    """Numbers with a decimal comma, or with commas between thousands, in Python's form."""
    with_comma = [text for text in texts if re.fullmatch(r"[+-]?[\d.]*,\d+", text)]
    thousands = all(re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", text) for text in with_comma)
    if decimal == "." and thousands:
        return [
            text.replace(",", "") if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text) else text for text in texts
        ]
    return [text.replace(".", "").replace(",", ".") if text in with_comma else text for text in texts]


def _is_numeric(text: str) -> bool:
    return bool(NUMBER.fullmatch(text)) or text.lstrip("+-") in ("inf", "infinity") or text in (*TRUE, *FALSE)


def _number(text: str) -> float:
    """A cell's value; NaN if it is none."""
    if text in TRUE or text in FALSE:
        return float(text in TRUE)
    value = float(text) if NUMBER.fullmatch(text) else np.nan
    return value if abs(value) < LARGE else np.nan
