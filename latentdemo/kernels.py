"""KERNELS: the classical ones by hand, and how a typed matrix is read."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy import ndarray as Array

MAX_SIZE = 7
MAX_VALUE = 1000.0


@dataclass(frozen=True)
class Kernel:
    """A named kernel.

    Attributes:
        name: as on screen.
        rows: the numbers before they are divided.
        meaning: what it is for, in one line.
        divisor: what every number is divided by.
    """

    name: str
    rows: tuple[tuple[float, ...], ...]
    meaning: str
    divisor: float = 1.0

    @property
    def array(self) -> Array:
        """(k, k) float32, divided."""
        return np.array(self.rows, np.float32) / np.float32(self.divisor)

    @property
    def text(self) -> str:
        """The numbers before division, as `parse` reads them."""
        return "\n".join("  ".join(f"{value:g}" for value in row) for row in self.rows)


_ALL = (
    Kernel("Blur", ((1, 2, 1), (2, 4, 2), (1, 2, 1)), "A mean of nine pixels, near ones counting more.", 16),
    Kernel("Box blur", ((1, 1, 1), (1, 1, 1), (1, 1, 1)), "A plain mean of nine pixels.", 9),
    Kernel("Sharpen", ((0, -1, 0), (-1, 5, -1), (0, -1, 0)), "The pixel, plus its difference from its neighbours."),
    Kernel("Emboss", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), "Relief: bright where it brightens down and to the right."),
    Kernel(
        "Outline", ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)), "How far a pixel stands out from all eight around it."
    ),
    Kernel(
        "Edge", ((0, 1, 0), (1, -4, 1), (0, 1, 0)), "The Laplacian: negative on bright lines, positive on dark ones."
    ),
    Kernel(
        "Diagonal edge", ((1, 0, -1), (0, 0, 0), (-1, 0, 1)), "Where brightness changes along both diagonals at once."
    ),
    Kernel("Sobel x", ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)), "Positive where the image brightens rightwards."),
    Kernel("Sobel y", ((-1, -2, -1), (0, 0, 0), (1, 2, 1)), "Positive where the image brightens downwards."),
    Kernel("Identity", ((0, 0, 0), (0, 1, 0), (0, 0, 0)), "The image itself."),
)
KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in _ALL}


def find(name: str) -> Kernel:
    """A preset by name; ValueError names those there are."""
    if name not in KERNELS:
        raise ValueError(f"no kernel {name!r}; there are {', '.join(KERNELS)}")
    return KERNELS[name]


def parse(text: str, divisor: float = 1.0) -> Array:
    """Read a square matrix as typed.

    Args:
        text: rows on lines of their own or between semicolons; numbers between spaces or commas; 1/9 is a number.
        divisor: every number is divided by it, not 0.

    Returns:
        (k, k) float32 with k odd, 1 to 7.

    Raises:
        ValueError: says what is wrong with the matrix.
    """
    rows = [re.split(r"[\s,]+", row.strip(" \t,")) for row in re.split(r"[;\n]", text) if row.strip(" \t,")]
    if not rows:
        raise ValueError("The kernel is empty; type rows of numbers, such as 0 1 0.")
    if len({len(row) for row in rows}) > 1 or len(rows) != len(rows[0]):
        lengths = ", ".join(str(len(row)) for row in rows[:MAX_SIZE])
        raise ValueError(f"The kernel has {len(rows)} rows of {lengths} numbers; it must be square.")
    if len(rows) % 2 == 0 or len(rows) > MAX_SIZE:
        raise ValueError(f"The kernel is {len(rows)} × {len(rows)}; its side must be odd and at most {MAX_SIZE}.")
    if not math.isfinite(divisor) or divisor == 0:
        raise ValueError(f"The divisor is {divisor}; it must be a number other than 0.")
    values = np.array([[_number(word) for word in row] for row in rows]) / divisor
    if np.abs(values).max() > MAX_VALUE:
        raise ValueError(f"The kernel reaches {np.abs(values).max():g}; its numbers must lie in ±{MAX_VALUE:g}.")
    return values.astype(np.float32)


def _number(word: str) -> float:
    try:
        value = float(Fraction(word)) if "/" in word else float(word)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"“{word[:20]}” in the kernel is not a number.") from None
    if not math.isfinite(value):
        raise ValueError(f"“{word[:20]}” in the kernel is not a finite number.")
    return value
