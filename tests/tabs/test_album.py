import numpy as np
import pytest
import torch

from latentdemo.data import faces
from latentdemo.pixels import images
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store.resources import Resources
from latentdemo.tabs.features import album

NETWORK = "cifar10-cnn"


def test_the_album_is_faces_pieces_and_digits(resources: Resources):
    found = album.album(resources)
    assert found.pictures.shape == (1200, 64, 64, 3) and found.pictures.dtype == np.uint8
    assert {kind: found.kinds.count(kind) for kind in set(found.kinds)} == {
        "face": 700,
        "temple": 150,
        "flower": 150,
        "digit": 200,
    }
    np.testing.assert_array_equal(found.pictures[:3], faces.render(faces.sample_factors(700, album.SEED)[:3]))
    assert album.album(resources) is found


def test_large_networks_see_every_fourth_picture_enlarged(resources: Resources, monkeypatch: pytest.MonkeyPatch):
    whole = album.album(resources)
    few = album.Album(whole.pictures[:10], whole.kinds[:10])
    monkeypatch.setattr(album, "album", lambda resources: few)
    *_, (_, found) = album.vectors(resources, "resnet18", False)
    assert found is not None and found.which.tolist() == [0, 4, 8] and found.values.shape == (3, 512)
    network = resources.classifier("resnet18", False)
    x = as_tensor(np.stack([images.fit(few.pictures[i], 112, 3) for i in (0, 4, 8)]))
    oracle = network.traced.extractor((network.vector,))(x)[network.vector].flatten(1)
    np.testing.assert_allclose(found.values, oracle, atol=1e-3)


def test_nobody_waits_where_somebody_is_looking_already(resources: Resources):
    with resources.once(album._place, "alexnet", True).turn:
        album.prepare(resources, "alexnet", True)  # returns at once; its weights are not even here


def test_vectors_are_what_the_network_says_of_each_picture(resources: Resources):
    *before, (share, found) = album.vectors(resources, NETWORK, True)
    assert share == 1 and found is not None and found.values.shape == (1200, 128)
    assert all(values is None for _, values in before)
    few = found.which[[0, 800, 1100]]
    network = resources.classifier(NETWORK)
    pictures = np.stack([images.fit(album.album(resources).pictures[i], 32, 3) for i in few])
    with torch.inference_mode():
        oracle = network.model.features(as_tensor(pictures))  # pyright: ignore[reportCallIssue]
    np.testing.assert_allclose(found.values[[0, 800, 1100]], oracle, atol=1e-4)
    assert len(list(album.vectors(resources, NETWORK, True))) == 1  # the second time it is only looked up


def test_pieces_are_cut_where_rows_are_rows(monkeypatch: pytest.MonkeyPatch):
    photograph = np.zeros((300, 900, 3), np.uint8)
    photograph[..., 0], photograph[..., 1] = np.arange(300)[:, None] / 2, np.arange(900)[None] / 4
    rng, found = np.random.default_rng(album.SEED), album._pieces(photograph)
    for piece, share in zip(found, rng.uniform(*album.PIECES, album.N_PIECES), strict=True):
        side = int(share * 300)
        top, left = rng.integers(0, 300 - side + 1), rng.integers(0, 900 - side + 1)
        middle = piece[28:36, 28:36].mean(axis=(0, 1))
        assert middle[0] == pytest.approx((top + side / 2) / 2, abs=2)
        assert middle[1] == pytest.approx((left + side / 2) / 4, abs=2)
