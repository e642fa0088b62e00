"""Codes out of nothing: real codes in, a density fitted to them out, from which new ones are drawn; or N(0, I)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

PRIOR = "prior"
FITTED = {"gaussian": 1, "mixture": 10}  # densities fitted to codes, and their components
MAX_ITERATIONS = 1000  # of expectation maximisation, which converges long before
SOURCES = {PRIOR: "N(0, I)", "gaussian": "a Gaussian fitted to the codes", "mixture": "ten Gaussians fitted to them"}


class Density(NamedTuple):
    """A mixture of K normal distributions in D dimensions.

    Attributes:
        weights: (K,) adding up to 1.
        means: (K, D).
        factors: (K, D, D) lower triangular, covariance = factor · factorᵀ.
    """

    weights: Array
    means: Array
    factors: Array

    def draw(self, n: int, seed: int) -> Array:
        """(n, D) float32 codes; the same seed draws the same noise from any density of as many components."""
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((n, self.means.shape[1]))
        component = rng.choice(len(self.weights), n, p=self.weights / self.weights.sum())
        return (self.means[component] + np.einsum("nij,nj->ni", self.factors[component], noise)).astype(np.float32)


def standard_normal(dims: int) -> Density:
    """N(0, I) in `dims` dimensions."""
    return Density(np.ones(1), np.zeros((1, dims)), np.eye(dims)[None])


def fit(codes: Array, components: int, seed: int) -> Density:
    """Maximum likelihood by expectation maximisation, full covariances: (N, D) codes, N > 1 -> a density.

    Fewer codes than components make as many components as codes.
    """
    from sklearn.mixture import GaussianMixture  # a second to import; needed at training time alone

    n = min(components, len(codes))
    found: Any = GaussianMixture(n, random_state=seed, reg_covar=1e-6, max_iter=MAX_ITERATIONS).fit(
        codes.astype(np.float64)
    )
    return Density(found.weights_, found.means_, np.linalg.cholesky(found.covariances_))


def to_arrays(name: str, density: Density) -> dict[str, Array]:
    """How a checkpoint stores a density."""
    return {f"{name}_{key}": value.astype(np.float32) for key, value in density._asdict().items()}


def from_arrays(name: str, arrays: Mapping[str, Array]) -> Density:
    """The density of that name, a key of SOURCES, among a checkpoint's arrays; ValueError names those there are."""
    if name not in SOURCES:
        raise ValueError(f"No source {str(name)[:40]!r}; there are {', '.join(SOURCES)}.")
    if name == PRIOR:
        return standard_normal(arrays["mean"].shape[0])
    return Density(*(arrays[f"{name}_{key}"].astype(np.float64) for key in Density._fields))
