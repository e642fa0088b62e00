"""What is stored of an autoencoder's codes, opened."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from latentdemo.codes import projection
from latentdemo.codes.densities import standard_normal, to_arrays
from latentdemo.codes.gallery import is_recorded, open_gallery, recorded_moments
from latentdemo.data import DATASETS
from latentdemo.store.resources import Resources


def test_a_vaes_unit_is_the_priors_and_an_autoencoders_its_codes_own(resources: Resources):
    vae, ae = resources.gallery("mnist-vae-16"), resources.gallery("mnist-ae-16")
    assert not vae.origin.any() and (vae.unit == 1).all() and vae.sigma is not None and vae.sigma.shape == (500, 16)
    np.testing.assert_array_equal(ae.origin, resources.arrays("mnist-ae-16")["mean"])
    np.testing.assert_array_equal(ae.unit, resources.arrays("mnist-ae-16")["sd"])
    assert ae.sigma is None and (np.diff(vae.kl[vae.order]) <= 0).all() and (np.diff(ae.sd[ae.order]) <= 0).all()


def test_densities_lie_where_the_codes_lie(resources: Resources):
    gallery = resources.gallery("mnist-ae-16")
    for name in ("gaussian", "mixture"):
        drawn = gallery.densities[name].draw(20_000, 0)
        np.testing.assert_allclose(
            drawn.mean(0) / gallery.sd, resources.arrays("mnist-ae-16")["mean"] / gallery.sd, atol=0.08
        )
        np.testing.assert_allclose(drawn.std(0) / gallery.sd, 1, atol=0.08)
        correlations = np.corrcoef(drawn.T), np.corrcoef(gallery.codes.T)
        np.testing.assert_allclose(correlations[0], correlations[1], atol=0.12)


def recording(dims: int = 2) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "moment_epochs": np.array([0.0, 0.123456, 3.0]),
        "moment_codes": rng.normal(size=(3, 5, dims)).astype(np.float16),
        "moment_samples": rng.integers(0, 256, (3, 16, 4, 4, 1), np.uint8),
        "moment_losses": np.array([[0.2, np.nan, np.nan], [0.1234567, 5.0, -7.25], [0.1, 6.0, 90.0]]),
        "labels": np.arange(8),
    }


def test_recorded_moments_are_told_whole():
    arrays = recording()
    told = recorded_moments(arrays, tuple("acegikmo"))
    assert told["names"] == list("acegikmo")
    assert told["epochs"] == [0.0, 0.1235, 3.0] and told["labels"] == [0, 1, 2, 3, 4]
    codes = np.frombuffer(base64.b64decode(told["codes"]), "<f4").reshape(3, 5, 2)
    np.testing.assert_array_equal(codes, arrays["moment_codes"].astype(np.float32))
    assert told["losses"] == [[0.2, None, None], [0.12346, 5.0, -7.25], [0.1, 6.0, 90.0]]
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(told["samples"].partition(",")[2]))))
    np.testing.assert_array_equal(sheet, arrays["moment_samples"][..., 0].transpose(0, 2, 1, 3).reshape(12, 64))


def test_only_planes_of_classes_can_be_replayed():
    whole = recording()
    assert is_recorded(whole)
    for wrong in (
        recording(dims=3),
        {**whole, "labels": np.zeros((8, 17))},
        {key: value for key, value in whole.items() if key != "moment_codes"},
    ):
        assert not is_recorded(wrong)
        with pytest.raises(ValueError, match=r"^The training of this model was not recorded, or its codes do not lie"):
            recorded_moments(wrong, ())


def test_every_array_is_where_its_name_says():
    dims, n = 3, 5
    rng = np.random.default_rng(1)
    arrays = {
        "codes": rng.normal(size=(n, dims)).astype(np.float16), "labels": np.arange(n), "index": np.arange(n)[::-1],
        "coordinates": rng.normal(size=(n, 2)), "mean": rng.normal(size=dims), "sd": rng.random(dims),
        "kl": np.zeros(dims), "attribute_names": np.array(["a"]), "attribute_present": rng.normal(size=(1, dims)),
        "attribute_absent": rng.normal(size=(1, dims)), "attribute_counts": np.array([[2, 3]]),
        "error_percentiles": np.arange(101.0), "distance_percentiles": 2 * np.arange(101.0),
        "errors": rng.random(n), "map_tsne": rng.random((n, 2)),
        "map_seeds": rng.random((2, n, 2)), "map_kept": rng.integers(0, 15, (5, n)).astype(np.uint8),
        "map_trust": rng.random(5), "effect_pixels": np.array([0.1, 0.3, 0.2]), "factor_mean": rng.random(2),
        "factor_sd": rng.random(2), "attribute_balanced": rng.random((1, 2, dims)), "probe_sizes": np.array([10]),
        "probe_scores": rng.random((3, 1, 3)), "audit_mean": rng.random(3),
    }  # fmt: skip
    for name in ("gaussian", "mixture"):
        arrays |= to_arrays(name, standard_normal(dims))
    plain = open_gallery(arrays, ("a", "b"), DATASETS["mnist"])
    assert plain.codes.dtype == np.float32 and plain.names == ("a", "b") and plain.sigma is None
    for name in ("labels", "index", "mean", "sd", "kl", "errors", "factor_mean", "factor_sd", "error_percentiles",
                 "distance_percentiles"):  # fmt: skip
        np.testing.assert_array_equal(getattr(plain, name), arrays[name])
    np.testing.assert_array_equal(plain.effect, arrays["effect_pixels"])
    np.testing.assert_array_equal(plain.recipes.balanced, arrays["attribute_balanced"])
    np.testing.assert_array_equal(plain.probe[1], arrays["probe_scores"])
    assert list(plain.audit) == ["audit_mean"] and plain.recipes.slopes is None
    pca = PCA(2).fit(arrays["codes"].astype(np.float32))
    places = [arrays["coordinates"], pca.transform(arrays["codes"]), arrays["map_tsne"], *arrays["map_seeds"]]
    for layout, where, kept, trust in zip(plain.layouts, places, arrays["map_kept"], arrays["map_trust"], strict=True):
        np.testing.assert_allclose(layout.places, where, rtol=1e-6, atol=1e-5 if layout.components else 0)
        assert layout.kept is kept or (layout.kept == kept).all()
        assert layout.trust == trust
    known = [layout.components for layout in plain.layouts if layout.components]
    assert len(known) == 1 and known[0].explained == pytest.approx(pca.explained_variance_ratio_, rel=1e-4)
    turned = open_gallery(arrays | {"map_pca": rng.random((n, 2))}, ("a", "b"), DATASETS["mnist"])  # aligned
    np.testing.assert_array_equal(turned.layouts[1].places, plain.layouts[1].places)
    far = np.full(dims, 9.0, np.float32)  # unlike all others
    np.testing.assert_allclose(plain.layouts[1].place(plain.codes, far), pca.transform(far[None])[0], rtol=1e-4)
    among = plain.layouts[0].place(plain.codes, far)
    np.testing.assert_array_equal(among, projection.place(plain.codes, plain.layouts[0].places, far))
    np.testing.assert_array_equal(plain.origin, arrays["mean"])
    np.testing.assert_array_equal(plain.unit, arrays["sd"])
    assert plain.rank.tolist() == [1, 2, 0]  # by what they change alone
    assert plain.order.tolist() == np.argsort(-arrays["sd"]).tolist() and plain.centroids.row("a") == 0
    assert list(plain.densities) == ["prior", "gaussian", "mixture"]
    vae = open_gallery(
        arrays | {"sigma": rng.random((n, dims)), "kl": np.array([0.1, 3.0, 1.0])}, ("a",), DATASETS["mnist"]
    )
    assert not vae.origin.any() and (vae.unit == 1).all() and vae.origin.shape == vae.unit.shape == (dims,)
    assert vae.order.tolist() == [1, 2, 0] and vae.rank.tolist() == [1, 2, 0]
    weak = open_gallery(
        arrays | {"sigma": rng.random((n, dims)), "kl": np.array([3.0, 0.5, 1.0])}, ("a",), DATASETS["mnist"]
    )
    assert weak.order.tolist() == [0, 2, 1] and weak.rank.tolist() == [0, 2, 1]  # 0.3, 0.2, 0.15
