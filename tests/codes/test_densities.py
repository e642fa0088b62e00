"""Densities, against scipy and scikit-learn."""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

from latentdemo.codes import densities
from latentdemo.codes.densities import SOURCES, Density, fit, from_arrays, standard_normal, to_arrays


def test_one_component_is_the_codes_own_mean_and_covariance():
    codes = np.random.default_rng(1).normal(size=(2000, 3)) @ np.diag([1.0, 2.0, 3.0]) + 5
    found = fit(codes, 1, seed=0)
    np.testing.assert_allclose(found.means[0], codes.mean(0), rtol=1e-6)
    np.testing.assert_allclose(found.factors[0] @ found.factors[0].T, np.cov(codes.T, bias=True), rtol=1e-4, atol=1e-4)


def test_a_mixture_draws_what_scikit_learn_would():
    rng = np.random.default_rng(2)
    codes = np.concatenate([rng.normal(-4, 0.5, (600, 2)), rng.normal(4, 1.0, (200, 2))])
    found, oracle = fit(codes, 2, seed=0), GaussianMixture(2, random_state=0).fit(codes)
    drawn = found.draw(20_000, seed=0)
    assert found.weights.max() == pytest.approx(0.75, abs=0.01)
    for axis in (0, 1):
        same: Any = stats.ks_2samp(drawn[:, axis], oracle.sample(20_000)[0][:, axis])
        assert same.pvalue > 0.01


def test_densities_survive_being_stored_and_the_prior_is_n_0_i():
    codes = np.random.default_rng(3).normal(size=(300, 4))
    found = fit(codes, 10, seed=0)
    arrays = to_arrays("mixture", found) | {"mean": codes.mean(0)}
    np.testing.assert_allclose(from_arrays("mixture", arrays).draw(50, 1), found.draw(50, 1), atol=1e-4)
    prior = from_arrays("prior", arrays).draw(20_000, 0)
    np.testing.assert_allclose(np.cov(prior.T), np.eye(4), atol=0.03)
    with pytest.raises(ValueError, match="there are prior, gaussian, mixture"):
        from_arrays("thin air", arrays)
    assert list(SOURCES) == ["prior", *densities.FITTED]


def test_draws_have_the_factors_covariance():
    factor = np.array([[2.0, 0.0], [1.5, 0.5]])
    drawn = Density(np.ones(1), np.zeros((1, 2)), factor[None]).draw(50_000, 0)
    np.testing.assert_allclose(np.cov(drawn.T), factor @ factor.T, rtol=0.03)


def test_the_same_seed_is_the_same_noise_for_both_models():
    narrow = Density(np.ones(1), np.full((1, 3), 7.0), 2 * np.eye(3)[None])
    np.testing.assert_allclose(narrow.draw(9, 4), 7 + 2 * standard_normal(3).draw(9, 4), rtol=1e-6)
    assert not np.array_equal(narrow.draw(9, 4), narrow.draw(9, 5))


def test_a_draw_is_its_mean_plus_its_factor_times_noise():
    factors = np.array([[[2.0, 0.0], [1.0, 0.5]], [[1.0, 0.0], [0.0, 3.0]]])
    density = Density(np.array([0.25, 0.75]), np.array([[1.0, 2.0], [-5.0, 0.0]]), factors)
    rng = np.random.default_rng(9)
    noise = rng.standard_normal((6, 2))
    component = rng.choice(2, 6, p=[0.25, 0.75])
    oracle = [density.means[c] + factors[c] @ e for c, e in zip(component, noise, strict=True)]
    found = density.draw(6, 9)
    np.testing.assert_allclose(found, oracle, rtol=1e-6)
    assert found.dtype == np.float32
    one = standard_normal(3)
    assert (one.weights.shape, one.means.shape, one.factors.shape) == ((1,), (1, 3), (1, 3, 3))


def test_a_fit_depends_on_its_seed_alone_and_is_stored_small():
    codes = np.random.default_rng(4).normal(size=(200, 2)).astype(np.float32)
    one, other = fit(codes, 5, seed=3), fit(codes, 5, seed=3)
    np.testing.assert_array_equal(one.means, other.means)
    assert not np.array_equal(one.means, fit(codes, 5, seed=4).means)
    stored = to_arrays("mixture", one)
    assert all(value.dtype == np.float32 for value in stored.values())
    assert from_arrays("mixture", stored | {"mean": np.zeros(2)}).means.dtype == np.float64
    flat = fit(np.zeros((20, 2)), 1, seed=0)  # collapsed codes have a density too
    np.testing.assert_allclose(flat.factors[0], 1e-3 * np.eye(2), rtol=1e-6)
