import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from latentdemo.serving import uploads

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
