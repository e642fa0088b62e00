"""A training that the whole class watches: one at a time, in a process of its own, steered by who began it."""

import hmac
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latentdemo.data.drawn import ENOUGH, Drawings
from latentdemo.options import TRAIN_NAME
from latentdemo.pixels import images
from latentdemo.serving.watching.run import ENDS, Run
from latentdemo.store.adopt import adopt
from latentdemo.store.files import OwnFolder, own_folder, write_atomically
from latentdemo.store.resources import Resources

log = logging.getLogger("latentdemo")
PACKAGES = Path(__file__).resolve().parents[3]  # where the app was started from may be anywhere
WISHES = "wishes.json"  # as `training.reports.watch` names it; the app does not import it
LIMITS = {"beta": (0.0, 100.0), "learning_rate": (1e-5, 0.1)}
COMMON = ("--latent-dim", "2", "--batch-size", "64", "--learning-rate", "0.003")
RECIPES: dict[str, tuple[str, tuple[str, ...]]] = {  # what it is called on screen, arguments of train.py
    "faces": ("Faces, 32 × 32 pixels", ("vae", "--dataset", "small-faces", "--epochs", "16", *COMMON)),
    "drawn": ("Digits that you drew", ("vae", "--dataset", "folder", "--image-size", "28", "--epochs", "12", *COMMON)),
}
MOST_KEPT = 20  # models that one process of the app takes in
NICE = ("nice", "-n", "10") if shutil.which("nice") else ()  # the app goes first
LAST = 5  # lines of a failed run
TRAIN = "import sys; from latentdemo.commands import train; sys.exit(train())"
SAYS = f"{TRAIN_NAME}: "  # begins the sentence of a failed command
GONE = "The saved state of this training is gone; start a new one."


class Trainer:
    """Starts, steers and keeps the one run; all else is refused with a sentence."""

    def __init__(self, resources: Resources) -> None:
        self.resources, self.lock, self.reading = resources, threading.Lock(), threading.Lock()
        self.run: Run | None = None
        self.own: OwnFolder | None = None  # the run's
        self.preparing = False  # one start has won the place and writes its files
        self.drawings, self.n_runs, self.n_kept = Drawings(), 0, 0
        self.kept: Callable[[str], None] = lambda name: None  # called when a run has become a checkpoint

    def told(self, key: str = "") -> dict[str, Any]:
        """What every page is told, and whether who knows this key steers the run."""
        run, recipes = self.run, {recipe: title for recipe, (title, _) in RECIPES.items()}
        out = {"recipes": recipes, "state": "none"}
        out |= {"drawn": len(self.drawings), "given": self.drawings.given, "wanted": ENOUGH}
        if run is not None:
            out |= run.told() | {"state": run.state()}
            out |= {"recipe": run.recipe, "name": run.name, "kept": run.kept, "run": self.n_runs}
            out["yours"] = _same(run.key, key)
            if out["state"] == "failed":
                out["problem"] = self._why(run)
        return out

    def start(self, recipe: str, key: str = "") -> str:
        """Begin a run; returns its key. Nothing is written before the place is won.

        Raises:
            ValueError: no such recipe, too few drawings, one is going on, or one waits for another key's owner.
        """
        if recipe not in RECIPES:
            raise ValueError(f"No recipe {recipe[:20]!r}; there are {', '.join(RECIPES)}.")
        with self.lock:
            self._check_room(key)
            if recipe == "drawn":
                self.drawings.check_enough()
            self.preparing = True
        own = None
        try:
            own = own_folder("latentdemo-train")
            if recipe == "drawn":
                self.drawings.write(own.path / "drawn")
            with self.lock:
                run = Run(recipe, self._free_name(recipe), secrets.token_urlsafe(12), own.path)
                self._spawn(run)
                self._forget()
                self.run, self.own, self.n_runs, own = run, own, self.n_runs + 1, None
            return run.key
        finally:
            self.preparing = False
            if own is not None:  # this start failed
                own.remove()

    def _check_room(self, key: str) -> None:
        """ValueError if a run is going on or being prepared, or the run before must not be forgotten."""
        run = self.run
        if self.preparing or (run is not None and run.state() not in (*ENDS.values(), "failed")):
            raise ValueError("A training is going on; watch it, or wait until it is done.")
        if run is not None and run.waits() and not _same(run.key, key):
            left = f"{run.waits() / 60:.0f} more minutes"
            raise ValueError(f"The training before is held for who began it, for {left} at most.")

    def _free_name(self, recipe: str) -> str:
        taken = {path.stem for path in self.resources.folder.glob(f"class-{recipe}-*")}
        return next(name for i in range(1, 10_000) if (name := f"class-{recipe}-{i}") not in taken)

    def _spawn(self, run: Run, resume: bool = False) -> None:
        """Start its process; what it goes on with is as it last told."""
        told, run.wished, run.failure, run.begun = run.told(), {}, None, time.time()
        settings = {f"--{name.replace('_', '-')}": repr(told[name]) for name in LIMITS if resume and name in told}
        data = ["--data-dir", str(run.folder / "drawn")] if run.recipe == "drawn" else []
        command = [*NICE, sys.executable, "-c", TRAIN, *RECIPES[run.recipe][1], *data,
                   *(part for option in settings.items() for part in option), "--name", run.name, "--watch",
                   "--owned-by", str(os.getpid()),
                   "--out", str(run.folder / "out"), "--runs", str(run.folder / "runs"),
                   *(["--resume"] if resume else [])]  # fmt: skip
        threads = max(1, (os.cpu_count() or 1) - 1)  # one is left for the app
        path = os.pathsep.join(filter(None, [str(PACKAGES), os.environ.get("PYTHONPATH")]))
        env = {**os.environ, "OMP_NUM_THREADS": f"{threads}", "PYTHONPATH": path}
        (run.watched / WISHES).unlink(missing_ok=True)
        run.output.truncate(0)
        out = run.output
        run.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        threading.Thread(target=self._report, args=(run, run.process), daemon=True).start()

    def _report(self, run: Run, process: subprocess.Popen[bytes]) -> None:
        """Once a process of the current run has failed: its last words go into the server's log."""
        failed = process.wait() not in ENDS
        with self.lock:
            current = run is self.run
        if failed and current:
            self._why(run)

    def steer(self, key: str, wishes: dict[str, Any]) -> None:
        """β, learning rate, "stop", "resume" or "keep". ValueError: another browser began it, or that cannot be now."""
        with self.lock:
            run = self.run
            if run is None or not _same(run.key, key):
                raise ValueError("Only the browser that started this training can change it.")
            if wishes.get("keep"):
                return self._keep(run)
            if wishes.get("resume"):
                if run.state() != "stopped" or self.preparing:
                    raise ValueError("Only a stopped training can be resumed.")
                if not (run.folder / "runs" / run.name / "state.safetensors").exists():
                    raise ValueError(GONE)
                return self._spawn(run, resume=True)
            if run.state() != "training":
                raise ValueError("The training is not running; nothing can be changed.")
            run.wished |= {name: _within(name, wishes[name]) for name in LIMITS if name in wishes}
            run.wished |= {"stop": True} if wishes.get("stop") else {}
            write_atomically(run.watched / WISHES, json.dumps(run.wished).encode())

    def _keep(self, run: Run) -> None:
        if run.state() != "done":
            raise ValueError("The training is not done yet; what is done can be kept.")
        if self.n_kept >= MOST_KEPT:
            raise ValueError(f"{MOST_KEPT} models were kept since the app was started; that is enough.")
        if not run.kept:
            adopt(self.resources, run.name, run.folder / "out")
            run.kept, self.n_kept = True, self.n_kept + 1
            self.kept(run.name)

    def draw(self, address: str, digit: Any, source: tuple[str, str] = ("", "")) -> None:
        """Take a drawing in, sent by an address and a browser. ValueError: it is none, or of no digit."""
        if type(digit) is not int:
            raise ValueError("Say which digit was drawn, 0 … 9.")
        self.drawings.add(images.drawing(address), digit, source)

    def _why(self, run: Run) -> str:
        """A failed run's own sentence, or ""; its last lines go into the server's log, once."""
        with self.reading:
            if run.failure is None:
                lines = run.printed().splitlines()[-LAST:]
                log.warning("training %s failed: %s", run.name, " | ".join(lines)[-500:] or "it printed nothing")
                said = [line for line in lines if line.startswith(SAYS)]
                run.failure = said[-1].removeprefix(SAYS) if said else ""
        return run.failure

    def close(self) -> None:
        """End the run with the app."""
        with self.lock:
            if self.run is not None and self.run.process is not None:
                self.run.process.kill()
                self.run.process.wait()
            self._forget()

    def _forget(self) -> None:
        """Remove what is left of a run that has ended."""
        (run, self.run), (own, self.own) = (self.run, None), (self.own, None)
        if run is not None:
            run.output.close()
        if own is not None:
            own.remove()


def _same(key: str, given: str) -> bool:
    return hmac.compare_digest(key.encode(), given.encode(errors="replace"))


def _within(name: str, value: Any) -> float:
    """A setting that may be wished for. ValueError names the limits."""
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} takes a number.")
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in {low:g} … {high:g}.")
    return float(value)
