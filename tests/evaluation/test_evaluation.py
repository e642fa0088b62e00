"""What is measured of a model: each metric with models, judges and images whose answer is known."""

import dataclasses

import numpy as np
import pytest
import torch

from latentdemo import evaluation
from latentdemo.codes import densities, latents
from latentdemo.codes.gallery import open_gallery
from latentdemo.data import DATASETS
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import samples
from latentdemo.models import Shape, build
from latentdemo.pixels import corruption
from latentdemo.pixels.tensors import as_images, as_tensor
from latentdemo.store import schema
from latentdemo.store.checkpoints import Card

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (60, 28, 28, 1)).astype(np.uint8)
TEST = ImageSet(IMAGES, RNG.integers(0, 10, 60), tuple("0123456789"))


class Identity:
    """An autoencoder that gives back what it gets."""

    def encode(self, x: torch.Tensor):
        return x.flatten(1), None

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return z.view(-1, 1, 28, 28)


class Blank(Identity):
    """An autoencoder that gives back black."""

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(z), 1, 28, 28)


class Painter:
    """Decodes two numbers into two pixels, which its judge reads off again."""

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        x = torch.zeros(len(z), 1, 28, 28)
        x[:, 0, 0, :2] = 0.5 + 0.05 * z
        return x

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return (x[:, 0, 0, :2] - 0.5) / 0.05


def painted(codes: np.ndarray) -> ImageSet:
    pictures = as_images(Painter().decode(torch.from_numpy(codes.astype(np.float32))))
    return ImageSet(pictures, np.zeros(len(pictures)), ("x",))


def stored(means: np.ndarray) -> dict[str, np.ndarray]:
    one = densities.Density(np.ones(1), means[None], np.eye(2)[None])
    return {"mean": np.zeros(2), **densities.to_arrays("gaussian", one), **densities.to_arrays("mixture", one)}


def test_a_model_that_gives_back_what_it_gets_repairs_nothing():
    found = evaluation.repair_metrics(Identity(), TEST)
    x = as_tensor(TEST.images)
    for kind in ("noise", "holes"):
        generator = torch.Generator().manual_seed(0)
        damaged = corruption.corrupt(x, kind, corruption.CORRUPTIONS[kind].usual, generator).numpy()
        oracle = np.mean(-10 * np.log10(((x.numpy() - damaged) ** 2).mean(axis=(1, 2, 3))))
        assert found[f"psnr {kind} damaged"] == pytest.approx(oracle, rel=1e-5)
        assert found[f"psnr {kind} repaired"] == pytest.approx(oracle, rel=1e-5)


def test_errors_are_those_of_each_image():
    assert evaluation.image_errors(Identity(), IMAGES).max() < 1e-12
    oracle = ((IMAGES / 255.0) ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(evaluation.image_errors(Blank(), IMAGES), oracle, rtol=1e-5)


def test_samples_are_judged_source_by_source_against_the_real_ones():
    real = painted(np.random.default_rng(1).normal(size=(3000, 2)))
    found = evaluation.sample_metrics(Painter(), Painter(), real, stored(np.array([3.0, 4.0])))
    assert found["prior frechet"] == pytest.approx(0, abs=0.02) and found["prior recall"] > 0.95
    for name in ("gaussian", "mixture"):  # equal covariances: the squared distance of the means
        assert found[f"{name} frechet"] == pytest.approx(25, abs=0.6) and found[f"{name} precision"] < 0.4
    narrow = painted(0.1 * np.random.default_rng(2).normal(size=(3000, 2)))
    wide = evaluation.sample_metrics(Painter(), Painter(), narrow, stored(np.zeros(2)))
    assert wide["prior precision"] < 0.2 and wide["prior recall"] > 0.9  # not the other way round


def test_percentiles_rise_from_the_smallest_to_the_largest():
    values = np.random.default_rng(3).exponential(size=1000)
    table = samples.percentiles(values)
    np.testing.assert_allclose(table, np.quantile(values, np.linspace(0, 1, 101)), rtol=1e-5)


def test_fewer_codes_than_components_still_have_a_density():
    found = samples.fitted_densities(np.random.default_rng(4).normal(size=(6, 3)), seed=0)
    assert found["mixture_weights"].shape == (6,) and found["gaussian_means"].shape == (1, 3)


def test_what_is_kept_of_a_vaes_codes_is_its_posterior():
    torch.manual_seed(0)
    model = build("vae", Shape(28, 1, 2)).eval()
    arrays = evaluation.gallery_arrays(model, TEST, TEST, "mnist")
    encoded = latents.encode(model, TEST.images[arrays["index"]])
    np.testing.assert_allclose(arrays["codes"], encoded.mu, atol=1e-6)
    np.testing.assert_allclose(arrays["sigma"], np.exp(0.5 * encoded.logvar), rtol=1e-5)  # type: ignore[operator]
    np.testing.assert_allclose(
        arrays["distance_percentiles"][50], np.median(latents.nearest_other(encoded.mu)), rtol=1e-4
    )
    np.testing.assert_allclose(
        arrays["error_percentiles"][100], evaluation.image_errors(model, IMAGES).max(), rtol=1e-5
    )
    np.testing.assert_allclose(arrays["gaussian_means"][0], latents.encode(model, IMAGES).mu.mean(0), atol=1e-5)
    plain = evaluation.gallery_arrays(build("ae", Shape(28, 1, 2)).eval(), TEST, TEST, "mnist")
    assert "sigma" not in plain and not plain["kl"].any()


def test_only_judges_keep_features_and_only_whole_autoencoders_keep_codes():
    card = Card("mine", "ae", Shape(28, 1, 2), "mnist", {"corruption": "any"}, {}, (), "")
    assert evaluation.arrays_of(card, build("ae", card.shape).eval(), TEST, TEST) == {}
    for gallery, extra in (("codes", set()), ("thumbnails", {"thumbnails"})):
        own = dataclasses.replace(card, training={"corruption": None, "gallery": gallery})
        arrays = evaluation.arrays_of(own, build("ae", card.shape).eval(), TEST, TEST)
        assert arrays.keys() & {"thumbnails"} == extra
    np.testing.assert_array_equal(arrays["thumbnails"], TEST.images[arrays["index"]])
    judge = dataclasses.replace(card, name="mnist-classifier", kind="small-cnn", shape=Shape(28, 1, 10))
    network = build("small-cnn", judge.shape).eval()
    kept = evaluation.arrays_of(judge, network, TEST, TEST)
    assert set(kept) == {"index", "features"}
    with torch.inference_mode():
        oracle = network.features(as_tensor(TEST.images[kept["index"]]))
    np.testing.assert_allclose(kept["features"], oracle, atol=2e-3)


def test_missing_values_and_constant_columns_leave_every_array_finite():
    """What a table with blank cells gives: labels alone keep NaN, and a checkpoint may hold these."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    labels = np.stack([rng.integers(0, 2, 200), rng.normal(170, 9, 200), np.ones(200)], axis=1).astype(np.float32)
    labels[::7, 1] = np.nan
    some = ImageSet(rng.integers(0, 255, (200, 16, 16, 3), np.uint8), labels, ("smile", "age", "constant"))
    arrays = evaluation.gallery_arrays(build("vae", Shape(16, 3, 4)).eval(), some, some, "folder")
    for name, values in arrays.items():
        assert name == "labels" or values.dtype.kind != "f" or np.isfinite(values).all(), name
    assert arrays["attribute_names"].tolist() == ["smile", "age"]
    assert arrays["attribute_unsplit"].tolist() == [["constant", "all images have the value 1"]]
    assert arrays["attribute_counts"].sum(axis=1).tolist() == [200, 200 - 29]
    assert arrays["probe_sizes"].tolist() == [10, 30, 100]
    assert np.isfinite(list(evaluation.factor_metrics(arrays).values())).all()
    fields = {"names": some.names, "shape": {"image_size": 16, "channels": 3, "latent_dim": 4}, "dataset": "folder"}
    schema.check_values(fields, arrays)
    with pytest.raises(ValueError, match="codes"):
        schema.check_values(fields, arrays | {"codes": np.full((1, 4), np.nan)})
    gallery = open_gallery(arrays, some.names, DATASETS["folder"])
    assert list(gallery.splits.thresholds) == ["smile", "age"] and gallery.splits.thresholds["smile"] == (0.5, 0.5)
