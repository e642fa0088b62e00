"""What stands before all routes: pages of other sites are refused, and every answer carries the safe headers."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentdemo.serving.answers import refusal
from latentdemo.serving.middleware.hosts import Hosts

HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
SHARING = "access-control-"  # headers that let pages of other sites read an answer
FOREIGN_PAGE = "This address is for latentdemo's own page and for programs."
ALLOW = "If a proxy stands in front of the app, start it with --allowed-host and the name in the browser's address bar."


class SecurityMiddleware:
    """An app that answers to its own hosts and pages. It must be outermost, so that failures pass it too."""

    def __init__(self, app: ASGIApp, hosts: Hosts | None = None) -> None:
        self.app, self.hosts = app, hosts or Hosts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in {name for name in headers if name.startswith(SHARING)}:
                    del headers[name]
                headers.update(HEADERS)
            await send(message)

        problem = self._problem(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else ""
        if problem:
            await refusal(problem, 403)(scope, receive, send_safely)
        else:
            await self.app(scope, receive, send_safely)

    def _problem(self, method: str, headers: Headers) -> str:
        """Why a request is refused; "" if it is not."""
        host = headers.get("host")
        if not self.hosts.serves(host):
            return f"The app does not serve the host {(host or '')[:80]!r}. {ALLOW}"
        if is_foreign(method, headers, self.hosts):
            return FOREIGN_PAGE if "sec-fetch-site" in headers else f"{FOREIGN_PAGE} {ALLOW}"
        return ""


def is_foreign(method: str, headers: Headers, hosts: Hosts) -> bool:
    """Whether a page of another site sent a request.

    Browsers say so in Sec-Fetch-Site; links may be followed. On plain HTTP they omit it, but name the page's host in
    Origin (old ones in Referer alone): it must be the request's own host or an allowed one. Programs send neither.

    Source:
        Fetch Metadata Request Headers, W3C: Sec-Fetch-Site and Sec-Fetch-Mode; RFC 6454 (Origin).
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return False
        return method not in ("GET", "HEAD") or headers.get("sec-fetch-mode") != "navigate"
    origin = headers.get("origin") or (headers.get("referer") if method not in ("GET", "HEAD") else None)
    return origin is not None and not hosts.trusts(origin, headers.get("host"))
