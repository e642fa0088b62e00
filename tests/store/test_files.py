"""Folders of this process among those of others."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from latentdemo.store.files import LOCK, own_folder

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from latentdemo.store.files import own_folder
own = own_folder("run")
(own.path / "kept").touch()
print(own.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process, and its folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, Path(process.stdout.readline().strip())
    process.kill()
    process.communicate()


def test_a_folder_is_removed_when_its_process_is_gone_and_not_before(
    other: tuple[subprocess.Popen[str], Path], monkeypatch: pytest.MonkeyPatch
):
    process, theirs = other

    def no_process(pid: int, number: int) -> None:
        raise ProcessLookupError  # as in a container with process ids of its own

    monkeypatch.setattr(os, "kill", no_process)
    mine, second = own_folder("run"), own_folder("run")
    assert (theirs / "kept").exists() and mine.path.exists() and second.path != mine.path
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(theirs.parent))
    process.kill()
    process.wait()
    third = own_folder("run")
    assert not theirs.exists() and mine.path.exists() and third.path.name.startswith("run-")
    for own in (mine, second, third):
        own.remove()
    assert not list(theirs.parent.iterdir())


def test_folders_of_others_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    unlocked, prefixed, linked = tmp_path / "run-1-a", tmp_path / "running-b", tmp_path / "elsewhere"
    for folder in (unlocked, prefixed, linked):
        folder.mkdir()
    for folder in (prefixed, linked):
        (folder / LOCK).touch()
    (tmp_path / "run-link").symlink_to(linked)
    own_folder("run").remove()
    assert all(folder.exists() for folder in (unlocked, prefixed, linked))
    (unlocked / LOCK).touch()
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    own_folder("run").remove()
    assert unlocked.exists()  # another user's
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with FileLock(unlocked / LOCK):
        own_folder("run").remove()
        assert unlocked.exists()
    own_folder("run").remove()
    assert not unlocked.exists()
