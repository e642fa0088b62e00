"""Text into HTML, in the only place where that happens: whatever is filled into a template is escaped."""

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

__all__ = ["Markup", "as_json", "escape", "html", "join"]


def html(template: str, *values: object, **named: object) -> Markup:
    """A literal template with values filled in as `str.format` does; values that are not `Markup` are escaped."""
    return Markup(template).format(*values, **named)


def join(parts: Iterable[object]) -> Markup:
    """Parts one after the other; those that are not `Markup` are escaped."""
    return Markup("").join(escape(part) for part in parts)


def as_json(elem_id: str, value: Any) -> Markup:
    """A block of data that a script of the page reads by its id; no text in it can end the block."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return html('<script type="application/json" id="{}">{}</script>', elem_id, Markup(text))
