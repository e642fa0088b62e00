"""Routes of the generators: what they answer is what the networks say; what cannot be is refused with a sentence."""

import base64
import json

import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.codes import diffusion, latents
from latentdemo.serving.generators import generator_routes
from latentdemo.store.resources import Resources

WALK, GRIDS, SEARCH = "pixels/walk/mnist-diffusion-16", "pixels/grids/mnist-vqvae-prior", "pixels/search/mnist-gan"


@pytest.fixture(scope="module")
def client(resources: Resources) -> TestClient:
    return TestClient(Starlette(routes=generator_routes(resources)))


def codes(found: dict, key: str = "codes", n: int = 1) -> np.ndarray:
    return np.frombuffer(base64.b64decode(found[key]), "<f4").reshape(-1, n, found["dims"]).copy()


def test_a_walk_is_told_at_41_of_its_steps_and_ends_where_the_network_ends(client: TestClient, resources: Resources):
    found = client.get(f"{WALK}?seed=3&n=2").json()
    assert found["left"] == list(range(200, -1, -5))
    model = resources.model("mnist-diffusion-16")
    np.testing.assert_allclose(codes(found, n=2)[-1], diffusion.draw(model, 2, 3), atol=1e-5)
    few = client.get(f"{WALK}?seed=3&n=2&steps=5").json()
    assert few["left"] == [200, 160, 120, 80, 40, 0]
    np.testing.assert_allclose(codes(few, n=2)[-1], diffusion.draw(model, 2, 3, 5), atol=1e-5)


def test_a_class_that_is_told_comes(client: TestClient, resources: Resources):
    judge, decoder = resources.model("mnist-classifier"), resources.model("mnist-vae-16")
    for digit in (3, 7):
        found = client.get(f"{WALK}?n=16&steps=50&told={digit}&strength=2").json()
        with torch.no_grad():
            pictures = torch.from_numpy(latents.decode(decoder, codes(found, n=16)[-1]))
            guesses = judge(pictures.permute(0, 3, 1, 2) / 255).argmax(1)
        assert (guesses == digit).float().mean() >= 0.8


def test_a_factor_that_is_told_comes(client: TestClient, resources: Resources):
    reader, decoder = resources.model("faces-factors"), resources.model("faces-vae")
    i = resources.card("faces-diffusion").names.index("smile")
    means = []
    for value in (0.05, 0.95):
        answer = client.get(f"pixels/walk/faces-diffusion?n=16&steps=50&told={i}+{value}&strength=1.5").json()
        with torch.no_grad():
            pictures = torch.from_numpy(latents.decode(decoder, codes(answer, n=16)[-1]))
            means.append(float(reader.read(pictures.permute(0, 3, 1, 2) / 255)[:, i].mean()))
    assert means[1] - means[0] > 0.4


def test_a_code_that_is_sent_goes_into_the_noise_and_comes_back(client: TestClient, resources: Resources):
    code = resources.gallery("mnist-vae-16").codes[4]
    sent = json.dumps({"model": "mnist-vae-16", "codes": [code.tolist()]})
    found = client.post(f"{WALK}?first=20&seed=1", content=sent).json()
    assert found["out_left"][0] == 0 and found["out_left"][-1] == 20 == found["left"][0] and found["left"][-1] == 0
    there, back = codes(found, "out"), codes(found)
    np.testing.assert_allclose(there[0, 0], code, atol=1e-4)
    np.testing.assert_allclose(there[-1], back[0], atol=1e-4)
    away = np.linalg.norm(back[-1, 0] - code)
    assert 0 < away < np.linalg.norm(resources.gallery("mnist-vae-16").codes - code, axis=1).mean()


def test_grids_are_what_the_prior_draws(client: TestClient, resources: Resources):
    found = client.get(f"{GRIDS}?seed=5&n=3&temperature=0.7").json()
    drawn, shares = resources.model("mnist-vqvae-prior").draw(3, torch.Generator().manual_seed(5), 0.7)
    assert found["side"] == 7 and found["grids"] == drawn.flatten(1).tolist()
    np.testing.assert_allclose(found["shares"], shares.flatten(1), atol=1e-4)


def test_a_picture_of_the_gan_is_found_again(client: TestClient, resources: Resources):
    gan = resources.model("mnist-gan")
    picture = latents.decode(gan, np.random.default_rng(2).standard_normal((1, 16)).astype(np.float32))
    lines = client.post(f"{SEARCH}?seed=0", content=picture.tobytes()).text.splitlines()
    found = [json.loads(line) for line in lines]
    assert [one["step"] for one in found] == list(range(0, 301, 10)) and found[-1]["mse"] < 0.25 * found[0]["mse"]
    shown = latents.decode(gan, np.array([found[-1]["code"]], np.float32)) / 255
    assert ((shown - picture / 255) ** 2).mean() == pytest.approx(found[-1]["mse"], abs=2e-4)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("pixels/walk/nobody", "No model 'nobody'"),
        ("pixels/walk/mnist-gan", "mnist-gan cannot do that; it is a model of the kind gan."),
        (f"{WALK}?n=17", "n is '17'; it must lie in 1 … 16."),
        (f"{WALK}?seed=-1", "seed is '-1'"),
        (f"{WALK}?steps=nan", "steps is 'nan'; it must lie in 1 … 200."),
        (f"{WALK}?strength=1e9", "strength is '1e9'; it must lie in 0 … 10."),
        (f"{WALK}?told=10", "told is '10'; write a number of 0 … 9"),
        (f"{WALK}?told=1+2+3", "told is '1 2 3'"),
        (f"{WALK}?told=1+nan", "told is '1 nan'"),
        (f"{WALK}?told=<script>", "told is '<script>'"),
        (f"{GRIDS}?temperature=0", "temperature is '0'; it must lie in 0.1 … 2."),
        ("pixels/grids/mnist-vqvae", "mnist-vqvae cannot do that"),
    ],
)
def test_what_cannot_be_is_refused(client: TestClient, address: str, sentence: str):
    answer = client.get(address)
    assert answer.status_code == 422 and sentence in answer.json()["error"]


def test_bodies_that_cannot_be_are_refused(client: TestClient):
    for body, sentence in (
        (b"{", "Send {"),
        (b'{"model": "x", "codes": [[1, 2]]}', "A code has 16 numbers; 2 were sent"),
    ):
        assert sentence in client.post(WALK, content=body).json()["error"]
    assert "bytes" in client.post(SEARCH, content=b"123").json()["error"]
