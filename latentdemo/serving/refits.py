"""Maps that visitors ask for: fitted one after the other, each in a process of its own, and remembered for all."""

import atexit
import io
import os
import re
import subprocess
import sys
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
from latentdemo.serving.answers import refusal
from latentdemo.store.resources import Resources

MOST_WAITING, KEPT = 8, 64  # fits that wait or run; fitted maps in memory
PATIENCE = 20.0  # seconds without a question after which nobody waits for a fit any more
NICENESS = 10  # a fit goes behind the visitors
MOST_LETTERS = 40  # of a visitor's token
EPOCHS = re.compile(rb"(\d+)/(\d+) \[")  # umap-learn's progress bar
ITERATION = re.compile(rb"Iteration (\d+)")  # scikit-learn's, of 1,000
NEVER = {"Cache-Control": "no-store"}
Key = tuple[str, Settings]


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
    """All fits of one server."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.lock = threading.Lock()
        self.turn = threading.Lock()  # who holds it fits
        self.jobs: dict[Key, Job] = {}
        self.fitted: OrderedDict[Key, dict[str, Any]] = OrderedDict()
        self.failed: dict[Key, str] = {}
        atexit.register(self.close)

    def ask(self, key: Key, visitor: str) -> dict[str, Any]:
        """The map once it is fitted, before that how far it is; the first question starts it.

        Raises:
            ValueError: the fit failed, or too many wait.
        """
        with self.lock:
            if key in self.fitted:
                self.fitted.move_to_end(key)
                return {"layout": self.fitted[key]}
            if key in self.failed:
                raise ValueError(self.failed.pop(key))
            job = self.jobs.get(key)
            if job is None:
                if len(self.jobs) >= MOST_WAITING:
                    raise ValueError(f"{MOST_WAITING} maps are being fitted for others; try again in a minute.")
                job = self.jobs[key] = Job(key, asked={visitor: time.monotonic()})
                threading.Thread(target=self._work, args=(job,), daemon=True).start()
            job.asked[visitor] = time.monotonic()
            return {"stage": _stage(job), "share": round(job.share, 3)}

    def leave(self, key: Key, visitor: str) -> None:
        """A visitor waits no longer; the fit ends with the last one."""
        with self.lock:
            if job := self.jobs.get(key):
                job.asked.pop(visitor, None)
                if not _wanted(job):
                    _end(job)

    def close(self) -> None:
        """End all processes."""
        for job in list(self.jobs.values()):
            _end(job)

    def _work(self, job: Job) -> None:
        try:
            with self.turn:
                if not job.ended and _wanted(job):
                    self._fit(job)
        finally:
            with self.lock:
                self.jobs.pop(job.key, None)

    def _fit(self, job: Job) -> None:
        name, settings = job.key
        gallery = self.resources.gallery(name)
        command = [sys.executable, "-m", "latentdemo.codes.refit"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
            job.process, job.begun = process, time.monotonic()
            if hasattr(os, "setpriority"):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
            threading.Thread(target=self._listen, args=(job, process), daemon=True).start()
            try:
                given = _packed(gallery.codes, gallery.layouts[0].places, settings)
                assert process.stdin is not None and process.stdout is not None
                process.stdin.write(given)
                process.stdin.close()
                out = process.stdout.read()
            except BrokenPipeError:
                out = b""
        if job.ended:
            return
        with self.lock:
            if process.returncode:
                self.failed[job.key] = "The map could not be fitted; the server's log says more. Try other settings."
                return
            self.fitted[job.key] = _layout(out, settings, time.monotonic() - job.begun)
            while len(self.fitted) > KEPT:
                self.fitted.popitem(last=False)

    def _listen(self, job: Job, process: subprocess.Popen[bytes]) -> None:
        """Read how far it is; end it when nobody asks any more."""
        assert process.stderr is not None
        while block := os.read(process.stderr.fileno(), 4096):
            if found := EPOCHS.findall(block):
                job.share = int(found[-1][0]) / int(found[-1][1])
            elif found := ITERATION.findall(block):
                job.share = int(found[-1]) / 1000
            if not _wanted(job):
                _end(job)


def _wanted(job: Job) -> bool:
    return any(time.monotonic() - asked < PATIENCE for asked in job.asked.values())


def _end(job: Job) -> None:
    job.ended = True
    if job.process is not None:
        job.process.kill()


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
            settings = read_settings(asked)
            if resources.gallery(name).codes.shape[1] <= 2:
                raise ValueError("Two-dimensional codes are their own map: there is nothing to fit.")
            key, visitor = (name, settings), asked.get("visitor", "")[:MOST_LETTERS]
            if request.method == "DELETE":
                refits.leave(key, visitor)
                return JSONResponse({}, headers=NEVER)
            return JSONResponse(refits.ask(key, visitor), headers=NEVER)
        except ValueError as error:
            return refusal(str(error))

    return [Route("/pixels/refit/{model}", refit, methods=["POST", "DELETE"])]
