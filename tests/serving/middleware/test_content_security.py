import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from latentdemo.serving.middleware.content_security import SPACES, ContentSecurity, policy

PAGE = '<html><script>one()</script><script type="module" src="a.js"></script><scripted></scripted></html>'


def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


def pieces(request: Request) -> Response:
    return StreamingResponse(iter([PAGE[:20], PAGE[20:]]), media_type="text/html")


def client(*frames: str) -> TestClient:
    app = Starlette(routes=[Route("/", page), Route("/file", page), Route("/text", lambda request: Response(PAGE))])
    return TestClient(ContentSecurity(app, frames))


def test_scripts_of_the_page_get_a_nonce_of_their_own_at_every_visit():
    visits = [client().get("/") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", visit.headers["content-security-policy"]) for visit in visits]
    assert nonces[0] != nonces[1] and all(len(found) == 1 for found in nonces)
    for visit, (nonce,) in zip(visits, nonces, strict=True):
        assert visit.text.count(f'<script nonce="{nonce}"') == 2 and "<scripted>" in visit.text
        assert visit.text.replace(f' nonce="{nonce}"', "") == PAGE
        assert int(visit.headers["content-length"]) == len(visit.content)


def test_a_page_that_comes_in_pieces_gets_one_too():
    app = ContentSecurity(Starlette(routes=[Route("/", pieces)]))
    assert TestClient(app).get("/").text.count("<script nonce=") == 2


@pytest.mark.parametrize("path", ["/file", "/text", "/gone"])
def test_other_answers_may_not_run_inline_scripts(path: str):
    answer = client().get(path)
    assert "nonce" not in answer.text + answer.headers["content-security-policy"]
    assert "'unsafe-inline'" not in directives(answer.headers["content-security-policy"])["script-src"]


def test_an_answer_to_head_says_how_long_the_page_is():
    assert client().head("/").headers["content-length"] == str(len(client().get("/").content))


def test_frames_are_allowed_to_the_page_itself_and_to_hosts_that_are_named():
    assert directives(policy())["frame-ancestors"] == ["'self'"]
    assert directives(policy("", SPACES))["frame-ancestors"] == ["'self'", *SPACES]
    assert directives(client(*SPACES).get("/").headers["content-security-policy"])["frame-ancestors"][1:] == [*SPACES]


def directives(header: str) -> dict[str, list[str]]:
    return {name: values.split() for name, _, values in (part.partition(" ") for part in header.split("; "))}
