"""Maps that visitors ask for: fitted one after the other, each in a process of its own, and remembered for all."""

import atexit
import contextlib
import io
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import ndarray as Array
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from latentdemo.codes.refit import Settings, read_settings
from latentdemo.drawing.pictures import base64_of
from latentdemo.serving.queues import Busy, refused
from latentdemo.store.resources import Resources

MOST_WAITING, MOST_VISITORS, KEPT = 8, 1000, 64  # fits that wait or run, who waits for one; maps in memory
LONGEST = 600.0  # seconds of a fit
PAUSE = 0.2  # seconds between two looks at a process
TAIL = 4000  # bytes of what a library has said
PATIENCE = 20.0  # seconds without a question after which nobody waits for a fit any more
NICENESS = 10  # a fit goes behind the visitors
MOST_LETTERS = 40  # of a visitor's token
EPOCHS = re.compile(rb"(\d+)/(\d+) \[")  # umap-learn's progress bar
ITERATION = re.compile(rb"Iteration (\d+)")  # scikit-learn's, of 1,000
NEVER = {"Cache-Control": "no-store"}
FAILED = "The map could not be fitted; the server's log says why. Try other settings."
Key = tuple[str, Settings]
log = logging.getLogger("latentdemo")


@dataclass
class Job:
    """A fit under way.

    Attributes:
        begun: time.monotonic() when its process started.
        share: of the work that is done, 0 … 1; 0 before the layout begins.
        asked: when each visitor has asked for it last.
        ended: whether it was called off.
    """

    key: Key
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    share: float = 0.0
    asked: dict[str, float] = field(default_factory=dict)
    ended: bool = False


class Refits:
    """All fits of one server: a single thread works off the jobs in the order in which they were asked for."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.lock = threading.Lock()
        self.jobs: dict[Key, Job] = {}  # that wait or run, the first one next
        self.works = False  # whether the thread is there
        self.fitted: OrderedDict[Key, dict[str, Any]] = OrderedDict()
        self.failed: dict[Key, str] = {}
        atexit.register(self.close)

    def ask(self, key: Key, visitor: str) -> dict[str, Any]:
        """The map once it is fitted, before that how far it is; the first question starts it.

        Raises:
            ValueError: the fit failed.
            Busy: too many wait.
        """
        with self.lock:
            if key in self.fitted:
                self.fitted.move_to_end(key)
                return {"layout": self.fitted[key]}
            if key in self.failed:
                raise ValueError(self.failed.pop(key))
            job = self.jobs.get(key) or self._add(key)
            job.asked[visitor] = time.monotonic()
            while len(job.asked) > MOST_VISITORS:
                job.asked.pop(next(iter(job.asked)))
            return {"stage": _stage(job), "share": round(job.share, 3)}

    def _add(self, key: Key) -> Job:
        for job in [job for job in self.jobs.values() if not _wanted(job)]:
            self._cancel(job)
        if len(self.jobs) >= MOST_WAITING:
            raise Busy
        self.jobs[key] = job = Job(key)
        if not self.works:
            self.works = True
            threading.Thread(target=self._work, daemon=True).start()
        return job

    def leave(self, key: Key, visitor: str) -> None:
        """A visitor waits no longer; the fit ends with the last one."""
        with self.lock:
            if job := self.jobs.get(key):
                job.asked.pop(visitor, None)
                if not _wanted(job):
                    self._cancel(job)

    def _cancel(self, job: Job) -> None:
        """End a job and free its place at once: a later request for the same map starts a new one."""
        job.ended = True
        if job.process is not None:
            job.process.kill()
        if self.jobs.get(job.key) is job:
            del self.jobs[job.key]

    def close(self) -> None:
        """End all processes."""
        with self.lock:
            for job in list(self.jobs.values()):
                self._cancel(job)

    def _work(self) -> None:
        while job := self._next():
            try:
                found = self._fit(job)
                with self.lock:
                    if not job.ended:
                        self._remember(job.key, found)
            except Exception as error:
                log.error("the map %s of %s could not be fitted: %s", job.key[1].title, job.key[0], error)
                with self.lock:
                    if not job.ended:
                        self.failed[job.key] = FAILED
            finally:
                with self.lock:
                    self._cancel(job)

    def _next(self) -> Job | None:
        """The first job that is wanted; None, and the thread ends, if there is none."""
        with self.lock:
            for job in list(self.jobs.values()):
                if _wanted(job):
                    return job
                self._cancel(job)
            self.works = False
            return None

    def _remember(self, key: Key, found: dict[str, Any]) -> None:
        self.fitted[key] = found
        while len(self.fitted) > KEPT:
            self.fitted.popitem(last=False)

    def _fit(self, job: Job) -> dict[str, Any]:
        """Run the process and read how far it is; killed when nobody wants it. TimeoutError if it takes too long."""
        name, settings = job.key
        gallery = self.resources.gallery(name)
        command = [sys.executable, "-m", "latentdemo.codes.refit"]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
            given.write(_packed(gallery.codes, gallery.layouts[0].places, settings))
            given.seek(0)
            with subprocess.Popen(command, stdin=given, stdout=out, stderr=said) as process:
                job.process, job.begun = process, time.monotonic()
                _step_back(process.pid)
                while process.poll() is None:
                    time.sleep(PAUSE)
                    job.share = _progress(os.pread(said.fileno(), TAIL, max(0, os.fstat(said.fileno()).st_size - TAIL)))
                    if time.monotonic() - job.begun > LONGEST:
                        process.kill()
                        raise TimeoutError(f"it takes longer than {LONGEST:.0f} seconds")
                    if not _wanted(job):
                        with self.lock:
                            self._cancel(job)
            if process.returncode and not job.ended:
                said.seek(0)
                raise RuntimeError(said.read()[-TAIL:].decode(errors="replace"))
            out.seek(0)
            return {} if job.ended else _layout(out.read(), settings, time.monotonic() - job.begun)


def _step_back(pid: int) -> None:
    """A process goes behind the visitors, where the system has such an order."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, NICENESS)


def _progress(said: bytes) -> float:
    """How much of a fit is done, 0 … 1, by what its library has said last."""
    if found := EPOCHS.findall(said):
        return int(found[-1][0]) / int(found[-1][1])
    if found := ITERATION.findall(said):
        return int(found[-1]) / 1000
    return 0.0


def _wanted(job: Job) -> bool:
    return not job.ended and any(time.monotonic() - asked < PATIENCE for asked in list(job.asked.values()))


def _stage(job: Job) -> str:
    if job.process is None:
        return "Waiting: another map is being fitted."
    seconds = int(time.monotonic() - job.begun)
    what = f"Laying out: {job.share:.0%}" if job.share else "Preparing"
    return f"{what}, {seconds} s."


def _packed(codes: Array, to: Array, settings: Settings) -> bytes:
    known = {name: str(value) for name, value in settings._asdict().items() if value is not None}
    buffer = io.BytesIO()
    np.savez(buffer, codes=codes, to=to, names=list(known), values=list(known.values()))
    return buffer.getvalue()


def _layout(out: bytes, settings: Settings, seconds: float) -> dict[str, Any]:
    """As `codes.gallery.world` tells a layout, and how long it took."""
    found = np.load(io.BytesIO(out), allow_pickle=False)
    places = found["places"]
    return {"title": settings.title, "x": base64_of(places[:, 0]), "y": base64_of(places[:, 1]),
            "kept": base64_of(found["kept"]), "trust": round(float(found["trust"]), 4),
            "seconds": round(seconds)}  # fmt: skip


def refit_routes(resources: Resources) -> list[BaseRoute]:
    """POST /pixels/refit/MODEL?method=…&seed=…&visitor=… asks for a map, again and again; DELETE calls it off."""
    refits = Refits(resources)

    def refit(request: Request) -> Response:
        name, asked = str(request.path_params["model"]), dict(request.query_params)
        try:
            n, dims = resources.gallery(name).codes.shape
            settings = read_settings(asked).within(n)
            if dims <= 2:
                raise ValueError("Codes of one or two numbers are their own map: there is nothing to fit.")
            key, visitor = (name, settings), asked.get("visitor", "")[:MOST_LETTERS]
            if request.method == "DELETE":
                refits.leave(key, visitor)
                return JSONResponse({}, headers=NEVER)
            return JSONResponse(refits.ask(key, visitor), headers=NEVER)
        except ValueError as error:
            return refused(error)

    return [Route("/pixels/refit/{model}", refit, methods=["POST", "DELETE"])]
