"""Requests for work that takes a core come in; each gets its turn, or an error if it waits too long or leaves."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from latentdemo.serving.answers import refusal

T = TypeVar("T")
MAX_WAITING = 200  # requests in one queue: a class that presses at once, twice; more are refused at once
MAX_WAIT = 5.0  # seconds
RETRY_AFTER = 5  # seconds
CLIENT_CLOSED_REQUEST = 499  # as nginx names it; nobody reads the answer
BUSY = f"The server is busy with other visitors' requests; try again in {RETRY_AFTER} seconds."
_gone: ContextVar[threading.Event | None] = ContextVar("gone", default=None)


class Busy(ValueError):
    """Too many requests wait, or one has waited too long."""


class Gone(ValueError):
    """The client has closed the connection: nobody reads the answer."""


def check_wanted() -> None:
    """Gone if the client whose work this thread does has left; call it between the steps of long work."""
    gone = _gone.get()
    if gone is not None and gone.is_set():
        raise Gone


def refused(error: ValueError) -> Response:
    """503 for Busy, nothing for Gone, else 422 with the error's sentence."""
    if isinstance(error, Busy):
        response = refusal(BUSY, 503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return Response(status_code=CLIENT_CLOSED_REQUEST) if isinstance(error, Gone) else refusal(str(error))


class Queue:
    """Work of one kind, `n_at_once` requests at a time, in the order in which they came."""

    def __init__(self, n_at_once: int) -> None:
        self.n_waiting = 0
        self._places = asyncio.Semaphore(n_at_once)

    async def run(self, request: Request, work: Callable[..., T], *args: Any) -> T:
        """What `work` gives, computed in a thread.

        Raises:
            Busy: there is no turn for this request.
            Gone: the client left; work that calls `check_wanted` ends early.
        """
        async with _watched(request) as gone:
            await self.enter(gone)
            try:
                return await run_in_threadpool(work, *args)
            finally:
                self.leave()

    async def enter(self, gone: asyncio.Task[None]) -> None:
        """Wait for a turn; who has it must `leave`. Busy or Gone if none comes."""
        if self.n_waiting >= MAX_WAITING:
            raise Busy
        self.n_waiting += 1
        turn = asyncio.create_task(self._places.acquire())
        try:
            await asyncio.wait({turn, gone}, timeout=MAX_WAIT, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._withdraw(turn)
            raise
        finally:
            self.n_waiting -= 1
        if not turn.done() or gone.done():
            await self._withdraw(turn)
            raise Gone if gone.done() else Busy

    async def _withdraw(self, turn: asyncio.Task[Any]) -> None:
        turn.cancel()
        with suppress(asyncio.CancelledError):
            await turn
            self.leave()

    def leave(self) -> None:
        """Give the turn to the next request."""
        self._places.release()

    async def stream(self, request: Request, response: StreamingResponse) -> Response:
        """A streamed response that holds its turn until it ends, however that is."""
        async with _watched(request) as gone:
            await self.enter(gone)
        return _Held(response, self)


class _Held(Response):
    def __init__(self, response: StreamingResponse, queue: Queue) -> None:
        self.response, self.queue = response, queue
        self.background, self.status_code = None, response.status_code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.response(scope, receive, send)
        finally:
            self.queue.leave()


@asynccontextmanager
async def _watched(request: Request) -> AsyncIterator[asyncio.Task[None]]:
    """A task that ends when the client leaves; `check_wanted` knows it then, too."""
    left = threading.Event()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left.set()

    token, task = _gone.set(left), asyncio.create_task(watch())
    try:
        yield task
    finally:
        _gone.reset(token)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
