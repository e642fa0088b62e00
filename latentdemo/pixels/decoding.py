"""An opened file in, (H, W, C) uint8 out: every mode of Pillow's, in strips, so that nothing large exists twice."""

import threading
from collections.abc import Callable

import numpy as np
from numpy import ndarray as Array
from PIL import Image

MAX_PIXELS = 50_000_000  # the largest phone cameras; 50 million RGB pixels are 150 MB while they are opened
LARGE_PIXELS = 4_000_000  # what is larger waits until fewer than AT_ONCE such pictures are being opened
AT_ONCE = 2
STRIP_PIXELS = 200_000  # that are converted at a time
READ_BYTES = 2048  # that are unpacked at a time: Python's other threads stand still meanwhile
ORIENTATION = 0x112  # EXIF's tag
SIDEWAYS = 5  # orientations from here on exchange width and height
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_turn = threading.BoundedSemaphore(AT_ONCE)


class TooLarge(ValueError):
    """More pixels than are opened; nothing was read."""


def decode(picture: Image.Image, max_side: int, keep_grey: bool = False) -> Array:
    """An opened picture whose pixels were not read yet -> (H, W, 1 or 3) uint8, upright, no side above `max_side`.

    With `keep_grey` a grey picture with transparency or with a palette of grey values has one channel, else three.

    Raises:
        TooLarge: more than MAX_PIXELS.
        Exception: whatever Pillow raises at a damaged file.
    """
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise TooLarge(f"The picture has {width} × {height} pixels; the limit is {MAX_PIXELS // 10**6} million in all.")
    picture.draft(
        "RGB" if picture.mode != "L" else "L", (max_side, max_side)
    )  # JPEG: read at half the size, a quarter …
    if width * height <= LARGE_PIXELS and picture.format != "AVIF":  # which may hold more pixels than it says
        array = _decode(picture, max_side)
    else:
        with _turn:
            array = _decode(picture, max_side)
    return array[:, :, :1] if keep_grey and _is_grey(picture) else array


def _decode(picture: Image.Image, max_side: int) -> Array:
    clear = _clear_value(picture)
    picture.decodermaxblock = READ_BYTES  # pyright: ignore[reportAttributeAccessIssue]
    picture.load()
    turn = TURNS.get(_orientation(picture))
    factor = max(1, max(picture.size) // (2 * max_side))  # what is left is resampled more finely
    small = _reduced(picture, factor, _converter(picture, clear))
    small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    array = np.array(small if turn is None else small.transpose(turn))
    return array[:, :, None] if array.ndim == 2 else array


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height of an opened file, in pixels, after the camera's orientation is applied."""
    width, height = picture.size
    return (height, width) if _orientation(picture) >= SIDEWAYS else (width, height)


def _orientation(picture: Image.Image) -> int:
    """EXIF's orientation, 1 … 8; 1 where it cannot be read: other tags may hold what no camera should have written."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:
        return 1


def _reduced(picture: Image.Image, factor: int, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Mean of factor × factor blocks of the converted picture: at least one pixel a side."""
    width, height = picture.size
    rows = max(1, STRIP_PIXELS // (width * factor)) * factor
    out = None
    for top in range(0, height, rows):
        strip = convert(picture.crop((0, top, width, min(height, top + rows)))).reduce(factor)
        out = out or Image.new(strip.mode, (strip.width, -(-height // factor)))
        out.paste(strip, (0, top // factor))
    assert out is not None  # no picture has 0 rows
    return out


def _converter(picture: Image.Image, clear: float | None) -> Callable[[Image.Image], Image.Image]:
    """What turns strips of a picture into "L" or "RGB"; transparency is laid on white."""
    if picture.mode.startswith(("I", "F")):
        full = _full_scale(picture)

        def scaled(strip: Image.Image) -> Image.Image:
            values = np.asarray(strip).astype(np.float64 if picture.mode == "I" else np.float32)
            values = np.nan_to_num(values, copy=False) if picture.mode == "F" else values
            grey = (values.clip(0, full) * (255 / full) + 0.5).astype(np.uint8)
            return Image.fromarray(grey if clear is None else np.where(values == clear, np.uint8(255), grey))

        return scaled
    if picture.has_transparency_data or picture.mode in ("RGBa", "La"):
        return _on_white
    return lambda strip: strip.convert("L" if picture.mode in ("1", "L") else "RGB")


def _on_white(strip: Image.Image) -> Image.Image:
    layer = strip.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _is_grey(picture: Image.Image) -> bool:
    """Whether a picture's mode has no colours, or it uses none of its palette's."""
    if picture.mode not in ("P", "PA"):
        return picture.mode in ("1", "L", "LA", "La")
    used = np.unique(np.asarray(picture.getchannel(0)))
    palette = np.array((picture.getpalette("RGB") or []) + [0] * 768)[:768].reshape(256, 3)[used]
    return bool((palette == palette[:, :1]).all())


def _clear_value(picture: Image.Image) -> float | None:
    """The grey value that a 16-bit PNG calls transparent; of 16-bit colours the 8 bits that are read are left."""
    clear = picture.info.get("transparency")
    if isinstance(clear, tuple) and any("16" in str(tile[3]) for tile in picture.tile):  # pyright: ignore
        picture.info["transparency"] = tuple(value >> 8 for value in clear)
    return clear if isinstance(clear, int) else None


def _full_scale(picture: Image.Image) -> float:
    """The value that is white: of 16 bits the largest there is, else the largest that the file could have meant."""
    if picture.mode.startswith("I;16") or picture.format in ("PNG", "PPM"):
        return 65535.0
    low, high = np.inf, 0.0
    for top in range(0, picture.height, 256):
        strip = np.asarray(picture.crop((0, top, picture.width, min(picture.height, top + 256))))
        finite = strip[np.isfinite(strip)]
        high, low = max(high, float(finite.max(initial=0))), min(low, float(finite.min(initial=0)))
    if picture.mode == "F":
        return max(high, 1.0)
    return next((full for full in (255.0, 65535.0) if high <= full), high)
