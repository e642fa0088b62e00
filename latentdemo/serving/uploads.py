"""The folder of uploads: made when serving begins, swept while it serves, gone with its process however that ends."""

import atexit
import contextlib
import functools
import itertools
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from latentdemo.serving.answers import refusal

VARIABLE = "GRADIO_TEMP_DIR"  # Gradio serves every file of this folder
PREFIX = "latentdemo-"
LOCK = ".owner"  # held by the folder's process; the system lets go of it when the process ends, killed or not
UNBORN = 60.0  # seconds in which a new folder may be without its lock
KEEP_SECONDS, SWEEP_SECONDS = 3600.0, 600.0
MAX_BYTES = 500_000_000  # of all uploads and results together
MAX_UPLOAD = 31_000_000  # what an upload of unknown length may have
IN_USE = 60.0  # seconds since a file was last used, within which it is never deleted for others
ROUTES = ("/gradio_api/upload", "/gradio_api/mcp")
FULL = f"All space for uploads ({MAX_BYTES // 10**6} MB) is in use; try again in a minute."
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
    gone = [path for used, _, path in _files(folder, keep) if used < older_than]
    for path in gone:
        _remove(path, folder)
    return len(gone)


def shrink(folder: Path, keep: set[Path], limit: int) -> bool:
    """Delete the files that were used longest ago until the others have at most `limit` bytes; whether they do then.

    Files in `keep`, and those used within the last minute, stay.
    """
    files = _files(folder, keep)
    total = sum(size for _, size, _ in files)
    for used, size, path in sorted(files):
        if total <= limit or used > time.time() - IN_USE:
            break
        _remove(path, folder)
        total -= size
    return total <= limit


def _files(folder: Path, keep: set[Path]) -> list[tuple[float, int, Path]]:
    """Time of last use (seconds since 1970), bytes and path of each file but those in `keep`.

    Other threads write and delete meanwhile: `os.walk` passes over folders that are gone, where `rglob` raises.
    """
    files = []
    for parent, _, names in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            with contextlib.suppress(OSError):  # deleted by another thread
                if path not in keep and path.is_file():
                    facts = path.stat()
                    files.append((facts.st_mtime, facts.st_size, path))
    return files


def _remove(path: Path, folder: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent != folder:
        with contextlib.suppress(OSError):  # others of its files are still there
            path.parent.rmdir()


class UploadQuota:
    """An app whose uploads have MAX_BYTES in all: space is made, or the upload refused, before its body is read.

    Args:
        folder: of the uploads.
        keep: files that are never deleted.
    """

    def __init__(self, app: ASGIApp, folder: Path, keep: set[Path]) -> None:
        self.app, self.folder, self.keep = app, folder, keep
        self.reserved = 0  # bytes that uploads under way may still write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(ROUTES):
            return await self.app(scope, receive, send)
        size = int(Headers(scope=scope).get("content-length", MAX_UPLOAD))
        self.reserved += size
        try:
            if await run_in_threadpool(shrink, self.folder, self.keep, MAX_BYTES - self.reserved):
                await self.app(scope, receive, send)
            else:
                response = refusal(FULL, 503)
                response.headers["Retry-After"] = str(round(IN_USE))
                await response(scope, receive, send)
        finally:
            self.reserved -= size


def sweep_forever(folder: Path, keep: set[Path], forget: Callable[[], None]) -> None:
    """Sweep a folder every ten minutes, shrink it every minute, and forget what memory holds of it, in a daemon thread.

    Args:
        keep: what is never deleted; the pictures that the page starts with are added.
    """
    keep |= set(folder.rglob("*"))

    def run() -> None:
        minutes = round(SWEEP_SECONDS / IN_USE)
        for minute in itertools.count(1):
            time.sleep(IN_USE)
            try:
                shrink(folder, keep, MAX_BYTES)
                if minute % minutes == 0:
                    sweep(folder, keep, time.time() - KEEP_SECONDS)
                    forget()
            except OSError as error:  # the thread goes on
                log.warning("could not sweep %s: %s", folder, error)

    threading.Thread(target=run, daemon=True).start()
