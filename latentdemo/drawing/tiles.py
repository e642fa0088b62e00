"""Arrays into pictures: colour scales, tiles, HTML figures with their numbers; no torch, no gradio."""

import base64
import html
import io
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array
from PIL import Image

# Blue to white to orange: told apart by all common kinds of colour blindness, and by brightness from white.
SIGNED = np.array(((8, 64, 129), (90, 150, 210), (255, 255, 255), (240, 150, 60), (160, 70, 0)), np.float32)
VIRIDIS = np.array(
    ((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142),
     (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
    np.float32,
)  # fmt: skip
N_STEPS = 513
LARGE = 1e5  # from here on numbers are written with their power of ten
FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)
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


def outlined(image: Array, box: tuple[int, int, int, int]) -> Array:
    """A copy of (H, W, 3) uint8 with a rectangle (top, left, bottom, right) in yellow and black, cut at the border."""
    out = image.copy()
    height, width = image.shape[:2]
    for grow, colour in ((2, 0), (1, (250, 204, 21)), (0, (250, 204, 21))):
        top, left = max(0, box[0] - grow), max(0, box[1] - grow)
        bottom, right = min(height, box[2] + grow) - 1, min(width, box[3] + grow) - 1
        out[[top, bottom], left : right + 1] = colour
        out[top : bottom + 1, [left, right]] = colour
    return out


def glowing(image: Array, values: Array) -> Array:
    """A picture darkened where values are small: (H, W, 3) uint8 and (H, W) >= 0 -> (H, W, 3) uint8; all dark at 0."""
    share = values / (float(values.max()) or 1.0)
    return (image * (0.2 + 0.8 * share[:, :, None]) + 0.5).astype(np.uint8)


def thumbnail(image: Array, longest: int) -> Array:
    """(H, W, 3) uint8, shrunk to `longest` pixels by the mean of its blocks if it is larger."""
    step = -(-max(image.shape[:2]) // longest)
    if step <= 1:
        return image
    height, width = (max(1, n // step) for n in image.shape[:2])
    cut = image[: height * step, : width * step]
    if cut.shape[0] < height * step or cut.shape[1] < width * step:
        return image[::step, ::step]
    return cut.reshape(height, step, width, step, 3).mean(axis=(1, 3)).astype(np.uint8)


def kernel_picture(kernel: Array) -> Array:
    """(3, k, k) weights as a colour picture: grey is 0, each colour brighter above it and darker below."""
    limit = float(np.abs(kernel).max()) or 1.0
    return ((0.5 + 0.5 * kernel / limit) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0)


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


def data_uri(image: Array, lossless: bool = False) -> str:
    """A picture that stands in the page itself; photographs as JPEG unless `lossless`, small ones as PNG."""
    large = not lossless and image.shape[0] * image.shape[1] > 160**2
    data, kind = (jpeg(image), "jpeg") if large else (png(image), "png")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def picture(image: Array, alt: str, css: str = "") -> str:
    """<img>; small pictures are enlarged with hard pixels if they are digits or maps, smoothly if faces."""
    hard = "hard" if image.shape[0] <= 32 or image.shape[2] == 1 else "soft"
    return f'<img class="{hard} {css}" src="{data_uri(image)}" alt="{html.escape(alt, quote=True)}" draggable="false">'


def tiles(
    items: list[Tile], columns: int, css: str = "", picked: int | None = None, keys: Sequence[int] | None = None
) -> str:
    """A grid of pictures with captions, `columns` to a row.

    Args:
        items: what is shown.
        columns: to a row.
        css: class of the grid; with "pick" among it tiles can be clicked, see `latentdemo.pickable` in page.js.
        picked: key of the one that is marked as chosen.
        keys: what a click tells, one for each item; their positions if None.
    """
    pick = "pick" in css.split()
    cells = "".join(
        f'<figure class="{item.css}{" picked" if key == picked else ""}"'
        + (f' data-pick="{key}" role="button" tabindex="0" aria-pressed="{str(key == picked).lower()}"' if pick else "")
        + f">{picture(item.image, item.caption)}<figcaption>{html.escape(item.caption)}</figcaption></figure>"
        for key, item in zip(keys if keys is not None else range(len(items)), items, strict=True)
    )
    return f'<div class="tiles {css}" style="--columns:{columns}">{cells}</div>'


def sheet(pictures: list[Array], columns: int) -> Array:
    """Pictures of one size (H, W, C) uint8 in rows of `columns`; the last row is filled with black."""
    blank = [np.zeros_like(pictures[0])] * (-len(pictures) % columns)
    grid = np.stack([*pictures, *blank])
    height, width, channels = pictures[0].shape
    rows = grid.reshape(-1, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return rows.reshape(-1, columns * width, channels)


def pack(pictures: list[Array], columns: int = 8) -> Array:
    """Pictures of one size as a JPEG sheet, for storing many of them: (n,) uint8."""
    return np.frombuffer(jpeg(sheet(pictures, columns)), np.uint8)


def unpack(packed: Array, side: int, columns: int = 8) -> list[Array]:
    """What `pack` was given, in JPEG's quality, and the black pictures that filled its last row."""
    whole = np.asarray(Image.open(io.BytesIO(packed.tobytes())).convert("RGB"))
    rows = whole.reshape(-1, side, columns, side, 3).transpose(0, 2, 1, 3, 4)
    return list(rows.reshape(-1, side, side, 3))


def bars(items: list[tuple[str, float]]) -> str:
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


def number(value: float) -> str:
    """A number as short as it can be read: 5, −0.25, 0.0625, 1234; a true minus sign, halves rounded away from 0.

    Whole numbers stay whole, others keep four digits, or their whole part. `static/arithmetic.js` writes the same.
    """
    exact = Decimal(float(value))
    if abs(exact) < 10**6 and (exact == exact.to_integral_value() or abs(exact) >= 1000):
        short = exact.quantize(Decimal(1), ROUND_HALF_UP)
    else:
        short = FOUR_DIGITS.create_decimal(exact).normalize()
    text = f"{short:f}" if abs(short) >= Decimal("1e-6") or not short else f"{short:e}"
    return ("0" if not short else text).replace("-", "−")


def short(value: float) -> str:
    """A number with three significant digits, as `number` writes it; from 100,000 on as 4.12e5."""
    if abs(value) < LARGE or not np.isfinite(value):
        return number(float(f"{value:.3g}"))
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits}e{int(exponent)}".replace("-", "−")


def decimals(value: float, n: int) -> str:
    """A number with n decimals and a true minus sign, large ones as `short` writes them."""
    return f"{value:.{n}f}".replace("-", "−") if abs(value) < LARGE else short(value)


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
