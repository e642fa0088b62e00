"""Requests come in; those whose body is too large, or that Gradio cannot parse, are refused with a sentence."""

import errno
import logging

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentdemo.serving.answers import refusal

MAX_BODY = 2_000_000  # bytes, of all requests but these
MAX_BODIES = {  # by the first parts of the path
    "/gradio_api/upload": 31_000_000,  # one image of 30 MB, and what multipart adds
    "/gradio_api/mcp": 8_000_000,  # images arrive as base64 inside JSON
}
GRADIO = "/gradio_api/"
UNUSED = (  # routes of Gradio's that this app does not need; they print, write files, or never end
    "/gradio_api/custom_component/", "/gradio_api/process_recording", "/gradio_api/proxy=", "/gradio_api/vibe-",
    "/gradio_api/undo-vibe-edit", "/gradio_api/deep_link", "/gradio_api/dev/",
)  # fmt: skip
ODD_INPUT = (TypeError, ValueError, LookupError, AttributeError, AssertionError, RecursionError)
UNREADABLE = "The server could not read this request. /gradio_api/info describes the API; an upload needs a file name."
NO_SPACE = "The server has no disk space left for this upload; try again later."
FULL = (errno.ENOSPC, errno.EDQUOT)
log = logging.getLogger("latentdemo")


def max_body(path: str) -> int:
    """The largest body of a request to this path, bytes."""
    return next((limit for start, limit in MAX_BODIES.items() if f"{path}/".startswith(f"{start}/")), MAX_BODY)


def too_large(limit: int) -> Response:
    """413."""
    return refusal(f"The request is larger than {limit:,} bytes; send less at once.", 413)


class LimitedBodies:
    """An app that reads no more of a request than allowed, whether its length is announced or it comes in chunks.

    Args:
        errors: further exceptions of Gradio's that a request causes.
    """

    def __init__(self, app: ASGIApp, errors: tuple[type[Exception], ...] = ()) -> None:
        self.app, self.errors = app, (*ODD_INPUT, *errors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"]
        if path.startswith(UNUSED):
            return await refusal("This route is not available here.", 404)(scope, receive, send)
        exchange = Exchange(max_body(path), receive, send)
        if int(Headers(scope=scope).get("content-length", "0")) > exchange.limit:
            return await too_large(exchange.limit)(scope, receive, send)
        try:
            await self.app(scope, exchange.receive, exchange.send)
            await exchange.release()
        except ClientDisconnect:  # the client is gone, or was refused
            pass
        except Exception as error:
            if (answer := self._instead_of_500(path, error)) is None or exchange.started:
                await exchange.release()
                raise
            log.warning("%s could not be read: %s", GRADIO, type(error).__name__)
            exchange.started = True
            await answer(scope, receive, send)
        if exchange.too_large and not exchange.started:
            await too_large(exchange.limit)(scope, receive, send)

    def _instead_of_500(self, path: str, error: Exception) -> Response | None:
        """What Gradio should have answered; None where the failure is not the visitor's."""
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            return refusal("The address is too long.", 414)
        if not path.startswith(GRADIO):
            return None
        if isinstance(error, OSError):
            return refusal(NO_SPACE, 507) if error.errno in FULL else None
        return refusal(UNREADABLE, 400) if isinstance(error, self.errors) else None


class Exchange:
    """One request and its answer; a body beyond `limit` bytes ends as if the client had left.

    Attributes:
        too_large: whether the body had more.
        started: whether an answer is under way to the client.
    """

    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self.limit, self.too_large, self.started = limit, False, False
        self._receive, self._send = receive, send
        self._n_bytes, self._held = 0, list[Message]()

    async def receive(self) -> Message:
        """The next part of the request."""
        message = {"type": "http.disconnect"} if self.too_large else await self._receive()
        self._n_bytes += len(message.get("body", b""))
        self.too_large = self._n_bytes > self.limit
        return {"type": "http.disconnect"} if self.too_large else message

    async def send(self, message: Message) -> None:
        """The next part of the answer; a 500 is held until it is known whether an exception explains it."""
        if self.too_large and not self.started:
            return
        if self._held or (message["type"] == "http.response.start" and message["status"] == 500):
            self._held.append(message)
        else:
            self.started = True
            await self._send(message)

    async def release(self) -> None:
        """Send what was held."""
        for message in self._held:
            self.started = True
            await self._send(message)
        self._held = []
