"""Scores of disentanglement on codes whose structure is known, and the lecture's closed forms."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mutual_info_score

from latentdemo.measuring import disentanglement

RNG = np.random.default_rng(0)
FACTORS = RNG.uniform(size=(4000, 3))
TURN = np.eye(3) - 2 / 3  # a mirror in which every factor shows in all three dimensions


def test_mutual_information_is_scikit_learns():
    codes = FACTORS @ TURN
    table = disentanglement.mutual_information(codes, FACTORS)
    binned = [np.digitize(v, np.linspace(v.min(), v.max(), 21)[1:-1]) for v in (codes[:, 1], FACTORS[:, 2])]
    assert table[1, 2] == pytest.approx(mutual_info_score(*binned), abs=1e-3)


def test_one_dimension_for_each_factor_scores_one_and_a_turn_scores_less():
    noisy = FACTORS[:, [2, 0, 1]] + 1e-4 * RNG.normal(size=FACTORS.shape)
    turned = FACTORS @ TURN
    for score, high in ((disentanglement.mig, 0.9), (disentanglement.sap, 0.95)):
        assert score(noisy, FACTORS) > high and score(turned, FACTORS) < 0.6 * score(noisy, FACTORS)
    straight, crooked = disentanglement.dci(noisy, FACTORS, 0), disentanglement.dci(turned, FACTORS, 0)
    assert min(straight) > 0.95 and crooked.disentanglement < 0.6 and crooked.informativeness > 0.8
    twice = np.repeat(noisy, 2, axis=1)  # two dimensions say the same: each is pure, no factor is complete
    double = disentanglement.dci(twice + 1e-3 * RNG.normal(size=twice.shape), FACTORS, 0)
    assert double.disentanglement > 0.9 > 0.75 > double.completeness
    assert disentanglement.mig(twice, FACTORS) == pytest.approx(0, abs=1e-6)


def test_sap_is_the_gap_between_straight_lines():
    codes = FACTORS @ TURN
    r2 = [[LinearRegression().fit(codes[:, [d]], f).score(codes[:, [d]], f) for d in range(3)] for f in FACTORS.T]
    best = np.sort(r2, axis=1)
    assert disentanglement.sap(codes, FACTORS) == pytest.approx((best[:, -1] - best[:, -2]).mean(), abs=1e-6)


def test_scores_of_importances_are_one_minus_their_entropy():
    assert disentanglement.scores(np.eye(4)) == pytest.approx((1, 1))
    assert disentanglement.scores(np.ones((4, 4))) == pytest.approx((0, 0))
    table = np.array([[0.75, 0.25], [0, 0.0], [0.25, 0.75]])  # a dimension that helps nobody weighs nothing
    entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert disentanglement.scores(table) == pytest.approx((1 - entropy, 1 - entropy / np.log2(3)))
