"""Codes out of nothing, from N(0, I) or a density fitted to real codes, and how like real images their pictures are."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array

PRIOR = "prior"
FITTED = {"gaussian": 1, "mixture": 10}  # densities fitted to codes, and their components
SOURCES = {PRIOR: "N(0, I)", "gaussian": "a Gaussian fitted to the codes", "mixture": "ten Gaussians fitted to them"}
NEIGHBOURS = 5


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
    found: Any = GaussianMixture(n, random_state=seed, reg_covar=1e-6).fit(codes.astype(np.float64))
    return Density(found.weights_, found.means_, np.linalg.cholesky(found.covariances_))


def to_arrays(name: str, density: Density) -> dict[str, Array]:
    """How a checkpoint stores a density."""
    return {f"{name}_{key}": value.astype(np.float32) for key, value in density._asdict().items()}


def from_arrays(name: str, arrays: Mapping[str, Array]) -> Density:
    """The density of that name, a key of SOURCES, among a checkpoint's arrays; ValueError names those there are."""
    if name not in SOURCES:
        raise ValueError(f"No source {name!r}; there are {', '.join(SOURCES)}.")
    if name == PRIOR:
        return standard_normal(arrays["mean"].shape[0])
    return Density(*(arrays[f"{name}_{key}"].astype(np.float64) for key in Density._fields))


def frechet_distance(a: Array, b: Array) -> float:
    """Fréchet distance of two clouds of points, each taken for normal; 0 for equal means and covariances.

    Args:
        a, b: (N, F) and (M, F), more points than dimensions. In features of our own classifier this is no FID, and
            comparable only with distances in the same features.

    Source:
        Dowson & Landau 1982: |m_a − m_b|² + Tr(C_a + C_b − 2 (C_a C_b)^½).
    """
    covariances = [np.atleast_2d(np.cov(points.astype(np.float64), rowvar=False)) for points in (a, b)]
    eigenvalues = np.linalg.eigvals(covariances[0] @ covariances[1])  # real and >= 0 but for rounding
    root = np.sqrt(np.clip(eigenvalues.real, 0, None)).sum()
    shift = ((a.mean(axis=0, dtype=np.float64) - b.mean(axis=0, dtype=np.float64)) ** 2).sum()
    return float(max(0.0, shift + covariances[0].trace() + covariances[1].trace() - 2 * root))


class Likeness(NamedTuple):
    """How made images and real ones overlap.

    Attributes:
        precision: share of made images that look real.
        recall: share of real images that could have been made.
    """

    precision: float
    recall: float


def likeness(real: Array, made: Array, k: int = NEIGHBOURS) -> Likeness:
    """Precision and recall by nearest neighbours.

    A made image counts as real if it lies nearer to some real one than that one's k-th neighbour does, and the other
    way round. Name both: a sampler that always draws one good image has a precision of 1.

    Args:
        real, made: (N, F) and (M, F) features, N and M > k.
        k: which neighbour sets a point's radius.

    Source:
        Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 1 and 2.
    """
    x, y = (torch.from_numpy(np.asarray(points, np.float32)) for points in (real, made))
    radius_x, radius_y = (torch.cdist(points, points).kthvalue(k + 1, dim=1).values for points in (x, y))
    between = torch.cdist(x, y)
    return Likeness(
        float((between <= radius_x[:, None]).any(0).float().mean()),
        float((between <= radius_y[None, :]).any(1).float().mean()),
    )
