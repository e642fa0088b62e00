"""What was asked for, checked: arguments of endpoints and what events tell come in, values or sentences go out."""

import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr

MOST_LETTERS, MOST_NUMBERS = 2000, 2000


def brief(value: Any) -> str:
    """As much of a value as a sentence may repeat."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def number(name: str, value: Any) -> float:
    """A finite number, or text that is one. ValueError for anything else."""
    found = _finite(value)
    if found is None:
        raise ValueError(f"{name} takes a number; {brief(value)} is none.")
    return found


def whole(name: str, value: Any) -> int:
    """A whole number, or text that is one. ValueError for anything else."""
    found = _finite(value)
    if found is None or found != int(found):
        raise ValueError(f"{name} takes a whole number; {brief(value)} is none.")
    return int(found)


def _finite(value: Any) -> float | None:
    """A number, or text that is one, if it is finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value.replace("−", "-") if isinstance(value, str) else value)
    except (ValueError, OverflowError):  # no number, or more than a float can hold
        return None
    return found if math.isfinite(found) else None


def word(name: str, value: Any) -> str:
    """Text; nothing is empty text. ValueError for anything else, and for a book."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise ValueError(f"{name} takes a text of at most {MOST_LETTERS} characters; {brief(value)} is none.")
    return value


def numbers(name: str, value: Any) -> list[float]:
    """A flat list of finite numbers. ValueError for anything else."""
    if not isinstance(value, list) or len(value) > MOST_NUMBERS:
        raise ValueError(f"{name} takes a list of at most {MOST_NUMBERS} numbers; {brief(value)} is none.")
    return [number(f"{name}[{i}]", one) for i, one in enumerate(value)]


READERS: dict[Any, Callable[[str, Any], Any]] = {float: number, int: whole, str: word, list[float]: numbers}


def taking(handler: Callable) -> Callable:
    """An endpoint's handler whose arguments, behind `page`, are read as annotated; those of other types pass."""
    wanted = list(inspect.signature(handler).parameters.values())[1:]

    @wraps(handler)
    def careful(page: Any, *given: Any) -> Any:
        read = [
            READERS[one.annotation](one.name, value) if one.annotation in READERS else value
            for one, value in zip(wanted, given, strict=True)
        ]
        return handler(page, *read)

    return careful


def told(event: gr.EventData) -> dict[str, Any]:
    """What an event of the page tells. ValueError if it is not what the page sends."""
    if not isinstance(event._data, dict):
        raise ValueError("The click did not arrive whole; click again.")
    return event._data


def picked(event: gr.EventData) -> int:
    """Which tile was clicked. ValueError if the event does not say."""
    index = told(event).get("index")
    if isinstance(index, bool) or not isinstance(index, int | float) or not abs(index) < 1e6:
        raise ValueError("The click did not arrive whole; click again.")
    return int(index)
