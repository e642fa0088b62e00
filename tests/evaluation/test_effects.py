"""What steps in latent space do: on a model that paints two numbers and a judge that reads them back."""

import numpy as np
import pytest
import torch

from latentdemo.classifiers.judge import read_factors
from latentdemo.codes import attributes, latents
from latentdemo.codes.attributes import Centroids
from latentdemo.codes.recipes import ORTHOGONAL
from latentdemo.data import faces
from latentdemo.evaluation import effects
from latentdemo.store.resources import Resources

RNG = np.random.default_rng(0)


class Painter:
    """Decodes two numbers into two pixels; reads them back."""

    def encode(self, x: torch.Tensor):
        return (x[:, 0, 0, :2] - 0.5) / 0.05, None

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        x = torch.zeros(len(z), 1, 4, 4)
        x[:, 0, 0, :2] = 0.5 + 0.05 * z[:, :2]
        return x

    def read(self, x: torch.Tensor) -> torch.Tensor:
        return self.encode(x)[0]


def test_pixel_effects_are_mean_changes_of_all_pixels():
    codes, unit = RNG.normal(size=(50, 3)).astype(np.float32), np.array([1.0, 2.0, 5.0])
    found = effects.pixel_effects(Painter(), codes, unit)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, [0.05 / 16, 0.1 / 16, 0], atol=2e-4)  # bytes: 1/255 of rounding


def test_a_dimension_moves_the_factor_that_it_stands_for():
    codes = RNG.normal(size=(50, 2)).astype(np.float32)
    painter = Painter()
    found = effects.dimension_factors(painter, painter, codes, np.ones(2), np.array([1.0, 2.0]))  # type: ignore[arg-type]
    np.testing.assert_allclose(found, [[1, 0], [0, 0.5]], atol=0.05)


def test_cosines_compare_directions_of_change():
    before = np.zeros((3, 2, 2, 1), np.uint8)
    step = RNG.integers(1, 100, (3, 2, 2, 1)).astype(np.uint8)
    np.testing.assert_allclose(effects.cosines(before, 2 * step, before, step), 1, rtol=1e-5)
    across = np.zeros_like(step)
    across[:, 0, 0] = 9
    oracle = step[:, 0, 0, 0] / np.linalg.norm(step.reshape(3, -1).astype(float), axis=1)
    np.testing.assert_allclose(effects.cosines(before, across, before, step), oracle, rtol=1e-5)
    assert not effects.cosines(before, before, before, step).any()


@pytest.fixture(scope="module")
def auditor(resources: Resources) -> effects.Auditor:
    gallery = resources.gallery("faces-vae")
    model, reader = resources.model("faces-vae"), resources.model("faces-factors")
    return effects.Auditor(model, reader, gallery.factor_sd, gallery.recipes)


def test_an_audit_is_what_the_judge_reads_of_edits_by_hand(
    resources: Resources, auditor: effects.Auditor, monkeypatch: pytest.MonkeyPatch
):
    for name, few in (("N_EDITED", 30), ("N_COMPARED", 20), ("N_CURVE", 10)):
        monkeypatch.setattr(effects, name, few)
    gallery, labels = resources.gallery("faces-vae"), faces.sample_factors(400, 9)
    two = Centroids(*(part[:2] for part in gallery.centroids))  # smile and mouth open: all sixteen take a minute
    small = auditor.found._replace(centroids=two)
    found = effects.Auditor(auditor.model, auditor.reader, auditor.sd, small).audit(labels)
    sorts, column = attributes.masks(labels, faces.NAMES, faces.THRESHOLDS)["smile"], faces.factor_index("smile")
    sober = labels[sorts[1]][:30]
    z = latents.encode(auditor.model, faces.render(sober)).mu
    gap = (labels[sorts[0], column].mean() - labels[sorts[1], column].mean()) / gallery.factor_sd[column]
    v = np.stack([gallery.recipes.direction("smile", "fitted", code) for code in z])
    pictures = [latents.decode(auditor.model, codes) for codes in (z, z + 2 / gap * v)]
    before, after = (read_factors(auditor.reader, some) for some in pictures)
    change = (after - before) / gallery.factor_sd
    row = gallery.recipes.names.index("fitted")
    np.testing.assert_allclose(found.mean[row, 0], change.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(found.absolute[row, 0], np.abs(change).mean(axis=0), atol=1e-4)
    assert found.reached[row, 0] == pytest.approx((change[:, column] >= 1).mean())
    raised = sober.copy()
    raised[:, column] += 2 * gallery.factor_sd[column]
    assert found.mean[-1, 0, column] == pytest.approx(2, abs=0.1)  # the renderer's own edit, as the judge reads it
    assert np.delete(found.absolute[-1, 0], column).max() < 0.15
    assert abs(found.curve[0, 3]) < 1e-4 and found.curve[0, 4] > found.curve[0, 3] > found.curve[0, 2]
    assert (raised[:, column] <= 1).all()  # none was cut off
    gallery_says = gallery.audit["audit_cosine"][row, 0]
    assert found.cosine[row, 0] == pytest.approx(gallery_says, abs=0.03)


@pytest.mark.slow
def test_biased_selections_give_biased_vectors(
    resources: Resources, auditor: effects.Auditor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(effects, "N_BIASED", 800)
    monkeypatch.setattr(effects, "N_EDITED", 30)
    found = effects.biased_vectors(auditor.model, seed=3)
    assert found["bias_counts"].sum(axis=(1, 2)).max() <= 800
    share = found["bias_counts"][:, 1, 1] / found["bias_counts"][:, 1].sum(axis=1)
    assert (np.diff(share) > 0.15).all() and share[0] == pytest.approx(0.4, abs=0.06)
    changes = effects.biased_changes(auditor, found, faces.sample_factors(400, 1))
    assert (
        changes[2, 0, 1] > 0.7 and abs(changes[2, 1, 1]) < 0.15
    )  # the raw vector puts glasses on, the balanced one does not
    assert (changes[:, :, 0] > 1.3).all()


def test_a_factor_is_raised_within_its_range():
    column = faces.factor_index("smile")
    factors = faces.default_factors(2, smile=np.array([0.2, 0.9]))
    found = effects._raised(factors, column, 0.5)
    np.testing.assert_allclose(found[:, column], [0.7, 1.0])
    assert (np.delete(found, column, 1) == np.delete(factors, column, 1)).all()
    np.testing.assert_allclose(factors[:, column], [0.2, 0.9])


def test_every_recipe_of_every_model_is_a_direction(resources: Resources):
    for name in resources.decoders():
        if "codes" not in resources.arrays(name):
            continue
        gallery = resources.gallery(name)
        for recipe in gallery.recipes.names:
            for attribute in gallery.centroids.names:
                length = np.linalg.norm(gallery.recipes.direction(attribute, recipe, gallery.codes[0]))
                spent = recipe == ORTHOGONAL and (gallery.kl > 0.01).sum() < len(gallery.centroids.names)
                assert spent or length > 0.01, (name, recipe, attribute)


def test_models_without_a_judge_of_factors_are_not_audited(resources: Resources):
    arrays = resources.arrays("mnist-vae-16")
    judge = resources.model("mnist-classifier")
    nothing = effects.judged_arrays(resources.model("mnist-vae-16"), judge, "mnist", None, arrays)  # type: ignore[arg-type]
    assert nothing == {} and effects.factor_metrics(arrays) == {}


def test_factor_metrics_leave_constant_factors_out():
    codes = RNG.normal(size=(300, 3))
    labels = np.hstack([codes[:, :2], np.ones((300, 1))])
    found = effects.factor_metrics({"codes": codes, "labels": labels})
    assert set(found) == {"mig", "sap", "dci disentanglement", "dci completeness", "dci informativeness"}
    assert found["sap"] > 0.9 and found["dci disentanglement"] > 0.8
    assert effects.factor_metrics({"codes": codes, "labels": np.ones((300, 3))}) == {}
