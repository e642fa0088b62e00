"""From D dimensions to a map of two, and back: UMAP at training time, neighbours' weighted means afterwards."""

import numpy as np
from numpy import ndarray as Array

N_NEIGHBOURS = 15
MIN_DISTANCE = 0.1


def fit_map(codes: Array, seed: int) -> Array:
    """Lay codes out in the plane so that near ones stay near.

    Args:
        codes: (N, D), N > 15. Two-dimensional codes are their own map.
        seed: of the layout; the same seed gives the same map on the same machine.

    Returns:
        (N, 2) float32; axes and distances between far groups mean nothing.

    Source:
        UMAP, McInnes et al. 2018 (arXiv:1802.03426); 15 neighbours, min_dist 0.1, Euclidean.
    """
    if codes.shape[1] == 2:
        return codes.astype(np.float32)
    from umap import UMAP  # takes seconds to import; the app never needs it

    layout = UMAP(n_neighbors=N_NEIGHBOURS, min_dist=MIN_DISTANCE, random_state=seed, n_jobs=1).fit_transform(codes)
    return np.asarray(layout, np.float32)


def place(codes: Array, coordinates: Array, code: Array) -> Array:
    """Where a new code belongs on the map: the mean of its 15 nearest codes' places, near ones counting more.

    This is how UMAP's own `transform` starts. (N, D), (N, 2), (D,) -> (2,).
    """
    return _blend(codes, coordinates, code)


def code_at(codes: Array, coordinates: Array, place: Array) -> Array:
    """A code for a place on the map: the mean of the codes of the 15 nearest points, near ones counting more.

    An estimate, not an inverse: many codes share a place. (N, D), (N, 2), (2,) -> (D,).
    """
    return _blend(coordinates, codes, place)


def _blend(keys: Array, values: Array, key: Array) -> Array:
    """Mean of the values at the nearest keys, weighted by exp(−distance / mean distance); a key itself: its value."""
    distances = np.linalg.norm(keys - key, axis=1)
    order = np.argsort(distances, kind="stable")[:N_NEIGHBOURS]
    near = distances[order]
    if near[0] <= 1e-6 * (near.mean() + 1e-12):
        return values[order[0]].astype(np.float32)
    weights = np.exp(-near / near.mean())
    return (weights @ values[order] / weights.sum()).astype(np.float32)
