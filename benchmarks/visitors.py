"""24 heavy uploads, six at a time: memory at the peak and afterwards, and how long /health takes meanwhile; then 30
visitors who choose the same sample twelve times: answers that break off.

python -m benchmarks.visitors
"""

import io
import json
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Queue, get_context
from multiprocessing.synchronize import Event

import httpx
import numpy as np
from PIL import Image

from benchmarks.app import running_app
from benchmarks.classroom import memory_megabytes

UPLOADS, AT_ONCE = 24, 6
VISITORS, ROUNDS = 30, 12
SAMPLE = 2


def png(picture: Image.Image) -> bytes:
    """Its bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def heavy_files() -> dict[str, bytes]:
    """Small files that hold many pixels, and a camera's photograph, by what they are."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (300, 400, 3), np.uint8))
    photograph = io.BytesIO()
    coarse.resize((4000, 3000)).save(photograph, "JPEG", quality=90)
    return {
        "16-bit grey, 7000 × 7000": png(Image.fromarray(np.zeros((7000, 7000), np.uint16))),
        "RGBA, 7000 × 7000": png(Image.new("RGBA", (7000, 7000), (9, 9, 9, 99))),
        "photograph, 4000 × 3000": photograph.getvalue(),
    }


class Visitor:
    """One session, as Gradio's page holds it."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=120)
        self.session = uuid.uuid4().hex
        self.config = self.http.get("config").json()

    def listener(self, elem_id: str, event: str) -> int:
        """The number of what listens to an event of a component."""
        (component,) = (one["id"] for one in self.config["components"] if one["props"].get("elem_id") == elem_id)
        found = [one["id"] for one in self.config["dependencies"] if [component, event] in one["targets"]]
        return found[0]

    def call(self, listener: int, data: list, event_data: object = None) -> list:
        """The outputs of an event."""
        body = {"fn_index": listener, "data": data, "session_hash": self.session, "event_data": event_data}
        self.http.post("gradio_api/queue/join", json=body).raise_for_status()
        with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            messages = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
        (done,) = (message for message in messages if message["msg"] == "process_completed")
        return done["output"]["data"]

    def upload(self, data: bytes) -> list:
        """A file through the door."""
        (path,) = self.http.post("gradio_api/upload", files={"files": ("a.png", data)}).json()
        file = {"path": path, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}}
        return self.call(self.listener("door", "upload"), [file, None])

    def sample(self) -> bool:
        """A sample picture is chosen; whether its file arrives whole."""
        picture = self.call(self.listener("samples", "select"), [None], {"index": SAMPLE, "value": None})[0]
        data = self.http.get(f"gradio_api/file={picture['path']}")
        try:
            Image.open(io.BytesIO(data.content)).load()
        except OSError:
            return False
        return data.status_code == 200


def health_times(url: str, done: Event, times: Queue) -> None:
    """The milliseconds that /health took, asked in a process of its own, until there is enough."""
    found = []
    with httpx.Client(base_url=url, timeout=30) as client:
        while not done.wait(0.05):
            start = time.perf_counter()
            client.get("health").raise_for_status()
            found.append((time.perf_counter() - start) * 1000)
    times.put(found)


def watched(url: str, pid: int, work: Callable[[], None]) -> tuple[float, list[float]]:
    """The process's memory at its peak while something is done, and the milliseconds that /health took."""
    context = get_context("spawn")
    peak, times, done = [0.0], context.Queue(), context.Event()

    def memory() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], memory_megabytes(pid))

    watch, ask = threading.Thread(target=memory), context.Process(target=health_times, args=(url, done, times))
    ask.start()
    time.sleep(2)  # until it asks
    watch.start()
    work()
    done.set()
    watch.join()
    found = times.get()
    ask.join()
    return peak[0], found


def main() -> None:
    """Print one line per kind of file, and one for the samples."""
    for name, data in heavy_files().items():
        with running_app() as (url, pid):
            visitors = [Visitor(url) for _ in range(AT_ONCE)]
            visitors[0].upload(png(Image.new("RGB", (50, 50))))
            before = memory_megabytes(pid)

            def uploads(i: int, visitors: list[Visitor] = visitors, data: bytes = data) -> None:
                for j in range(UPLOADS // AT_ONCE):
                    visitors[i].upload(data + bytes(1 + j * AT_ONCE + i))  # each another file

            def work(uploads: Callable[[int], None] = uploads) -> None:
                with ThreadPoolExecutor(AT_ONCE) as pool:
                    list(pool.map(uploads, range(AT_ONCE)))

            peak, times = watched(url, pid, work)
            time.sleep(1)
            kept = memory_megabytes(pid) - before
            print(
                f"{UPLOADS} × {name} ({len(data) / 1e3:.0f} kB), {AT_ONCE} at a time: peak {peak - before:+.0f} MB, "
                f"kept {kept:+.0f} MB; /health at most {max(times):.0f} ms"
            )
    with running_app() as (url, _):
        visitors = [Visitor(url) for _ in range(VISITORS)]
        with ThreadPoolExecutor(VISITORS) as pool:
            rounds = list(pool.map(lambda visitor: [visitor.sample() for _ in range(ROUNDS)], visitors))
        whole = [one for round_ in rounds for one in round_]
        print(f"{VISITORS} visitors choose a sample {ROUNDS} times: {whole.count(False)} of {len(whole)} broken")


if __name__ == "__main__":
    main()
