import io
import json

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.codes import latents
from latentdemo.codes.gallery import recorded_moments
from latentdemo.serving import routes
from latentdemo.serving.gate import HEADERS, Gate
from latentdemo.store.resources import Resources


@pytest.fixture(scope="module")
def client(resources: Resources) -> TestClient:
    return TestClient(Gate(Starlette(routes=routes.pixel_routes(resources))))


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_digits_are_decoded_to_the_last_bit(client: TestClient, resources: Resources):
    code = [0.5, -1.0]
    answer = client.post("/pixels/decode", json={"model": "mnist-vae-2", "code": code})
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    oracle = latents.decode(resources.model("mnist-vae-2"), np.array([code]))[0]
    np.testing.assert_array_equal(opened(answer.content), oracle[:, :, 0])


def test_moments_are_served_and_models_without_are_refused(client: TestClient, resources: Resources):
    answer = client.get("/pixels/moments/mnist-vae-2")
    assert answer.json() == json.loads(json.dumps(recorded_moments(resources.arrays("mnist-vae-2"))))
    for name, sentence in (("faces-vae", "not recorded"), ("nobody", "No model 'nobody'")):
        refused = client.get(f"/pixels/moments/{name}")
        assert refused.status_code == 422 and sentence in refused.json()["error"]


def test_faces_are_decoded_as_jpeg(client: TestClient, resources: Resources):
    answer = client.post("/pixels/decode", json={"model": "faces-vae", "code": [0.0] * 32})
    oracle = latents.decode(resources.model("faces-vae"), np.zeros((1, 32)))[0]
    assert answer.headers["content-type"] == "image/jpeg"
    assert np.abs(opened(answer.content).astype(int) - oracle).mean() < 3


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b'{"model": "faces-vae"}', b'{"model": "faces-vae", "code": 3}',
        b'{"model": "faces-vae", "code": ["a"]}', b'{"model": "faces-vae", "code": [NaN]}',
        b'{"model": "faces-vae", "code": [Infinity]}', b'{"model": "faces-vae", "code": [1e9]}',
        b'{"model": "faces-vae", "code": [0, 1]}', b'{"model": "nobody", "code": [0]}',
        b'{"model": "cifar10-cnn", "code": [0]}', b"[" * 30_000, b"0" * (routes.MAX_BODY + 1),
        b'{"model": "mnist-vae-2", "code": "12"}', b'{"model": "mnist-vae-2", "code": [1' + b"0" * 400 + b", 0]}",
        b'{"model": "faces-vae", "code": null}', b'{"model": "faces-vae", "code": [[0]]}',
        b'{"model": "mnist-vae-2", "code": [0, 1e9]}', b'{"model": "mnist-vae-2", "code": [-1e9, 0]}',
    ],
)  # fmt: skip
def test_bad_codes_get_a_sentence(client: TestClient, body: bytes):
    answer = client.post("/pixels/decode", content=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith((".", ")"))


def test_other_pages_are_refused(client: TestClient):
    body = {"model": "mnist-vae-2", "code": [0.0, 0.0]}
    assert client.post("/pixels/decode", json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/pixels/decode", json=body, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_gallery_pictures(client: TestClient, resources: Resources):
    answer = client.get("/pixels/gallery/mnist-vae-16/3")
    np.testing.assert_array_equal(opened(answer.content), resources.gallery_image("mnist-vae-16", 3)[:, :, 0])
    assert "max-age" in answer.headers["cache-control"]
    for index in ("99999", "9" * 30, "9" * 6000, "-1", "1.5", "x", "%20", "٣"):
        refused = client.get(f"/pixels/gallery/mnist-vae-16/{index}")
        assert refused.status_code == 422 and len(refused.json()["error"]) < 100
    assert client.get("/pixels/gallery/cifar10-cnn/0").status_code == 422
    assert client.get("/pixels/gallery/nobody/0").status_code == 422


def test_health_and_headers(client: TestClient):
    answer = client.get("/health")
    assert "faces-vae" in answer.json()["models"] and answer.json()["problems"] == []
    assert HEADERS.items() <= dict(answer.headers).items()


def test_only_the_look_is_served(client: TestClient):
    style = client.get("/look/page.css")
    assert style.status_code == 200 and style.headers["cache-control"] == "no-cache"
    again = client.get("/look/page.css", headers={"If-None-Match": style.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert client.get("/look/main.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/look/../server.py").status_code == 404
    assert client.get("/look/%2e%2e/server.py").status_code == 404


def test_codes_are_read_from_json():
    body = json.dumps({"model": "m", "code": [1, 2.5]}).encode()
    assert routes.read_code(body) == ("m", [1.0, 2.5])
