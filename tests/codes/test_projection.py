import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from latentdemo.codes import projection

RNG = np.random.default_rng(0)


def test_the_map_keeps_neighbours_together():
    centres = 6 * RNG.normal(size=(5, 8))
    codes = (centres[np.arange(300) % 5] + RNG.normal(size=(300, 8))).astype(np.float32)
    layout = projection.fit_map(codes, seed=1)
    assert layout.shape == (300, 2) and layout.dtype == np.float32
    assert trustworthiness(codes, layout, n_neighbors=15) > 0.9
    np.testing.assert_array_equal(layout, projection.fit_map(codes, seed=1))


def test_two_numbers_are_their_own_map():
    codes = RNG.normal(size=(50, 2))
    np.testing.assert_allclose(projection.fit_map(codes, 0), codes, rtol=1e-6)


def test_a_known_code_lies_where_it_lies_and_back():
    codes, places = RNG.normal(size=(100, 6)), RNG.normal(size=(100, 2))
    np.testing.assert_allclose(projection.place(codes, places, codes[7]), places[7], rtol=1e-6)
    np.testing.assert_allclose(projection.code_at(codes, places, places[7]), codes[7], rtol=1e-6)


def test_a_new_code_lies_among_its_neighbours():
    codes = np.concatenate([RNG.normal(0, 1, (60, 4)), RNG.normal(20, 1, (60, 4))])
    places = np.concatenate([RNG.normal(0, 1, (60, 2)), RNG.normal(50, 1, (60, 2))])
    assert np.linalg.norm(projection.place(codes, places, np.full(4, 19.5)) - 50) < 3
    assert np.linalg.norm(projection.code_at(codes, places, np.array([0.5, -0.5]))) < 3


def test_fifteen_neighbours_have_a_say():
    codes = np.arange(1.0, 31)[:, None]
    places = np.stack([np.arange(30) == 14, np.arange(30) == 15], axis=1).astype(float)
    found = projection.place(codes, places, np.array([0.0]))
    assert found[0] > 0 and found[1] == 0


def test_near_neighbours_count_more():
    codes, places = np.array([[0.0], [10.0]]), np.array([[0.0, 0], [1.0, 0]])
    assert projection.place(codes, places, np.array([1.0]))[0] < 0.5
    weights = np.exp(-np.array([1.0, 9.0]) / 5)
    assert projection.place(codes, places, np.array([1.0]))[0] == pytest.approx(weights[1] / weights.sum())


def test_only_the_very_code_has_its_very_place():
    codes, places = 1e-4 * RNG.normal(size=(40, 3)), RNG.normal(size=(40, 2))
    exact, near = projection.place(codes, places, codes[5]), projection.place(codes, places, codes[5] + 1e-6)
    np.testing.assert_allclose(exact, places[5], rtol=1e-6)
    assert np.abs(near - places[5]).max() > 1e-3 and exact.dtype == near.dtype == np.float32
