import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from plotly.colors import sequential

from latentdemo import figures
from latentdemo.convolution import step


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
    ("value", "text"), [(5, "5"), (-0.25, "−0.25"), (1 / 16, "0.0625"), (0, "0"), (12345, "1.23e+04")]
)
def test_numbers_are_short(value: float, text: str):
    assert figures.number(value) == text


def test_arithmetic_shows_every_number_and_the_sum():
    plane = np.arange(9, dtype=np.float32).reshape(3, 3)
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)
    html = figures.arithmetic(step(plane, kernel, 0, 0, padding=1), kernel, "here")
    assert html.count("<td") == 27 and html.count('class="padding"') == 5
    assert "Sum of the products: 4." in html and ">−4<" in html


def test_dimension_bars_stand_in_the_asked_order():
    figure = figures.dimension_figure(np.array([1.0, 3.0, 2.0]), np.array([1, 2, 0]), "nats")
    bars: Any = figure.data[0]
    assert list(bars.x) == ["z1", "z2", "z0"] and list(bars.y) == [3, 2, 1]
