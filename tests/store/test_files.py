"""Files and folders that are ours among others'."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from latentdemo.store.files import own_folder


def test_folders_of_processes_that_are_gone_are_removed_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, living = tmp_path / f"run-{gone.pid}-a", tmp_path / f"run-{os.getppid()}-b"
    others = [living, tmp_path / "run-x-c", tmp_path / f"other-{gone.pid}-d"]
    for folder in (dead, *others):
        folder.mkdir()
        (folder / "kept").touch()
    mine = own_folder("run")
    assert mine.parent == tmp_path and mine.name.startswith(f"run-{os.getpid()}-") and not list(mine.iterdir())
    assert not dead.exists() and all((folder / "kept").exists() for folder in others)
    assert own_folder("run") != mine and mine.exists()
