import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from gradio.utils import get_upload_folder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from latentdemo.serving import uploads
from latentdemo.store.files import own_folder
from latentdemo.store.resources import Resources
from latentdemo.widgets.components import Door, Sent

OWNER = """
import time
from latentdemo.serving import uploads
folder = uploads.claim()
(folder / "a.png").write_bytes(b"x")
print(folder, flush=True)
time.sleep(60)
"""


def test_the_sweep_takes_old_files_and_keeps_the_first_ones(tmp_path: Path):
    old, first, new = (tmp_path / name / "x.png" for name in ("old", "first", "new"))
    for path in (old, first, new):
        path.parent.mkdir()
        path.write_bytes(b"x")
    for path in (old, first):
        os.utime(path, (0, time.time() - 9000))
    assert uploads.sweep(tmp_path, {first}, time.time() - 3600) == 1
    assert not old.exists() and first.exists() and new.exists()


def owner(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has claimed a folder of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        env={**os.environ, uploads.VARIABLE: str(parent)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_goes_with_its_process_and_those_of_killed_ones_when_the_next_starts(tmp_path: Path):
    parent = tmp_path / "not" / "there"
    killed, first = owner(parent)
    assert first.parent == parent and first.stat().st_mode & 0o077 == 0
    living, second = owner(parent)
    assert first.exists() and second.exists() and first != second
    killed.kill()
    killed.wait()
    assert (first / "a.png").exists()
    uploads.remove_ownerless(parent)
    assert not first.exists() and (second / "a.png").exists()
    living.send_signal(signal.SIGINT)
    living.wait()
    assert not second.exists()


def test_what_is_not_ours_stays(tmp_path: Path):
    elsewhere, file, young, old = (tmp_path / name for name in ("mine", "latentdemo-a", "latentdemo-b", "latentdemo-c"))
    for folder in (elsewhere, young, old):
        folder.mkdir()
    file.write_text("x")
    (tmp_path / "latentdemo-link").symlink_to(elsewhere)
    os.utime(old, (0, time.time() - 2 * uploads.UNBORN))
    uploads.remove_ownerless(tmp_path)
    assert elsewhere.exists() and file.exists() and young.exists() and not old.exists()
    assert (tmp_path / "latentdemo-link").is_symlink()


def test_what_was_used_longest_ago_goes_first_and_what_is_in_use_stays(tmp_path: Path):
    def file(name: str, used: float) -> Path:
        path = tmp_path / name / "x.png"
        path.parent.mkdir()
        path.write_bytes(b"x" * 100)
        os.utime(path, (0, time.time() - used))
        return path

    first, old, older, new = (file(name, used) for name, used in
                              (("first", 9000), ("old", 500), ("older", 600), ("new", 5)))  # fmt: skip
    assert uploads.shrink(tmp_path, {first}, 300) and all(path.exists() for path in (first, old, older, new))
    assert uploads.shrink(tmp_path, {first}, 250) and not older.exists() and not older.parent.exists() and old.exists()
    assert not uploads.shrink(tmp_path, {first}, 50) and not old.exists() and new.exists() and first.exists()


async def saved(request: Request) -> Response:
    (Path(request.app.state.folder) / f"{time.time_ns()}.png").write_bytes(await request.body())
    return PlainTextResponse("saved")


def test_uploads_have_a_quota_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 1000)
    app = Starlette(routes=[Route("/gradio_api/upload", saved, methods=["POST"])])
    app.state.folder = tmp_path
    quota = uploads.UploadQuota(app, tmp_path, set())
    client = TestClient(quota)
    answers = [client.post("/gradio_api/upload", content=b"x" * 290) for _ in range(20)]
    assert [one.status_code for one in answers] == [200] * 3 + [503] * 17  # those in use stay
    assert "is in use; try again" in answers[-1].json()["error"] and answers[-1].headers["retry-after"] == "60"
    kept = sorted(tmp_path.iterdir())
    for path in kept:
        os.utime(path, (0, time.time() - 100))
    os.utime(kept[0], (0, time.time() - 90))  # its session has used it since
    assert client.post("/gradio_api/upload", content=b"x" * 290).status_code == 200
    assert kept[0].exists() and not kept[1].exists() and quota.reserved == 0
    assert client.post("/gradio_api/upload", content=iter([b"x"])).status_code == 503  # it may have 31 MB


def test_an_image_in_use_is_not_idle(resources: Resources):
    folder = Path(get_upload_folder())
    path = folder / "in-use" / "a.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    try:
        assert Door().preprocess(Sent(path=str(path))) == str(path.resolve())
        assert time.time() - path.stat().st_mtime < 100
    finally:
        path.unlink()
        path.parent.rmdir()


def test_the_sweep_of_uploads_leaves_the_folder_of_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = own_folder("latentdemo-train")
    os.utime(own.path, (0, 0))
    uploads.remove_ownerless(tmp_path)
    assert own.path.exists()
    own.remove()


def test_a_folder_that_disappears_during_the_walk_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(b"x")
        os.utime(tmp_path / name / "x.png", (0, 0))
    scandir = os.scandir

    def racing(path: Any) -> Any:
        if path == str(tmp_path / "b"):
            shutil.rmtree(tmp_path / "b")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", racing)
    assert uploads.shrink(tmp_path, set(), 0) and not (tmp_path / "a").exists()


def test_the_sweep_goes_on_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls = threading.Semaphore(0)

    def failing(*_: object) -> bool:
        calls.release()
        raise PermissionError("denied")

    monkeypatch.setattr(uploads, "shrink", failing)
    monkeypatch.setattr(uploads, "IN_USE", 0.01)
    uploads.sweep_forever(tmp_path, set(), lambda: None)
    assert calls.acquire(timeout=5) and calls.acquire(timeout=5)
