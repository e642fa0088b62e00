import numpy as np
import pytest

from latentdemo.codes import attributes
from latentdemo.data.faces import NAMES, factor_index, sample_factors

RNG = np.random.default_rng(0)


def test_the_vector_is_the_difference_of_means():
    codes, has = RNG.normal(size=(40, 5)), RNG.random(40) < 0.3
    oracle = np.mean([c for c, h in zip(codes, has, strict=True) if h], axis=0) - np.mean(codes[~has], axis=0)
    np.testing.assert_allclose(attributes.centroid_vector(codes, has), oracle)


def test_a_shift_of_half_the_codes_is_found():
    has = np.arange(1000) % 2 == 0
    codes = RNG.normal(size=(1000, 3)) + has[:, None] * np.array([0, 4.0, 0])
    np.testing.assert_allclose(attributes.centroid_vector(codes, has), [0, 4, 0], atol=0.3)


@pytest.mark.parametrize("has", [np.zeros(4, bool), np.ones(4, bool)])
def test_one_sort_alone_has_no_vector(has: np.ndarray):
    with pytest.raises(ValueError, match="both sorts are needed"):
        attributes.centroid_vector(np.zeros((4, 2)), has)


def test_factors_split_at_their_thresholds_and_the_middle_belongs_to_neither():
    factors = sample_factors(3000, 0)
    masks = attributes.masks(factors, NAMES)
    smile = factors[:, factor_index("smile")]
    has, lacks = masks["smile"]
    np.testing.assert_array_equal(has, smile > 0.5)
    np.testing.assert_array_equal(lacks, smile <= 0.2)
    assert not (has & lacks).any() and (~has & ~lacks).any()
    codes = RNG.normal(size=(3000, 4))
    found = attributes.centroids(codes, factors, NAMES)
    row = found.row("smile")
    np.testing.assert_allclose(found.absent[row], codes[lacks].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found.present[row], codes[has].mean(axis=0), atol=1e-6)
    assert found.counts[row].tolist() == [has.sum(), lacks.sum()]
    assert "eye colour" not in masks and all(pair[0].sum() > 100 and pair[1].sum() > 100 for pair in masks.values())


def test_classes_are_attributes_too_and_empty_ones_are_left_out():
    labels = np.array([0, 0, 1, 1, 1])
    codes = np.arange(10.0).reshape(5, 2)
    found = attributes.centroids(codes, labels, ("a", "b", "c"))
    assert found.names.tolist() == ["a", "b"] and found.counts.tolist() == [[2, 3], [3, 2]]
    np.testing.assert_allclose(found.vector("b"), attributes.centroid_vector(codes, labels == 1))
    with pytest.raises(ValueError, match="there are a, b"):
        found.vector("c")


def test_tables_of_yes_and_no_are_split_in_the_middle_and_decoration_is_left_out():
    labels = np.array([[0.0, 0.1, 1.0], [1.0, 0.5, 0.0], [0.51, 0.9, 1.0]])
    found = attributes.masks(labels, ("Smiling", "eye colour", "Young"))
    assert list(found) == ["Smiling", "Young"]
    assert found["Smiling"][0].tolist() == [False, True, True] and found["Smiling"][1].tolist() == [True, False, False]
    for has, lacks in found.values():
        assert (has ^ lacks).all()
    half = attributes.masks(np.array([[0.5]]), ("Smiling",))["Smiling"]
    assert (half[0].tolist(), half[1].tolist()) == ([False], [True])


def test_centroids_are_stored_in_small_types_and_need_both_sorts():
    codes = np.arange(12.0).reshape(4, 3)
    found = attributes.centroids(codes, np.array([0, 0, 1, 1]), ("a", "b", "c"))
    assert found.names.tolist() == ["a", "b"] and found.names.dtype.kind == "U"
    assert found.present.dtype == found.absent.dtype == np.float32 and found.counts.dtype == np.int64
    np.testing.assert_array_equal(found.present, [codes[:2].mean(0), codes[2:].mean(0)])
    np.testing.assert_array_equal(found.absent, found.present[::-1])
    assert found.counts.tolist() == [[2, 2], [2, 2]]
    none = attributes.centroids(codes, np.zeros(4, int), ("a", "b"))
    assert none.present.shape == (0, 3) and none.counts.shape == (0, 2) and none.names.tolist() == []


def test_factors_in_their_own_unit_are_split_at_their_median():
    years = np.array([[20.0], [30.0], [50.0], [70.0]])
    has, lacks = attributes.masks(years, ("years",))["years"]
    assert has.tolist() == [False, False, True, True] and (has ^ lacks).all()
