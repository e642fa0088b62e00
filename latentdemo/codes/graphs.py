"""Images as points: a path from one to another through their neighbours."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

N_NEIGHBOURS = 15


class NeighbourPath(NamedTuple):
    """A path through a graph of neighbours.

    Attributes:
        stops: indices from the start to the end, both included.
        steps: (len(stops) − 1,) distance of each step.
        k: how many neighbours every point was joined to.
    """

    stops: list[int]
    steps: Array
    k: int


def shortest_path(vectors: Array, start: int, end: int, k: int = N_NEIGHBOURS) -> NeighbourPath:
    """The path between two points that takes small steps: the least sum of squared distances along neighbours.

    Args:
        vectors: (N, D).
        start, end: indices.
        k: every point is joined to its k nearest; doubled until start and end are connected.

    Raises:
        ValueError: an index outside the points.

    Source:
        After Klingemann's "X Degrees of Separation" (2016): a k-NN graph of image features and a shortest path in it.
    """
    from scipy.sparse.csgraph import dijkstra  # these two take a second to import
    from sklearn.neighbors import kneighbors_graph

    n = len(vectors)
    if not (0 <= start < n and 0 <= end < n):
        raise ValueError(f"no path from {start} to {end}; there are points 0 … {n - 1}")
    k = min(k, n - 1)
    while True:
        graph = kneighbors_graph(vectors, k, mode="distance")
        graph.data = np.maximum(graph.data, 1e-9) ** 2  # an explicit 0 would be no edge
        total, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        if np.isfinite(total[end]):
            break
        k = min(2 * k, n - 1)
    stops = [end]
    while stops[-1] != start:
        stops.append(int(before[stops[-1]]))
    stops.reverse()
    return NeighbourPath(stops, np.linalg.norm(np.diff(vectors[stops], axis=0), axis=1), k)


def cosines(one: Array, others: Array) -> Array:
    """Cosine of the angle between a vector (D,) and each of others (N, D): (N,); 0 where one of them is all zeros."""
    norms = np.linalg.norm(others, axis=1) * np.linalg.norm(one)
    return (others @ one) / np.where(norms > 0, norms, 1)
