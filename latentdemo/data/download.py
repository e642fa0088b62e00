"""Fetching large files: with progress, taken up where it broke off, checked against their checksum."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

BLOCK = 1 << 18
TIMEOUT = 20  # seconds without an answer


MD5_LENGTH = 32  # hexadecimal digits
Report = Callable[[int, int | None], object]


def download(urls: list[str], path: Path, checksum: str, report: Report | None = None) -> None:
    """Fetch a file unless it is there already and right.

    Args:
        urls: mirrors, tried in this order; a file that broke off is continued from where it stopped.
        path: where to put it; `path.part` holds what has come so far.
        checksum: hexadecimal: the MD5 of the whole file, or the first digits of its SHA-256.
        report: told the bytes that are here and the bytes of the whole, None if unknown, after every block.

    Raises:
        FileNotFoundError: no mirror could be reached; names the folder to put the file in.
        ValueError: what came is not the file that was promised; it is deleted.
    """
    if path.exists() and is_right(path, checksum):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    wrong = False
    for url in urls:
        try:
            _continue(url, part, report)
        except (OSError, http.client.HTTPException):  # no route, time-out, refusal, broken off
            continue
        if is_right(part, checksum):
            part.replace(path)
            return
        part.unlink()
        wrong = True
    if wrong:
        raise ValueError(f"{path.name} came with another checksum than {checksum}; it was deleted, start again")
    raise FileNotFoundError(f"{path.name} could not be fetched; put it into {path.parent} and start again")


def _continue(url: str, part: Path, report: Report | None) -> None:
    """Append what is missing of `url` to `part`; start over where the server cannot continue."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # range not satisfiable: all of it is here
            return
        raise
    with answer, part.open("ab" if answer.status == 206 else "wb") as out:
        have = have if answer.status == 206 else 0
        total = have + int(answer.headers.get("Content-Length", 0)) or None
        with tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=part.stem) as bar:
            while block := answer.read(BLOCK):
                out.write(block)
                bar.update(len(block))
                if report:
                    report(int(bar.n), total)
    if total is not None and part.stat().st_size < total:
        raise ConnectionError(f"{url} broke off")


def is_right(path: Path, checksum: str) -> bool:
    """Whether a file has an MD5, or a SHA-256 that begins with other than 32 digits."""
    kind = "md5" if len(checksum) == MD5_LENGTH else "sha256"
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest().startswith(checksum)
