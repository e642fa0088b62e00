"""300 visitors drag. First as they do, each in a page of their own, connected as an open page is: what the server
spends. Then by the server's route, as where no page can run a network: the events a second at which p95 passes 50 ms,
what an event costs and where the time goes, and memory after 10,000 events more.

python -m benchmarks.classroom
"""

import asyncio
import json
import os
import random
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import numpy as np
import torch
from playwright.sync_api import sync_playwright

from benchmarks import drag
from benchmarks.app import QUIET, running_app
from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.install import chromium

VISITORS, SECONDS, EVENTS = 300, 10.0, 10_000
LIMIT = 50.0  # milliseconds that p95 must not pass
RATES = (100, 200, 300, 400, 500, 600, 800)  # events a second, of all visitors together
MODEL, DIMS = "faces-vae", 32


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_megabytes(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def connected(url: str, pid: int, visitors: int) -> float:
    """Share of a core that the server spends while so many visitors hold the connection that an open page holds."""
    limits = httpx.Limits(max_connections=VISITORS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=None) as client, AsyncExitStack() as stack:
        for _ in range(visitors):
            await stack.enter_async_context(client.stream("GET", f"gradio_api/heartbeat/{uuid.uuid4().hex}"))
        before = cpu_seconds(pid)
        await asyncio.sleep(SECONDS)
        return (cpu_seconds(pid) - before) / SECONDS


def in_the_page(url: str, pid: int) -> tuple[float, float]:
    """Share of a core that the server spends while one page drags without pause, and the pictures per second there."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        page = drag.ours(browser, url)
        page.evaluate(drag.COUNTING)
        before = cpu_seconds(pid)
        rate = page.evaluate(drag.STREAM, SECONDS)
        spent = (cpu_seconds(pid) - before) / SECONDS
        browser.close()
    return spent, rate


async def event(client: httpx.AsyncClient, rng: random.Random) -> float:
    """Milliseconds of one decoded face; an error counts as infinite."""
    body = {"model": MODEL, "codes": [[rng.gauss(0, 1) for _ in range(DIMS)]]}
    start = time.perf_counter()
    try:
        answer = await client.post("pixels/decode", json=body)
    except httpx.HTTPError:
        return float("inf")
    return (time.perf_counter() - start) * 1000 if answer.status_code == 200 else float("inf")


async def at_rate(client: httpx.AsyncClient, rate: float) -> list[float]:
    """Milliseconds of the events of all visitors together, evenly spread at so many a second."""
    rng, start, tasks = random.Random(0), time.perf_counter(), []
    for i in range(int(rate * SECONDS)):
        await asyncio.sleep(max(0.0, start + i / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(event(client, rng)))
    return list(await asyncio.gather(*tasks))


async def by_the_server(url: str, pid: int) -> None:
    """One line per rate until the knee, then cost and memory."""
    limits = httpx.Limits(max_connections=VISITORS, max_keepalive_connections=VISITORS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        await at_rate(client, 20)
        cost = 0.0
        for rate in RATES:
            before = cpu_seconds(pid)
            times = await at_rate(client, rate)
            cost = (cpu_seconds(pid) - before) / len(times) * 1000
            cuts, errors = statistics.quantiles(times, n=100), sum(value == float("inf") for value in times)
            print(f"by the server, {rate} events/s: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, {errors} errors of "
                  f"{len(times)}, {cost:.2f} CPU-ms an event")  # fmt: skip
            if cuts[94] > LIMIT:
                break
        memory, rng = memory_megabytes(pid), random.Random(1)
        for _ in range(EVENTS // 20):
            await asyncio.gather(*(event(client, rng) for _ in range(20)))
        print(f"memory after {EVENTS} further events {memory_megabytes(pid) - memory:+.1f} MB")
    network, text = own_share()
    print(f"of the {cost:.2f} CPU-ms: the network {network:.2f}, reading the codes {text:.3f}, the rest is HTTP")


def own_share() -> tuple[float, float]:
    """CPU milliseconds of one face's network, and of reading its code from text, on one thread."""
    torch.set_num_threads(1)
    model, code = Resources().model(MODEL), np.random.default_rng(0).standard_normal((1, DIMS))
    body = json.dumps({"model": MODEL, "codes": code.tolist()})

    def cost(work: Callable[[], object], n: int = 200) -> float:
        start = time.process_time()
        for _ in range(n):
            work()
        return (time.process_time() - start) / n * 1000

    latents.decode(model, code)
    return cost(lambda: latents.decode(model, code)), cost(lambda: json.loads(body))


def main() -> None:
    """Print the lines."""
    with running_app() as (url, pid):
        time.sleep(5)  # what is done after the start
        idle, many = (asyncio.run(connected(url, pid, visitors)) for visitors in (0, VISITORS))
        spent, rate = in_the_page(url, pid)
        print(f"the server spends {100 * idle:.1f} % of a core while nobody is there, {100 * many:.1f} % while "
              f"{VISITORS} visitors are connected and {100 * spent:.1f} % while one drags at {rate:.0f} "
              "pictures/s: their drags ask it nothing")  # fmt: skip
        asyncio.run(by_the_server(url, pid))


if __name__ == "__main__":
    main()
