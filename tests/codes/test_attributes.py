import numpy as np
import pytest

from latentdemo.codes import attributes
from latentdemo.data.faces import EXCLUDED, NAMES, THRESHOLDS, factor_index, sample_factors

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


def sides_of(labels: np.ndarray, names: tuple[str, ...]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return attributes.masks(labels, names, attributes.splits(labels, names).thresholds)


def test_factors_split_at_their_datasets_thresholds_and_the_middle_belongs_to_neither():
    factors = sample_factors(3000, 0)
    split = attributes.splits(factors, NAMES, THRESHOLDS, EXCLUDED)
    assert split.thresholds == THRESHOLDS and split.unsplit == EXCLUDED == {"eye colour": EXCLUDED["eye colour"]}
    masks = attributes.masks(factors, NAMES, split.thresholds)
    smile = factors[:, factor_index("smile")]
    has, lacks = masks["smile"]
    np.testing.assert_array_equal(has, smile > 0.5)
    np.testing.assert_array_equal(lacks, smile <= 0.2)
    assert not (has & lacks).any() and (~has & ~lacks).any()
    codes = RNG.normal(size=(3000, 4))
    found = attributes.centroids(codes, masks)
    row = found.row("smile")
    np.testing.assert_allclose(found.absent[row], codes[lacks].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found.present[row], codes[has].mean(axis=0), atol=1e-6)
    assert found.counts[row].tolist() == [has.sum(), lacks.sum()]
    assert all(pair[0].sum() > 100 and pair[1].sum() > 100 for pair in masks.values())


def test_thresholds_that_leave_a_side_empty_are_named():
    split = attributes.splits(np.array([[0.3], [0.4]]), ("smile",), {"smile": (0.5, 0.35)})
    assert split == ({}, {"smile": "no image has a value above 0.5"})
    split = attributes.splits(np.array([[0.6], [0.4]]), ("smile",), {"smile": (0.5, 0.35)})
    assert split == ({}, {"smile": "no image has a value of at most 0.35"})


@pytest.mark.parametrize("name", NAMES)
def test_a_columns_name_decides_nothing(name: str):
    labels = np.arange(240, dtype=np.float32)[:, None]
    has, lacks = sides_of(labels, (name,))[name]
    assert has.sum() == lacks.sum() == 120
    few = sides_of(np.array([[31.0], [8.0]]), (name,))[name]
    assert few[0].tolist() == [True, False] and few[1].tolist() == [False, True]


@pytest.mark.parametrize(
    "pair", [(1, 2), (0, 255), (-1, 1), (0, 1), (0.25, 0.75), (1.5, 1.5000001), (-1e30, 1e30), (0.97, 1)]
)
@pytest.mark.parametrize("n_high", [1, 50, 199])
def test_two_values_are_split_between_them(pair: tuple[float, float], n_high: int):
    column = np.array([pair[0]] * (200 - n_high) + [pair[1]] * n_high, np.float32)
    has, lacks = sides_of(column[:, None], ("x",))["x"]
    np.testing.assert_array_equal(has, column == np.float32(pair[1]))
    np.testing.assert_array_equal(lacks, ~has)


@pytest.mark.parametrize(
    ("values", "n_with"),
    [
        ([20 + i % 60 for i in range(240)], 120),  # ages
        ([0] * 150 + list(range(1, 51)), 50),  # most at the lowest value: nothing lies below the median
        ([5] * 150 + list(range(-50, 0)), 150),  # most at the highest: nothing lies above the median
        ([0.9 + i / 1000 for i in range(100)], 50),  # within 0 to 1, all above 0.5
        ([0.01] * 60 + [0.02] * 39 + [0.99], 40),  # within 0 to 1, one alone above 0.5
        ([0.1] * 70 + [0.2] * 10 + [0.9] * 20, 20),  # shares: 0.5 leaves enough on both sides
        ([1, 2, 3, 4, 5] * 20, 60),
    ],
)
def test_many_values_are_split_where_both_sides_have_most(values: list[float], n_with: int):
    column = RNG.permutation(np.array(values, np.float32))
    has, lacks = sides_of(column[:, None], ("x",))["x"]
    assert has.sum() == n_with and (has ^ lacks).all()
    assert column[has].min() > column[lacks].max()


def test_columns_that_cannot_be_split_are_named_with_the_reason():
    nan = np.nan
    labels = np.array([[1, nan, nan, 1], [1, nan, 3, nan], [1, nan, nan, 2]])
    split = attributes.splits(labels, ("constant", "blank", "one", "two"), {}, {"two": "not wanted"})
    assert split == ({}, {"constant": "all images have the value 1", "blank": "no image has a value",
                          "one": "all images have the value 3", "two": "not wanted"})  # fmt: skip
    assert attributes.splits(np.zeros((0, 1)), ("x",)).unsplit == {"x": "no image has a value"}


def test_an_image_without_a_value_is_on_neither_side():
    labels = np.array([[0.0], [np.nan], [1.0], [1.0], [np.nan]], np.float32)
    has, lacks = sides_of(labels, ("x",))["x"]
    assert has.tolist() == [False, False, True, True, False] and lacks.tolist() == [True, False, False, False, False]
    mean, sd = attributes.statistics(np.hstack([labels, np.full((5, 1), np.nan)]))
    np.testing.assert_allclose(mean, [2 / 3, 0])
    np.testing.assert_allclose(sd, [(2 / 9) ** 0.5, 0])


def test_images_with_all_values_and_columns_that_vary_are_found():
    nan = np.nan
    labels = np.array([[1, 5, nan, 0], [nan, 5, nan, 1], [3, 5, nan, 2], [4, nan, nan, 3]], np.float32)
    whole, varies = attributes.complete(labels)
    assert varies.tolist() == [True, False, False, True] and whole.tolist() == [True, False, True, True]
    filled = attributes.filled(labels)
    assert filled.dtype == np.float32 and np.isfinite(filled).all() and filled[1, 0] == np.float32(8 / 3)
    classes = np.array([0, 1])
    assert attributes.filled(classes) is classes


def test_classes_are_attributes_too_and_two_make_one():
    codes = np.arange(12.0).reshape(6, 2)
    three = attributes.splits(np.array([0, 0, 1, 1, 1, 3]), ("a", "b", "c", "d"))
    assert list(three.thresholds) == ["a", "b", "d"] and three.unsplit == {"c": "no image is of this class"}
    labels = np.array([0, 0, 1, 1, 1, 0])
    two = attributes.splits(labels, ("a", "b", "c"))
    assert list(two.thresholds) == ["b"] and list(two.unsplit.items()) == [
        ("c", "no image is of this class"), ("a", "the opposite of “b”")
    ]  # fmt: skip
    found = attributes.centroids(codes, sides_of(labels, ("a", "b", "c")))
    assert found.names.tolist() == ["b"] and found.counts.tolist() == [[3, 3]]
    np.testing.assert_allclose(found.vector("b"), attributes.centroid_vector(codes, labels == 1))
    with pytest.raises(ValueError, match="there are b"):
        found.vector("a")
    one = attributes.splits(np.zeros(4, int), ("a",))
    assert one == ({}, {"a": "all images are of this class"})


def test_centroids_are_stored_in_small_types():
    codes, labels = np.arange(12.0).reshape(4, 3), np.array([0, 0, 1, 1])
    found = attributes.centroids(codes, attributes.masks(labels, ("a", "b"), {"a": (0.5, 0.5), "b": (0.5, 0.5)}))
    assert found.names.tolist() == ["a", "b"] and found.names.dtype.kind == "U"
    assert found.present.dtype == found.absent.dtype == np.float32 and found.counts.dtype == np.int64
    np.testing.assert_array_equal(found.present, [codes[:2].mean(0), codes[2:].mean(0)])
    np.testing.assert_array_equal(found.absent, found.present[::-1])
    assert found.counts.tolist() == [[2, 2], [2, 2]]
    none = attributes.centroids(codes, sides_of(np.zeros(4, int), ("a", "b")))
    assert none.present.shape == (0, 3) and none.counts.shape == (0, 2) and none.names.tolist() == []


def test_splits_are_stored_with_a_checkpoint_and_read_again():
    labels, names = np.array([[0, 20, 1], [1, 30, 1], [1, 50, 1]], np.float32), ("smile", "age", "constant")
    split = attributes.splits(labels, names)
    arrays = attributes.split_arrays(split) | {"attribute_names": np.array(["smile", "age"]), "labels": labels[:1]}
    assert attributes.splits_from_arrays(arrays, names, THRESHOLDS, EXCLUDED) == split
    assert split.thresholds == {"smile": (0.5, 0.5), "age": (25.0, 25.0)} and list(split.unsplit) == ["constant"]


def test_a_checkpoint_without_splits_takes_its_datasets_or_splits_its_gallery():
    factors = sample_factors(300, 0)
    arrays = {"attribute_names": np.array(list(THRESHOLDS)), "labels": factors}
    assert attributes.splits_from_arrays(arrays, NAMES, THRESHOLDS, EXCLUDED) == (THRESHOLDS, EXCLUDED)
    own = {"attribute_names": np.array(["age"]), "labels": np.array([[20.0, 1], [40, 1]])}
    found = attributes.splits_from_arrays(own, ("age", "x"), {}, {})
    assert found == ({"age": (30.0, 30.0)}, {"x": "all images have the value 1"})


def test_a_checkpoint_with_two_opposite_attributes_keeps_the_second():
    v = np.array([[1.0, 2.0], [-1.0, -2.0]])
    arrays = {"labels": np.array([0, 1]), "attribute_names": np.array(["a", "b"]), "attribute_present": v,
              "attribute_absent": -v, "attribute_counts": np.ones((2, 2), int), "codes": v,
              "attribute_balanced": np.stack([v, -v], axis=1)}  # fmt: skip
    found = attributes.without_opposite(arrays)
    assert found["attribute_names"].tolist() == ["b"] and found["codes"] is v
    np.testing.assert_array_equal(found["attribute_balanced"], [[[-1, -2], [1, 2]]])
    three = arrays | {"attribute_names": np.array(["a", "b", "c"])}
    assert attributes.without_opposite(three) is three


def test_a_half_is_the_threshold_of_shares_alone():
    column = np.array([[-1.0], [0.6], [0.7], [0.8]])  # three of four lie above 0.5
    (pair,) = attributes.splits(column, ("x",)).thresholds.values()
    np.testing.assert_allclose(pair, 0.65)


def test_neighbouring_floats_are_split_too():
    low = np.float32(0.7)
    has, lacks = sides_of(np.array([low, np.nextafter(low, np.float32(1))], np.float32)[:, None], ("x",))["x"]
    assert has.tolist() == [False, True] and lacks.tolist() == [True, False]
