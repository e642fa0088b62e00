"""Work for visitors who wait, leave, or come when too many are there already."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from latentdemo.serving import queues
from latentdemo.serving.middleware.bodies import LimitedBodies
from latentdemo.serving.queues import Gone, Queue, check_wanted, refused


class Work:
    """Takes its time, in small steps; counts what it did."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.seconds, self.begun, self.ended, self.running, self.most = seconds, 0, 0, 0, 0
        self.lock = threading.Lock()

    def __call__(self) -> str:
        with self.lock:
            self.begun, self.running = self.begun + 1, self.running + 1
            self.most = max(self.most, self.running)
        try:
            for _ in range(int(self.seconds / 0.01)):
                check_wanted()
                time.sleep(0.01)
            self.ended += 1
            return "done"
        finally:
            with self.lock:
                self.running -= 1


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def url(work: Work) -> Iterator[str]:
    """A server over a socket: only there do clients leave."""
    queue = Queue(2)

    async def answer(request: Request) -> Response:
        try:
            await request.body()
            return PlainTextResponse(await queue.run(request, work))
        except ValueError as error:
            return refused(error)

    async def stream(request: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            for i in range(1000):
                yield f"{i}\n"
                await asyncio.sleep(0.01)

        try:
            return await queue.stream(request, StreamingResponse(lines()))
        except ValueError as error:
            return refused(error)

    app = LimitedBodies(Starlette(routes=[Route("/", answer, methods=["GET", "POST"]), Route("/stream", stream)]))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


async def many(url: str, n: int, timeout: float = 60, method: str = "GET") -> list[Any]:
    limits = httpx.Limits(max_connections=n)
    async with httpx.AsyncClient(timeout=httpx.Timeout(60, read=timeout), limits=limits) as client:
        return await asyncio.gather(*(client.request(method, url) for _ in range(n)), return_exceptions=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_leaves_is_dropped_from_the_queue_and_from_the_work(url: str, work: Work, method: str):
    left = asyncio.run(many(url, 50, timeout=0.15, method=method))
    assert all(isinstance(one, httpx.ReadTimeout) for one in left)
    start = time.perf_counter()
    assert httpx.request(method, url).text == "done"
    assert time.perf_counter() - start < 2  # not 50 · 0.3 s / 2
    assert work.ended <= 5 and work.begun < 51 and work.running == 0


def test_all_who_wait_get_their_turn_two_at_a_time(url: str, work: Work):
    assert [one.text for one in asyncio.run(many(url, 9))] == ["done"] * 9
    assert work.most == 2 and work.ended == 9


def test_who_waits_too_long_or_finds_too_many_is_told_to_come_again(
    url: str, work: Work, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queues, "MAX_WAIT", 0.5)
    answers = asyncio.run(many(url, 20))
    busy = [one for one in answers if one.status_code == 503]
    assert 2 <= work.ended == 20 - len(busy) <= 6
    assert all(one.headers["retry-after"] == "5" and one.json() == {"error": queues.BUSY} for one in busy)
    monkeypatch.setattr(queues, "MAX_WAITING", 3)
    monkeypatch.setattr(queues, "MAX_WAIT", 60.0)  # who is refused now finds too many
    start = time.perf_counter()
    answers = asyncio.run(many(url, 20))
    assert sum(one.status_code == 200 for one in answers) <= 5 and time.perf_counter() - start < 3
    assert httpx.get(url).text == "done"


def test_a_stream_holds_its_turn_until_it_ends_or_the_client_leaves(
    url: str, work: Work, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queues, "MAX_WAIT", 0.3)
    with httpx.stream("GET", f"{url}stream") as one, httpx.stream("GET", f"{url}stream") as two:
        held = one.iter_lines(), two.iter_lines()  # a dropped iterator would close its connection
        assert [next(lines) for lines in held] == ["0", "0"]
        assert httpx.get(f"{url}stream").status_code == 503 and httpx.get(url).status_code == 503
    time.sleep(0.3)
    assert httpx.get(url).text == "done"


def test_work_outside_a_request_is_always_wanted():
    check_wanted()
    gone = threading.Event()
    gone.set()
    token = queues._gone.set(gone)
    try:
        with pytest.raises(Gone):
            check_wanted()
    finally:
        queues._gone.reset(token)
    assert refused(Gone()).status_code == 499 and refused(ValueError("no")).status_code == 422
