"""A folder or a zip comes in; the paths of its files, with sizes and times, and a reader of their bytes go out."""

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from latentdemo.data.tables import normalised
from latentdemo.pixels import images

SHADOWS = ("__macosx", "__pycache__", "@eadir", "thumbs", "thumbnails", "_thumbs", "_thumbnails")  # of other programs
UTF8_FLAG, UNICODE_PATH = 0x800, 0x7075  # of a zip's entry: its name is UTF-8; extra field with the name in UTF-8
Read = Callable[[str], bytes]


class File(NamedTuple):
    """One file of a folder or zip.

    Attributes:
        path: in the folder: composed Unicode (NFC), parts separated by /.
        name: what the file system or the zip calls it.
        size, time: bytes; modification time, or a zip's CRC-32.
    """

    path: str
    name: str
    size: int
    time: float


def list_files(place: Path) -> tuple[File, ...]:
    """All files of a folder or zip but hidden ones and those that other programs leave behind, by path.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: a file that is not a zip.
    """
    if not place.exists():
        raise FileNotFoundError(f"{place} is missing; give a folder or a zip of images in class sub-folders")
    files = _zip_files(place) if place.is_file() else _folder_files(place)
    return tuple(sorted(file for file in files if not _is_hidden(file.path)))


def reader(place: Path) -> Read:
    """What gives the bytes of a file by its `name`.

    ValueError for a zip's entry that is damaged, encrypted, or larger than `images.MAX_BYTES`.
    """
    if not place.is_file():
        return lambda name: (place / name).read_bytes()
    archive = zipfile.ZipFile(place)

    def read(name: str) -> bytes:
        if archive.getinfo(name).file_size > images.MAX_BYTES:
            raise ValueError(f"more than {images.MAX_BYTES} bytes")
        try:
            return archive.read(name)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError) as error:
            raise ValueError(str(error) or type(error).__name__) from None

    return read


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") or part.lower() in SHADOWS for part in PurePosixPath(path).parts)


def _folder_files(place: Path) -> Iterator[File]:
    """Files of a folder; links are followed, but never in a circle."""
    seen: set[str] = set()
    for folder, below, files in os.walk(place, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        below.sort()
        for file in files:
            full = Path(folder, file)
            if full.is_file():  # no link to nowhere
                name, facts = full.relative_to(place).as_posix(), full.stat()
                yield File(normalised(_readable(name).replace("\\", "_")), name, facts.st_size, facts.st_mtime)


def _readable(name: str) -> str:
    """A name that is not UTF-8 on disk, as Latin-1."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("latin-1")
    return name


def _zip_files(place: Path) -> Iterator[File]:
    try:
        with zipfile.ZipFile(place) as archive:
            entries = {_zip_path(entry): entry for entry in archive.infolist()}  # of an entry written twice the last
    except zipfile.BadZipFile:
        raise ValueError(f"{place} is not a zip file; give a folder or a zip of images") from None
    for path, entry in entries.items():
        if not path.endswith("/"):
            yield File(normalised(path), entry.filename, entry.file_size, float(entry.CRC))


def _zip_path(entry: zipfile.ZipInfo) -> str:
    """The path of a zip's entry: backslashes separate folders, and UTF-8 may be written without saying so."""
    name = entry.filename
    if not entry.flag_bits & UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        try:
            name = _unicode_path(entry.extra, raw) or raw.decode()
        except UnicodeDecodeError:
            name = entry.filename
    return name.replace("\\", "/")


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Info-ZIP's extra field with the name in UTF-8, if it belongs to this name; "" if there is none."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and size > 5 and struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw):
            return field[5:].decode()
    return ""
