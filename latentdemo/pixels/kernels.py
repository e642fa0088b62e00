"""KERNELS: the classical ones by hand; the lectures' worked examples; how a typed matrix is read."""

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy import ndarray as Array

MAX_SIZE = 7
MAX_VALUE = 1000.0
TYPED = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


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


_ALL = (
    Kernel("Blur", ((1, 2, 1), (2, 4, 2), (1, 2, 1)), "A mean of nine pixels, near ones counting more.", 16),
    Kernel("Box blur", ((1, 1, 1), (1, 1, 1), (1, 1, 1)), "A plain mean of nine pixels.", 9),
    Kernel(
        "Blur 5 × 5",
        ((1, 4, 6, 4, 1), (4, 16, 24, 16, 4), (6, 24, 36, 24, 6), (4, 16, 24, 16, 4), (1, 4, 6, 4, 1)),
        "A wider mean, near pixels counting more: what blurring twice with 3 × 3 does.",
        256,
    ),
    Kernel("Blur across", ((0, 0, 0), (1, 2, 1), (0, 0, 0)), "A mean along the row only.", 4),
    Kernel(
        "Blur down",
        ((0, 1, 0), (0, 2, 0), (0, 1, 0)),
        "A mean along the column only; with “across” it makes the blur.",
        4,
    ),
    Kernel("Sharpen", ((0, -1, 0), (-1, 5, -1), (0, -1, 0)), "The pixel, plus its difference from its neighbours."),
    Kernel(
        "Emboss", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), "Relief: large where the image brightens down and to the right."
    ),
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
    Kernel("Difference across", ((0, 0, 0), (-1, 0, 1), (0, 0, 0)), "Right neighbour minus left, the plainest edges."),
    Kernel(
        "Difference down",
        ((0, -1, 0), (0, 0, 0), (0, 1, 0)),
        "Lower neighbour minus upper; after a blur: Sobel.",
    ),
    Kernel("Identity", ((0, 0, 0), (0, 1, 0), (0, 0, 0)), "The image itself."),
)
KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in _ALL}


@dataclass(frozen=True)
class Example:
    """An array small enough to be worked by hand, and what to do with it.

    Attributes:
        name: as on screen.
        image, kernel: rows of numbers.
        meaning: what to look at, in one line.
        stride, padding: pixels.
    """

    name: str
    image: tuple[tuple[float, ...], ...]
    kernel: tuple[tuple[float, ...], ...]
    meaning: str
    stride: int = 1
    padding: int = 0


_SOBEL = KERNELS["Sobel x"].rows
_CROSS = ((1, 0, 1), (0, 1, 0), (1, 0, 1))
_EIGHT = ((2, 2, 6, 8, 2, 0, 1, 2), (4, 3, 4, 5, 1, 9, 6, 3), (3, 9, 4, 4, 7, 7, 6, 9), (1, 3, 4, 6, 8, 2, 2, 1),
          (8, 4, 6, 2, 3, 1, 8, 8), (5, 8, 9, 0, 1, 0, 2, 3), (9, 2, 6, 6, 3, 6, 2, 1),
          (9, 8, 8, 2, 6, 3, 4, 5))  # fmt: skip
_BINARY = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
_CAT = ((30, 200, 200, 30), (30, 30, 30, 30), (30, 240, 240, 30), (30, 30, 30, 30), (200, 30, 30, 200))
_TWO = ((0, 1), (2, 3))
_ONES_3, _ONES_4 = ((1,) * 3,) * 3, ((1,) * 4,) * 4

EXAMPLES = (
    Example("8 × 8, Sobel x", _EIGHT, _SOBEL, "The first nine products add up to 5; 8 − 2 = 6 values a side."),
    Example("3 × 3 patch, Sobel x", ((2, 2, 6), (4, 3, 4), (3, 9, 4)), _SOBEL, "One patch, one value: 5."),
    Example("5 × 5 of zeros and ones", _BINARY, _CROSS, "The first value is 4; the output is 3 × 3."),
    Example("5 × 5, padded by one", _BINARY, _CROSS, "Zeros around it: the output keeps the size.", padding=1),
    Example("8 × 8, stride 2", _EIGHT, _SOBEL, "The kernel jumps two pixels: half the values a side.", 2, 1),
    Example("A cat in 4 × 5 greys", _CAT, KERNELS["Blur"].rows, "Press Normalise to divide by 16: a blur.", padding=1),
)
TRANSPOSED = (
    Example("2 × 2 by 2 × 2", _TWO, _TWO, "Four copies of the kernel, each times its pixel, one step apart, added up."),
    Example("2 × 2, stride 2", _TWO, _TWO, "Two steps apart the copies do not meet.", stride=2),
    Example("Stride 2, kernel 3 × 3", _ONES_4, _ONES_3, "A uniform input turns into a checkerboard.", stride=2),
    Example("Stride 2, kernel 4 × 4", _ONES_4, _ONES_4, "4 is a multiple of 2: the inside is uniform again.", stride=2),
)


def find(name: str) -> Kernel:
    """A preset by name; ValueError names those there are."""
    if name not in KERNELS:
        raise ValueError(f"no kernel {str(name)[:40]!r}; there are {', '.join(KERNELS)}")
    return KERNELS[name]


def parse(text: str, divisor: float = 1.0) -> Array:
    """Read a square matrix as typed.

    Args:
        text: rows on lines of their own or between semicolons; numbers between spaces or commas; 1/9 is a number, and
            a minus sign may be the true one, −.
        divisor: every number is divided by it, not 0.

    Returns:
        (k, k) float32, k from 1 to 7.

    Raises:
        ValueError: says what is wrong with the matrix.
    """
    text = re.sub(r"\s*/\s*", "/", text)
    rows = [re.split(r"[\s,]+", row.strip(" \t,")) for row in re.split(r"[;\n]", text) if row.strip(" \t,")]
    if not rows:
        raise ValueError("The kernel is empty; type rows of numbers, such as 0 1 0.")
    if len({len(row) for row in rows}) > 1 or len(rows) != len(rows[0]):
        lengths = ", ".join(str(len(row)) for row in rows[:MAX_SIZE])
        raise ValueError(f"The kernel has {len(rows)} rows of {lengths} numbers; it must be square.")
    if len(rows) > MAX_SIZE:
        raise ValueError(f"The kernel is {len(rows)} × {len(rows)}; the limit is {MAX_SIZE} × {MAX_SIZE}.")
    if not math.isfinite(divisor) or divisor == 0:
        raise ValueError(f"The divisor is {divisor}; it must be a number other than 0.")
    values = np.array([[_number(word) for word in row] for row in rows]) / divisor
    if np.abs(values).max() > MAX_VALUE:
        raise ValueError(f"The kernel reaches {np.abs(values).max():g}; its numbers must lie in ±{MAX_VALUE:g}.")
    return values.astype(np.float32)


def _number(word: str) -> float:
    """As `web/core/numerals.js` reads a cell."""
    parts = word.replace("−", "-").split("/")
    if word.lower().strip("+-−") in ("nan", "inf", "infinity"):
        raise ValueError(f"“{word[:20]}” in the kernel is not a finite number.")
    if len(parts) > 2 or not all(TYPED.fullmatch(part) for part in parts) or float(parts[-1]) == 0 < len(parts) - 1:
        raise ValueError(f"“{word[:20]}” in the kernel is not a number.")
    value = float(parts[0]) / (float(parts[1]) if len(parts) == 2 else 1.0)
    if not math.isfinite(value):
        raise ValueError(f"“{word[:20]}” in the kernel is not a finite number.")
    return value
