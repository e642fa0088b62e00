import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from latentdemo.serving.middleware.metrics import Measured, Measures, kind_of
from latentdemo.serving.routes import pixel_routes
from latentdemo.serving.watching import Trainer
from latentdemo.store.resources import Resources


def fine(request: Request) -> Response:
    return PlainTextResponse("fine")


def broken(request: Request) -> Response:
    raise RuntimeError("broken")


def test_requests_are_counted_without_names():
    measures = Measures()
    paths = {"/pixels/map/{name}": fine, "/health": broken, "/gradio_api/heartbeat/x": fine}
    app = Starlette(routes=[*(Route(path, answer) for path, answer in paths.items()), measures.route()])
    client = TestClient(Measured(app, measures), raise_server_exceptions=False)
    for name in ("secret-one", "secret-two"):
        client.get(f"/pixels/map/{name}")
    client.get("/health")
    client.get("/gradio_api/heartbeat/x")
    client.get("/nothing/here?who=me")
    text = client.get("/metrics").text
    assert 'latentdemo_requests_total{method="GET",path="pixels/map",status="2xx"} 2.0' in text
    assert 'latentdemo_failures_total{method="GET",path="health"} 1.0' in text
    assert 'latentdemo_requests_total{method="GET",path="other",status="4xx"} 1.0' in text
    assert 'latentdemo_seconds_count{method="GET",path="pixels/map"} 2.0' in text
    assert 'latentdemo_seconds_count{method="GET",path="gradio_api/heartbeat"}' not in text
    assert "process_resident_memory_bytes" in text and "secret" not in text and "who=me" not in text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "page"), ("/pixels/gallery/faces-vae/3", "pixels/gallery"),
     ("/gradio_api/queue/join", "gradio_api/queue/join"),
     ("/gradio_api/file=/tmp/x.png", "gradio_api/file"), ("/rooms/ABCDE/votes", "rooms"), ("/weights/x.bin", "weights"),
     ("/pixels/walk/faces-diffusion", "pixels/walk"), ("/pixels/search/x", "pixels/search"),
     ("/pixels/train", "pixels/train"),
     ("/pixels/train/examples/faces", "pixels/train/examples"), ("/pixels/train/alice", "pixels/train"),
     ("/../etc/passwd", "other"), ("/pixelsecret", "other"), ("/pixels/alice", "other"), ("/pixels/map-alice", "other"),
     ("/gradio_api/queue/alice", "other"), ("/healthy", "other")],
)  # fmt: skip
def test_an_address_is_told_by_few_words(path: str, kind: str):
    assert kind_of(path) == kind


def test_every_route_of_ours_has_a_label_of_its_own(resources: Resources):
    measures = Measures()
    routes = [*pixel_routes(resources, Trainer(resources)), measures.route()]
    labels: dict[str, str] = {}
    for route in routes:
        assert isinstance(route, Route | Mount)
        path = re.sub(r"{picture}", "plane", route.path)
        label = kind_of(re.sub(r"{\w+}", "name", path))
        assert label not in ("other", "page"), route.path
        assert labels.setdefault(label, fixed_part(route.path)) == fixed_part(route.path), label
    assert {"pixels/walk", "pixels/grids", "pixels/search", "pixels/train", "pixels/train/examples"} <= set(labels)


def fixed_part(path: str) -> str:
    """What stands before the first parameter; of rooms and weights, which are one thing each, the first word."""
    first = path.partition("/{")[0]
    return first.split("/")[1] if first.startswith(("/rooms", "/weights")) else first
