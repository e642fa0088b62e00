"""Arrays into pictures: colour scales, tiles, HTML figures with their numbers; no torch, no gradio."""

import base64
import html
import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray as Array
from PIL import Image

if TYPE_CHECKING:
    from latentdemo.convolution import Step

# Blue to white to orange: told apart by all common kinds of colour blindness, and by brightness from white.
SIGNED = np.array(((8, 64, 129), (90, 150, 210), (255, 255, 255), (240, 150, 60), (160, 70, 0)), np.float32)
VIRIDIS = np.array(
    ((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142),
     (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
    np.float32,
)  # fmt: skip
N_STEPS = 513
VAE_COLOUR = "#1d4ed8"  # as in static/page.css
FONT = "Atkinson Hyperlegible, sans-serif"


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


def ramp(stops: Array, t: Array) -> Array:
    """Colour of t in [0, 1] on evenly spaced stops (n, 3): any shape -> that shape + (3,) uint8.

    Looked up in 513 steps, an odd number, so that the middle of a signed scale is its middle colour exactly.
    """
    steps, positions = np.linspace(0, 1, N_STEPS), np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(steps, positions, stops[:, i]) for i in range(3)], axis=-1).round().astype(np.uint8)
    return table[(np.clip(t, 0, 1) * (N_STEPS - 1) + 0.5).astype(np.uint16)]


def signed_colours(values: Array, limit: float | None = None) -> Array:
    """Blue below zero, white at zero, orange above: (H, W) floats -> (H, W, 3) uint8.

    Args:
        values: any finite numbers.
        limit: the magnitude that gets the full colour; the largest one present if None.
    """
    limit = limit or float(np.abs(values).max()) or 1.0
    return ramp(SIGNED, 0.5 + values / (2 * limit))


def unsigned_colours(values: Array) -> Array:
    """Viridis from the smallest to the largest value: (H, W) floats -> (H, W, 3) uint8."""
    low, high = float(values.min()), float(values.max())
    return ramp(VIRIDIS, (values - low) / ((high - low) or 1.0))


def png(image: Array) -> bytes:
    """(H, W, 1 or 3) uint8 -> PNG."""
    buffer = io.BytesIO()
    _picture(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def jpeg(image: Array) -> bytes:
    """(H, W, 1 or 3) uint8 -> JPEG of high quality; 64 pixels take 0.1 ms and 3 KB."""
    buffer = io.BytesIO()
    _picture(image).save(buffer, "JPEG", quality=92, subsampling=0)
    return buffer.getvalue()


def encoded(image: Array) -> tuple[bytes, str]:
    """A small picture for the wire and its media type: grey ones lossless, colour ones as JPEG."""
    return (png(image), "image/png") if image.shape[2] == 1 else (jpeg(image), "image/jpeg")


def _picture(image: Array) -> Image.Image:
    return Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)


def data_uri(image: Array) -> str:
    """A picture that stands in the page itself; photographs as JPEG, small ones lossless."""
    large = image.shape[0] * image.shape[1] > 160**2
    data, kind = (jpeg(image), "jpeg") if large else (png(image), "png")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def picture(image: Array, alt: str, css: str = "") -> str:
    """<img>; small pictures are enlarged with hard pixels if they are digits or maps, smoothly if faces."""
    hard = "hard" if image.shape[0] <= 32 or image.shape[2] == 1 else "soft"
    return f'<img class="{hard} {css}" src="{data_uri(image)}" alt="{html.escape(alt, quote=True)}" draggable="false">'


def tiles(items: list[Tile], columns: int, css: str = "") -> str:
    """A grid of pictures with captions, `columns` to a row."""
    cells = "".join(
        f'<figure class="{item.css}">{picture(item.image, item.caption)}'
        f"<figcaption>{html.escape(item.caption)}</figcaption></figure>"
        for item in items
    )
    return f'<div class="tiles {css}" style="--columns:{columns}">{cells}</div>'


def sentence(text: str) -> str:
    """A paragraph of plain text."""
    return f'<p class="note">{html.escape(text)}</p>'


def problem(text: str) -> str:
    """A sentence that says what is wrong."""
    return f'<p class="problem" role="alert">{html.escape(text)}</p>'


def matrix(values: Array, title: str, colours: Array | None = None, blank: Array | None = None) -> str:
    """A table of numbers under a title.

    Args:
        values: (h, w) numbers.
        title: above it.
        colours: (h, w, 3) uint8 cell backgrounds, or None.
        blank: (h, w) bool, cells to hatch as padding, or None.
    """
    rows = []
    for i, row in enumerate(values):
        cells = []
        for j, value in enumerate(row):
            style = "" if colours is None else f' style="{_cell_style(colours[i, j])}"'
            css = ' class="padding"' if blank is not None and blank[i, j] else ""
            cells.append(f"<td{css}{style}>{number(value)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="matrix"><caption>{html.escape(title)}</caption>{"".join(rows)}</table>'


def _cell_style(colour: Array) -> str:
    text = "#000" if colour @ np.array((0.299, 0.587, 0.114)) > 140 else "#fff"
    return f"background:rgb({colour[0]},{colour[1]},{colour[2]});color:{text}"


def number(value: float) -> str:
    """A number as short as it can be read: 5, −0.25, 0.0625; a true minus sign."""
    return f"{float(value):.3g}".replace("-", "−")


def arithmetic(step: "Step", kernel: Array, place: str) -> str:
    """neighbourhood × kernel = products, and their sum, as three matrices in a row."""
    greys = np.repeat((np.clip(step.patch, 0, 1) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    parts = (
        matrix(step.patch, "image", greys, ~step.inside),
        '<span class="operator">×</span>',
        matrix(kernel, "kernel", signed_colours(kernel)),
        '<span class="operator">=</span>',
        matrix(step.products, "products", signed_colours(step.products)),
    )
    total = f'<b class="total">Sum of the products: {number(step.total)}.</b>'
    return f'<div class="arithmetic"><p class="note">{total} {html.escape(place)}</p><div>{"".join(parts)}</div></div>'


def dimension_figure(values: Array, order: Array, unit: str) -> Any:
    """Bars of one number per latent dimension: values (D,), drawn in the order of `order` (D,) -> go.Figure."""
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(x=[f"z{dimension}" for dimension in order], y=values[order], marker_color=VAE_COLOUR))
    figure.update_layout(
        title="What each dimension carries",
        yaxis_title=unit,
        font={"size": 20, "family": FONT, "color": "#808080"},
        height=380,
        margin={"l": 80, "r": 10, "t": 60, "b": 70},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
