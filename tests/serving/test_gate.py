from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from latentdemo import server
from latentdemo.serving.gate import HEADERS, Gate, is_foreign
from latentdemo.store.resources import Resources


@pytest.mark.parametrize(
    ("method", "site", "mode", "foreign"),
    [
        ("POST", None, None, False),  # a program
        ("POST", "same-origin", "cors", False),
        ("GET", "none", "navigate", False),  # typed into the address line
        ("GET", "cross-site", "navigate", False),  # a link, or a Space's frame
        ("POST", "cross-site", "navigate", True),  # a form
        ("GET", "cross-site", "cors", True),
        ("GET", "cross-site", "no-cors", True),
        ("OPTIONS", "cross-site", "cors", True),
        ("POST", "same-site", "cors", True),  # another port of the same machine
        ("PUT", "anything", "navigate", True),
    ],
)
def test_pages_of_other_sites_may_link_and_nothing_else(method: str, site: str | None, mode: str | None, foreign: bool):
    given = {"sec-fetch-site": site, "sec-fetch-mode": mode}
    assert is_foreign(method, Headers({name: value for name, value in given.items() if value})) == foreign


def test_failures_carry_the_safe_headers_too():
    def fail(request: Request) -> None:
        raise RuntimeError("secret")

    def shared(request: Request) -> JSONResponse:
        headers = {"Access-Control-Allow-Origin": "http://a.b", "X-Content-Type-Options": "x", "Vary": "Origin"}
        return JSONResponse({}, headers=headers)

    app = Starlette(routes=[Route("/fail", fail), Route("/shared", shared)])
    client = TestClient(Gate(app), raise_server_exceptions=False)
    for path, status in (("/fail", 500), ("/gone", 404), ("/shared", 200)):
        answer = client.get(path)
        assert answer.status_code == status and "secret" not in answer.text
        assert HEADERS.items() <= dict(answer.headers).items()
        assert not any(name.startswith("access-control") for name in answer.headers)
    refused = client.get("/shared", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"})
    assert refused.status_code == 403 and HEADERS.items() <= dict(refused.headers).items()


@pytest.fixture(scope="module")
def app(resources: Resources) -> Iterator[httpx.Client]:
    demo, url = server.launch(resources)
    with httpx.Client(base_url=url, timeout=30) as client:
        yield client
    demo.close()


@pytest.mark.parametrize(
    "path", ["gradio_api/upload", "gradio_api/queue/join", "gradio_api/run/predict", "pixels/decode"]
)
def test_the_whole_app_stands_behind_the_gate(app: httpx.Client, path: str):
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "http://a.b", "Host": "c.d"}
    refused = app.post(path, headers=foreign)
    assert refused.status_code == 403 and "own page" in refused.json()["error"]
    asked = app.post(path, headers={"Origin": "http://a.b", "Host": "c.d"})
    assert asked.status_code != 403 and HEADERS.items() <= dict(asked.headers).items()
    preflight = {"Origin": "http://a.b", "Host": "c.d", "Access-Control-Request-Method": "POST"}
    for answer in (refused, asked, app.options(path, headers=preflight)):
        assert not any(name.startswith("access-control") for name in answer.headers)
