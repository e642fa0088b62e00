import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import correlate

from latentdemo.convolution import convolve, output_size, step
from latentdemo.kernels import KERNELS

LECTURE_8X8 = np.array(
    [[2, 2, 6, 8, 2, 0, 1, 2], [4, 3, 4, 5, 1, 9, 6, 3], [3, 9, 4, 4, 7, 7, 6, 9], [1, 3, 4, 6, 8, 2, 2, 1],
     [8, 4, 6, 2, 3, 1, 8, 8], [5, 8, 9, 0, 1, 0, 2, 3], [9, 2, 6, 6, 3, 6, 2, 1], [9, 8, 8, 2, 6, 3, 4, 5]],
    np.float32,
)  # fmt: skip
LECTURE_5X5 = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], np.float32
)
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], np.float32)


def test_identity_kernel_returns_its_input():
    image = np.random.default_rng(0).random((5, 5), dtype=np.float32)
    np.testing.assert_array_equal(convolve(image, KERNELS["Identity"].array, padding=1), image)


def test_lecture_sobel_gives_five_and_its_nine_products():
    found = step(LECTURE_8X8, KERNELS["Sobel x"].array, 0, 0)
    np.testing.assert_array_equal(found.products, [[-2, 0, 6], [-8, 0, 8], [-3, 0, 4]])
    assert found.total == 5 == convolve(LECTURE_8X8, KERNELS["Sobel x"].array)[0, 0]


def test_lecture_binary_image():
    result = convolve(LECTURE_5X5, CROSS)
    assert result.shape == (3, 3) and result[0, 0] == 4
    np.testing.assert_array_equal(result, [[4, 3, 4], [2, 4, 3], [2, 3, 4]])


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(KERNELS)),
    stride=st.integers(1, 4),
    padding=st.integers(0, 4),
    dilation=st.integers(1, 3),
    seed=st.integers(0, 99),
    channels=st.sampled_from([0, 1, 3]),
)
def test_equals_torch_and_scipy(name: str, stride: int, padding: int, dilation: int, seed: int, channels: int):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(13, 17, channels) if channels else (13, 17)).astype(np.float32)
    kernel = KERNELS[name].array
    ours = convolve(image, kernel, stride, padding, dilation)
    spread = np.zeros((2 * dilation + 1, 2 * dilation + 1))
    spread[::dilation, ::dilation] = kernel
    planes = image[:, :, None] if image.ndim == 2 else image
    for c in range(planes.shape[2]):
        plane = planes[:, :, c]
        padded = np.pad(plane, padding)
        inner = correlate(padded.astype(float), spread, mode="constant")
        scipy = inner[dilation : len(padded) - dilation : stride, dilation : padded.shape[1] - dilation : stride]
        mine = ours if image.ndim == 2 else ours[:, :, c]
        np.testing.assert_allclose(mine, scipy, atol=2e-5)
        x, weight = torch.from_numpy(plane)[None, None], torch.from_numpy(kernel)[None, None]
        torch_result = F.conv2d(x, weight, None, stride, padding, dilation)[0, 0].numpy()
        np.testing.assert_allclose(mine, torch_result, atol=1e-5)
    assert ours.shape[:2] == tuple(output_size(n, 3, stride, padding, dilation) for n in (13, 17))


@settings(max_examples=40, deadline=None)
@given(stride=st.integers(1, 3), padding=st.integers(0, 3), row=st.integers(0, 3), column=st.integers(0, 3))
def test_a_step_is_what_convolve_does(stride: int, padding: int, row: int, column: int):
    image = np.random.default_rng(5).normal(size=(14, 15)).astype(np.float32)
    kernel = np.random.default_rng(6).normal(size=(5, 5)).astype(np.float32)
    found = step(image, kernel, row, column, stride, padding)
    assert found.total == pytest.approx(float(convolve(image, kernel, stride, padding)[row, column]), abs=1e-5)
    assert (found.patch[~found.inside] == 0).all() and found.inside.sum() <= 25


def test_padding_cells_are_marked():
    found = step(np.ones((4, 4), np.float32), np.ones((3, 3), np.float32), 0, 0, padding=1)
    np.testing.assert_array_equal(found.inside, [[False, False, False], [False, True, True], [False, True, True]])
    assert found.total == 4


@pytest.mark.parametrize(("n", "k", "stride", "padding", "size"), [(8, 3, 1, 0, 6), (8, 3, 1, 1, 8), (7, 3, 2, 0, 3)])
def test_output_size_by_hand(n: int, k: int, stride: int, padding: int, size: int):
    assert output_size(n, k, stride, padding) == size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((8, 3, 0, 0), "stride"),
        ((8, 3, 9, 0), "larger than the image"),
        ((100, 3, 65, 0), "stride"),
        ((8, 3, 1, -1), "padding"),
        ((8, 3, 1, 65), "padding"),
        ((2, 3, 1, 0), "reaches over 3"),
        ((8, 3, 1, 0, 0), "dilation"),
    ],
)
def test_refuses_settings_that_cannot_be(arguments: tuple[int, ...], message: str):
    with pytest.raises(ValueError, match=message):
        output_size(*arguments)


def test_a_kernel_spread_beyond_the_image_is_refused():
    with pytest.raises(ValueError, match="reaches over 9"):
        convolve(np.zeros((5, 5)), np.ones((3, 3)), dilation=4)


def test_refuses_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="wanted are"):
        convolve(np.zeros(5), np.ones((3, 3)))
    with pytest.raises(ValueError, match="outside the output"):
        step(np.zeros((5, 5)), np.ones((3, 3)), 3, 0)
