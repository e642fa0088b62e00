"""SIGINT and SIGTERM at every moment of real processes: one exit code, and nothing is lost that was saved."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from latentdemo.interrupts import STOPPED
from latentdemo.store import checkpoints

ROOT = Path(__file__).parent.parent
WAIT = """
import sys, time
def here(*_, **__):
    print("here", flush=True)
    time.sleep(120)
"""
PLACES = {
    "importing": """
class Slow:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "latentdemo.trainer":
            here()
sys.meta_path.insert(0, Slow)
""",
    "loading data": "from latentdemo import data; data.load = here",
    "before the first step": "from latentdemo import training; training.Logs = here",
    "the first step": """
from latentdemo.training.loop import Loop
real = Loop.advance
def advance(self):
    print("here", flush=True)
    time.sleep(3)
    return real(self)
Loop.advance = advance
""",
    "the last step": """
from latentdemo import training
real = training.save_state
def save(loop, path):
    real(loop, path)
    print("here", flush=True)
    time.sleep(3)
training.save_state = save
""",
    "measuring": "from latentdemo.training import finish; finish.measure = here",
    "an error while stopping": """
from latentdemo import data
def load(*_, **__):
    try:
        here()
    except KeyboardInterrupt:
        raise OSError("a library hid the signal")
data.load = load
""",
    "writing": """
from latentdemo.training import finish
real = finish.checkpoints.save
def save(*given):
    print("here", flush=True)
    time.sleep(3)
    real(*given)
finish.checkpoints.save = save
""",
}


def start(place: str, mnist_dir: Path, out: Path) -> subprocess.Popen[str]:
    """A small run that says "here" at a place."""
    code = f"{WAIT}{PLACES[place]}\nfrom latentdemo.commands import train; sys.exit(train())"
    command = [sys.executable, "-c", code, "small-cnn", "--dataset", "mnist", "--name", "s", "--epochs", "1",
               "--n-train", "256", "--batch-size", "128", "--data-dir", str(mnist_dir), "--out", str(out)]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    out.mkdir()
    return subprocess.Popen(command, cwd=out, env=environment, stdout=-1, stderr=-1, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_both_signals_end_a_training_with_one_exit_code(place: str, mnist_dir: Path, tmp_path: Path):
    numbers = (signal.SIGINT, signal.SIGTERM)
    processes = [start(place, mnist_dir, tmp_path / number.name) for number in numbers]
    for number, process in zip(numbers, processes, strict=True):
        assert process.stdout is not None and process.stdout.readline() == "here\n"
        process.send_signal(number)
    for number, process in zip(numbers, processes, strict=True):
        _, said = process.communicate(timeout=120)
        assert process.returncode == STOPPED == 130, said
        assert "Traceback" not in said and said.splitlines()[-1].startswith("train.py: "), said
        out = tmp_path / number.name
        trained = place in ("the first step", "the last step", "measuring", "writing")
        assert (out / "runs" / "s" / "state.safetensors").exists() == trained
        if place == "writing":
            checkpoints.verify("s", out)
        else:
            assert not (out / "s.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_end_changes_nothing(number: signal.Signals):
    code = (
        "import atexit, sys, time; atexit.register(lambda: (print('here', flush=True), time.sleep(2)));"
        "from latentdemo import commands, trainer; trainer.main = lambda: 0; sys.exit(commands.train())"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=-1, stderr=-1, text=True)
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 0
