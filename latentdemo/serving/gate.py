"""What stands before all routes: pages of other sites are refused, and every answer carries the safe headers."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "content-security-policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'"
    ),
}
SHARING = "access-control-"  # headers that let pages of other sites read an answer


class Gate:
    """An app behind the gate. It must be outermost, so that failures pass it too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in {name for name in headers if name.startswith(SHARING)}:
                    del headers[name]
                headers.update(HEADERS)
            await send(message)

        if scope["type"] == "http" and is_foreign(scope["method"], Headers(scope=scope)):
            refusal = JSONResponse({"error": "This address is for latentdemo's own page and for programs."}, 403)
            await refusal(scope, receive, send_safely)
        else:
            await self.app(scope, receive, send_safely)


def is_foreign(method: str, headers: Headers) -> bool:
    """Whether a page of another site asks. Browsers say so; programs say nothing and may ask; links may be followed.

    Source:
        Fetch Metadata Request Headers, W3C: Sec-Fetch-Site and Sec-Fetch-Mode.
    """
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    return method not in ("GET", "HEAD") or headers.get("sec-fetch-mode") != "navigate"
