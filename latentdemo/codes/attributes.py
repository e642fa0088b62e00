"""Attribute vectors: v = centroid(with) − centroid(without)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

Masks = Mapping[str, tuple[Array, Array]]  # attribute -> images with it and images without it, (N,) bool each
Thresholds = Mapping[str, tuple[float, float]]  # attribute -> above the first: with; at or below the second: without
MIN_SHARE = 0.05  # of the images on each side of 0.5; otherwise a column of 0 to 1 is split near its median


class Splits(NamedTuple):
    """How labels are split into attributes.

    Attributes:
        thresholds: attribute -> (`has`, `lacks`): images above `has` have it, images at or below `lacks` do not;
            images between the two, or without a value, belong to neither side. (0.5, 0.5) for a class.
        unsplit: column or class that is no attribute -> the reason.
    """

    thresholds: dict[str, tuple[float, float]]
    unsplit: dict[str, str]


class Centroids(NamedTuple):
    """Mean codes with and without each of A attributes.

    Attributes:
        names: (A,) of the attributes.
        present, absent: (A, D) mean codes.
        counts: (A, 2) images with, images without.
    """

    names: Array
    present: Array
    absent: Array
    counts: Array

    def vector(self, name: str) -> Array:
        """centroid(with) − centroid(without), (D,). ValueError names the attributes there are."""
        row = self.row(name)
        return self.present[row] - self.absent[row]

    def row(self, name: str) -> int:
        """Row of an attribute; ValueError names those there are."""
        found = np.flatnonzero(self.names == name)
        if not len(found):
            raise ValueError(f"no attribute {str(name)[:40]!r}; there are {', '.join(self.names)}")
        return int(found[0])


def from_arrays(arrays: Mapping[str, Array]) -> Centroids:
    """The centroids among the arrays of a checkpoint."""
    return Centroids(*(arrays[f"attribute_{key}"] for key in ("names", "present", "absent", "counts")))


def centroid_vector(codes: Array, has: Array, lacks: Array | None = None) -> Array:
    """centroid(with) − centroid(without), (D,).

    Args:
        codes: (N, D).
        has: (N,) bool.
        lacks: (N,) bool; None: all others.

    Raises:
        ValueError: all images have it, or none has.

    Source:
        Larsen et al. 2016 (arXiv:1512.09300), section 4.2.
    """
    lacks = ~has if lacks is None else lacks
    if not (has.any() and lacks.any()):
        raise ValueError(f"{int(has.sum())} of {len(has)} images have the attribute; both sorts are needed")
    return codes[has].mean(axis=0) - codes[lacks].mean(axis=0)


def splits(
    labels: Array,
    names: tuple[str, ...],
    thresholds: Thresholds = MappingProxyType({}),
    excluded: Mapping[str, str] = MappingProxyType({}),
) -> Splits:
    """Split every column of the labels in two, or say why it cannot be split.

    A class is an attribute ("is of this class"); of two classes the second one alone, as the first is its opposite.
    A column with two values is split between them, one within 0 to 1 at 0.5 if that leaves 5 % on both sides, any
    other one between the two neighbouring values that divide the images most evenly.

    Args:
        labels: (N,) classes or (N, F) numbers; NaN where there is no value.
        names: of the classes or columns.
        thresholds: of columns whose dataset defines them, (has, lacks).
        excluded: columns that the dataset does not use as attributes, with the reason.
    """
    if labels.ndim == 1:
        return _class_splits(labels, names)
    found, unsplit = {}, {}
    for i, name in enumerate(names):
        column = labels[np.isfinite(labels[:, i]), i]
        try:
            if name in excluded:
                raise ValueError(excluded[name])
            found[name] = _checked(column, thresholds[name]) if name in thresholds else _cut(column)
        except ValueError as reason:
            unsplit[name] = str(reason)
    return Splits(found, unsplit)


def _class_splits(labels: Array, names: tuple[str, ...]) -> Splits:
    present = [name for i, name in enumerate(names) if (labels == i).any()]
    unsplit = {name: "no image is of this class" for name in names if name not in present}
    if len(present) == 1:
        unsplit[present[0]] = "all images are of this class"
    if len(present) == 2:
        unsplit[present[0]] = f"the opposite of “{present[1]}”"
    return Splits({name: (0.5, 0.5) for name in present if name not in unsplit}, unsplit)


def _checked(column: Array, thresholds: tuple[float, float]) -> tuple[float, float]:
    """A dataset's own thresholds; ValueError if these values (n,) leave a side empty."""
    has, lacks = thresholds
    if not (column > has).any():
        raise ValueError(f"no image has a value above {has:g}")
    if not (column <= lacks).any():
        raise ValueError(f"no image has a value of at most {lacks:g}")
    return has, lacks


def _cut(column: Array) -> tuple[float, float]:
    """Threshold, twice, that divides finite values (n,); ValueError if there are fewer than two different ones."""
    values, counts = np.unique(column, return_counts=True)
    if not len(values):
        raise ValueError("no image has a value")
    if len(values) == 1:
        raise ValueError(f"all images have the value {values[0]:g}")
    if values[0] >= 0 and values[-1] <= 1 and MIN_SHARE <= (column > 0.5).mean() <= 1 - MIN_SHARE:
        return 0.5, 0.5
    k = int(np.argmin(np.abs(2 * np.cumsum(counts)[:-1] - len(column))))
    middle = values.dtype.type((float(values[k]) + float(values[k + 1])) / 2)
    cut = float(middle if middle < values[k + 1] else values[k])  # neighbouring floats have no value between them
    return cut, cut


def split_arrays(split: Splits) -> dict[str, Array]:
    """What a checkpoint stores of splits: thresholds (A, 2), and names and reasons (Q, 2) of what is no attribute."""
    return {
        "attribute_splits": np.array(list(split.thresholds.values()), np.float32).reshape(-1, 2),
        "attribute_unsplit": np.array(list(split.unsplit.items()), np.str_).reshape(-1, 2),
    }


def splits_from_arrays(
    arrays: Mapping[str, Array], names: tuple[str, ...], thresholds: Thresholds, excluded: Mapping[str, str]
) -> Splits:
    """The splits among the arrays of a checkpoint; one of an earlier version has none, its gallery's labels are split.

    Args:
        names: of all classes or columns.
        thresholds, excluded: the dataset's own, see `splits`.
    """
    used = arrays["attribute_names"].tolist()
    if "attribute_splits" in arrays:
        pairs = [(float(has), float(lacks)) for has, lacks in arrays["attribute_splits"]]
        reasons = arrays["attribute_unsplit"].tolist()
        return Splits(dict(zip(used, pairs, strict=True)), dict(reasons))
    found = splits(arrays["labels"], names, thresholds, excluded)
    return Splits({name: pair for name, pair in found.thresholds.items() if name in used}, found.unsplit)


def without_opposite(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """A checkpoint's arrays with one attribute for two classes; earlier versions stored both, v and −v."""
    if arrays["labels"].ndim > 1 or len(arrays["attribute_names"]) != 2:
        return arrays
    second = ("names", "present", "absent", "counts", "balanced")
    return {**arrays, **{f"attribute_{key}": arrays[f"attribute_{key}"][1:] for key in second}}


def masks(labels: Array, names: tuple[str, ...], thresholds: Thresholds) -> dict[str, tuple[Array, Array]]:
    """Which images have each attribute and which lack it: name -> two (N,) bool arrays.

    Args:
        labels: (N,) classes or (N, F) numbers; an image with NaN is on neither side.
        names: of the classes or columns.
        thresholds: of the attributes, as `splits` returns them.
    """
    columns = {name: i for i, name in enumerate(names)}
    if labels.ndim == 1:
        return {name: (labels == columns[name], labels != columns[name]) for name in thresholds}
    return {
        name: (labels[:, columns[name]] > has, labels[:, columns[name]] <= lacks)
        for name, (has, lacks) in thresholds.items()
    }


def centroids(codes: Array, sides: Masks) -> Centroids:
    """Mean codes of the images with and without each attribute.

    Args:
        codes: (N, D).
        sides: as `masks` returns them; no side is empty.
    """
    dims = codes.shape[1]
    return Centroids(
        np.array(list(sides), dtype=np.str_),
        np.array([codes[has].mean(axis=0) for has, _ in sides.values()], np.float32).reshape(-1, dims),
        np.array([codes[lacks].mean(axis=0) for _, lacks in sides.values()], np.float32).reshape(-1, dims),
        np.array([(has.sum(), lacks.sum()) for has, lacks in sides.values()], np.int64).reshape(-1, 2),
    )


def complete(labels: Array) -> tuple[Array, Array]:
    """Which images (N,) have a value in every column that varies, and which columns (F,) vary: two bool arrays."""
    varies = statistics(labels)[1] > 0
    return np.asarray(np.isfinite(labels[:, varies]).all(axis=1)), varies


def filled(labels: Array) -> Array:
    """Labels with each missing value (NaN) replaced by its column's mean; classes as they are."""
    return labels if labels.ndim == 1 else np.where(np.isnan(labels), statistics(labels)[0], labels).astype(np.float32)


def statistics(labels: Array) -> tuple[Array, Array]:
    """Mean and standard deviation (F,) of each column of labels (N, F) without its NaN; 0 where it has no value."""
    known = np.ma.masked_invalid(labels)
    return known.mean(axis=0).filled(0), known.std(axis=0).filled(0)
