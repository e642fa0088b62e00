"""Arrays into pictures: marked, lit, laid into sheets, and as bytes for the wire or for storing."""

import base64
import io

import numpy as np
from numpy import ndarray as Array
from PIL import Image, ImageColor
from PIL.PngImagePlugin import PngInfo

from latentdemo.drawing.palette import VARIABLES

ENLARGED, FRAME = 4, 80  # times as large; milliseconds of a film's picture
MARK = ImageColor.getrgb(VARIABLES["mark"][0])


def outlined(image: Array, box: tuple[int, int, int, int]) -> Array:
    """A copy of (H, W, 3) uint8 with a rectangle (top, left, bottom, right) in yellow and black, cut at the border."""
    out = image.copy()
    height, width = image.shape[:2]
    for grow, colour in ((2, 0), (1, MARK), (0, MARK)):
        top, left = max(0, box[0] - grow), max(0, box[1] - grow)
        bottom, right = min(height, box[2] + grow) - 1, min(width, box[3] + grow) - 1
        out[[top, bottom], left : right + 1] = colour
        out[top : bottom + 1, [left, right]] = colour
    return out


def glowing(image: Array, values: Array) -> Array:
    """A picture darkened where values are small: (H, W, C) uint8 and (H, W) >= 0 -> (H, W, C) uint8; all dark at 0."""
    share = values / (float(values.max()) or 1.0)
    return (image * (0.2 + 0.8 * share[:, :, None]) + 0.5).astype(np.uint8)


def thumbnail(image: Array, longest: int) -> Array:
    """(H, W, C) uint8, shrunk to `longest` pixels by the mean of its blocks if it is larger."""
    step = -(-max(image.shape[:2]) // longest)
    if step <= 1:
        return image
    height, width = (max(1, n // step) for n in image.shape[:2])
    cut = image[: height * step, : width * step]
    if cut.shape[0] < height * step or cut.shape[1] < width * step:
        return image[::step, ::step]
    return cut.reshape(height, step, width, step, -1).mean(axis=(1, 3)).astype(np.uint8)


def kernel_picture(kernel: Array) -> Array:
    """(3, k, k) weights as a colour picture: grey is 0, each colour brighter above it and darker below."""
    limit = float(np.abs(kernel).max()) or 1.0
    return ((0.5 + 0.5 * kernel / limit) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0)


def png(image: Array, text: dict[str, str] | None = None) -> bytes:
    """(H, W, 1 or 3) uint8 -> PNG, with text chunks by keyword."""
    chunks, buffer = PngInfo(), io.BytesIO()
    for keyword, value in (text or {}).items():
        chunks.add_text(keyword, value)
    _picture(image).save(buffer, "PNG", compress_level=1, pnginfo=chunks)
    return buffer.getvalue()


def jpeg(image: Array) -> bytes:
    """(H, W, 1 or 3) uint8 -> JPEG of high quality; 64 pixels take 0.1 ms and 3 KB."""
    buffer = io.BytesIO()
    _picture(image).save(buffer, "JPEG", quality=92, subsampling=0)
    return buffer.getvalue()


def gif(pictures: list[Array]) -> bytes:
    """Pictures of one size, (H, W, C) uint8, as a film there and back, four times as large, for ever."""
    frames = []
    for picture in [*pictures, *pictures[-2:0:-1]]:
        how = Image.Resampling.NEAREST if picture.shape[2] == 1 else Image.Resampling.BICUBIC
        height, width = picture.shape[:2]
        frames.append(_picture(picture).resize((ENLARGED * width, ENLARGED * height), how))
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=FRAME, loop=0)
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


def base64_of(array: Array) -> str:
    """Numbers as a page's script reads them: real ones as little-endian float32, whole ones as they are."""
    flat = array.astype("<f4") if np.issubdtype(array.dtype, np.floating) else array
    return base64.b64encode(np.ascontiguousarray(flat).tobytes()).decode()


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
