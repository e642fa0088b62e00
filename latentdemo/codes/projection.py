"""From D dimensions to maps of two, and back: UMAP, t-SNE and PCA, what each keeps, and neighbours' weighted means."""

from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array

N_NEIGHBOURS = 15
MIN_DISTANCE = 0.1
PERPLEXITY = 30.0
FEWEST = 5  # codes that UMAP and t-SNE can lay out
CHUNK = 500  # rows of a table of distances


def fit_map(
    codes: Array, seed: int, n_neighbors: int = N_NEIGHBOURS, min_dist: float = MIN_DISTANCE, tell: bool = False
) -> Array:
    """Lay codes out in the plane so that near ones stay near.

    Args:
        codes: (N, D). Two-dimensional codes are their own map; fewer than 5 are laid out by PCA.
        seed: of the layout; the same seed gives the same map on the same machine.
        n_neighbors: how many neighbours of each code are kept near it; at most N − 1 are taken.
        min_dist: how near two points may come on the map.
        tell: whether the library prints how far it is.

    Returns:
        (N, 2) float32; axes and distances between far groups mean nothing.

    Source:
        UMAP, McInnes et al. 2018 (arXiv:1802.03426); Euclidean.
    """
    if codes.shape[1] == 2:
        return codes.astype(np.float32)
    if len(codes) < FEWEST:
        return fit_pca(codes)
    from umap import UMAP  # takes seconds to import; the app's own process never does

    k = min(n_neighbors, len(codes) - 1)
    reducer = UMAP(n_neighbors=k, min_dist=min_dist, random_state=seed, n_jobs=1, verbose=tell)
    return np.asarray(reducer.fit_transform(codes), np.float32)


def fit_tsne(codes: Array, seed: int, perplexity: float = PERPLEXITY, tell: bool = False) -> Array:
    """t-SNE of codes (N, D), begun with their principal components, or by chance if D is 1: (N, 2) float32.

    Args:
        perplexity: roughly how many neighbours count for each code; at most (N − 1) / 3 is taken.
        tell: whether the library prints how far it is.

    Source:
        van der Maaten & Hinton 2008; Barnes-Hut approximation, scikit-learn's.
    """
    from sklearn.manifold import TSNE

    if len(codes) < FEWEST:
        return fit_pca(codes)
    init = "pca" if codes.shape[1] > 1 else "random"
    tsne = TSNE(
        perplexity=min(perplexity, most_perplexity(len(codes))),
        init=init,
        random_state=seed,
        n_jobs=2,
        verbose=2 * tell,
    )
    return np.asarray(tsne.fit_transform(codes.astype(np.float32)), np.float32)


def most_perplexity(n: int) -> float:
    """As many neighbours as can count for each of n codes."""
    return max(1.0, (n - 1) / 3)


class Components(NamedTuple):
    """The first two principal components of codes.

    Attributes:
        mean: (D,) of the codes.
        axes: (2, D) orthonormal directions, the one of more variance first; its entry of largest magnitude is positive.
            A direction that does not exist (D = 1, a single code) is 0.
        explained: (2,) share of the codes' total variance along each, 0 … 1.
    """

    mean: Array
    axes: Array
    explained: Array

    def project(self, codes: Array) -> Array:
        """Coordinates along both components, of any codes: (N, D) -> (N, 2) float32."""
        return ((codes - self.mean) @ self.axes.T).astype(np.float32)


def principal_components(codes: Array) -> Components:
    """The first two principal components of codes (N, D).

    Source:
        Hotelling 1933; signs as scikit-learn's `PCA` chooses them, so that a map is never mirrored by chance.
    """
    mean = codes.mean(axis=0, dtype=np.float64)
    _, scales, rows = np.linalg.svd(codes.astype(np.float64) - mean, full_matrices=False)
    n = min(2, len(rows))
    axes, explained = np.zeros((2, codes.shape[1])), np.zeros(2)
    largest = np.abs(rows[:n]).argmax(axis=1)
    axes[:n] = rows[:n] * np.sign(rows[np.arange(n), largest])[:, None]
    explained[:n] = scales[:n] ** 2 / max((scales**2).sum(), 1e-12)
    return Components(mean, axes, explained)


def fit_pca(codes: Array) -> Array:
    """Codes (N, D) along their two principal components: (N, 2) float32, the one of more variance first."""
    return principal_components(codes).project(codes)


def aligned(layout: Array, to: Array) -> Array:
    """A layout (N, 2) moved, turned, mirrored and scaled as one whole onto another of the same points: (N, 2) float32.

    Source:
        Orthogonal Procrustes problem, Schönemann 1966.
    """
    mean, goal = layout.mean(axis=0), to.mean(axis=0)
    a, b = (layout - mean).astype(np.float64), (to - goal).astype(np.float64)
    u, s, vt = np.linalg.svd(a.T @ b)
    return (a @ (u @ vt) * (s.sum() / max((a**2).sum(), 1e-12)) + goal).astype(np.float32)


def neighbours(points: Array, k: int = N_NEIGHBOURS) -> Array:
    """Indices of each point's k nearest others, by Euclidean distance, nearest first: (N, D) -> (N, min(k, N − 1))."""
    x, k = torch.from_numpy(np.asarray(points, np.float32)), min(k, len(points) - 1)
    out = []
    for i in range(0, len(x), CHUNK):
        distances = torch.cdist(x[i : i + CHUNK], x, compute_mode="donot_use_mm_for_euclid_dist")
        rows = torch.arange(len(distances))
        distances[rows, i + rows] = float("inf")
        out.append(distances.topk(k, largest=False).indices)
    return torch.cat(out).numpy()


def kept(codes: Array, layout: Array, k: int = N_NEIGHBOURS) -> Array:
    """How many of each code's k nearest neighbours are among its k nearest on the map: (N,) uint8."""
    return np.array(
        [len(np.intersect1d(a, b)) for a, b in zip(neighbours(codes, k), neighbours(layout, k), strict=True)], np.uint8
    )


def trust(codes: Array, layout: Array, k: int = N_NEIGHBOURS) -> float:
    """Trustworthiness: 1 if all neighbours on the map are neighbours among the codes; intruders by rank count against.

    Source:
        Venna & Kaski 2001; scikit-learn's.
    """
    from sklearn.manifold import trustworthiness

    k = min(k, (len(codes) - 1) // 2)
    return float(trustworthiness(codes, layout, n_neighbors=k)) if k else 1.0


def place(codes: Array, coordinates: Array, code: Array) -> Array:
    """Where a new code belongs on the map: the mean of its 15 nearest codes' places, near ones counting more.

    This is how UMAP's own `transform` starts; weights exp(−distance / mean distance), and a known code lies where it
    lies. (N, D), (N, 2), (D,) -> (2,).
    """
    distances = np.linalg.norm(codes - code, axis=1)
    order = np.argsort(distances, kind="stable")[:N_NEIGHBOURS]
    near = distances[order]
    if near[0] <= 1e-6 * (near.mean() + 1e-12):
        return coordinates[order[0]].astype(np.float32)
    weights = np.exp(-near / near.mean())
    return (weights @ coordinates[order] / weights.sum()).astype(np.float32)
