"""What the engine fetches and asks: weights under an address for good, pictures and codes to the last bit."""

import gzip
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from torch import nn

from latentdemo.codes import latents
from latentdemo.models import MODELS
from latentdemo.models.packing import pack
from latentdemo.serving import networks, routes
from latentdemo.serving.middleware.security import SecurityMiddleware
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources


@pytest.fixture(scope="module")
def client(resources: Resources) -> TestClient:
    return TestClient(SecurityMiddleware(Starlette(routes=routes.pixel_routes(resources))))


def test_the_index_tells_of_all_that_decode(client: TestClient, resources: Resources):
    answer = client.get("/weights")
    assert answer.headers["cache-control"] == "no-cache"
    found = answer.json()
    assert set(found) == {name for name, card in resources.cards.items() if MODELS[card.kind].decodes}
    for name, facts in found.items():
        shape = resources.card(name).shape
        assert (facts["side"], facts["channels"], facts["latent_dim"]) == (
            shape.image_size, shape.channels, shape.code_size,
        )  # fmt: skip
    assert len({facts["address"] for facts in found.values()}) == len(found)


def test_weights_are_sent_packed_and_kept_for_good(client: TestClient, resources: Resources):
    address = client.get("/weights").json()["mnist-vae-2"]["address"]
    truth = pack(resources.model("mnist-vae-2"), resources.card("mnist-vae-2").shape, True)
    for encoding in ("gzip", "identity"):
        answer = client.get(f"/{address}", headers={"Accept-Encoding": encoding})
        assert answer.content == truth and answer.headers["x-size"] == str(len(truth))
        assert "immutable" in answer.headers["cache-control"] and answer.headers["vary"] == "Accept-Encoding"
        assert (answer.headers.get("content-encoding") == "gzip") == (encoding == "gzip")
    with client.stream("GET", f"/{address}", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert gzip.decompress(sent) == truth and len(sent) < len(truth) <= 3.5e6


def test_a_network_that_the_engine_does_not_know_is_left_to_the_server(tmp_path: Path):
    for path in checkpoints.FOLDER.glob("mnist-vae-2.*"):
        shutil.copy(path, tmp_path)
    resources = Resources(tmp_path)
    resources.model("mnist-vae-2").decoder.append(nn.Tanh())
    client = TestClient(Starlette(routes=routes.pixel_routes(resources)))
    answer = client.get(f"/{client.get('/weights').json()['mnist-vae-2']['address']}")
    assert answer.status_code == 422 and "the engine has no step for Tanh()" in answer.json()["error"]
    assert client.post("/pixels/decode", json={"model": "mnist-vae-2", "codes": [[0, 0]]}).status_code == 200


@pytest.mark.parametrize(
    "file", ["mnist-vae-2.0000000000000000.bin", "mnist-vae-2", "nobody.1.bin", "cifar10-cnn.1.bin", "x"]
)
def test_other_weights_are_not_there(client: TestClient, file: str):
    answer = client.get(f"/weights/{file}")
    assert answer.status_code == 404 and answer.json()["error"].endswith("load the page again.")


@pytest.mark.parametrize(("name", "n"), [("mnist-vae-2", 1), ("mnist-vae-2", 49), ("faces-ae", 3)])
def test_codes_are_decoded_to_the_last_bit(client: TestClient, resources: Resources, name: str, n: int):
    codes = np.random.default_rng(0).standard_normal((n, resources.card(name).shape.latent_dim)).astype(np.float32)
    answer = client.post("/pixels/decode", json={"model": name, "codes": codes.tolist()})
    oracle = latents.decode(resources.model(name), codes)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    np.testing.assert_array_equal(np.frombuffer(answer.content, np.uint8).reshape(oracle.shape), oracle)


@pytest.mark.parametrize("name", ["faces-vae", "mnist-ae-16"])
def test_images_are_encoded(client: TestClient, resources: Resources, name: str):
    shape = resources.card(name).shape
    images = np.random.default_rng(1).integers(
        0, 256, (2, shape.image_size, shape.image_size, shape.channels), np.uint8
    )
    found = client.post(f"/pixels/encode/{name}", content=images.tobytes()).json()
    oracle = latents.encode(resources.model(name), images)
    np.testing.assert_allclose(found["mu"], oracle.mu, rtol=1e-6)
    assert (found["logvar"] is None) == (oracle.logvar is None)
    if oracle.logvar is not None:
        np.testing.assert_allclose(found["logvar"], oracle.logvar, rtol=1e-6)


def test_codes_of_the_gallery_are_sent(client: TestClient, resources: Resources):
    answer = client.get("/pixels/codes/faces-vae")
    np.testing.assert_array_equal(
        np.frombuffer(answer.content, "<f4").reshape(-1, 32), resources.gallery("faces-vae").codes
    )
    assert "max-age" in answer.headers["cache-control"]
    for name in ("nobody", "cifar10-cnn", "faces-denoiser"):
        assert client.get(f"/pixels/codes/{name}").status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b'{"model": "faces-vae"}', b'{"model": "faces-vae", "codes": 3}',
        b'{"model": "faces-vae", "codes": ["a"]}', b'{"model": "faces-vae", "codes": [[NaN]]}',
        b'{"model": "faces-vae", "codes": []}', b'{"model": "faces-vae", "codes": [[]]}',
        b'{"model": "mnist-vae-2", "codes": [[Infinity, 0]]}', b'{"model": "mnist-vae-2", "codes": [[0, 1e9]]}',
        b'{"model": "mnist-vae-2", "codes": [[-101, 0]]}', b'{"model": "mnist-vae-2", "codes": [[0, 1], [2]]}',
        b'{"model": "mnist-vae-2", "codes": [["a", 0]]}', b'{"model": "mnist-vae-2", "codes": ["12"]}',
        b'{"model": "mnist-vae-2", "codes": {"0": [0, 0]}}', b'{"model": "mnist-vae-2", "codes": [[[0], 0]]}',
        b'{"model": "mnist-vae-2", "codes": [[1' + b"0" * 400 + b", 0]]}", b'{"model": "faces-vae", "codes": null}',
        b'{"model": "faces-vae", "codes": [[0, 1]]}', b'{"model": "nobody", "codes": [[0]]}',
        b'{"model": "cifar10-cnn", "codes": [[0]]}', b"[" * 30_000, b"0" * (networks.MAX_BODY + 1),
        json.dumps({"model": "mnist-vae-2", "codes": [[0, 0]] * (networks.MOST + 1)}).encode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("route", ["decode", "film"])
def test_bad_codes_get_a_sentence(client: TestClient, body: bytes, route: str):
    answer = client.post(f"/pixels/{route}", content=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".") and len(answer.json()["error"]) < 600


def test_codes_become_a_film(client: TestClient, resources: Resources):
    codes = resources.gallery("mnist-vae-2").codes[:3]
    answer = client.post("/pixels/film", json={"model": "mnist-vae-2", "codes": codes.tolist()})
    assert answer.headers["content-type"] == "image/gif"
    film = Image.open(io.BytesIO(answer.content))
    assert film.n_frames == 4 and film.size == (112, 112)  # type: ignore[attr-defined]
    oracle = latents.decode(resources.model("mnist-vae-2"), codes[:1])[0, :, :, 0]
    shown = np.asarray(film.convert("L"))[2::4, 2::4].astype(int)
    assert np.abs(shown - oracle).max() <= 2


@pytest.mark.parametrize(
    ("name", "n", "sentence"),
    [
        ("mnist-vae-2", 0, "Send 1 … 64 images of 28 × 28 × 1 bytes (height × width × channels); 0 bytes"),
        ("mnist-vae-2", 783, "783 bytes were"),
        ("mnist-vae-2", 784 * 65, "50,960 bytes were sent"), ("nobody", 784, "No model 'nobody'"),
        ("cifar10-cnn", 3072, "has no decoder"), ("faces-vae", networks.MAX_BODY + 1, "more than 400,000 bytes"),
    ],
)  # fmt: skip
def test_bad_images_get_a_sentence(client: TestClient, name: str, n: int, sentence: str):
    answer = client.post(f"/pixels/encode/{name}", content=b"\x00" * n)
    assert answer.status_code == 422 and sentence in answer.json()["error"]


def test_other_pages_are_refused(client: TestClient):
    body = {"model": "mnist-vae-2", "codes": [[0.0, 0.0]]}
    assert client.post("/pixels/decode", json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/pixels/decode", json=body, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
