"""Numbers into text, as they stand on screen: short, with a true minus sign, halves rounded away from zero."""

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

LARGE = 1e5  # from here on numbers are written with their power of ten
FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)


def number(value: float) -> str:
    """A number as short as it can be read: 5, −0.25, 0.0625, 1234; a true minus sign, halves rounded away from 0.

    Whole numbers stay whole, others keep four digits, or their whole part. `web/core/numerals.js` writes the same.
    """
    exact = Decimal(float(value))
    if abs(exact) < 10**6 and (exact == exact.to_integral_value() or abs(exact) >= 1000):
        short = exact.quantize(Decimal(1), ROUND_HALF_UP)
    else:
        short = FOUR_DIGITS.create_decimal(exact).normalize()
    text = f"{short:f}" if abs(short) >= Decimal("1e-6") or not short else f"{short:e}"
    return ("0" if not short else text).replace("-", "−")


def short(value: float) -> str:
    """A number with three significant digits, as `number` writes it; from 100,000 on as 4.12e5."""
    if abs(value) < LARGE or not np.isfinite(value):
        return number(float(f"{value:.3g}"))
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits}e{int(exponent)}".replace("-", "−")


def decimals(value: float, n: int) -> str:
    """A number with n decimals and a true minus sign, large ones as `short` writes them."""
    return f"{value:.{n}f}".replace("-", "−") if abs(value) < LARGE else short(value)
