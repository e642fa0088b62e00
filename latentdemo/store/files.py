"""Files that are written whole or not at all, and pictures that are written once."""

import hashlib
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from numpy import ndarray as Array

from latentdemo.drawing.pictures import png

LOCK = ".owner"  # in an OwnFolder; the sweep of `serving.uploads` respects the same file


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def kept_once(image: Array, folder: Path, text: dict[str, str] | None = None) -> Path:
    """The PNG of a picture, in a folder named by its hash: written beside and moved there, if it is not there yet.

    Args:
        image: (H, W) or (H, W, 1 or 3) uint8.
        folder: of all such folders.
        text: of the PNG's text chunks, by keyword.
    """
    name = hashlib.sha256(f"{image.shape}{text or ''}".encode() + image.tobytes()).hexdigest()
    path = folder / name / "image.png"
    try:
        os.utime(path)  # the sweep takes what nobody asked for in an hour
    except FileNotFoundError:
        write_atomically(path, png(image if image.ndim == 3 else image[:, :, None], text))
    return path


@dataclass(frozen=True)
class OwnFolder:
    """A folder among temporary files that belongs to this process, which holds a lock on a file in it.

    The operating system releases the lock when the process ends, however it ends. Other processes see the lock across
    containers and users, where process ids say nothing.
    """

    path: Path
    lock: FileLock

    def remove(self) -> None:
        """Release the lock and remove the folder."""
        self.lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def own_folder(prefix: str) -> OwnFolder:
    """Make a folder named PREFIX-…; those whose owner is gone are removed."""
    place = Path(tempfile.gettempdir())
    for other in place.glob(f"{prefix}-*"):
        _remove_if_left(other)
    path = Path(tempfile.mkdtemp(prefix=f".{prefix}-"))  # hidden from other processes until it is locked
    lock = FileLock(path / LOCK, thread_local=False)
    lock.acquire(timeout=0)
    visible = path.rename(path.with_name(path.name.removeprefix(".")))
    return OwnFolder(visible, lock)


def _remove_if_left(folder: Path) -> None:
    """Remove a folder of this user if nobody holds its lock; one without a lock file is left alone."""
    try:
        if folder.is_symlink() or not (folder / LOCK).is_file() or folder.stat().st_uid != os.getuid():
            return
        with FileLock(folder / LOCK).acquire(timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except (OSError, Timeout, AttributeError):  # another user's, in use, or a system without user ids
        return
