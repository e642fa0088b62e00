"""Numbers into text for the screen: at most four significant digits or an exponent, with a true minus sign."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

LARGE = 1e5  # from here on `short` writes the power of ten
WHOLE, BROKEN = 10**6, 10**4  # from here on `number` writes the power of ten: of whole numbers, of others
MAX_DIGITS = 4
FOUR_DIGITS = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_UP)


def number(value: float) -> str:
    """A number with at most four significant digits: 5, −0.25, 0.0625, 1235, 9.3e15; halves rounded away from 0.

    Whole numbers below a million keep all digits: they are counts or exact. `web/core/numerals.js` writes the same.
    """
    if not math.isfinite(value):
        return f"{float(value)}".replace("-", "−")
    exact = Decimal(float(value))
    if exact == exact.to_integral_value() and abs(exact) < WHOLE:
        return f"{int(exact)}".replace("-", "−")
    digits = FOUR_DIGITS.create_decimal(exact)
    plain = Decimal("1e-6") <= abs(digits) < BROKEN
    if plain:
        return f"{digits.normalize():f}".replace("-", "−")
    mantissa, exponent = f"{digits:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")


def short(value: float) -> str:
    """A number with three significant digits, as `number` writes it; from 100,000 on as 4.12e5."""
    if abs(value) < LARGE or not np.isfinite(value):
        return number(float(f"{value:.3g}"))
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits}e{int(exponent)}".replace("-", "−")


def decimals(value: float, n: int) -> str:
    """A number with n decimals, never −0, or as `number` writes it where these are more than four digits."""
    text = f"{value:.{n}f}"
    if not text.strip("-0."):
        return text.removeprefix("-")
    if sum(letter.isdigit() for letter in text.lstrip("-0.")) <= MAX_DIGITS:
        return text.replace("-", "−")
    return number(value)


def percentile(value: float, limit: float = 99.0) -> str:
    """A percentile, 0 … 100, without decimals up to a limit; above it with one, rounded up: never the limit itself."""
    return f"{value:.0f} %" if value <= limit else f"{min(100.0, math.ceil(10 * value) / 10):g} %"
