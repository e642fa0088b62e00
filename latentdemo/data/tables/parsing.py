"""The bytes of a table (CSV, TSV or CelebA's list) come in; its cells as text, one column each, go out."""

import csv
import io
import re
import warnings
from typing import Any, NamedTuple

from numpy import ndarray as Array

ENDINGS = (".csv", ".tsv", ".tab")
UNREAD = (".xlsx", ".xls", ".ods", ".numbers", ".json", ".jsonl", ".parquet", ".xml")  # may hold labels, are not read
DELIMITERS = ",;\t|"
MAX_COLUMNS = 200
MAX_BYTES = 100_000_000
MAX_NAMED = 5  # rows in a message
WESTERN = re.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff]")  # letters of Latin-1
ENCODINGS = ["cp1252", "cp1250", "cp1251", "mac_roman", "cp850", "gb18030", "shift_jis"]  # after UTF-8, -16 and -32


class Sheet(NamedTuple):
    """A table as text.

    Attributes:
        name: of the file, with its folders.
        header: (C,) names of the columns; "" for a column without a name.
        columns: (C,) arrays of (R,) strings, without surrounding spaces; "" for an empty cell.
        decimal: "," where commas are not delimiters and may therefore stand in numbers, else ".".
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[Array, ...]
    decimal: str


def is_table(name: str) -> bool:
    """Whether a file is a table by its name: CSV, TSV, or a .txt whose name begins like CelebA's list."""
    last = name.rpartition("/")[2].lower()
    return last.endswith(ENDINGS) or (last.startswith("list_attr") and last.endswith(".txt"))


def parse(text: str, name: str) -> Sheet:
    """Split a table into cells.

    Args:
        text: CSV with a header, separated by comma, semicolon, tab or |, a line `sep=;` before it allowed; or CelebA's
            form: the number of images, a line of names, then a file name and as many numbers, separated by spaces.
        name: of the file; a .txt in CelebA's form is one with spaces alone.

    Raises:
        ValueError: no header and rows, doubled or too many column names, or rows longer than the header.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter, lines = _delimiter(lines)
    if len(lines) < 2:
        what = "is empty" if not lines else "has no rows"
        raise ValueError(f"{name} {what}; it needs a header (image,NAME,…) and a row for each image")
    if not delimiter:
        lines = lines[1:] if lines[0].strip().isdecimal() else lines
        rows = [line.split() for line in lines]
        rows[0] = ["image"] * (len(rows[0]) < len(rows[-1])) + rows[0]  # CelebA's has no name above the images
        lines = ["\t".join(row) for row in rows]
    header, columns = _cells(lines, delimiter or "\t", name)
    named = [title for title in header if title]
    doubled = sorted({title for title in named if named.count(title) > 1})
    if doubled:
        raise ValueError(f"{name} needs different names for its columns; {', '.join(doubled)} occurs twice")
    if not 1 < len(header) <= MAX_COLUMNS + 1:
        raise ValueError(
            f"{name} has {len(header)} columns; it needs one with file names and 1 to {MAX_COLUMNS} others"
        )
    return Sheet(name, header, columns, "." if delimiter == "," else ",")


def _delimiter(lines: list[str]) -> tuple[str, list[str]]:
    """The delimiter ("" for spaces), and the lines without Excel's `sep=`."""
    if lines and (told := re.fullmatch(r'"?sep=([ -~\t])"?[,;\t]*', lines[0], re.IGNORECASE)):
        return told[1], lines[1:]
    if not lines:
        return ",", lines
    widths = {delimiter: _width(lines, delimiter) for delimiter in DELIMITERS}
    widest = max(DELIMITERS, key=widths.__getitem__)
    spaced = widths[widest] == 1 and len(lines) > 1 and (lines[0].strip().isdecimal() or " " in lines[0].strip())
    return "" if spaced else widest, lines


def _width(lines: list[str], delimiter: str) -> int:
    """Cells of the first row; 0 if it cannot be split."""
    try:
        return len(next(csv.reader(lines, delimiter=delimiter)))
    except csv.Error:
        return 0


def _cells(lines: list[str], delimiter: str, name: str) -> tuple[tuple[str, ...], tuple[Array, ...]]:
    import pandas as pd  # half a second; where a table is read alone

    try:
        header = [cell.strip().strip('"') for cell in next(csv.reader(lines, delimiter=delimiter))]
    except csv.Error as error:
        raise ValueError(f"{name} cannot be read: {error}") from None
    text, names = io.StringIO("\n".join(lines)), range(len(header) + 1)
    options: dict[str, Any] = {"header": None, "skiprows": 1, "names": names, "index_col": False, "dtype": str}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of cells that are cut off
            frame = pd.read_csv(text, sep=delimiter, keep_default_na=False, skipinitialspace=True, **options)
    except pd.errors.ParserWarning:
        raise ValueError(f"{name} cannot be read: rows longer than the header of {len(header)} columns") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{name} cannot be read: {str(error).strip()}") from None
    cells = [frame[i].fillna("").str.strip().to_numpy(str) for i in range(frame.shape[1])]
    beyond = frame.iloc[:, len(header) :].fillna("").ne("").any(axis=1)
    if beyond.any():
        rows = ", ".join(cells[0][beyond.to_numpy()][:MAX_NAMED])
        raise ValueError(f"{name} cannot be read: rows longer than the header of {len(header)} columns: {rows}")
    kept = [i for i, title in enumerate(header) if title or (cells[i] != "").any()]
    return tuple(header[i] for i in kept), tuple(cells[i] for i in kept)


def decode(data: bytes, name: str) -> str:
    """Text of a file in UTF-8, UTF-16 or an older encoding. ValueError if it is not text or too large."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name} has {len(data) / 1e6:.0f} MB; the limit for a table is {MAX_BYTES / 1e6:.0f} MB")
    for encoding in _unicode(data):
        try:
            return data.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    if b"\0" in data:
        raise ValueError(f"{name} is not text; save it as CSV in UTF-8")
    unusual = b"\n".join(line for line in data.splitlines() if max(line, default=0) > 127)
    if _is_western(unusual):
        return data.decode("cp1252")
    from charset_normalizer import from_bytes

    best = from_bytes(unusual, cp_isolation=ENCODINGS).best()
    return data.decode(best.encoding if best else "latin-1", "replace")


def _unicode(data: bytes) -> list[str]:
    """Encodings of Unicode that the first bytes allow."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return ["utf-32"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    head = data[:400]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    return ["utf-16-be"] if head[::2].count(0) > len(head) // 4 else [] if b"\0" in data else ["utf-8"]


def _is_western(text: bytes) -> bool:
    """Whether all letters beyond ASCII are Latin-1's, and few beside those of ASCII."""
    words = [word for word in re.findall(rb"[A-Za-z\x80-\xff]+", text) if max(word) > 127]
    letters, beyond = sum(map(len, words)), sum(byte > 127 for byte in text)
    return len(WESTERN.findall(text)) == beyond and 2 * beyond <= letters
