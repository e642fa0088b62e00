"""The unpacked arrays of a checkpoint come in; ValueError unless they hold numbers and names that can be drawn."""

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy import ndarray as Array
from PIL import Image

from latentdemo import data
from latentdemo.data.faces import FACTORS
from latentdemo.store.schema.arrays import SEEKS
from latentdemo.store.text import brief, check_text, printable

MAX_TEXT = 2000  # characters
MAX_CODE, MAX_LABEL, MAX_COUNT = 1e6, 1e15, 1 << 53  # counts stay exact in JavaScript
SEEKS_SIDE = 64  # pixels of an image in a sheet of "seeks …"
FACTOR_MARGIN = 2.0  # a drawn face's factors lie within their range, widened by so many times it
MIN_SPREAD = 1e-12  # of what numbers are divided by
SHARES = frozenset(("shift_accuracy", "turn_accuracy", "mirror_accuracy", "audit_reached"))
COSINES = frozenset(("audit_cosine", "map_trust"))
NON_NEGATIVE = frozenset(
    ("audit_absolute", "cloud_steps", "distance_percentiles", "effect_factors", "effect_pixels", "error_percentiles",
     "errors", "factor_sd", "gaussian_weights", "kl", "mixture_weights", "moment_epochs", "sd", "shift_ink")
)  # fmt: skip
POSITIVE = frozenset(("n_test", "probe_sizes", "sigma"))
RISING = frozenset(("error_percentiles", "distance_percentiles", "probe_sizes", "moment_epochs"))
LABELLED = frozenset(("labels", "factor_mean", "factor_sd", "attribute_splits"))  # in the units of a table
MAY_BE_NAN = frozenset(("moment_losses", "labels"))  # NaN: no value


def check_values(fields: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Check what arrays hold, one by one and against the card.

    Args:
        fields: of the card, checked.
        arrays: unpacked, with the types and shapes of `check_arrays`.

    Raises:
        ValueError: names the first array that is wrong, with the value and the limit.
    """
    for name, values in arrays.items():
        if values.dtype.kind == "f":
            _check_floats(name, values)
        elif values.dtype.kind in "iu" and values.size:
            low, high = _limits(name, fields)
            _check_range(name, values, low, high)
        if name in RISING and (np.diff(values) < 0).any():
            raise ValueError(f"array {name!r} is not in rising order")
        if name.startswith(SEEKS):
            _check_sheet(name, values)
    _check_labels(fields, arrays)
    _check_attributes(fields["names"], arrays)
    for name in ("gaussian_weights", "mixture_weights"):
        if name in arrays and not arrays[name].sum() > MIN_SPREAD:
            raise ValueError(f"array {name!r} adds up to {arrays[name].sum():.3g}; expected 1")


def _check_floats(name: str, values: Array) -> None:
    known = values[~np.isnan(values)] if name in MAY_BE_NAN else values
    if not np.isfinite(known).all():
        raise ValueError(f"array {name!r} contains NaN or infinity")
    if not known.size:
        return
    limit = MAX_LABEL if name in LABELLED or name in MAY_BE_NAN else MAX_CODE
    low, high = -limit, limit
    if name in SHARES:
        low, high = 0.0, 1.0
    elif name in COSINES:
        low, high = -1.001, 1.001
    elif name in NON_NEGATIVE:
        low = -1e-3 if name == "kl" else 0.0  # a sum of rounded terms
    elif name in POSITIVE:
        low = MIN_SPREAD
    _check_range(name, known, low, high)


def _limits(name: str, fields: Mapping[str, Any]) -> tuple[int, int]:
    """Lowest and highest integer of an array."""
    entries = fields["shape"].get("entries", 0)
    if name == "index":
        return 0, (data.DATASETS[fields["dataset"]].n_test or MAX_COUNT) - 1
    if name == "labels":
        return 0, len(fields["names"]) - 1
    if name == "grids":
        return 0, entries - 1
    if name == "map_kept":
        return 0, 15
    return (1 if name in POSITIVE else 0), MAX_COUNT


def _check_range(name: str, values: Array, low: float, high: float) -> None:
    least, most = values.min().item(), values.max().item()
    if not low <= least <= most <= high:
        raise ValueError(f"array {name!r} runs from {least:.4g} to {most:.4g}; expected {low:.4g} to {high:.4g}")


def _check_labels(fields: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Factors of drawn images lie where the renderer can draw them."""
    labels = arrays.get("labels")
    if labels is None or data.DATASETS[fields["dataset"]].render is None:
        return
    if labels.ndim != 2:
        raise ValueError(f"array 'labels' holds classes; {fields['dataset']} has factors")
    for column, (name, factor) in zip(labels.T, FACTORS.items(), strict=True):
        margin = FACTOR_MARGIN * (factor.high - factor.low)
        if not factor.low - margin <= column.min() <= column.max() <= factor.high + margin:
            raise ValueError(f"array 'labels' has {name} from {column.min():.4g} to {column.max():.4g}")


def _check_attributes(names: list[str], arrays: Mapping[str, Array]) -> None:
    if "attribute_names" not in arrays:
        return
    found = _texts("attribute_names", arrays["attribute_names"])
    for text in _texts("attribute_unsplit", arrays.get("attribute_unsplit", np.zeros(0, str))):
        check_text(text, MAX_TEXT)
    if unknown := [name for name in found if name not in names]:
        raise ValueError(f"array 'attribute_names' has {brief(printable(unknown[0]))}, which is not in names")
    if len(set(found)) != len(found):
        raise ValueError("array 'attribute_names' has a name twice")


def _texts(name: str, values: Array) -> list[str]:
    try:
        return [str(value) for value in values.flat]
    except (ValueError, SystemError):  # code points beyond Unicode
        raise ValueError(f"array {name!r} is not valid Unicode") from None


def _check_sheet(name: str, values: Array) -> None:
    """A JPEG of rows of eight images."""
    try:
        with Image.open(io.BytesIO(values.tobytes()), formats=["JPEG"]) as sheet:
            width, height = sheet.size
            if width != 8 * SEEKS_SIDE or height % SEEKS_SIDE or math.prod(sheet.size) > 1 << 24:
                raise ValueError(
                    f"array {brief(name)} is a sheet of {width} × {height} pixels; expected a width of 512"
                )
            sheet.load()
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"array {brief(name)} is not a JPEG sheet ({brief(str(error))})") from None
