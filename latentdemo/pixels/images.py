"""The one door for pictures: whatever comes in is checked, turned upright and made uint8 (H, W, C)."""

import base64
import io
import logging
import re
import warnings
from pathlib import Path
from typing import IO

import numpy as np
from numpy import ndarray as Array
from PIL import Image, UnidentifiedImageError

from latentdemo.pixels.decoding import MAX_PIXELS, TooLarge, decode, upright_size

MAX_BYTES = 30_000_000
MAX_SIDE = 1024  # longest side of what is kept, in pixels
LUMA = np.array((299, 587, 114))  # thousandths of red, green, blue: ITU-R BT.601
ORIGINAL_SIZE = "original size"  # keyword of a PNG's text chunk
DIGIT_SIZE, DIGIT_BOX = 28, 20  # MNIST: the digit fills 20 x 20 pixels, its centre of mass in the middle of 28 x 28
MAX_DRAWING = 200_000  # characters of a drawing's data address
MAX_DRAWING_PIXELS = 1_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")
ISO_FORMATS = ("AVIF", "HEIF")  # in ISO's container for media
ENDINGS = frozenset(  # of files in these formats
    f".{ending}"
    for ending in (  # noqa: SIM905
        "png|apng|jpg|jpeg|jpe|jif|jfif|pjpeg|pjp|mpo|gif|webp|bmp|tif|tiff|ppm|pgm|pbm|pnm|pfm|"
        "avif|avifs|heic|heics|heif|heifs|hif"
    ).split("|")
)
UNREAD_ENDINGS = frozenset(  # of images in other formats
    f".{ending}"
    for ending in (  # noqa: SIM905
        "jxl|jp2|j2k|j2c|jpx|jpf|jpc|svg|svgz|psd|xcf|tga|ico|icns|pcx|dds|qoi|exr|hdr|eps|ai|pdf|dib|wmf|emf|dcm|fits|"
        "raw|dng|cr2|cr3|nef|nrw|arw|sr2|raf|orf|rw2|pef|srw|x3f|xbm|xpm|sgi|ras|im"
    ).split("|")
)
SVG = "SVG is a drawing made of curves, not of pixels; export it as PNG first."
UNKNOWN = "This is not a picture that can be opened; use PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC."
OTHER_FORMATS = {  # how a file of them begins
    "JPEG XL": (b"\xff\x0a", b"\0\0\0\x0cJXL "),
    "JPEG 2000": (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
    "Photoshop": (b"8BPS",),
    "Icon": (b"\0\0\1\0",),
}
DAMAGED = "The picture is damaged or cut off; save it again as PNG or JPEG."
log = logging.getLogger("latentdemo")


def load(source: str | Path | bytes, max_side: int = MAX_SIDE, keep_grey: bool = False) -> Array:
    """Open a picture that anybody may have sent.

    Args:
        source: a file's path or its bytes. 16-bit is scaled to 8, CMYK and palettes become RGB, transparency is laid
            on white, of an animation the first frame is taken, a camera's orientation is applied.
        max_side: the picture is shrunk, never enlarged, until no side is longer (pixels).
        keep_grey: whether a grey picture with transparency or a palette has one channel; otherwise it has three.

    Returns:
        (H, W, 1) or (H, W, 3) uint8.

    Raises:
        ValueError: one sentence that says what is wrong and what to do.
    """
    if isinstance(source, bytes):
        return _open(io.BytesIO(source), len(source), max_side, keep_grey)
    path = Path(source)
    if not path.is_file():
        raise ValueError("The picture is no longer here; upload it again.")
    with path.open("rb") as file:  # not read as a whole: many may wait for their turn
        return _open(file, path.stat().st_size, max_side, keep_grey)


def _open(file: IO[bytes], size: int, max_side: int, keep_grey: bool) -> Array:
    if size == 0:
        raise ValueError("The file is empty (0 bytes); choose another picture.")
    if size > MAX_BYTES:
        raise ValueError(f"The file has {size / 1e6:.0f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PIL warns of large pictures; `decode` refuses them
            with Image.open(file, formats=_formats(file)) as picture:
                return decode(picture, max_side, keep_grey)
    except UnidentifiedImageError:
        file.seek(0)
        raise ValueError(_unknown(file.read(2000))) from None
    except Image.DecompressionBombError:
        raise ValueError(f"The picture is too large; the limit is {MAX_PIXELS // 10**6} million pixels.") from None
    except TooLarge:
        raise
    except Exception as error:  # Pillow's readers raise what their parsers happen to raise
        log.debug("unreadable picture: %r", error)
        raise ValueError(DAMAGED) from None


def original_size(source: str | Path) -> tuple[int, int]:
    """Width and height of an image before it was reduced, in pixels, upright; read from the file's header.

    Raises:
        ValueError: as `load`.
    """
    try:
        with Path(source).open("rb") as file, Image.open(file, formats=_formats(file)) as picture:
            noted = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", str(picture.info.get(ORIGINAL_SIZE, "")))
            return (int(noted[1]), int(noted[2])) if noted else upright_size(picture)
    except Exception as error:  # Pillow's readers raise what their parsers happen to raise
        log.debug("unreadable picture: %r", error)
        raise ValueError(UNKNOWN) from None


def size_text(size: tuple[int, int]) -> dict[str, str]:
    """Text chunks of a PNG that note the original (width, height) of a reduced image; `original_size` reads them."""
    return {ORIGINAL_SIZE: f"{size[0]}x{size[1]}"}


def _formats(file: IO[bytes]) -> tuple[str, ...]:
    """Pillow's names of the formats that a file may have by its first bytes."""
    head = file.read(12)
    file.seek(0)
    if head[4:8] != b"ftyp":
        return FORMATS
    from pillow_heif import register_heif_opener  # for such files alone

    register_heif_opener(thumbnails=False)
    return ISO_FORMATS


def _unknown(head: bytes) -> str:
    """A sentence about a file in a format that is not read."""
    for name, beginnings in OTHER_FORMATS.items():
        if head.startswith(beginnings):
            return f"{name} files are not read; save the picture as PNG or JPEG."
    return SVG if b"<svg" in head.lower() else UNKNOWN


def to_float(image: Array) -> Array:
    """uint8 0 … 255 -> float32 0 … 1, same shape."""
    return image.astype(np.float32) / np.float32(255)


def to_uint8(image: Array) -> Array:
    """Floats -> uint8 0 … 255, rounded; values outside [0, 1] are clipped, same shape."""
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def grey(image: Array) -> Array:
    """(H, W, 1 or 3), uint8 or float -> (H, W, 1) of the same dtype: luma 0.299 R + 0.587 G + 0.114 B (BT.601)."""
    if image.shape[2] == 1:
        return image
    if image.dtype == np.uint8:  # whole numbers: the same on every machine, and in the page
        return ((image.astype(np.int32) @ LUMA + 500) // 1000).astype(np.uint8)[:, :, None]
    return (image @ (LUMA / 1000).astype(image.dtype))[:, :, None]


def rgb(image: Array) -> Array:
    """(H, W, 1 or 3) -> (H, W, 3), grey repeated."""
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def fit(image: Array, size: int, channels: int) -> Array:
    """What a model gets to see: the middle square, resized with anti-aliasing.

    Args:
        image: (H, W, 1 or 3) uint8.
        size: side of the square, pixels.
        channels: 1 (grey) or 3.

    Returns:
        (size, size, channels) uint8; unchanged where it has that form already.
    """
    image = grey(image) if channels == 1 else rgb(image)
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    return square if side == size else _resize(square, size, size)


def shrink(image: Array, longest: int) -> Array:
    """(H, W, C) uint8 with no side longer than `longest` pixels, resized with anti-aliasing; small ones as they are."""
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    return image if scale >= 1 else _resize(image, max(1, round(height * scale)), max(1, round(width * scale)))


def _resize(image: Array, height: int, width: int) -> Array:
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    resized = np.array(picture.resize((width, height), Image.Resampling.LANCZOS))
    return resized.reshape(height, width, image.shape[2])


def as_digit(image: Array) -> Array:
    """Bring a drawing or a photograph of a digit into MNIST's form: white on black, 20 pixels high, centred.

    Args:
        image: (H, W, 1 or 3) uint8, one dark digit on a bright ground or the other way round.

    Returns:
        (28, 28, 1) uint8; a grey picture of that size is returned as it is, an empty one as black.

    Source:
        LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A.
    """
    if image.shape == (DIGIT_SIZE, DIGIT_SIZE, 1):
        return image
    ink = to_float(grey(image))[:, :, 0]
    border = np.concatenate((ink[0], ink[-1], ink[:, 0], ink[:, -1]))
    ink = np.abs(ink - np.median(border))  # the border is the ground, whichever its brightness
    ink /= max(ink.max(), 1e-6)
    rows, columns = (np.flatnonzero((ink > 0.3).any(axis)) for axis in (1, 0))
    out = np.zeros((DIGIT_SIZE, DIGIT_SIZE), np.float32)
    if not len(rows):
        return to_uint8(out)[:, :, None]
    crop = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = DIGIT_BOX / max(crop.shape)
    height, width = (max(1, round(side * scale)) for side in crop.shape)
    small = to_float(_resize(to_uint8(crop)[:, :, None], height, width))[:, :, 0]
    mass = small.sum() or 1
    centre_y, centre_x = (small.sum(1) @ np.arange(height)) / mass, (small.sum(0) @ np.arange(width)) / mass
    middle = (DIGIT_SIZE - 1) / 2
    top = int(np.clip(round(middle - centre_y), 0, DIGIT_SIZE - height))
    left = int(np.clip(round(middle - centre_x), 0, DIGIT_SIZE - width))
    out[top : top + height, left : left + width] = small
    return to_uint8(out)[:, :, None]


def drawing(address: str) -> Array:
    """A drawing pad's data address -> (28, 28, 1) uint8, centred as MNIST's digits are. ValueError if it is none."""
    head, _, data = address[:MAX_DRAWING].partition(",")
    try:
        if not head.startswith("data:image/png;base64"):
            raise ValueError
        sent = base64.b64decode(data, validate=True)
        with Image.open(io.BytesIO(sent), formats=("PNG",)) as picture:
            width, height = picture.size  # of the header: nothing is decoded yet
        drawn = load(sent) if width * height <= MAX_DRAWING_PIXELS else None
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError("The drawing did not arrive whole; draw again.") from None
    if drawn is None:
        raise ValueError(f"The drawing has {width} × {height} pixels; the limit is {MAX_DRAWING_PIXELS:,} in all.")
    return as_digit(drawn)
