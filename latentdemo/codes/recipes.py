"""Attribute vectors by other recipes than two centroids: codes and labels in, a direction for each attribute out."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.attributes import Centroids, Masks, statistics

RAW, BALANCED, SLOPES, ORTHOGONAL, FITTED = "raw", "balanced", "least squares", "orthogonal", "fitted"
TITLES = {
    RAW: "centroids",
    BALANCED: "balanced centroids",
    SLOPES: "least squares",
    ORTHOGONAL: "orthogonalised",
    FITTED: "fitted to this image",
}
MEANINGS = {
    RAW: "centroid(with) − centroid(without).",
    BALANCED: "The same two centroids, of images weighted so that those with and those without hold equal shares of "
    "every other attribute.",
    SLOPES: "What the code changes by, by a linear model of codes on all factors at once, all others held fixed.",
    ORTHOGONAL: "centroid(with) − centroid(without), less its part along the vectors of all other attributes.",
    FITTED: "Least squares again, with products of factors: the direction depends on what this image shows, read "
    "off its code by a second linear model.",
}
BALANCED_CLASSES = "The same, but in the second centroid each other class counts the same, however many images it has."
ROUNDS = 50


class Recipes(NamedTuple):
    """What `direction` needs; A attributes, D dimensions, F factors.

    Attributes:
        centroids: as counted.
        balanced: (A, 2, D) centroids with and without, of weighted images.
        slopes: (A, D) change of the code; None where labels are classes.
        products: (A, F, D) how each factor, in standard deviations, changes that change; None with `slopes`.
        reading: (D + 1, F) linear model of the factors, in standard deviations, on the code and 1; None with `slopes`.
    """

    centroids: Centroids
    balanced: Array
    slopes: Array | None
    products: Array | None
    reading: Array | None

    @property
    def names(self) -> tuple[str, ...]:
        """Recipes there are for these labels; the vectors of classes add up to 0, so none is orthogonal to all."""
        return (RAW, BALANCED) if self.slopes is None else (RAW, BALANCED, SLOPES, ORTHOGONAL, FITTED)

    def meaning(self, recipe: str) -> str:
        """What a recipe does, in words."""
        return BALANCED_CLASSES if recipe == BALANCED and self.slopes is None else MEANINGS[recipe]

    @property
    def best(self) -> str:
        """The one that changes least besides its attribute."""
        return self.names[-1] if self.slopes is not None else BALANCED

    def direction(self, attribute: str, recipe: str, code: Array) -> Array:
        """What one time the attribute adds to a code (D,), as far as from the images without it to those with it: (D,).

        Raises:
            ValueError: an unknown attribute, or a recipe that there is not for these labels.
        """
        row = self.centroids.row(attribute)
        if recipe not in self.names:
            raise ValueError(f"no recipe {str(recipe)[:40]!r} for these labels; there are {', '.join(self.names)}")
        if recipe == BALANCED:
            return self.balanced[row, 0] - self.balanced[row, 1]
        if self.slopes is not None and recipe == SLOPES:
            return self.slopes[row]
        if recipe == FITTED and self.slopes is not None and self.products is not None and self.reading is not None:
            return self.slopes[row] + (np.append(code, 1) @ self.reading) @ self.products[row]
        v = self.centroids.present - self.centroids.absent
        return orthogonal(v[row], np.delete(v, row, axis=0)) if recipe == ORTHOGONAL else v[row]


def orthogonal(vector: Array, others: Array) -> Array:
    """A vector (D,) less its part in the span of others (k, D): (D,); all zeros where they span everything."""
    if not len(others):
        return vector
    u, s, _ = np.linalg.svd(others.T.astype(np.float64), full_matrices=False)
    base = u[:, s > 1e-6 * max(s[0], 1e-12)]
    return (vector - base @ (base.T @ vector)).astype(np.float32)


def balancing_weights(labels: Array, sides: Masks, name: str) -> tuple[Array, Array]:
    """Weights of the images with and of those without an attribute, under which each other attribute is as common.

    Classes: each other class counts the same. Factors: the shares of each other attribute are made those of both
    groups together, one after the other, again and again (raking, Deming & Stephan 1940).

    Args:
        labels: (N,) classes or (N, F) factors.
        sides: of every attribute, as `attributes.masks` returns them.
        name: of the attribute.

    Returns:
        (N,) twice, not below 0, adding up to 1 each.
    """
    with_, without = sides[name]
    if labels.ndim == 1:
        weights = without / np.bincount(labels)[labels]
        return with_ / with_.sum(), weights / weights.sum()
    others = [has for other, (has, _) in sides.items() if other != name]
    goals = [np.mean([has[group].mean() for group in sides[name]]) for has in others]
    return _raked(with_, others, goals), _raked(without, others, goals)


def _raked(group: Array, others: list[Array], goals: list[np.floating]) -> Array:
    """Weights (N,) of a group's images under which the share of each other attribute is its goal."""
    weights = group / group.sum()
    for _ in range(ROUNDS):
        for has, goal in zip(others, goals, strict=True):
            share = weights[has].sum()
            if 0 < share < 1:
                weights = weights * np.where(has, goal / share, (1 - goal) / (1 - share))
    return weights / weights.sum()


def fit(codes: Array, labels: Array, names: tuple[str, ...], sides: Masks) -> dict[str, Array]:
    """What a checkpoint stores of the recipes.

    Args:
        codes: (N, D) of training images.
        labels: (N,) classes or (N, F) factors; names: theirs.
        sides: of every attribute, as `attributes.masks` returns them.
    """
    balanced = np.zeros((len(sides), 2, codes.shape[1]), np.float32)
    for row, name in enumerate(sides):
        for side, weights in enumerate(balancing_weights(labels, sides, name)):
            balanced[row, side] = weights @ codes
    out = {"attribute_balanced": balanced}
    if labels.ndim == 2:
        out |= _linear(codes, labels, names, sides)
    return out


def _linear(codes: Array, labels: Array, names: tuple[str, ...], sides: Masks) -> dict[str, Array]:
    """Slopes, products and reading; one time an attribute is the difference of its factor between both groups.

    A missing value (NaN) counts as its factor's mean.
    """
    mean, sd = statistics(labels)
    scaled, ones = np.nan_to_num((labels - mean) / np.maximum(sd, 1e-9)), np.ones((len(codes), 1))
    n = labels.shape[1]
    slopes = np.zeros((len(sides), codes.shape[1]), np.float32)
    products = np.zeros((len(sides), n, codes.shape[1]), np.float32)
    plain = _least_squares(np.hstack([scaled, ones]), codes)
    for row, (name, (has, lacks)) in enumerate(sides.items()):
        column = names.index(name)
        gap = scaled[has, column].mean() - scaled[lacks, column].mean()
        others = np.delete(np.arange(n), column)
        found = _least_squares(np.hstack([scaled, scaled[:, [column]] * scaled[:, others], ones]), codes)
        slopes[row], products[row, others] = gap * plain[column], gap * found[n:-1]
    reading = _least_squares(np.hstack([codes, ones]), scaled)
    return {"attribute_slopes": slopes, "attribute_products": products, "attribute_reading": reading}


def _least_squares(given: Array, wanted: Array) -> Array:
    """The coefficients (p, q) of wanted (N, q) on given (N, p), of all that fit best the shortest; float32."""
    return np.linalg.lstsq(given.astype(np.float64), wanted.astype(np.float64), rcond=None)[0].astype(np.float32)


def from_arrays(arrays: Mapping[str, Array], found: Centroids) -> Recipes:
    """The recipes among the arrays of a checkpoint."""
    rest = (arrays.get(f"attribute_{key}") for key in ("slopes", "products", "reading"))
    return Recipes(found, arrays["attribute_balanced"], *rest)
