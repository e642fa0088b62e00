import base64
import io

import numpy as np
from PIL import Image

from latentdemo.drawing import pictures
from latentdemo.drawing.pictures import (
    data_uri,
    encoded,
    glowing,
    kernel_picture,
    outlined,
    pack,
    png,
    sheet,
    thumbnail,
    unpack,
)


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


def test_an_outline_is_one_yellow_frame_with_black_around_it():
    out = outlined(np.full((12, 14, 3), 100, np.uint8), (3, 4, 7, 9))
    oracle = np.full((12, 14, 3), 100, np.uint8)
    oracle[1:9, 2:11], oracle[2:8, 3:10], oracle[4:6, 5:8] = 0, (250, 204, 21), 100
    np.testing.assert_array_equal(out, oracle)


def test_what_glows_is_scaled_to_its_own_brightest_value():
    image = np.full((1, 3, 3), 200, np.uint8)
    np.testing.assert_array_equal(glowing(image, np.array([[4.0, 2.0, 0.0]]))[0, :, 0], [200, 120, 40])
    np.testing.assert_array_equal(glowing(image, np.array([[0.5, 0.25, 0.0]]))[0, :, 0], [200, 120, 40])


def test_a_sheet_of_one_picture_is_filled_with_black():
    one = np.random.default_rng(1).integers(1, 256, (3, 5, 3), np.uint8)
    whole = sheet([one], 3)
    assert whole.shape == (3, 15, 3)
    np.testing.assert_array_equal(whole[:, :5], one)
    assert not whole[:, 5:].any() and sheet([one[:, :, :1]] * 5, 2).shape == (9, 10, 1)


def test_packed_pictures_are_bytes_and_come_back_in_colour_from_grey_too():
    grey = [np.full((8, 8, 1), value, np.uint8) for value in (10, 200)]
    packed = pack(grey)
    assert packed.dtype == np.uint8 and packed.ndim == 1
    back = unpack(packed, 8)
    assert [picture.shape for picture in back] == [(8, 8, 3)] * 8
    assert [int(picture.mean().round()) for picture in back[:3]] == [10, 200, 0]


def test_a_kernel_is_grey_at_0_and_brighter_above_it():
    kernel = np.array([[[0.0, 2.0]], [[0.0, -2.0]], [[0.0, 1.0]]])
    np.testing.assert_array_equal(kernel_picture(kernel), [[[128, 128, 128], [255, 0, 191]]])
    assert (kernel_picture(np.zeros((3, 2, 2))) == 128).all()


def test_thumbnails_of_odd_sizes_are_thinned_or_cut():
    image = np.random.default_rng(2).integers(0, 256, (50, 3, 3), np.uint8)
    small = thumbnail(image, 10)
    np.testing.assert_array_equal(small, image[::5, ::5])  # blocks of 5 do not fit into 3 columns
    wide = np.random.default_rng(3).integers(0, 256, (21, 10, 3), np.uint8)
    oracle = wide[:20].reshape(10, 2, 5, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    np.testing.assert_array_equal(thumbnail(wide, 11), oracle)


def test_photographs_stand_in_the_page_as_jpeg_unless_they_must_be_exact():
    large = np.random.default_rng(4).integers(0, 256, (161, 160, 3), np.uint8)
    assert data_uri(large).startswith("data:image/jpeg;base64,")
    np.testing.assert_array_equal(opened(data_uri(large, lossless=True)), large)
    assert data_uri(large[:160]).startswith("data:image/png;base64,")


def test_a_film_goes_there_and_back_for_ever():
    frames = [np.full((4, 5, 3), value, np.uint8) for value in (0, 100, 200)]
    film = Image.open(io.BytesIO(pictures.gif(frames)))
    assert film.n_frames == 4 and film.size == (20, 16) and film.info["loop"] == 0  # type: ignore[attr-defined]
    shades = []
    for i in range(4):
        film.seek(i)
        shades.append(int(np.asarray(film.convert("RGB"))[0, 0, 0]))
    assert shades == [0, 100, 200, 100]
    grey = np.zeros((2, 2, 1), np.uint8)
    grey[0, 0] = 255
    sharp = np.asarray(Image.open(io.BytesIO(pictures.gif([grey]))).convert("L"))
    assert sharp.shape == (8, 8) and (sharp[:4, :4] == 255).all() and not sharp[4:].any()


def test_thumbnails_are_means_of_blocks_of_any_channels():
    grey = np.arange(64 * 64).reshape(64, 64, 1).astype(np.uint8)
    small = pictures.thumbnail(grey, 32)
    assert small.shape == (32, 32, 1) and small[3, 5, 0] == int(grey[6:8, 10:12].mean())
