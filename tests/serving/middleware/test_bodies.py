"""Large, odd and chunked requests: to a bare app, and to the whole one over a socket."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from latentdemo import server
from latentdemo.serving.middleware import bodies
from latentdemo.serving.middleware.bodies import MAX_BODIES, MAX_BODY, LimitedBodies, max_body
from latentdemo.serving.middleware.security import SecurityMiddleware
from latentdemo.store.resources import Resources


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def unread(request: Request) -> Response:
    return PlainTextResponse("unread")


def failing(error: Exception, outer: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> TestClient:
    def fail(request: Request) -> Response:
        raise error

    app = Starlette(routes=[Route("/gradio_api/upload", fail), Route("/pixels/decode", fail)])
    return TestClient(outer(LimitedBodies(app)), raise_server_exceptions=False)


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 if statm.exists() else 0


def chunks(n: int) -> Iterator[bytes]:
    for _ in range(n):
        yield b"x" * 100_000


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_is_limited_whether_its_length_is_announced_or_not(announced: bool):
    client = TestClient(LimitedBodies(Starlette(routes=[Route("/a", length, methods=["POST"])])))
    for n, status in ((MAX_BODY // 100_000, 200), (MAX_BODY // 100_000 + 1, 413)):
        answer = client.post("/a", content=b"".join(chunks(n)) if announced else chunks(n))
        assert answer.status_code == status, n
        assert (
            answer.text == str(MAX_BODY) if status == 200 else "larger than 2,000,000 bytes" in answer.json()["error"]
        )


def test_no_limit_is_below_that_of_an_upload():
    assert max_body("/gradio_api/upload") == MAX_BODIES["/gradio_api/upload"] >= 30_000_000
    assert max_body("/gradio_api/upload/") == max_body("/gradio_api/upload")
    for path in (
        "/gradio_api/upload_progress",
        "/gradio_api/uploads",
        "/x/gradio_api/upload",
        "/gradio_api/queue/join",
    ):
        assert max_body(path) == MAX_BODY


@pytest.mark.parametrize("error", [TypeError("secret"), ValueError("secret"), KeyError("secret")])
def test_what_gradio_cannot_read_is_the_visitors_mistake(error: Exception, caplog: pytest.LogCaptureFixture):
    answer = failing(error).get("/gradio_api/upload")
    assert answer.status_code == 400 and answer.json() == {"error": bodies.UNREADABLE}
    assert "secret" not in caplog.text and type(error).__name__ in caplog.text


def test_failures_of_ours_stay_failures():
    assert failing(ValueError()).get("/pixels/decode").status_code == 500
    assert failing(RuntimeError()).get("/gradio_api/upload").status_code == 500
    assert failing(OSError(errno.EIO, "")).get("/gradio_api/upload").status_code == 500
    assert failing(OSError(errno.ENAMETOOLONG, "")).get("/pixels/decode").status_code == 414
    full = failing(OSError(errno.ENOSPC, "")).get("/gradio_api/upload")
    assert full.status_code == 507 and full.json() == {"error": bodies.NO_SPACE}


def test_an_answer_of_500_without_an_exception_passes():
    app = Starlette(routes=[Route("/gradio_api/run", lambda request: JSONResponse({"error": "a"}, 500))])
    answer = TestClient(LimitedBodies(app)).get("/gradio_api/run")
    assert answer.status_code == 500 and answer.json() == {"error": "a"}


@pytest.fixture(scope="module")
def app(resources: Resources) -> Iterator[httpx.Client]:
    demo, url = server.launch(resources)
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client
    demo.close()


@pytest.mark.parametrize("route", ["run", "call", "call/v2"])
def test_an_unknown_endpoint_is_a_mistake_of_the_visitor(app: httpx.Client, route: str):
    answer = app.post(f"gradio_api/{route}/nothing", json={"data": []})
    assert answer.status_code == 400 and answer.json() == {"error": bodies.UNREADABLE}
    assert app.get(f"assets/{'a' * 4000}").status_code == 414
    assert app.get("gradio_api/deep_link?session_hash=a").status_code == 404


def test_a_failure_has_the_headers_of_every_answer():
    answer = failing(RuntimeError(), SecurityMiddleware).get("/gradio_api/upload")
    assert answer.status_code == 500 and answer.headers["x-content-type-options"] == "nosniff"


def test_large_bodies_are_neither_kept_nor_logged(app: httpx.Client, capfd: pytest.CaptureFixture[str]):
    before = resident()
    large = b'{"data": ["' + b"x" * 50_000_000 + b'"], "fn_index": 3, "session_hash": "abc"}'
    for path in ("queue/join", "run/predict", "call/map", "call/v2/map", "cancel", "reset", "heartbeat/a"):
        assert app.post(f"gradio_api/{path}", content=large).status_code == 413, path
    for path in ("rooms", "pixels/decode", "pixels/train", "nothing", ""):
        answer = app.post(path, content=(large[:60_000] for _ in range(60)))
        assert answer.status_code in (404, 405, 413, 422) and "Traceback" not in answer.text, path
    assert app.post("gradio_api/upload", files={"files": ("a.png", b"x" * 40_000_000)}).status_code == 413
    assert resident() - before < 150e6
    assert "xxxxxxxx" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("data", [[], ["secret-value"], ["secret-value"] * 50, [{"path": "secret-value"}] * 3])
def test_no_value_of_a_visitor_is_logged(
    app: httpx.Client, data: list[object], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    for i in range(0, 60, 7):
        app.post("gradio_api/run/predict", json={"data": data, "fn_index": i, "session_hash": "abc"})
    for name in ("kernel", "features", "reconstruct", "map", "perturb", "attribute"):
        app.post(f"gradio_api/run/{name}", json={"data": data})
        app.post(f"gradio_api/call/v2/{name}", json={"secret-value": data})
    app.get("gradio_api/custom_component/secret-value/client/a/secret-value")
    app.post("gradio_api/upload", files={"secret-value": b"secret-value"})
    said = "".join(capfd.readouterr()) + caplog.text
    assert "secret" not in said


@pytest.mark.parametrize(
    "files",
    [[("files", ("", b"x"))], [("files", (None, b"x"))], [("files", ("\x00", b"x"))], [("files", (".." * 3, b"x"))],
     [("files", ("a" * 400, b"x"))], [("other", ("a.png", b"x"))], [("", ("a.png", b"x"))]],
)  # fmt: skip
@pytest.mark.parametrize("progress", ["", "?upload_id=a"])
def test_an_odd_upload_is_no_failure_of_the_server(app: httpx.Client, files: list, progress: str):
    assert app.post(f"gradio_api/upload{progress}", files=files).status_code < 500


@pytest.mark.parametrize(
    "content", [b"", b"--a", b"--a\r\n\r\nx\r\n--a--", b"--a\r\nContent-Disposition: x\r\n\r\n--a--"]
)
@pytest.mark.parametrize("kind", ["", "text/plain", *(f"multipart/form-data{rest}" for rest in (
    "", "; boundary=a", "; boundary=", "; boundary=a; charset=none"))])  # fmt: skip
def test_odd_multipart_is_no_failure_of_the_server(app: httpx.Client, kind: str, content: bytes):
    for progress in ("", "?upload_id=a"):
        answer = app.post(f"gradio_api/upload{progress}", content=content, headers={"content-type": kind})
        assert answer.status_code < 500


def test_an_ordinary_upload_arrives(app: httpx.Client):
    (path,) = app.post("gradio_api/upload", files={"files": ("a.png", b"x" * 20_000_000)}).raise_for_status().json()
    assert Path(path).stat().st_size == 20_000_000
