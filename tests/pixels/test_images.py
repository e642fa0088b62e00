import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo.drawing.pictures import png
from latentdemo.pixels import decoding, images


def encode(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(size: int = 40) -> np.ndarray:
    return np.tile(np.linspace(0, 255, size).astype(np.uint8), (size, 1))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises a size that its data does not hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes"),
        (b"hello, I am text", "not a picture"),
        (b"%PDF-1.4", "not a picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
        (png_claiming(20_000, 20_000), "limit is 50 million"),
        (png_claiming(8_000, 8_000), "8000 × 8000 pixels; the limit is 50 million"),
        (png_claiming(64, 64), "damaged"),
        (encode(Image.effect_noise((200, 200), 80), "PNG")[:3000], "damaged"),
        (b"\x00" * (images.MAX_BYTES + 1), "30 MB"),
    ],
    ids=["empty", "text", "pdf", "svg", "bomb", "large", "hollow", "cut off", "huge"],
)
def test_bad_files_are_refused_in_one_sentence(data: bytes, message: str):
    with pytest.raises(ValueError, match=message) as caught:
        images.load(data)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_the_original_size_is_the_files_own_or_the_one_that_it_notes(tmp_path: Path):
    exif = Image.Exif()
    exif[decoding.ORIENTATION] = 6  # lies on its side
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(Image.new("RGB", (30, 20)), "JPEG", exif=exif))
    assert images.original_size(path) == (20, 30) == images.load(path).shape[1::-1]
    for text, size in {"900x700": (900, 700), "0x5": (4, 6), "7x": (4, 6), "9" * 9 + "x1": (4, 6)}.items():
        path.write_bytes(png(np.zeros((6, 4, 1), np.uint8), {images.ORIGINAL_SIZE: text}))
        assert images.original_size(path) == size
    path.write_bytes(png(np.zeros((6, 4, 1), np.uint8), images.size_text((900, 700))))
    assert images.original_size(path) == (900, 700)
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not a picture"):
        images.original_size(path)


def test_huge_files_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "big.png"
    with path.open("wb") as file:
        file.truncate(images.MAX_BYTES + 1)
    with pytest.raises(ValueError, match="limit is 30 MB"):
        images.load(path)


def test_sixteen_bits_are_scaled_not_cut():
    values = np.linspace(0, 65535, 1600).reshape(40, 40).astype(np.uint16)
    opened = images.load(encode(Image.fromarray(values), "PNG"))
    assert opened.shape == (40, 40, 1)
    np.testing.assert_allclose(opened[:, :, 0], values / 257, atol=0.51)


def test_cmyk_becomes_rgb():
    red = Image.new("CMYK", (20, 20), (0, 255, 255, 0))
    opened = images.load(encode(red, "JPEG", quality=95))
    assert opened.shape == (20, 20, 3) and opened[10, 10, 0] > 200 and opened[10, 10, 1] < 60


def test_transparency_is_laid_on_white():
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    assert (images.load(encode(clear, "PNG")) == 255).all()
    half = Image.new("LA", (8, 8), (0, 128))
    assert images.load(encode(half, "PNG"))[0, 0].tolist() == [127, 127, 127]


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    opened = images.load(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert opened.shape == (9, 9, 3) and opened[4, 4].tolist() == [255, 0, 0]


def test_camera_orientation_is_applied():
    picture = Image.fromarray(np.dstack([gradient(30)] * 3)[:, :20])
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter; shown upright it is 30 wide
    opened = images.load(encode(picture, "PNG", exif=exif))
    assert opened.shape[:2] == (20, 30)


def test_large_pictures_shrink_and_small_ones_stay():
    assert images.load(encode(Image.new("RGB", (3000, 1500)), "PNG")).shape == (512, 1024, 3)
    small = np.random.default_rng(0).integers(0, 255, (17, 23, 3), np.uint8)
    np.testing.assert_array_equal(images.load(encode(Image.fromarray(small), "PNG")), small)


def test_grey_equals_pil_and_floats_come_back():
    picture = np.random.default_rng(1).integers(0, 256, (9, 9, 3), np.uint8)
    oracle = np.asarray(Image.fromarray(picture).convert("L"), int)
    assert np.abs(images.grey(picture)[:, :, 0].astype(int) - oracle).max() <= 1
    np.testing.assert_array_equal(images.to_uint8(images.to_float(picture)), picture)


def test_fit_takes_the_middle_square():
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 255
    assert (images.fit(wide, 10, 3) == 255).all()
    assert images.fit(wide, 4, 1).shape == (4, 4, 1)
    square = np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)
    np.testing.assert_array_equal(images.fit(square, 64, 3), square)


@pytest.mark.parametrize("ink", [0, 255])
def test_a_digit_is_centred_whichever_its_ink(ink: int):
    paper = np.full((200, 160, 3), 255 - ink, np.uint8)
    paper[20:120, 30:50] = ink
    digit = images.as_digit(paper)[:, :, 0].astype(float)
    assert digit.shape == (28, 28) and digit.max() > 250
    rows = np.flatnonzero(digit.max(axis=1) > 60)
    assert 19 <= rows[-1] - rows[0] + 1 <= 21
    centre = (digit.sum(1) @ np.arange(28)) / digit.sum(), (digit.sum(0) @ np.arange(28)) / digit.sum()
    np.testing.assert_allclose(centre, (13.5, 13.5), atol=0.6)


def test_a_digit_of_the_right_form_and_an_empty_sheet_are_kept():
    ready = np.random.default_rng(3).integers(0, 256, (28, 28, 1), np.uint8)
    assert images.as_digit(ready) is ready
    assert (images.as_digit(np.full((50, 50, 3), 9, np.uint8)) == 0).all()


def test_missing_and_large_files_are_named_and_one_at_the_limit_is_read(tmp_path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ValueError, match=r"^The picture is no longer here; upload it again\.$"):
        images.load(tmp_path / "gone.png")
    data = encode(Image.fromarray(gradient()), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    monkeypatch.setattr(images, "MAX_BYTES", len(data))
    assert images.load(tmp_path / "a.png").shape == images.load(data).shape == (40, 40, 1)
    (tmp_path / "b.png").write_bytes(bytes(2_400_000))
    with pytest.raises(ValueError, match=r"^The file has 2 MB; the limit is 0 MB\.$"):
        images.load(tmp_path / "b.png")
    with pytest.raises(ValueError, match=r"^The file has 2 MB; the limit is 0 MB\.$"):
        images.load(bytes(2_400_000))


def test_grey_becomes_three_equal_channels_and_colour_stays():
    one = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert images.rgb(one).shape == (2, 3, 3) and (images.rgb(one) == one).all()
    colour = np.zeros((2, 3, 3), np.uint8)
    assert images.rgb(colour) is colour and images.grey(one) is one


def test_the_longest_side_is_shrunk_and_small_pictures_are_left():
    image = np.random.default_rng(0).integers(0, 256, (60, 30, 3), np.uint8)
    assert images.shrink(image, 60) is image and images.shrink(image, 100) is image
    small = images.shrink(image, 20)
    oracle = np.asarray(Image.fromarray(image).resize((10, 20), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(small, oracle)
    assert images.shrink(np.zeros((1, 900, 1), np.uint8), 9).shape == (1, 9, 1)


def test_the_middle_square_is_what_a_model_sees():
    tall, wide = np.zeros((50, 20, 1), np.uint8), np.zeros((20, 50, 1), np.uint8)
    tall[15:35], wide[:, 15:35] = 200, 200
    for image in (tall, wide):
        np.testing.assert_array_equal(images.fit(image, 20, 1), np.full((20, 20, 1), 200))
        assert images.fit(image, 8, 3).shape == (8, 8, 3) and (images.fit(image, 8, 3) == 200).all()
    square = np.random.default_rng(1).integers(0, 256, (20, 20, 3), np.uint8)
    np.testing.assert_array_equal(images.fit(square, 20, 3), square)


def test_floats_and_bytes_are_each_others_inverse_and_rounded():
    values = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(images.to_uint8(images.to_float(values)), values)
    assert images.to_uint8(np.array([-1.0, 0.498, 0.4982, 2.0])).tolist() == [0, 127, 127, 255]
    assert images.to_float(values).dtype == np.float32


@pytest.mark.parametrize("bright", [True, False])
def test_a_digit_fills_twenty_pixels_whichever_way_it_lies(bright: bool):
    for shape in ((100, 40), (40, 100), (60, 60)):
        ink = np.zeros((160, 140), np.uint8)
        ink[30 : 30 + shape[0], 20 : 20 + shape[1]] = 255
        found = images.as_digit((ink if bright else 255 - ink)[:, :, None])[:, :, 0]
        rows, columns = np.flatnonzero(found.max(axis=1) > 128), np.flatnonzero(found.max(axis=0) > 128)
        sides = [round(20 * side / max(shape)) for side in shape]
        assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == tuple(sides)
        assert abs(rows.mean() - 13.5) <= 0.5 and abs(columns.mean() - 13.5) <= 0.5
        assert found.max() == 255 and found[0, 0] == 0


def drawing(shape: tuple[int, int], parts: list[tuple[slice, slice]]) -> np.ndarray:
    """White strokes on black, (60, 60, 1), in a box of a given shape whose corner is at row 11, column 17."""
    sheet = np.zeros((60, 60), np.uint8)
    for rows, columns in parts:
        sheet[11 : 11 + shape[0], 17 : 17 + shape[1]][rows, columns] = 255
    return sheet[:, :, None]


def test_a_digit_of_the_right_size_is_moved_and_nothing_else():
    whole = slice(None)
    found = images.as_digit(drawing((20, 12), [(whole, whole)]))[:, :, 0]
    oracle = np.zeros((28, 28), np.uint8)
    oracle[4:24, 8:20] = 255
    np.testing.assert_array_equal(found, oracle)


@pytest.mark.parametrize(("heavy", "corner"), [(slice(0, 6), 8), (slice(14, 20), 0)])
def test_a_digit_stays_inside_however_its_mass_lies(heavy: slice, corner: int):
    thin, whole = slice(9, 11), slice(None)
    for turned in (False, True):
        parts = [(heavy, whole), (whole, thin)]
        sheet = drawing((20, 20), [(columns, rows) if turned else (rows, columns) for rows, columns in parts])
        found = images.as_digit(sheet)[:, :, 0]
        ends = np.flatnonzero(found.max(axis=0 if turned else 1))
        assert ends[-1] - ends[0] == 19 and found.sum() == sheet.sum()
        mass = sheet[:, :, 0].sum(axis=0 if turned else 1).astype(float)
        start = 17 if turned else 11
        centre = mass @ np.arange(60) / mass.sum() - start
        assert ends[0] == corner == np.clip(round(13.5 - centre), 0, 8)


def test_a_faint_digit_becomes_as_bright_as_any():
    sheet = (drawing((20, 12), [(slice(None), slice(None))]) // 255 * 40 + 100).astype(np.uint8)
    assert images.as_digit(sheet).max() == 255
    np.testing.assert_array_equal(images.as_digit(sheet), images.as_digit(255 - sheet))
    assert not images.as_digit(np.full((50, 50, 1), 77, np.uint8)).any()


def test_luma_is_rounded_to_the_nearest_whole_number():
    for rgb, grey in (
        ((0, 0, 4), 0),
        ((0, 0, 5), 1),
        ((1, 0, 1), 0),
        ((2, 0, 0), 1),
        ((0, 1, 0), 1),
        ((255,) * 3, 255),
    ):
        assert images.grey(np.array([[rgb]], np.uint8)).tolist() == [[[grey]]]
        assert images.grey(np.array([[rgb]], np.uint8)).dtype == np.uint8


def test_sixteen_bits_and_floats_are_scaled_to_eight():
    sixteen = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    assert images.load(encode(Image.fromarray(sixteen), "PNG"))[0, :, 0].tolist() == [0, 1, 128, 255]
    for values, shown in (
        ([0.0, 0.5, 1.0], [0, 128, 255]),  # up to 1: as it is
        ([0.0, 2.0, 4.0], [0, 128, 255]),  # beyond: by the largest
        ([-3.0, float("nan"), 0.25], [0, 0, 64]),
    ):
        data = encode(Image.fromarray(np.array([values], np.float32)), "TIFF")
        assert images.load(data)[0, :, 0].tolist() == shown


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_what_is_transparent_lies_on_white(mode: str):
    layer = np.zeros((1, 3, 4), np.uint8)
    layer[0, :, :3], layer[0, :, 3] = 100, (0, 255, 51)  # a fifth of 100 on white: 224
    found = decoding.decode(Image.fromarray(layer).convert(mode), 10)
    assert found.shape == (1, 3, 3)
    np.testing.assert_allclose(found[0, :, 0], [255, 100, 224], atol=2)


def test_a_palette_with_a_transparent_colour_lies_on_white_and_one_bit_is_grey():
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    palette.putpalette([10, 20, 30, 200, 100, 50])
    data = encode(palette, "PNG", transparency=0)
    assert images.load(data)[0].tolist() == [[255, 255, 255], [200, 100, 50]]
    assert images.load(encode(palette, "PNG"))[0].tolist() == [[10, 20, 30], [200, 100, 50]]
    bits = Image.fromarray(np.array([[True, False]]))
    assert images.load(encode(bits, "PNG"))[0].tolist() == [[255], [0]]


def test_a_large_photograph_is_decoded_small_and_looks_the_same():
    rng = np.random.default_rng(3)
    coarse = Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)).resize((1200, 800), Image.Resampling.BICUBIC)
    for mode, channels in (("RGB", 3), ("L", 1)):
        data = encode(coarse.convert(mode), "JPEG", quality=95)
        found = images.load(data, max_side=150)
        oracle = np.asarray(Image.open(io.BytesIO(data)).resize((150, 100), Image.Resampling.LANCZOS))
        assert found.shape == (100, 150, channels)
        assert np.abs(found.astype(int) - oracle.reshape(found.shape)).mean() < 2


def test_a_picture_of_just_the_allowed_size_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoding, "MAX_PIXELS", 1600)
    data = encode(Image.fromarray(gradient()), "PNG")
    assert images.load(data).shape == (40, 40, 1)
    monkeypatch.setattr(decoding, "MAX_PIXELS", 1599)
    with pytest.raises(ValueError, match=r"^The picture has 40 × 40 pixels; the limit is 0 million in all\.$"):
        images.load(data)
    for nothing, sentence in (
        (b"", "The file is empty (0 bytes); choose another picture."),
        (b"<svg>", "SVG is a drawing made of curves, not of pixels; export it as PNG first."),
    ):
        with pytest.raises(ValueError) as caught:
            images.load(nothing)
        assert str(caught.value) == sentence
