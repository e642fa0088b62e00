"""Whether each dimension of a code says one thing: MIG, DCI and SAP; codes and factors in, shares of 1 out."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

BINS = 20
TREES, DEPTH = 30, 10


class Dci(NamedTuple):
    """Three questions to one table of importances.

    Attributes:
        disentanglement: whether each dimension helps to tell one factor only, mean weighted by how much it helps.
        completeness: whether each factor is told by one dimension only.
        informativeness: R² of telling the factors, mean over factors, on codes that were not learned from.
    """

    disentanglement: float
    completeness: float
    informativeness: float


def _binned(values: Array) -> Array:
    """(N, k) numbers -> (N, k) bins of equal width between each column's smallest and largest."""
    low, high = values.min(axis=0), values.max(axis=0)
    share = (values - low) / np.maximum(high - low, 1e-12)
    return np.minimum((share * BINS).astype(int), BINS - 1)


def _entropy(counts: Array) -> Array:
    """Nats, of the last axis's counts."""
    p = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1e-12)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def mutual_information(codes: Array, factors: Array) -> Array:
    """Mutual information of each dimension with each factor, both in 20 bins of equal width: (D, F) nats."""
    z, f = _binned(codes), _binned(factors)
    out = np.zeros((z.shape[1], f.shape[1]))
    for d in range(z.shape[1]):
        for k in range(f.shape[1]):
            joint = np.bincount(z[:, d] * BINS + f[:, k], minlength=BINS * BINS).reshape(BINS, BINS)
            out[d, k] = _entropy(joint.sum(1)) + _entropy(joint.sum(0)) - _entropy(joint.ravel())
    return out


def mig(codes: Array, factors: Array) -> float:
    """Mutual information gap: how much more the best dimension knows of a factor than the second best, mean of factors.

    Args:
        codes: (N, D), D > 1.
        factors: (N, F), none of them constant.

    Returns:
        0 (two dimensions share every factor) … 1 (one knows all of it), as a share of each factor's entropy.

    Source:
        Chen et al. 2018 (arXiv:1802.04942), eq. 6.
    """
    best = np.sort(mutual_information(codes, factors), axis=0)[::-1]
    entropy = np.array([_entropy(np.bincount(column, minlength=BINS)) for column in _binned(factors).T])
    return float(((best[0] - best[1]) / entropy).mean())


def sap(codes: Array, factors: Array) -> float:
    """Separated attribute predictability: R² of the best dimension's straight line less the second best's, mean.

    Source:
        Kumar et al. 2018 (arXiv:1711.00848), section 3: for continuous factors the squared correlation.
    """
    z, f = (values - values.mean(axis=0) for values in (codes.astype(np.float64), factors.astype(np.float64)))
    scale = np.maximum(np.sqrt((z**2).sum(0))[:, None] * np.sqrt((f**2).sum(0))[None], 1e-12)
    best = np.sort(((z.T @ f) / scale) ** 2, axis=0)[::-1]
    return float((best[0] - best[1]).mean())


def scores(importances: Array) -> tuple[float, float]:
    """Disentanglement and completeness of a table of importances (D, F), none below 0.

    Source:
        Eastwood & Williams 2018 (ICLR), section 2: 1 − entropy of a row (base F) or a column (base D).
    """
    dims, factors = importances.shape
    total = max(importances.sum(), 1e-12)
    rows = 1 - _entropy(importances) / np.log(factors)
    columns = 1 - _entropy(importances.T) / np.log(dims)
    return float((rows * importances.sum(axis=1)).sum() / total), float(
        (columns * importances.sum(axis=0)).sum() / total
    )


def dci(codes: Array, factors: Array, seed: int) -> Dci:
    """Disentanglement, completeness and informativeness by random forests on half of the codes."""
    from sklearn.ensemble import RandomForestRegressor  # seconds to import; needed at training time alone

    half = len(codes) // 2
    importances, right = [], []
    for column in factors.T:
        forest = RandomForestRegressor(TREES, max_depth=DEPTH, random_state=seed, n_jobs=2)
        forest.fit(codes[:half], column[:half])
        importances.append(forest.feature_importances_)
        right.append(forest.score(codes[half:], column[half:]))
    return Dci(*scores(np.array(importances).T), float(np.mean(right)))
