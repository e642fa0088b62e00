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
from latentdemo.serving.middleware.hosts import Hosts, authority
from latentdemo.serving.middleware.security import HEADERS, SecurityMiddleware, is_foreign
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
    assert is_foreign(method, Headers({name: value for name, value in given.items() if value}), Hosts()) == foreign


@pytest.mark.parametrize(
    ("method", "origin", "host", "foreign"),
    [
        ("POST", "http://school.lan:7860", "school.lan:7860", False),
        ("POST", "http://SCHOOL.lan", "school.LAN:80", False),
        ("POST", "https://school.lan", "school.lan", False),  # the proxy speaks TLS, the app does not
        ("POST", "https://school.lan", "school.lan:443", False),
        ("POST", "http://[::1]:7860", "[::1]:7860", False),
        ("POST", "http://school.lan:7860", "school.lan:7861", True),  # another program of the same host
        ("POST", "http://school.lan:8080", "school.lan", True),
        ("POST", "http://evil.example", "school.lan", True),
        ("GET", "http://evil.example", "school.lan", True),
        ("POST", "http://school.lan.evil.example", "school.lan", True),
        ("POST", "http://school.lan@evil.example", "school.lan", True),
        ("POST", "null", "school.lan", True),  # a sandboxed frame, a file
        ("POST", "null", "null", True),
        ("POST", "", "school.lan", False),  # not sent: a program
        ("POST", "http://", "school.lan", True),
        ("POST", "file://", "school.lan", True),
        ("POST", "ftp://school.lan", "school.lan", True),
        ("POST", "http://school.lan:99999", "school.lan", True),
        ("POST", "http://school.lan", "", True),
        ("POST", "https://proxy.example", "10.0.0.1:7860", False),  # allowed by name
        ("POST", "https://proxy.example:9443", "10.0.0.1:7860", False),
        ("POST", "https://other.example:8443", "10.0.0.1:7860", False),  # allowed by name and port
        ("POST", "https://other.example", "10.0.0.1:7860", True),
    ],
)
def test_without_fetch_metadata_the_origin_must_be_the_host(method: str, origin: str, host: str, foreign: bool):
    hosts = Hosts(allowed=("Proxy.example", "other.example:8443"))
    headers = {name: value for name, value in {"origin": origin, "host": host}.items() if value}
    assert is_foreign(method, Headers(headers), hosts) == foreign


def test_a_form_of_an_old_browser_is_told_by_its_referer():
    headers = Headers({"referer": "http://evil.example/a", "host": "school.lan"})
    assert is_foreign("POST", headers, Hosts()) and not is_foreign("GET", headers, Hosts())
    assert not is_foreign("POST", Headers({"referer": "http://school.lan/?a#b", "host": "school.lan"}), Hosts())


@pytest.mark.parametrize(
    ("bound", "host", "served"),
    [
        *[("127.0.0.1", host, True) for host in ("localhost:7860", "LOCALHOST", "127.0.0.1:7860", "127.0.0.1",
                                                 "[::1]:7860", "[::1]", "localhost.", "proxy.example:80", None)],
        *[("127.0.0.1", host, False) for host in ("evil.example", "evil.example:7860", "localhost.evil.example", "",
                                                  "127.0.0.1.evil.example", "evil@localhost", "192.168.1.2", "::1",
                                                  "localhost/evil", "0.0.0.0", "localhost:x", "other.example:80")],
        ("::1", "evil.example", False), ("[::1]", "evil.example", False), ("localhost", "evil.example", False),
        ("127.0.0.2", "evil.example", False), ("0.0.0.0", "school.lan", True), ("192.168.1.2", "school.lan", True),
    ],
)  # fmt: skip
def test_bound_to_loopback_only_its_names_are_served(bound: str, host: str | None, served: bool):
    assert Hosts(bound, ("proxy.example", "other.example:8443")).serves(host) == served


@pytest.mark.parametrize("text", ["", "a b", "http://", "a/b", "user@host", "host:port", "ftp://a", "[::1"])
def test_what_is_no_host_is_refused(text: str):
    assert authority(text) is None
    with pytest.raises(ValueError, match="is not a host; expected NAME or NAME:PORT"):
        Hosts(allowed=[text])


def test_failures_carry_the_safe_headers_too():
    def fail(request: Request) -> None:
        raise RuntimeError("secret")

    def shared(request: Request) -> JSONResponse:
        headers = {"Access-Control-Allow-Origin": "http://a.b", "X-Content-Type-Options": "x", "Vary": "Origin"}
        return JSONResponse({}, headers=headers)

    app = Starlette(routes=[Route("/fail", fail), Route("/shared", shared)])
    client = TestClient(SecurityMiddleware(app), raise_server_exceptions=False)
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
def test_the_whole_app_stands_behind_the_middleware(app: httpx.Client, path: str):
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "http://a.b"}
    refused = app.post(path, headers=foreign)
    assert refused.status_code == 403 and "own page" in refused.json()["error"]
    plain = app.post(path, headers={"Origin": "http://a.b"})  # plain HTTP: no fetch metadata
    assert plain.status_code == 403 and "--allowed-host" in plain.json()["error"]
    rebound = app.post(path, headers={"Origin": "http://c.d", "Host": "c.d"})
    assert rebound.status_code == 403 and "'c.d'" in rebound.json()["error"]
    own = app.post(path, headers={"Origin": str(app.base_url).rstrip("/")})
    assert own.status_code != 403 and HEADERS.items() <= dict(own.headers).items()
    preflight = {"Origin": "http://a.b", "Access-Control-Request-Method": "POST"}
    for answer in (refused, plain, rebound, own, app.options(path, headers=preflight)):
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_proxys_name_is_served_when_it_is_allowed(resources: Resources):
    demo, url = server.launch(resources, server.Host(allowed=("demo.example.org",)))
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            behind = {"Host": "demo.example.org", "Origin": "https://demo.example.org"}
            assert client.get("health", headers=behind).status_code == 200
            assert client.post("rooms", headers=behind).status_code == 200
            assert client.get("", headers={"Host": "evil.example"}).status_code == 403
    finally:
        demo.close()


def test_a_share_link_is_allowed_once_it_is_known(resources: Resources, monkeypatch: pytest.MonkeyPatch):
    launch = server.gr.Blocks.launch

    def shared(self: server.gr.Blocks, **options: object) -> object:
        answer = launch(self, **options)  # pyright: ignore[reportArgumentType]
        self.share_url = "https://0123.gradio.live"
        return answer

    monkeypatch.setattr(server.gr.Blocks, "launch", shared)
    demo, url = server.launch(resources)
    try:
        for host, status in (("0123.gradio.live", 200), ("4567.gradio.live", 403)):
            assert httpx.get(f"{url}health", headers={"Host": host}).status_code == status
    finally:
        demo.close()
