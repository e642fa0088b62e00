"""A class of 100 drags at two events a second for 30 s, then 10,000 events as fast as they go: latency, CPU, memory.

python -m benchmarks.classroom
"""

import asyncio
import os
import random
import statistics
import time
from pathlib import Path

import httpx

from benchmarks.app import running_app

VISITORS, RATE, SECONDS, EVENTS = 100, 2.0, 30.0, 10_000
MODEL, DIMS = "faces-vae", 32


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_megabytes(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def event(client: httpx.AsyncClient, rng: random.Random) -> float:
    """Milliseconds of one decoded face; an error counts as infinite."""
    body = {"model": MODEL, "codes": [[rng.gauss(0, 1) for _ in range(DIMS)]]}
    start = time.perf_counter()
    try:
        answer = await client.post("pixels/decode", json=body)
    except httpx.HTTPError:
        return float("inf")
    return (time.perf_counter() - start) * 1000 if answer.status_code == 200 else float("inf")


async def visitor(client: httpx.AsyncClient, number: int, times: list[float]) -> None:
    """One student: an event every half second, beginning at a moment of their own."""
    rng = random.Random(number)
    due = time.perf_counter() + rng.random() / RATE
    for _ in range(int(SECONDS * RATE)):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due += 1 / RATE
        times.append(await event(client, rng))


async def classroom(url: str, pid: int) -> str:
    """Both measurements, as one line."""
    limits = httpx.Limits(max_connections=VISITORS, max_keepalive_connections=VISITORS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        rng = random.Random(0)
        for _ in range(200):
            await event(client, rng)
        times: list[float] = []
        before = cpu_seconds(pid)
        await asyncio.gather(*(visitor(client, i, times) for i in range(VISITORS)))
        per_event = (cpu_seconds(pid) - before) / len(times) * 1000
        memory = memory_megabytes(pid)
        for _ in range(EVENTS // 20):
            await asyncio.gather(*(event(client, rng) for _ in range(20)))
        growth = memory_megabytes(pid) - memory
    errors = sum(value == float("inf") for value in times)
    cuts = statistics.quantiles(times, n=100)
    return (
        f"{VISITORS} visitors, {RATE:g} events/s each: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, "
        f"{errors} errors of {len(times)}, {per_event:.2f} CPU-ms an event; "
        f"memory after {EVENTS} further events {growth:+.1f} MB"
    )


def main() -> None:
    """Print the line."""
    with running_app() as (url, pid):
        print(asyncio.run(classroom(url, pid)))


if __name__ == "__main__":
    main()
