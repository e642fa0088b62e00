import io
import json

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.codes.gallery import recorded_moments, world
from latentdemo.data.faces import render
from latentdemo.serving import routes
from latentdemo.serving.middleware.security import HEADERS, SecurityMiddleware
from latentdemo.store.resources import Resources


@pytest.fixture(scope="module")
def client(resources: Resources) -> TestClient:
    return TestClient(SecurityMiddleware(Starlette(routes=routes.pixel_routes(resources))))


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_moments_are_served_and_models_without_are_refused(client: TestClient, resources: Resources):
    answer = client.get("/pixels/moments/mnist-vae-2")
    assert answer.json() == json.loads(
        json.dumps(recorded_moments(resources.arrays("mnist-vae-2"), tuple("0123456789")))
    )
    for name, sentence in (("faces-vae", "not recorded"), ("nobody", "No model 'nobody'")):
        refused = client.get(f"/pixels/moments/{name}")
        assert refused.status_code == 422 and sentence in refused.json()["error"]


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


def test_maps_and_sprites_of_a_gallery_are_served(client: TestClient, resources: Resources):
    answer = client.get("/pixels/map/mnist-vae-5")
    assert answer.json() == json.loads(json.dumps({**world(resources.gallery("mnist-vae-5")), "real": False}))
    assert "max-age" in answer.headers["cache-control"]
    sheet = opened(client.get("/pixels/sprites/mnist-vae-5").content)
    assert sheet.shape == (-(-5000 // 64) * 28, 64 * 28)
    decoded = resources.gallery_image("mnist-vae-5", 70)[:, :, 0]
    np.testing.assert_array_equal(sheet[28:56, 6 * 28 : 7 * 28], decoded)  # the seventh of the second row
    drawn = opened(client.get("/pixels/sprites/faces-vae").content)
    face = render(resources.gallery("faces-vae").labels[:1], 32)[0]
    assert np.abs(drawn[:32, :32].astype(int) - face).mean() < 4 and drawn.shape[1] == 64 * 32  # JPEG
    for name in ("nobody", "cifar10-cnn"):
        for what in ("map", "sprites"):
            refused = client.get(f"/pixels/{what}/{name}")
            assert refused.status_code == 422 and len(refused.json()["error"]) < 600
