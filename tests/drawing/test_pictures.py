import base64
import io

import numpy as np
from PIL import Image

from latentdemo.drawing.pictures import data_uri, encoded, glowing, outlined, pack, png, sheet, thumbnail, unpack


def opened(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def test_pictures_come_back_from_the_page():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (28, 28, 1), np.uint8)
    np.testing.assert_array_equal(opened(data_uri(small)), small[:, :, 0])
    large = np.repeat(np.linspace(0, 255, 300).astype(np.uint8)[:, None, None], 300, 1).repeat(3, 2)
    assert np.abs(opened(data_uri(large)).astype(int) - large).max() <= 3
    data, kind = encoded(small)
    assert kind == "image/png" and data == png(small)
    assert encoded(large)[1] == "image/jpeg"


def test_an_outline_stands_around_its_box_and_is_cut_at_the_border():
    image = np.full((20, 20, 3), 100, np.uint8)
    out = outlined(image, (5, 6, 10, 12))
    assert out[5, 8].tolist() == out[4, 8].tolist() == [250, 204, 21] and out[3, 8].tolist() == [0, 0, 0]
    assert (out[6:9, 7:11] == 100).all() and (out[12:] == 100).all() and (image == 100).all()
    assert outlined(image, (-9, -9, 40, 40))[0, 0].tolist() == [250, 204, 21]


def test_what_glows_is_as_bright_as_its_value():
    image = np.full((2, 2, 3), 200, np.uint8)
    out = glowing(image, np.array([[1.0, 0.5], [0, 0]]))
    assert out[0, 0, 0] == 200 and out[0, 1, 0] == 120 and out[1, 0, 0] == 40
    assert (glowing(image, np.zeros((2, 2))) == 40).all()


def test_thumbnails_are_means_of_blocks():
    image = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    oracle = image.reshape(16, 4, 12, 4, 3).mean((1, 3)).astype(np.uint8)
    np.testing.assert_array_equal(thumbnail(image, 16), oracle)
    assert thumbnail(image, 64) is image
    assert max(thumbnail(np.zeros((224, 149, 3), np.uint8), 96).shape) <= 96


def test_sheets_hold_their_pictures_in_reading_order():
    pictures = [np.full((8, 8, 3), 20 * i, np.uint8) for i in range(6)]
    whole = sheet(pictures, 4)
    assert whole.shape == (16, 32, 3) and whole[3, 27, 0] == 60 and whole[12, 12, 0] == 100 and whole[12, 20, 0] == 0
    back = unpack(pack(pictures, 4), 8, 4)
    assert [int(picture.mean() + 0.5) for picture in back] == [0, 20, 40, 60, 80, 100, 0, 0]
