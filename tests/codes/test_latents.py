import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from latentdemo.codes import latents
from latentdemo.models import Shape, build


@pytest.mark.parametrize("kind", ["ae", "vae"])
def test_batches_make_no_difference(kind: str, monkeypatch: pytest.MonkeyPatch):
    model = build(kind, Shape(28, 1, 3)).eval()
    images = np.random.default_rng(1).integers(0, 256, (7, 28, 28, 1), np.uint8)
    whole = latents.encode(model, images)
    pictures = latents.decode(model, 9 * whole.mu)
    oracle = model.decode(torch.from_numpy(9 * whole.mu)).detach().permute(0, 2, 3, 1).numpy() * 255
    assert np.abs(pictures - oracle).max() <= 0.51
    monkeypatch.setattr(latents, "BATCH", 2)
    parts = latents.encode(model, images)
    np.testing.assert_allclose(parts.mu, whole.mu, atol=1e-5)
    assert (parts.logvar is None) == (kind == "ae")
    assert np.abs(latents.decode(model, 9 * whole.mu).astype(int) - pictures).max() <= 1


def test_dimensions_are_ranked_by_kl_or_by_spread():
    encoded = latents.Encoded(np.array([[0, 3, 1]], np.float32), np.zeros((1, 3), np.float32))
    kl = latents.dimension_kl(encoded)
    np.testing.assert_allclose(kl, [0, 4.5, 0.5])
    assert latents.ranking(kl, np.ones(3)).tolist() == [1, 2, 0]
    plain = latents.dimension_kl(encoded._replace(logvar=None))
    assert latents.ranking(plain, np.array([1.0, 2, 3])).tolist() == [2, 1, 0]


def test_nearest_equals_scikit_learn():
    codes = np.random.default_rng(2).normal(size=(200, 6)).astype(np.float32)
    distances, indices = NearestNeighbors(n_neighbors=9).fit(codes).kneighbors(codes[:1])
    found, ours = latents.nearest(codes, codes[0], 9)
    np.testing.assert_array_equal(found, indices[0])
    np.testing.assert_allclose(ours, distances[0], atol=1e-5)


def test_nearest_other_leaves_the_code_itself_out():
    codes = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 3.0], [4.0, 3.0]])
    assert latents.nearest_other(codes).tolist() == [1, 1, 2, 4]
    twins = np.array([[5.0, 5.0], [5.0, 5.0], [9.0, 5.0]])
    assert latents.nearest_other(twins).tolist() == [0, 0, 4]


def test_ways_begin_and_end_at_their_ends():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 8))
    for way in (latents.lerp, latents.slerp):
        np.testing.assert_allclose(way(a, b, 0), a)
        np.testing.assert_allclose(way(a, b, 1), b)


def test_slerp_keeps_the_length_and_lerp_does_not():
    a, b = np.array([2.0, 0, 0]), np.array([0, 2.0, 0])
    assert np.linalg.norm(latents.slerp(a, b, 0.5)) == pytest.approx(2)
    assert np.linalg.norm(latents.lerp(a, b, 0.5)) == pytest.approx(2**0.5)
    np.testing.assert_allclose(latents.slerp(a, b, 1 / 3), [2 * np.cos(np.pi / 6), 2 * np.sin(np.pi / 6), 0])


def test_slerp_is_straight_where_there_is_no_arc():
    a = np.array([1.0, 2.0])
    np.testing.assert_allclose(latents.slerp(a, 3 * a, 0.5), 2 * a)
    np.testing.assert_allclose(latents.slerp(0 * a, a, 0.25), a / 4)


def test_a_plain_autoencoder_carries_no_nats():
    zeros = latents.dimension_kl(latents.Encoded(np.ones((4, 3), np.float32), None))
    assert zeros.dtype == np.float32 and zeros.tolist() == [0, 0, 0]


def test_slerp_turns_evenly_between_codes_of_different_lengths():
    a, b = np.array([3.0, 0.0, 0.0]), np.array([0.25, 0.5, 0.0])
    angle = np.arccos(0.25 / np.hypot(0.25, 0.5))
    for t in (0.2, 0.5, 0.9):
        oracle = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
        np.testing.assert_allclose(latents.slerp(a, b, t), oracle)
    np.testing.assert_allclose(latents.slerp(a, -2 * a, 0.5), -0.5 * a)  # opposite: straight
    rng = np.random.default_rng(5)
    for code in rng.normal(size=(50, 16)).astype(np.float32):  # rounding must not leave arccos's domain
        assert np.isfinite(latents.slerp(code, code * np.float32(1.1), 0.5)).all()
