"""Pictures and sentences into the HTML that a panel shows; whatever is quoted in it is escaped."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.drawing.pictures import base64_of, data_uri

HARD = 32  # pixels a side: pictures up to that keep their pixels when they are enlarged


class Tile(NamedTuple):
    """A picture with what belongs under it.

    Attributes:
        image: (H, W, C) uint8.
        caption: plain text; escaped when shown.
        css: extra class, such as "ae" or "vae".
    """

    image: Array
    caption: str = ""
    css: str = ""


def img(image: Array, alt: str, css: str = "") -> str:
    """<img>; small pictures are enlarged with hard pixels if they are digits or maps, smoothly if faces."""
    hard = "hard" if image.shape[0] <= HARD or image.shape[2] == 1 else "soft"
    return f'<img class="{hard} {css}" src="{data_uri(image)}" alt="{html.escape(alt, quote=True)}" draggable="false">'


def tile_grid(
    items: list[Tile], columns: int, css: str = "", picked: int | None = None, keys: Sequence[int] | None = None
) -> str:
    """A grid of pictures with captions, `columns` to a row.

    Args:
        items: what is shown.
        columns: to a row.
        css: class of the grid; with "pick" among it tiles can be clicked, see `web/page/pickable.js`.
        picked: key of the one that is marked as chosen.
        keys: what a click tells, one for each item; their positions if None.
    """
    pick = "pick" in css.split()
    cells = "".join(
        f'<figure class="{item.css}{" picked" if key == picked else ""}"'
        + (f' data-pick="{key}" role="button" tabindex="0" aria-pressed="{str(key == picked).lower()}"' if pick else "")
        + f">{img(item.image, item.caption)}<figcaption>{html.escape(item.caption)}</figcaption></figure>"
        for key, item in zip(keys if keys is not None else range(len(items)), items, strict=True)
    )
    return f'<div class="tiles {css}" style="--columns:{columns}">{cells}</div>'


class Coded(NamedTuple):
    """A picture that the page decodes, with what belongs under it.

    Attributes:
        code: (D,).
        caption: plain text; escaped when shown.
    """

    code: Array
    caption: str = ""


def code_grid(model: str, items: list[Coded], columns: int, css: str = "") -> str:
    """A grid like `tile_grid`, whose pictures `web/latent/sheet.js` decodes by a model once they come into view."""
    cells = "".join(
        f'<figure><img class="decoded" alt="{html.escape(item.caption or f"decoded picture {i}")}">'
        f"<figcaption>{html.escape(item.caption)}</figcaption></figure>"
        for i, item in enumerate(items, 1)
    )
    codes = base64_of(np.stack([item.code for item in items]).astype(np.float32))
    return (
        f'<div class="tiles {css}" style="--columns:{columns}" data-model="{html.escape(model)}" '
        f'data-codes="{codes}">{cells}</div>'
    )


def share_bars(items: list[tuple[str, float]]) -> str:
    """Labelled bars of shares between 0 and 1, with their numbers."""
    rows = "".join(
        f'<div><span>{html.escape(label)}</span><i style="width:{100 * share:.1f}%"></i><b>{share:.1%}</b></div>'
        for label, share in items
    )
    return f'<div class="shares">{rows}</div>'


def sentence(text: str) -> str:
    """A paragraph of plain text."""
    return f'<p class="note">{html.escape(text)}</p>'


def problem(text: str) -> str:
    """A sentence that says what is wrong."""
    return f'<p class="problem" role="alert">{html.escape(text)}</p>'
