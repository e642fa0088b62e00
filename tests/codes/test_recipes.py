"""Attribute vectors by other recipes: on codes whose directions are known."""

import numpy as np
import pytest

from latentdemo.codes import attributes, recipes
from latentdemo.codes.recipes import BALANCED, FITTED, ORTHOGONAL, RAW, SLOPES
from latentdemo.data.faces import NAMES, THRESHOLDS, factor_index, sample_factors

RNG = np.random.default_rng(0)
AGREES = 0.99  # cosine


def made(codes: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> recipes.Recipes:
    own = THRESHOLDS if names == NAMES else {}
    sides = attributes.masks(labels, names, attributes.splits(labels, names, own).thresholds)
    found = attributes.centroids(codes, sides)
    arrays = {
        f"attribute_{key}": value for key, value in zip(("names", "present", "absent", "counts"), found, strict=True)
    }
    return recipes.from_arrays(arrays | recipes.fit(codes, labels, names, sides), found)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def biased(r: float = 0.9, n: int = 6000) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Codes in which smile and glasses each have an axis, of faces in which they go together."""
    labels = sample_factors(n, 3, {("smile", "glasses"): r})
    smile, glasses = RNG.normal(size=8), RNG.normal(size=8)
    column = {name: labels[:, factor_index(name), None] for name in ("smile", "glasses")}
    codes = column["smile"] * smile + column["glasses"] * glasses + 0.01 * RNG.normal(size=(n, 8))
    return codes.astype(np.float32), labels, smile, glasses


def test_raw_centroids_drag_what_goes_with_them_and_the_others_do_not():
    codes, labels, smile, glasses = biased()
    found = made(codes, labels, NAMES)
    assert cosine(found.direction("smile", RAW, codes[0]), smile) < 0.98
    away = glasses - smile * (glasses @ smile) / (smile @ smile)  # what of the glasses is no smile
    dragged = abs(found.direction("smile", RAW, codes[0]) @ away)
    for recipe in (BALANCED, SLOPES, FITTED):
        v = found.direction("smile", recipe, codes[0])
        assert cosine(v, smile) > AGREES and abs(v @ away) < 0.25 * dragged, recipe


def test_a_step_of_every_recipe_is_as_long_as_the_way_between_the_groups():
    codes, labels, smile, _ = biased(0.0)
    found = made(codes, labels, NAMES)
    column = labels[:, factor_index("smile")]
    gap = column[column > 0.5].mean() - column[column <= 0.2].mean()
    for recipe in (RAW, BALANCED, SLOPES, FITTED):
        assert found.direction("smile", recipe, codes[1]) @ smile / (smile @ smile) == pytest.approx(gap, rel=0.03)


def test_weights_make_every_other_attribute_as_common_on_both_sides():
    _, labels, _, _ = biased()
    sorts = attributes.masks(labels, NAMES, THRESHOLDS)
    with_, without = recipes.balancing_weights(labels, sorts, "smile")
    assert with_.sum() == pytest.approx(1) and without.sum() == pytest.approx(1)
    assert with_.min() >= 0 and not with_[~sorts["smile"][0]].any() and not without[~sorts["smile"][1]].any()
    for name, (has, _) in sorts.items():
        if name != "smile":
            assert with_[has].sum() == pytest.approx(without[has].sum(), abs=0.005), name
    raw = [sorts["glasses"][0][group].mean() for group in sorts["smile"]]
    assert raw[0] - raw[1] > 0.5  # it was far from that


def test_of_classes_each_other_one_counts_the_same():
    labels = np.array([0] * 10 + [1] * 30 + [2] * 60)
    codes = np.stack([labels == k for k in range(3)], axis=1).astype(np.float32)
    found = made(codes, labels, ("a", "b", "c"))
    assert found.names == (RAW, BALANCED) and found.best == BALANCED
    assert "each other class counts the same" in found.meaning(BALANCED) != recipes.MEANINGS[BALANCED]
    np.testing.assert_allclose(found.direction("a", BALANCED, codes[0]), [1, -0.5, -0.5], atol=1e-6)
    np.testing.assert_allclose(found.direction("a", RAW, codes[0]), [1, -1 / 3, -2 / 3], atol=1e-6)
    with pytest.raises(ValueError, match=r"no recipe 'least squares'.*raw, balanced"):
        found.direction("a", SLOPES, codes[0])


def test_orthogonal_vectors_have_no_part_in_the_others():
    codes, labels, _, _ = biased()
    codes = np.hstack([codes, RNG.normal(size=(len(codes), 24)).astype(np.float32)])  # room for sixteen vectors
    found = made(codes, labels, NAMES)
    v = found.direction("smile", ORTHOGONAL, codes[0])
    others = [found.direction(name, RAW, codes[0]) for name in found.centroids.names if name != "smile"]
    scale = np.linalg.norm(v)
    assert scale > 0 and max(abs(v @ other) / np.linalg.norm(other) for other in others) < 1e-3 * scale
    np.testing.assert_array_equal(recipes.orthogonal(v, np.zeros((0, 32))), v)
    assert not recipes.orthogonal(np.ones(2, np.float32), np.eye(2)).round(6).any()


def test_the_fitted_direction_depends_on_what_the_image_shows():
    """Codes in which glasses turn the smile's direction; a linear model can read both factors off them."""
    labels = sample_factors(6000, 5)
    smile, glasses = (labels[:, factor_index(name), None] for name in ("smile", "glasses"))
    axes = np.eye(3, dtype=np.float32)
    codes = smile * axes[0] + glasses * axes[1] + smile * glasses * axes[2] + 0.01 * RNG.normal(size=(6000, 3))
    found = made(codes.astype(np.float32), labels, NAMES)
    bare, behind = (
        codes[int(np.argmin(np.abs(glasses[:, 0] - wanted) + np.abs(smile[:, 0] - 0.3)))] for wanted in (0, 1)
    )
    turns = [found.direction("smile", FITTED, code) for code in (bare, behind)]
    assert cosine(turns[0], axes[0]) > 0.98 and cosine(turns[1], axes[0] + axes[2]) > 0.98
    assert found.best == FITTED
    np.testing.assert_allclose(found.direction("smile", SLOPES, bare), found.direction("smile", SLOPES, behind))


def test_unknown_names_are_refused():
    codes, labels, _, _ = biased()
    found = made(codes, labels, NAMES)
    with pytest.raises(ValueError, match="no attribute 'charm'"):
        found.direction("charm", RAW, codes[0])
    assert set(recipes.TITLES) == set(recipes.MEANINGS) == set(found.names)


def test_missing_values_count_as_the_mean_and_change_no_direction():
    codes, labels, smile, _ = biased(0.0)
    labels[::5, factor_index("smile")] = np.nan
    found = made(codes, labels, NAMES)
    for recipe in found.names:
        assert np.isfinite(found.direction("smile", recipe, codes[0])).all(), recipe
        assert recipe == ORTHOGONAL or cosine(found.direction("smile", recipe, codes[0]), smile) > 0.97, recipe
