"""How clouds overlap, against scipy and a count by hand."""

from typing import Any

import numpy as np
import pytest
from scipy import linalg

from latentdemo.measuring.overlap import frechet_distance, likeness


def test_frechet_distance_is_scipys_matrix_root():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(400, 5)), rng.normal(1, 2, size=(500, 5)) @ rng.normal(size=(5, 5))
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root: Any = linalg.sqrtm(ca @ cb)
    oracle = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb - 2 * root.real)
    assert frechet_distance(a, b) == pytest.approx(oracle, rel=1e-8)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    shifted = a + np.array([3.0, 4.0, 0, 0, 0])
    assert frechet_distance(a, shifted) == pytest.approx(25, rel=1e-6)  # equal covariances: the squared shift alone


def brute(reference: np.ndarray, points: np.ndarray, k: int) -> float:
    """Share of points within some reference point's distance to its k-th neighbour."""
    inside = 0
    for point in points:
        for centre in reference:
            radius = sorted(np.linalg.norm(reference - centre, axis=1))[k]
            if np.linalg.norm(point - centre) <= radius:
                inside += 1
                break
    return inside / len(points)


def test_precision_and_recall_are_counted_as_the_paper_says():
    rng = np.random.default_rng(5)
    real, made = rng.normal(size=(40, 3)), rng.normal(0.8, 0.6, size=(30, 3))
    found = likeness(real, made, k=3)
    assert found.precision == pytest.approx(brute(real, made, 3)) and found.recall == pytest.approx(
        brute(made, real, 3)
    )
    collapsed = likeness(real, np.repeat(real[:1], 30, axis=0) + 1e-3 * rng.normal(size=(30, 3)))
    assert collapsed.precision == 1 and collapsed.recall < 0.2  # why recall stands beside precision


def test_frechet_distance_of_numbers_and_of_degenerate_clouds():
    rng = np.random.default_rng(8)
    a, b = rng.normal(0, 1, (5000, 1)), rng.normal(3, 2, (5000, 1))
    oracle = (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
    assert frechet_distance(a, b) == pytest.approx(oracle, rel=1e-6)
    flat = rng.normal(size=(100, 3)) * np.array([1.0, 1.0, 0.0])  # eigenvalues a little below 0 are rounding
    assert frechet_distance(flat, flat) == pytest.approx(0, abs=1e-6)
    half = a.astype(np.float16)
    assert frechet_distance(half, b) == pytest.approx(frechet_distance(half.astype(float), b), rel=1e-9)


def test_a_point_on_the_rim_is_inside():
    real = np.array([[0.0], [1.0], [3.0]])
    found = likeness(real, np.array([[2.0], [5.0], [9.0]]), k=1)  # radii 1, 1, 2 of the real ones
    assert found.precision == pytest.approx(2 / 3)  # 2 lies 1 from 1, and 5 lies 2 from 3
    assert found.recall == pytest.approx(3 / 3)  # radii 3, 3, 4 of the made ones: 0 within 3 of 2
