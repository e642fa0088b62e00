"""Every parameter of every route, with odd values: a refusal with a sentence, never a failure of the server."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from latentdemo.serving import queues
from latentdemo.serving.middleware.metrics import Measures
from latentdemo.serving.rooms import state
from latentdemo.serving.routes import pixel_routes
from latentdemo.serving.watching import Trainer
from latentdemo.store.resources import Resources

ODD = {
    "blank": "", "space": " ", "tab": "\t", "zero byte": "\x00", "not a number": "NaN", "infinite": "inf",
    "negative": "-1", "exponent": "1e400", "huge": "9" * 400, "long": "x" * 3000, "arabic digits": "٣٢",
    "superscript": "²", "fullwidth": "１", "half a character": "\udc80", "emoji": "😀",
    "path": "../../etc/passwd", "float": "0.5",
    "underscore": "1_0", "hex": "0x10", "list": "[1]", "true": "true", "null": "null", "two words": "0 nan",
    "three words": "0 1 2", "percent": "%", "newline": "1\n2",
}  # fmt: skip
QUERIES = {  # by the path without its parameters: names of what a query may hold
    "/pixels/walk": ("seed", "n", "steps", "first", "told", "strength"),
    "/pixels/grids": ("seed", "n", "temperature"),
    "/pixels/search": ("seed",),
    "/pixels/refit": ("method", "seed", "n_neighbors", "min_dist", "perplexity", "visitor"),
    "/pixels/qr": ("text",),
    "/rooms": ("step", "kind"),
}
GOOD = {"n": "1", "steps": "5", "first": "5", "method": "t-SNE", "seed": "1", "perplexity": "5"}
MODELS = {"/pixels/walk": "mnist-diffusion-16", "/pixels/grids": "mnist-vqvae-prior", "/pixels/search": "mnist-gan"}


@pytest.fixture(scope="module")
def routes(resources: Resources) -> list[Route]:
    found = [*pixel_routes(resources, Trainer(resources)), Measures().route()]
    assert all(isinstance(route, Route | Mount) for route in found)
    return [route for route in found if isinstance(route, Route)]


@pytest.fixture(autouse=True)
def many_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_ROOMS_OF_ADDRESS", "MAX_ROOMS_OF_BROWSER"):
        monkeypatch.setattr(state, name, 10_000)


@pytest.fixture(scope="module")
def client(routes: list[Route]) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


def start_of(route: Route) -> str:
    return route.path.partition("/{")[0]


def encoded(value: str) -> str:
    return quote(value, safe="", errors="surrogateescape")


def addresses(route: Route, odd: str) -> Iterator[str]:
    """The route with an odd name in its path, and with each parameter of its query odd, repeated, or missing."""
    model, value = MODELS.get(start_of(route), "mnist-vae-5"), encoded(odd)
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", model)
        yield route.path.replace(f"{{{name}}}", value).replace("{index}", "0").replace("{model}", model)
    for name in QUERIES.get(start_of(route), ()):
        rest = "&".join(f"{key}={good}" for key, good in GOOD.items() if key != name)
        for query in (f"{name}={value}", f"{name}=1&{name}={value}", f"{name}", f"={value}", f"{value}={value}"):
            yield f"{path}?{rest}&{query}"


@pytest.mark.parametrize("kind", ODD)
def test_odd_parameters_are_no_failure(
    client: TestClient, routes: list[Route], kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("latentdemo.serving.refits.Refits.ask", lambda *_: {})
    for route in routes:
        for method in (route.methods or set()) - {"HEAD"}:
            for address in addresses(route, ODD[kind]):
                answer = client.request(method, address)
                assert answer.status_code < 500, (method, address, answer.text[:200])
                if answer.status_code == 422:
                    assert 5 < len(answer.json()["error"]) < 1000


@pytest.mark.parametrize("sent", [b"", b"null", b"[]", b"{}", b"3", b'"a"', b"\xff\xfe", b'{"a": 1e400}', b"[" * 3000,
                                  b'{"start": "drawn", "key": "\\ud800"}', b'{"key": "\\ud800", "stop": 1}',
                                  b'{"draw": "\\ud800", "digit": 1}', b'{"model": "\\ud800", "codes": [[1]]}',
                                  b'{"step": "a", "browser": "\\ud800", "answer": 1}'])  # fmt: skip
def test_odd_bodies_are_no_failure(client: TestClient, routes: list[Route], sent: bytes):
    room = client.post("/rooms", json={"browser": "browser-1"}).json()
    for route in routes:
        if "POST" in (route.methods or ()):
            path = route.path.replace("{model}", MODELS.get(start_of(route), "mnist-vae-5"))
            path = path.replace("{code}", room["code"])
            answer = client.post(path, content=sent)
            assert answer.status_code < 500, (path, answer.text[:200])
    client.delete(f"/rooms/{room['code']}", headers={"x-key": room["key"]})


@pytest.mark.parametrize(
    "address",
    ["told=%20", "told=%09", "told=%C2%B2", "told=0+nan", "told=0+inf", "told=0+x", "told=1_0", "told=%D9%A3",
     "told=-1", "told=0.5", "n=%D9%A3", "n=1_0", "seed=%20", "steps="],
)  # fmt: skip
def test_an_odd_walk_is_refused(client: TestClient, address: str):
    answer = client.get(f"/pixels/walk/mnist-diffusion-16?{address}")
    assert answer.status_code == 422 and "is '" in answer.json()["error"]


def test_an_odd_key_of_a_room_or_a_training_is_only_wrong(client: TestClient):
    code = client.post("/rooms", json={"browser": "browser-2"}).json()["code"]
    for key in ("", "é", "x" * 5000, "\x80"):
        headers = [(b"x-key", key.encode("utf-8"))]
        assert client.get(f"/rooms/{code}", headers=headers).status_code == 403
        assert client.delete(f"/rooms/{code}", headers=headers).status_code == 403
        assert client.get("/pixels/train", headers=headers).status_code == 200
    assert queues.MAX_WAITING > 100
