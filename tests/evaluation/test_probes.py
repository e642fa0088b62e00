"""Linear probes: on codes that hold the answer, and on images that hide it."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import probes

RNG = np.random.default_rng(0)


def images(n: int, seed: int) -> ImageSet:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    return ImageSet(rng.integers(0, 256, (n, 8, 8, 1)).astype(np.uint8), labels, ("a", "b", "c"))


def test_codes_that_hold_the_class_need_few_labels_and_noise_never_tells():
    train, test = images(400, 0), images(200, 1)
    told = [np.eye(3)[one.labels] + 0.05 * RNG.normal(size=(len(one.labels), 3)) for one in (train, test)]
    found = probes.probe(told[0], train, told[1], test)
    assert found["probe_sizes"].tolist() == [10, 30, 100, 300]
    assert found["probe_scores"].shape == (3, 4, 3)
    assert found["probe_scores"][0].min() == 1 and abs(found["probe_scores"][1].mean() - 1 / 3) < 0.08


def test_scores_are_scikit_learns_on_the_same_few_images():
    train, test = images(400, 0), images(200, 1)
    codes = [RNG.normal(size=(len(one.labels), 2)) + 0.5 * one.labels[:, None] for one in (train, test)]
    found = probes.probe(codes[0], train, codes[1], test)
    few = probes.drawn(train.labels, 30, 2)
    oracle = LogisticRegression(max_iter=300).fit(codes[0][few], train.labels[few]).score(codes[1], test.labels)
    assert found["probe_scores"][0, 1, 2] == pytest.approx(oracle)


@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("n_classes", [2, 10])
def test_probes_converge_on_features_of_any_size(spread: float, n_classes: int):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, n_classes, 600)
    features = rng.normal(size=(600, 40)) + 3 * rng.normal(size=(n_classes, 40))[labels]  # separable
    features[:, 1], features[:, 2], features[:, 3] = 0, features[:, 4], 100 + 0.01 * features[:, 5]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        share = probes.score(spread * features[:400], labels[:400], spread * features[400:], labels[400:])
    assert spread < 1 or share > 0.97  # the penalty, which is not scaled, keeps the weights of small features small


def test_the_few_that_are_labelled_have_all_classes_in_turn():
    labels = np.array([0] * 90 + [1] * 9 + [2])
    few = probes.drawn(labels, 7, 0)
    assert sorted(labels[few].tolist()) == [0, 0, 0, 1, 1, 1, 2] and len(set(few.tolist())) == 7
    assert probes.drawn(labels, 7, 0).tolist() != probes.drawn(labels, 7, 1).tolist()
    assert len(set(probes.drawn(RNG.normal(size=(50, 4)), 20, 0).tolist())) == 20


def test_factors_are_told_by_ridge_regression():
    codes = RNG.normal(size=(300, 4))
    factors = codes @ RNG.normal(size=(4, 2))
    assert probes.score(codes[:200], factors[:200], codes[200:], factors[200:]) > 0.999
    assert probes.score(RNG.normal(size=(200, 4)), factors[:200], codes[200:], factors[200:]) < 0.1


def test_where_there_is_nothing_to_tell_there_is_no_curve():
    one = images(50, 0)._replace(labels=np.zeros(50, int))
    found = probes.probe(RNG.normal(size=(50, 2)), one, RNG.normal(size=(50, 2)), one)
    assert found["probe_sizes"].tolist() == [] and found["probe_scores"].shape == (3, 0, 3)


def test_large_images_are_averaged_to_32_pixels():
    x = RNG.integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    found = probes.pixel_vectors(x)
    assert found.shape == (2, 32 * 32 * 3)
    assert found[1].reshape(32, 32, 3)[3, 4] == pytest.approx(x[1, 6:8, 8:10].mean(axis=(0, 1)) / 255, abs=1e-5)
    assert probes.pixel_vectors(x[:, :48, :48]).shape == (2, 48 * 48 * 3)
