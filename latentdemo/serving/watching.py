"""A training that the whole class watches: one at a time, in a process of its own, steered by who began it."""

import contextlib
import hmac
import json
import math
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latentdemo.data.drawn import Drawings
from latentdemo.pixels import images
from latentdemo.store.adopt import adopt
from latentdemo.store.files import write_atomically
from latentdemo.store.resources import Resources

TOLD, WISHES = "told.json", "wishes.json"  # as `training.reports.watch` names them
LIMITS = {"beta": (0.0, 100.0), "learning_rate": (1e-5, 0.1)}
COMMON = ("--latent-dim", "2", "--batch-size", "64", "--learning-rate", "0.003")
RECIPES: dict[str, tuple[str, tuple[str, ...]]] = {  # what it is called on screen, arguments of train.py
    "faces": ("Faces, 32 × 32 pixels", ("vae", "--dataset", "small-faces", "--epochs", "8", *COMMON)),
    "drawn": ("Digits that you drew", ("vae", "--dataset", "folder", "--image-size", "28", "--epochs", "12", *COMMON)),
}
ENDED = ("stopped", "done", "failed", "none")
LINES = 5  # of a failed run's last words that are looked through


@dataclass
class Run:
    """What is known of the one run.

    Attributes:
        recipe: key of RECIPES.
        name: of its checkpoint.
        key: who knows it steers the run.
        folder: its own, of state and checkpoint.
    """

    recipe: str
    name: str
    key: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    kept: bool = False
    settings: dict[str, float] = field(default_factory=dict)

    @property
    def watched(self) -> Path:
        """Where it shows itself."""
        return self.folder / "runs" / self.name / "watch"


class Trainer:
    """Starts, steers and keeps the one run; all else is refused with a sentence."""

    def __init__(self, resources: Resources) -> None:
        self.resources, self.lock = resources, threading.Lock()
        self.run: Run | None = None
        self.drawings, self.count = Drawings(), 0
        self.kept: Callable[[str], None] = lambda name: None  # called when a run has become a checkpoint

    def state(self) -> str:
        """ "none", "starting", "training", "measuring", "stopped", "done" or "failed"."""
        run = self.run
        if run is None:
            return "none"
        told = self._told().get("state", "starting")
        if run.process is not None and run.process.poll() is None:
            return told if told in ("training", "measuring") else "starting"
        return told if told in ("stopped", "done") else "failed"

    def _told(self) -> dict[str, Any]:
        try:
            return json.loads((self.run.watched / TOLD).read_bytes()) if self.run else {}
        except (OSError, ValueError):
            return {}

    def told(self) -> dict[str, Any]:
        """What every page is told."""
        recipes = {key: title for key, (title, _) in RECIPES.items()}
        out = {"recipes": recipes, "drawn": len(self.drawings), "enough": self.drawings.enough, "state": self.state()}
        if self.run is not None:
            out |= {key: value for key, value in self._told().items() if key != "state"}
            out |= {"recipe": self.run.recipe, "name": self.run.name, "kept": self.run.kept, "run": self.count}
            if out["state"] == "failed":
                out["problem"] = self._last_words()
        return out

    def start(self, recipe: str) -> str:
        """Begin a run; returns its key. ValueError: no such recipe, or one is going on."""
        if recipe not in RECIPES:
            raise ValueError(f"No recipe {recipe[:20]!r}; there are {', '.join(RECIPES)}.")
        with self.lock:
            if self.state() not in ENDED:
                raise ValueError("A training is going on; watch it, or wait until it is done.")
            self._forget()
            self.count += 1
            folder = Path(tempfile.mkdtemp(prefix="latentdemo-train-"))
            run = Run(recipe, self._free_name(recipe), secrets.token_urlsafe(12), folder)
            if recipe == "drawn":
                self.drawings.write(folder / "drawn")
            self.run = run
            self._spawn(run, resume=False)
            return run.key

    def _free_name(self, recipe: str) -> str:
        taken = set(self.resources.cards)
        return next(name for i in range(1, 10_000) if (name := f"class-{recipe}-{i}") not in taken)

    def _spawn(self, run: Run, resume: bool) -> None:
        settings = [
            part for key, value in run.settings.items() for part in (f"--{key.replace('_', '-')}", f"{value:g}")
        ]
        data = ["--data-dir", str(run.folder / "drawn")] if run.recipe == "drawn" else []
        command = [sys.executable, "-m", "latentdemo.trainer", *RECIPES[run.recipe][1], *data, *settings,
                   "--name", run.name, "--watch", "--out", str(run.folder / "out"),
                   "--runs", str(run.folder / "runs"), *(["--resume"] if resume else [])]  # fmt: skip
        threads = max(1, (os.cpu_count() or 1) - 1)  # one is left for the app
        with (run.folder / "log").open("ab") as log:
            run.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "OMP_NUM_THREADS": f"{threads}"},
            )

    def steer(self, key: str, wishes: dict[str, Any]) -> None:
        """β, learning rate, "stop", "resume" or "keep". ValueError: another browser began it, or that cannot be now."""
        with self.lock:
            run = self.run
            if run is None or not hmac.compare_digest(run.key.encode(), key.encode()):
                raise ValueError("Only the browser that began this training steers it; it can be watched from here.")
            if wishes.get("keep"):
                return self._keep(run)
            if wishes.get("resume"):
                if self.state() != "stopped":
                    raise ValueError("Only a stopped training goes on.")
                return self._spawn(run, resume=True)
            if self.state() != "training":
                raise ValueError("The training is not running; nothing can be changed.")
            changed = {name: _within(name, wishes[name]) for name in LIMITS if name in wishes}
            run.settings |= changed
            write_atomically(run.watched / WISHES, json.dumps(changed | {"stop": bool(wishes.get("stop"))}).encode())

    def _keep(self, run: Run) -> None:
        if self.state() != "done":
            raise ValueError("The training is not done yet; what is done can be kept.")
        if not run.kept:
            adopt(self.resources, run.name, run.folder / "out")
            self.kept(run.name)
            run.kept = True

    def draw(self, address: str, digit: Any) -> None:
        """Take a drawing in. ValueError: it is none, or of no digit."""
        if type(digit) is not int:
            raise ValueError("Say which digit was drawn, 0 … 9.")
        self.drawings.add(images.drawing(address), digit)

    def _last_words(self) -> str:
        assert self.run is not None
        with contextlib.suppress(OSError):
            lines = (self.run.folder / "log").read_text(errors="replace").splitlines()[-LINES:]
            said = [line for line in lines if line.startswith("train.py: ")]
            if said:
                return said[-1].removeprefix("train.py: ")
        return "The training broke off; its last words are in the server's log."

    def _forget(self) -> None:
        if self.run is not None:
            shutil.rmtree(self.run.folder, ignore_errors=True)

    def close(self) -> None:
        """End the run with the app."""
        if self.run is not None and self.run.process is not None and self.run.process.poll() is None:
            self.run.process.send_signal(signal.SIGKILL)
            self.run.process.wait()
        self._forget()
        self.run = None


def _within(name: str, value: Any) -> float:
    """A setting that may be wished for. ValueError names the limits."""
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} takes a number.")
    if not low <= value <= high:
        raise ValueError(f"{name} is {value:g}; it must lie in {low:g} … {high:g}.")
    return float(value)
