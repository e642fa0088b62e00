"""A host under load: 300 pages connected, a picture uploaded and reconstructed 30 times a minute, beside the same
uploads with nobody connected; throughput, p50, p95 and p99, errors, memory.

python -m benchmarks.host [URL]
"""

import asyncio
import io
import json
import statistics
import sys
import time
import uuid
from contextlib import AsyncExitStack, ExitStack

import httpx
import numpy as np
from PIL import Image

from benchmarks.app import running_app
from benchmarks.classroom import cpu_seconds, memory_megabytes

VISITORS, A_MINUTE, MINUTES = 300, 30, 2.0
WARM = 4  # uploads before anything is counted
SIDE = 640  # pixels of an uploaded picture


def picture(i: int) -> bytes:
    """Another photograph-like file for each i."""
    rng = np.random.default_rng(i)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    coarse.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


async def upload(client: httpx.AsyncClient, i: int) -> float:
    """Milliseconds from a file to both reconstructions of it; infinite if anything fails on the way."""
    start = time.perf_counter()
    try:
        sent = await client.post("gradio_api/upload", files={"files": (f"{i}.jpg", picture(i))})
        file = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        asked = await client.post("gradio_api/call/reconstruct", json={"data": [file, ""]})
        async with client.stream("GET", f"gradio_api/call/reconstruct/{asked.json()['event_id']}") as stream:
            lines = [line async for line in stream.aiter_lines()]
        done = "event: complete" in lines and "ae mse" in json.dumps(lines)
    except (httpx.HTTPError, KeyError, ValueError, IndexError):
        done = False
    return (time.perf_counter() - start) * 1000 if done else float("inf")


async def measured(url: str, visitors: int, first: int) -> list[float]:
    """Times of all uploads while so many pages are connected."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as client, AsyncExitStack() as stack:
        for _ in range(visitors):
            address = f"gradio_api/heartbeat/{uuid.uuid4().hex}"
            await stack.enter_async_context(client.stream("GET", address, timeout=None))
        for i in range(WARM):
            await upload(client, first - 1 - i)
        n, start, tasks = int(A_MINUTE * MINUTES), time.perf_counter(), []
        for i in range(n):
            await asyncio.sleep(max(0.0, start + i * 60 / A_MINUTE - time.perf_counter()))
            tasks.append(asyncio.create_task(upload(client, first + i)))
        return list(await asyncio.gather(*tasks))


def line(what: str, times: list[float], seconds: float) -> float:
    """Print one line; returns p95."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    errors = sum(value == float("inf") for value in times)
    print(f"{what}: {len(times) / seconds * 60:.0f} uploads a minute, p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, "
          f"p99 {cuts[98]:.0f} ms, {errors} errors of {len(times)}")  # fmt: skip
    return cuts[94]


def main() -> None:
    """Print a line for nobody, one for a full room, and their ratio."""
    with ExitStack() as stack:
        url, pid = (sys.argv[1], 0) if len(sys.argv) > 1 else stack.enter_context(running_app())
        found = []
        for visitors in (0, VISITORS):
            start, before = time.perf_counter(), cpu_seconds(pid) if pid else 0.0
            times = asyncio.run(measured(url, visitors, 10_000 * (visitors + 1)))
            seconds = time.perf_counter() - start
            found.append(line(f"{visitors} pages connected", times, seconds))
            if pid:
                share = 100 * (cpu_seconds(pid) - before) / seconds
                print(f"   memory {memory_megabytes(pid):.0f} MB, {share:.0f} % of a core")
        print(f"p95 with a full room is {found[1] / found[0]:.2f} × that of an idle host")


if __name__ == "__main__":
    main()
