"""How two clouds of feature vectors overlap: Fréchet distance, precision and recall; points in, numbers out."""

from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array

NEIGHBOURS = 5


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
