import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from plotly.colors import sequential

from latentdemo import figures


def opened(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def test_signed_scale_is_white_at_zero_and_even_on_both_sides():
    colours = figures.signed_colours(np.array([[-2.0, 0.0, 2.0, 1.0]]))[0]
    assert colours[1].tolist() == [255, 255, 255]
    assert colours[0].tolist() == figures.SIGNED[0].tolist() and colours[2].tolist() == figures.SIGNED[-1].tolist()
    assert colours[0, 2] > colours[0, 0] and colours[2, 0] > colours[2, 2]  # blue below, orange above
    assert (figures.signed_colours(np.zeros((3, 3))) == 255).all()


def test_unsigned_scale_is_viridis():
    colours = figures.unsigned_colours(np.linspace(0, 1, 10)[None])[0]
    oracle = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in sequential.Viridis]
    assert np.abs(colours.astype(int) - oracle).max() <= 2
    luma = colours @ np.array((0.299, 0.587, 0.114))
    assert (np.diff(luma) > 0).all()
    assert figures.unsigned_colours(np.ones((2, 2))).shape == (2, 2, 3)


def test_pictures_come_back_from_the_page():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (28, 28, 1), np.uint8)
    np.testing.assert_array_equal(opened(figures.data_uri(small)), small[:, :, 0])
    large = np.repeat(np.linspace(0, 255, 300).astype(np.uint8)[:, None, None], 300, 1).repeat(3, 2)
    assert np.abs(opened(figures.data_uri(large)).astype(int) - large).max() <= 3
    data, kind = figures.encoded(small)
    assert kind == "image/png" and data == figures.png(small)
    assert figures.encoded(large)[1] == "image/jpeg"


def test_digits_and_maps_keep_their_pixels_and_faces_are_smoothed():
    assert 'class="hard' in figures.picture(np.zeros((28, 28, 1), np.uint8), "")
    assert 'class="hard' in figures.picture(np.zeros((3, 3, 3), np.uint8), "")
    assert 'class="soft' in figures.picture(np.zeros((64, 64, 3), np.uint8), "")


def test_text_from_outside_is_escaped():
    nasty = '<script>"x"</script>'
    tile = figures.Tile(np.zeros((4, 4, 1), np.uint8), nasty)
    for html in (figures.tiles([tile], 1), figures.sentence(nasty), figures.problem(nasty)):
        assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (-0.25, "−0.25"),
        (1 / 16, "0.0625"),
        (0, "0"),
        (12345, "12345"),
        (1234.5, "1235"),
        (1.00125, "1.001"),
        (617.25, "617.3"),
        (-0.0, "0"),
        (999.96, "1000"),
        (1.5e-7, "1.5e−7"),
        (12_345_678.5, "12350000"),
    ],
)
def test_numbers_are_short(value: float, text: str):
    assert figures.number(value) == text


def test_an_outline_stands_around_its_box_and_is_cut_at_the_border():
    image = np.full((20, 20, 3), 100, np.uint8)
    out = figures.outlined(image, (5, 6, 10, 12))
    assert out[5, 8].tolist() == out[4, 8].tolist() == [250, 204, 21] and out[3, 8].tolist() == [0, 0, 0]
    assert (out[6:9, 7:11] == 100).all() and (out[12:] == 100).all() and (image == 100).all()
    assert figures.outlined(image, (-9, -9, 40, 40))[0, 0].tolist() == [250, 204, 21]


def test_what_glows_is_as_bright_as_its_value():
    image = np.full((2, 2, 3), 200, np.uint8)
    out = figures.glowing(image, np.array([[1.0, 0.5], [0, 0]]))
    assert out[0, 0, 0] == 200 and out[0, 1, 0] == 120 and out[1, 0, 0] == 40
    assert (figures.glowing(image, np.zeros((2, 2))) == 40).all()


def test_thumbnails_are_means_of_blocks():
    image = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    oracle = image.reshape(16, 4, 12, 4, 3).mean((1, 3)).astype(np.uint8)
    np.testing.assert_array_equal(figures.thumbnail(image, 16), oracle)
    assert figures.thumbnail(image, 64) is image
    assert max(figures.thumbnail(np.zeros((224, 149, 3), np.uint8), 96).shape) <= 96


def test_sheets_hold_their_pictures_in_reading_order():
    pictures = [np.full((8, 8, 3), 20 * i, np.uint8) for i in range(6)]
    sheet = figures.sheet(pictures, 4)
    assert sheet.shape == (16, 32, 3) and sheet[3, 27, 0] == 60 and sheet[12, 12, 0] == 100 and sheet[12, 20, 0] == 0
    back = figures.unpack(figures.pack(pictures, 4), 8, 4)
    assert [int(picture.mean() + 0.5) for picture in back] == [0, 20, 40, 60, 80, 100, 0, 0]


def test_bars_say_their_shares():
    html = figures.bars([("<cat>", 0.25)])
    assert "width:25.0%" in html and "25.0%</b>" in html and "&lt;cat&gt;" in html


def test_tiles_that_can_be_picked_say_which_they_are():
    tile = figures.Tile(np.zeros((4, 4, 1), np.uint8), "x")
    html = figures.tiles([tile, tile], 2, "maps pick", picked=1)
    assert html.count('role="button"') == 2 and html.count('aria-pressed="true"') == 1
    assert 'picked" data-pick="1"' in html and "data-pick" not in figures.tiles([tile], 1, "maps")


def test_dimension_bars_stand_in_the_asked_order():
    figure = figures.dimension_figure(np.array([1.0, 3.0, 2.0]), np.array([1, 2, 0]), "nats")
    bars: Any = figure.data[0]
    assert list(bars.x) == ["z1", "z2", "z0"] and list(bars.y) == [3, 2, 1]


def test_short_numbers_stay_short():
    assert (
        figures.short(0.00067123) == "0.000671"
        and figures.short(-3.14159) == "−3.14"
        and figures.short(99999) == "100000"
    )
    assert figures.short(412254.0) == "4.12e5" and figures.short(-8.85e26) == "−8.85e26"
    assert figures.decimals(-12.345, 1) == "−12.3" and figures.decimals(1.78e11, 1) == "1.78e11"
