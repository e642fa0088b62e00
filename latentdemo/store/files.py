"""Files that are written whole or not at all, and pictures that are written once."""

import hashlib
import os
import shutil
import tempfile
import threading
from pathlib import Path

from numpy import ndarray as Array

from latentdemo.drawing.pictures import png


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


def own_folder(prefix: str) -> Path:
    """A new folder among temporary files that names this process; those of processes that are gone are removed."""
    place = Path(tempfile.gettempdir())
    for other in place.glob(f"{prefix}-*-*"):
        owner = other.name.removeprefix(f"{prefix}-").partition("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(other, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}-{os.getpid()}-"))


def _lives(pid: int) -> bool:
    """Whether there is such a process; where that cannot be asked without a signal to it, yes."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
