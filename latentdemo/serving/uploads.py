"""The folder of uploads: made when serving begins, swept while it serves, gone with its process however that ends."""

import atexit
import contextlib
import functools
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

VARIABLE = "GRADIO_TEMP_DIR"  # Gradio serves every file of this folder
PREFIX = "latentdemo-"
LOCK = ".owner"  # held by the folder's process; the system lets go of it when the process ends, killed or not
UNBORN = 60.0  # seconds in which a new folder may be without its lock
KEEP_SECONDS, SWEEP_SECONDS = 3600.0, 600.0
log = logging.getLogger("latentdemo")


@functools.cache
def claim() -> Path:
    """This process's folder, inside the one that the user may have named; those of killed servers are removed.

    Raises:
        OSError: it cannot be made; says what to do.
    """
    parent = Path(os.environ.get(VARIABLE) or tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
        remove_ownerless(parent)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    except OSError as error:
        why = error.strerror or error
        raise OSError(
            f"uploads cannot be kept in {parent} ({why}); set {VARIABLE} to a folder that can be written"
        ) from None
    lock = FileLock(folder / LOCK)
    lock.acquire()
    os.environ[VARIABLE] = str(folder)
    atexit.register(_leave, folder, lock, str(parent))
    return folder


def _leave(folder: Path, lock: FileLock, before: str) -> None:
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
    os.environ[VARIABLE] = before


def remove_ownerless(parent: Path) -> None:
    """Remove the folders of ours that no living process owns."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            if folder.is_symlink() or not folder.is_dir():
                continue
            if not (folder / LOCK).exists():
                if time.time() - folder.stat().st_mtime > UNBORN:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            with contextlib.suppress(Timeout), FileLock(folder / LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path, keep: set[Path], older_than: float) -> int:
    """Delete uploads and results last written before a time (seconds since 1970), but those in `keep`; how many."""
    gone = [path for path in folder.rglob("*") if path.is_file() and path not in keep]
    gone = [path for path in gone if path.stat().st_mtime < older_than]
    for path in gone:
        path.unlink(missing_ok=True)
        if path.parent != folder:
            with contextlib.suppress(OSError):  # others of its files are still there
                path.parent.rmdir()
    return len(gone)


def sweep_forever(folder: Path, forget: Callable[[], None]) -> None:
    """Sweep a folder every ten minutes, and forget what memory holds of it, in a thread that ends with the process."""
    keep = set(folder.rglob("*"))  # the pictures that the page starts with

    def run() -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            try:
                sweep(folder, keep, time.time() - KEEP_SECONDS)
                forget()
            except OSError as error:
                log.warning("could not sweep %s: %s", folder, error)

    threading.Thread(target=run, daemon=True).start()
