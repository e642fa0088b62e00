"""Text from files and for screens: JSON in any Unicode encoding in, values out; odd text in, printable text out."""

import json
from typing import Any


def read_json(data: bytes, finite: bool = False) -> Any:
    """Parse JSON in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Args:
        data: of the file.
        finite: whether NaN and Infinity are refused.

    Raises:
        ValueError: it is not JSON, nested too deeply, or has a key twice in one object.
    """
    try:
        return json.loads(data, object_pairs_hook=_unique, parse_constant=_refused if finite else None)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 or UTF-16 text; save it as UTF-8") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise ValueError(f"it has the key {brief(key)} twice")
        out[key] = value
    return out


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def brief(value: Any, limit: int = 40) -> str:
    """Quote a value in at most `limit` characters; control characters and lone surrogates are escaped."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def printable(text: str) -> str:
    """Escape what cannot be encoded or shown: lone surrogates (also of file names that are not UTF-8) and controls."""
    return "".join(letter if letter.isprintable() or letter == " " else repr(letter)[1:-1] for letter in text)


def check_text(text: str, limit: int, multiline: bool = False) -> str:
    """Return a text of 1 to `limit` printable characters.

    Raises:
        ValueError: it is empty, too long, or has control characters or lone surrogates.
    """
    shown = text.replace("\n", " ") if multiline else text
    if not text.strip() or len(text) > limit:
        raise ValueError(f"{brief(text)} has {len(text)} characters; expected 1–{limit}")
    if printable(shown) != shown:
        raise ValueError(f"{brief(text)} has control characters or is not valid Unicode")
    return text
