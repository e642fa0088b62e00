from collections.abc import Callable

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from latentdemo.codes import projection

RNG = np.random.default_rng(0)


@pytest.mark.slow
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


def test_a_known_code_lies_where_it_lies():
    codes, places = RNG.normal(size=(100, 6)), RNG.normal(size=(100, 2))
    np.testing.assert_allclose(projection.place(codes, places, codes[7]), places[7], rtol=1e-6)


def test_a_new_code_lies_among_its_neighbours():
    codes = np.concatenate([RNG.normal(0, 1, (60, 4)), RNG.normal(20, 1, (60, 4))])
    places = np.concatenate([RNG.normal(0, 1, (60, 2)), RNG.normal(50, 1, (60, 2))])
    assert np.linalg.norm(projection.place(codes, places, np.full(4, 19.5)) - 50) < 3


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


@pytest.mark.parametrize("mirrored", [(1, 1), (-1, 1), (1, -1)])
def test_principal_components_are_scikit_learns_with_their_signs(mirrored: tuple[int, int]):
    codes = RNG.normal(size=(200, 6)) * [5 * mirrored[0], 3 * mirrored[1], 1, 1, 1, 1] + 7
    found, oracle = projection.principal_components(codes), PCA(2, svd_solver="full").fit(codes)
    assert oracle.components_ is not None and oracle.explained_variance_ratio_ is not None
    np.testing.assert_allclose(found.mean, codes.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.axes, oracle.components_, atol=1e-6)
    np.testing.assert_allclose(found.explained, np.array(oracle.explained_variance_ratio_), rtol=1e-6)
    new = RNG.normal(size=(5, 6)) * 50
    np.testing.assert_allclose(found.project(new), oracle.transform(new), rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(projection.fit_pca(codes), found.project(codes))
    assert (found.axes[[0, 1], np.abs(found.axes).argmax(1)] > 0).all()


@pytest.mark.parametrize("codes", [np.arange(5.0)[:, None], np.ones((1, 3)), np.ones((4, 3))])
def test_components_that_do_not_exist_explain_nothing(codes: np.ndarray):
    found = projection.principal_components(codes)
    assert np.isfinite(found.axes).all() and found.explained.sum() <= 1 and found.explained[1] == 0
    assert not projection.fit_pca(codes)[:, 1].any()


def test_a_layout_is_turned_and_scaled_onto_another_as_one_whole():
    to = RNG.normal(size=(50, 2))
    turn = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]]) @ np.diag([1, -1])  # a mirror, too
    moved = 7 * to @ turn + [100, -3]
    np.testing.assert_allclose(projection.aligned(moved, to), to, atol=1e-5)
    bent = np.stack([to[:, 0] ** 3, to[:, 1]], axis=1)
    found = projection.aligned(bent, to)
    ratio = np.linalg.norm(found - found.mean(0), axis=1) / np.linalg.norm(bent - bent.mean(0), axis=1)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)  # nothing is stretched


def test_neighbours_and_what_is_kept_of_them_are_scikit_learns():
    codes, layout = RNG.normal(size=(700, 6)), RNG.normal(size=(700, 2))
    layout[:, 0] = codes[:, 0]
    near = [NearestNeighbors(n_neighbors=16).fit(points).kneighbors(points)[1][:, 1:] for points in (codes, layout)]
    np.testing.assert_array_equal(projection.neighbours(codes), near[0])
    oracle = [len(set(a) & set(b)) for a, b in zip(*near, strict=True)]
    np.testing.assert_array_equal(projection.kept(codes, layout), oracle)
    assert (projection.kept(codes, codes) == 15).all() and projection.neighbours(codes[:4]).shape == (4, 3)
    assert projection.trust(codes, layout) == pytest.approx(trustworthiness(codes, layout, n_neighbors=15))
    assert projection.trust(codes, codes) == 1


def test_tsne_keeps_groups_apart_and_takes_any_perplexity():
    codes = (9 * RNG.normal(size=(3, 5))[np.arange(60) % 3] + RNG.normal(size=(60, 5))).astype(np.float32)
    layout = projection.fit_tsne(codes, 0, perplexity=500)
    assert layout.shape == (60, 2) and layout.dtype == np.float32
    near = projection.neighbours(layout, 5)
    assert (near % 3 == np.arange(60)[:, None] % 3).mean() > 0.95


COMPILED = pytest.mark.slow  # UMAP's first fit compiles for half a minute


@pytest.mark.parametrize("method", [projection.fit_tsne, pytest.param(projection.fit_map, marks=COMPILED)])
@pytest.mark.parametrize(("n", "dims"), [(1, 3), (3, 3), (4, 2), (5, 3), (6, 1), (15, 4)])
def test_tiny_galleries_have_maps_too(n: int, dims: int, method: Callable):
    codes = RNG.normal(size=(n, dims)).astype(np.float32)
    layout = method(codes, 0)
    assert layout.shape == (n, 2) and np.isfinite(layout).all()
    assert projection.kept(codes, layout).shape == (n,) and 0 <= projection.trust(codes, layout) <= 1
