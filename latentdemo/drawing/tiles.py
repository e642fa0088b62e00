"""Pictures and sentences into the HTML that a panel shows; whatever is quoted in it is escaped."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.drawing.markup import Markup, html, join
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


def img(image: Array, alt: str, css: str = "") -> Markup:
    """<img>; small pictures are enlarged with hard pixels if they are digits or maps, smoothly if faces."""
    hard = "hard" if image.shape[0] <= HARD or image.shape[2] == 1 else "soft"
    return html('<img class="{} {}" src="{}" alt="{}" draggable="false">', hard, css, data_uri(image), alt)


def tile_grid(
    items: list[Tile], columns: int, css: str = "", picked: int | None = None, keys: Sequence[int] | None = None
) -> Markup:
    """A grid of pictures with captions, `columns` to a row.

    Args:
        items: what is shown.
        columns: to a row.
        css: class of the grid; with "pick" among it tiles can be clicked, see `web/page/pickable.js`.
        picked: key of the one that is marked as chosen.
        keys: what a click tells, one for each item; their positions if None.
    """
    pick = "pick" in css.split()
    button = ' data-pick="{key}" role="button" tabindex="0" aria-pressed="{pressed}"' if pick else ""
    cell = '<figure class="{css}"' + button + ">{picture}<figcaption>{caption}</figcaption></figure>"
    cells = join(
        html(
            cell,
            css=f"{item.css} picked" if key == picked else item.css,
            key=key,
            pressed=str(key == picked).lower(),
            picture=img(item.image, item.caption),
            caption=item.caption,
        )
        for key, item in zip(keys if keys is not None else range(len(items)), items, strict=True)
    )
    return html('<div class="tiles {}" style="--columns:{}">{}</div>', css, columns, cells)


class Coded(NamedTuple):
    """A picture that the page decodes, with what belongs under it.

    Attributes:
        code: (D,).
        caption: plain text; escaped when shown.
    """

    code: Array
    caption: str = ""


def code_grid(model: str, items: list[Coded], columns: int, css: str = "") -> Markup:
    """A grid like `tile_grid`, whose pictures `web/latent/sheet.js` decodes by a model once they come into view."""
    cell = '<figure><img class="decoded" alt="{}"><figcaption>{}</figcaption></figure>'
    cells = join(html(cell, item.caption or f"decoded picture {i}", item.caption) for i, item in enumerate(items, 1))
    codes = base64_of(np.stack([item.code for item in items]).astype(np.float32))
    grid = '<div class="tiles {}" style="--columns:{}" data-model="{}" data-codes="{}">{}</div>'
    return html(grid, css, columns, model, codes, cells)


def share_bars(items: list[tuple[str, float]]) -> Markup:
    """Labelled bars of shares between 0 and 1, with their numbers."""
    row = '<div><span>{}</span><i style="width:{:.1f}%"></i><b>{:.1%}</b></div>'
    return html('<div class="shares">{}</div>', join(html(row, label, 100 * share, share) for label, share in items))


def sentence(text: str) -> Markup:
    """A paragraph of plain text."""
    return html('<p class="note">{}</p>', text)


def problem(text: str) -> Markup:
    """A sentence that says what is wrong."""
    return html('<p class="problem" role="alert">{}</p>', text)
