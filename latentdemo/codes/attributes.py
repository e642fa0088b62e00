"""Attribute vectors: v = centroid(with) − centroid(without)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.faces import FACTORS

DECORATION = ("eye colour",)  # 0.003 % of a face's pixel variance; no code holds it


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


def masks(labels: Array, names: tuple[str, ...]) -> dict[str, tuple[Array, Array]]:
    """Which images have each attribute and which lack it: name -> two (N,) bool arrays.

    A face's factor has two thresholds and what lies between belongs to neither; another factor is split at 0.5 if it
    lies within 0 … 1, else at its median; for classes an attribute is "is of this class".
    """
    if labels.ndim == 1:
        return {name: (labels == i, labels != i) for i, name in enumerate(names)}
    out = {}
    for i, name in enumerate(names):
        if name in DECORATION:
            continue
        column = labels[:, i]
        share = len(column) and 0 <= column.min() <= column.max() <= 1
        middle = 0.5 if share else float(np.median(column)) if len(column) else 0.0
        has, lacks = FACTORS[name].thresholds if name in FACTORS else (middle, middle)
        out[name] = (column > has, column <= lacks)
    return out


def centroids(codes: Array, labels: Array, names: tuple[str, ...]) -> Centroids:
    """Mean codes of those with and those without, for every attribute that both exist of.

    Args:
        codes: (N, D).
        labels: (N,) classes or (N, F) factors.
        names: of the classes or factors.
    """
    usable = {name: pair for name, pair in masks(labels, names).items() if pair[0].any() and pair[1].any()}
    dims = codes.shape[1]
    return Centroids(
        np.array(list(usable), dtype=np.str_),
        np.array([codes[has].mean(axis=0) for has, _ in usable.values()], np.float32).reshape(-1, dims),
        np.array([codes[lacks].mean(axis=0) for _, lacks in usable.values()], np.float32).reshape(-1, dims),
        np.array([(has.sum(), lacks.sum()) for has, lacks in usable.values()], np.int64).reshape(-1, 2),
    )
