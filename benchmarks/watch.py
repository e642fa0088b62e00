"""A training that a class watches, and what the other visitors feel of it: uploads at p95 while it runs, beside idle.

python -m benchmarks.watch
"""

import asyncio
import time

import httpx

from benchmarks.app import running_app
from benchmarks.host import WARM, upload

PAUSE = 1.0  # seconds between two uploads
IDLE = 40  # uploads with nobody training


async def uploads(client: httpx.AsyncClient, first: int, while_: list[bool]) -> list[float]:
    """Milliseconds of uploads, one after the other, until `while_` is empty."""
    found = []
    while while_:
        found.append(await upload(client, first + len(found)))
        await asyncio.sleep(PAUSE)
    return found


async def watched(client: httpx.AsyncClient, seen: dict[str, float], while_: list[bool]) -> None:
    """Start the run of small faces and note, in seconds, when its first picture, its end and its checkpoint came."""
    start = time.monotonic()
    (await client.post("pixels/train", json={"start": "faces"})).raise_for_status()
    while while_:
        told = (await client.get("pixels/train")).json()
        for name, there in (
            ("first picture", told.get("step", 0) > 0),
            ("trained", told["state"] in ("measuring", "done")),
            ("measured", told["state"] == "done"),
        ):
            if there:
                seen.setdefault(name, time.monotonic() - start)
        if told["state"] in ("done", "failed"):
            while_.clear()
        await asyncio.sleep(0.5)


def p(times: list[float], share: float) -> float:
    """The value that a share of the times does not pass."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


async def main_async(url: str) -> None:
    """Idle first, then the same while a training runs."""
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        for i in range(WARM):
            await upload(client, i)
        idle = []
        for i in range(IDLE):
            idle.append(await upload(client, WARM + i))
            await asyncio.sleep(PAUSE / 4)
        seen: dict[str, float] = {}
        going = [True]
        busy, _ = await asyncio.gather(uploads(client, 1000, going), watched(client, seen, going))
        for name, times in (("idle", idle), ("while a training runs", busy)):
            print(f"{name}: {len(times)} uploads, p50 {p(times, 0.5):.0f} ms, p95 {p(times, 0.95):.0f} ms")
        print(f"p95 against idle: {p(busy, 0.95) / p(idle, 0.95):.2f} times")
        print(", ".join(f"{name} after {seconds:.1f} s" for name, seconds in seen.items()))


def main() -> None:
    """One run in an app of its own."""
    with running_app() as (url, _):
        asyncio.run(main_async(url))


if __name__ == "__main__":
    main()
