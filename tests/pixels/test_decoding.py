import io
import struct
import threading
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from latentdemo.pixels import decoding, images

RNG = np.random.default_rng(0)


def encode(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def sixteen_bit_png(values: np.ndarray, clear: tuple[int, ...] = ()) -> bytes:
    """(H, W) or (H, W, 3) uint16 as a PNG, one value of it transparent."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = values.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 16, 2 if values.ndim == 3 else 0, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    if clear:
        parts.insert(1, chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_transparent_value_is_white_in_sixteen_bits_too():
    grey = np.array([[0, 257, 40_000, 65_535]], np.uint16)
    assert images.load(sixteen_bit_png(grey, (257,)))[0, :, 0].tolist() == [0, 255, 156, 255]
    assert images.load(sixteen_bit_png(grey))[0, :, 0].tolist() == [0, 1, 156, 255]
    colour = np.array([[[0x1234, 0x5678, 0x9ABC], [0x3456, 0, 0xFFFF]]], np.uint16)
    assert images.load(sixteen_bit_png(colour))[0].tolist() == [[0x12, 0x56, 0x9A], [0x34, 0, 0xFF]]
    assert images.load(sixteen_bit_png(colour, (0x1234, 0x5678, 0x9ABC)))[0].tolist() == [[255] * 3, [0x34, 0, 0xFF]]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0, 100, 255], [0, 100, 255]),  # eight bits in a wide file
        ([0, 257, 65_535], [0, 1, 255]),
        ([0, 500_000, 1_000_000], [0, 128, 255]),  # by the largest
        ([-5, 0, 200], [0, 0, 200]),
    ],
)
def test_thirty_two_bits_are_read_by_what_they_hold(values: list[int], shown: list[int]):
    data = encode(Image.fromarray(np.array([values], np.int32)), "TIFF")
    assert images.load(data)[0, :, 0].tolist() == shown


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "CMYK"])
@pytest.mark.parametrize("size", [(97, 61), (333, 40), (40, 333), (9, 3000)])
def test_strips_give_what_the_whole_picture_gives(mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch):
    """Against Pillow's own box filter on the picture as a whole."""
    monkeypatch.setattr(decoding, "STRIP_PIXELS", 700)
    picture = Image.fromarray(RNG.integers(0, 256, (*size[::-1], 4), np.uint8)).convert(mode)
    whole = picture.convert("RGBA")
    white = Image.alpha_composite(Image.new("RGBA", size, "white"), whole).convert("RGB")
    side = max(size) // 6
    for most, factor in ((side, 3), (max(size), 1)):
        found = decoding.decode(picture.copy(), most)
        oracle = white.convert("L" if mode in ("1", "L") else "RGB").reduce(factor)
        oracle.thumbnail((most, most), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(found.squeeze(), np.asarray(oracle).squeeze())


@pytest.mark.parametrize("orientation", [*range(9), 99])
def test_a_camera_that_was_turned_is_turned_back(orientation: int):
    coarse = Image.fromarray(RNG.integers(0, 256, (4, 6, 3), np.uint8)).resize((60, 40))
    exif = Image.Exif()
    exif[decoding.ORIENTATION] = orientation
    data = encode(coarse, exif=exif)
    np.testing.assert_array_equal(images.load(data), np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))))


def test_of_exif_the_orientation_alone_is_read():
    exif = Image.Exif()
    exif[decoding.ORIENTATION] = 6
    tiff = exif.tobytes()[6:]
    (count,) = struct.unpack_from("<H", tiff, 8)
    entry = struct.pack("<HHII", 0x9201, 10, 1, 10_000)  # a signed rational that lies beyond the file
    broken = tiff[:8] + struct.pack("<H", count + 1) + tiff[10 : 10 + 12 * count] + entry + tiff[10 + 12 * count :]
    data = encode(Image.new("RGB", (40, 20), "red"), "JPEG", exif=b"Exif\0\0" + broken)
    assert images.load(data).shape == (40, 20, 3)


def test_words_in_a_png_do_not_make_it_a_drawing():
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "made from <svg>")
    assert images.load(encode(Image.new("L", (5, 4)), pnginfo=about)).shape == (4, 5, 1)


@pytest.mark.parametrize("error", [struct.error("x"), KeyError(3), TypeError("x"), IndexError(), ValueError("buffer")])
def test_whatever_a_reader_raises_is_one_sentence(error: Exception, monkeypatch: pytest.MonkeyPatch):
    def fails(*_):
        raise error

    data = encode(Image.new("L", (5, 4)))
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", fails)
    with pytest.raises(ValueError) as caught:
        images.load(data)
    assert str(caught.value) == images.DAMAGED


def test_two_large_pictures_are_opened_at_a_time_and_small_ones_pass(monkeypatch: pytest.MonkeyPatch):
    open_now, most, small_done = [], [], []
    gate = threading.Event()

    def slow(picture: Image.Image, side: int) -> np.ndarray:
        if picture.width < 1000:
            small_done.append(1)
            return np.zeros((1, 1, 1), np.uint8)
        open_now.append(1)
        most.append(len(open_now))
        gate.wait(10)
        open_now.pop()
        return np.zeros((1, 1, 1), np.uint8)

    monkeypatch.setattr(decoding, "_decode", slow)
    large, small = Image.new("L", (2001, 2000)), Image.new("L", (2000, 2000)).resize((900, 900))
    threads = [threading.Thread(target=decoding.decode, args=(large, 64)) for _ in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    decoding.decode(small, 64)
    assert small_done and len(open_now) == decoding.AT_ONCE == 2
    gate.set()
    for thread in threads:
        thread.join(10)
    assert max(most) == 2 and len(most) == 5


def test_another_picture_is_opened_after_a_broken_one():
    noise = encode(Image.fromarray(RNG.integers(0, 256, (2100, 2100), np.uint8)))
    for _ in range(decoding.AT_ONCE + 1):
        with pytest.raises(ValueError, match="damaged"):
            images.load(noise[: len(noise) // 2])
    assert images.load(noise).shape == (1024, 1024, 1)
