import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.ndimage import correlate

from latentdemo.pixels.convolution import (
    PADDINGS,
    convolve,
    output_size,
    overlaps,
    pool,
    products_at,
    transposed_convolve,
)
from latentdemo.pixels.kernels import EXAMPLES, KERNELS, TRANSPOSED

LECTURE = {example.name: np.array(example.image, np.float32) for example in EXAMPLES}
LECTURE_8X8, LECTURE_5X5 = LECTURE["8 × 8, Sobel x"], LECTURE["5 × 5 of zeros and ones"]
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], np.float32)
SCIPY = {"zero": "constant", "reflect": "mirror", "replicate": "nearest"}
TORCH = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}


def test_identity_kernel_returns_its_input():
    image = np.random.default_rng(0).random((5, 5), dtype=np.float32)
    np.testing.assert_array_equal(convolve(image, KERNELS["Identity"].array, padding=1), image)


def test_lecture_sobel_gives_five_and_its_nine_products():
    found = products_at(LECTURE_8X8, KERNELS["Sobel x"].array, 0, 0)
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
    outside=st.sampled_from(sorted(PADDINGS)),
)
def test_equals_torch_and_scipy(
    name: str, stride: int, padding: int, dilation: int, seed: int, channels: int, outside: str
):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(13, 17, channels) if channels else (13, 17)).astype(np.float32)
    kernel = KERNELS[name].array
    assume(dilation * (len(kernel) - 1) + 1 <= 13 + 2 * padding)
    ours = convolve(image, kernel, stride, padding, dilation, outside)
    reach = dilation * (len(kernel) - 1) + 1
    spread = np.zeros((reach, reach))
    spread[::dilation, ::dilation] = kernel
    planes = image[:, :, None] if image.ndim == 2 else image
    for c in range(planes.shape[2]):
        plane, half = planes[:, :, c], reach // 2
        mine = ours if image.ndim == 2 else ours[:, :, c]
        x, weight = torch.from_numpy(plane)[None, None], torch.from_numpy(kernel)[None, None]
        padded = F.pad(x, (padding,) * 4, TORCH[outside])
        np.testing.assert_allclose(mine, F.conv2d(padded, weight, None, stride, 0, dilation)[0, 0], atol=1e-5)
        inner = np.asarray(correlate(padded[0, 0].numpy().astype(float), spread, mode="constant"))
        height, width = inner.shape[0], inner.shape[-1]
        scipy = inner[half : height - half : stride, half : width - half : stride]
        np.testing.assert_allclose(mine, scipy, atol=2e-5)
        if padding == half and stride == 1:  # scipy's own borders
            np.testing.assert_allclose(mine, correlate(plane.astype(float), spread, mode=SCIPY[outside]), atol=2e-5)
    assert ours.shape[:2] == tuple(output_size(n, len(kernel), stride, padding, dilation) for n in (13, 17))


@settings(max_examples=60, deadline=None)
@given(
    stride=st.integers(1, 3),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 2),
    outside=st.sampled_from(sorted(PADDINGS)),
    row=st.integers(0, 2),
    column=st.integers(0, 2),
)
def test_a_step_is_what_convolve_does(stride: int, padding: int, dilation: int, outside: str, row: int, column: int):
    image = np.random.default_rng(5).normal(size=(14, 15)).astype(np.float32)
    kernel = np.random.default_rng(6).normal(size=(4, 4)).astype(np.float32)
    settings = (stride, padding, dilation, outside)
    found = products_at(image, kernel, row, column, *settings)
    assert found.total == pytest.approx(float(convolve(image, kernel, *settings)[row, column]), abs=1e-5)
    assert outside != "zero" or (found.patch[~found.inside] == 0).all()
    whole = np.pad(np.ones_like(image), padding)
    taps = np.arange(4) * dilation
    np.testing.assert_array_equal(found.inside, whole[np.ix_(row * stride + taps, column * stride + taps)] == 1)


def test_padding_cells_are_marked():
    found = products_at(np.ones((4, 4), np.float32), np.ones((3, 3), np.float32), 0, 0, padding=1)
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
        products_at(np.zeros((5, 5)), np.ones((3, 3)), 3, 0)


def test_the_paddings_hold_what_they_say():
    row = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    one = np.ones((1, 1))
    assert convolve(row, one, padding=1, outside="reflect")[0].tolist() == [5, 4, 5, 6, 5]
    assert convolve(row, one, padding=1, outside="replicate")[0].tolist() == [1, 1, 2, 3, 3]
    assert convolve(row, one, padding=1)[0].tolist() == [0, 0, 0, 0, 0]
    with pytest.raises(ValueError, match="cannot mirror an image of 3 pixels; the limit is 2"):
        convolve(row, one, padding=3, outside="reflect")
    with pytest.raises(ValueError, match="must be zero, reflect, replicate"):
        convolve(row, one, padding=1, outside="wrap")


def test_every_worked_example_runs_as_it_is_told():
    assert LECTURE["A cat in 4 × 5 greys"].shape == (5, 4)
    sizes = {"8 × 8, Sobel x": 6, "3 × 3 patch, Sobel x": 1, "5 × 5 of zeros and ones": 3, "5 × 5, padded by one": 5,
             "8 × 8, stride 2": 4}  # fmt: skip
    firsts = {"8 × 8, Sobel x": 5, "3 × 3 patch, Sobel x": 5, "5 × 5 of zeros and ones": 4}
    for example in EXAMPLES:
        image, kernel = np.array(example.image, np.float32), np.array(example.kernel, np.float32)
        result = convolve(image, kernel, example.stride, example.padding)
        assert result.shape[0] == sizes.get(example.name, 5)
        if example.name in firsts:
            assert result[0, 0] == firsts[example.name]


def test_the_lectures_transposed_convolution():
    two = np.array([[0, 1], [2, 3]])
    np.testing.assert_array_equal(transposed_convolve(two, two), [[0, 0, 1], [0, 4, 6], [4, 12, 9]])
    first = TRANSPOSED[0]
    np.testing.assert_array_equal(transposed_convolve(np.array(first.image), np.array(first.kernel)).max(), 12)


@settings(max_examples=40, deadline=None)
@given(stride=st.integers(1, 3), padding=st.integers(0, 2), k=st.integers(1, 5), channels=st.sampled_from([0, 3]))
def test_transposed_equals_torch_and_is_the_transpose(stride: int, padding: int, k: int, channels: int):
    rng = np.random.default_rng(k)
    image = rng.normal(size=(5, 6, channels) if channels else (5, 6)).astype(np.float32)
    kernel = rng.normal(size=(k, k)).astype(np.float32)
    ours = transposed_convolve(image, kernel, stride, padding)
    planes = image.reshape(5, 6, -1)
    for c in range(planes.shape[2]):
        x = torch.from_numpy(np.ascontiguousarray(planes[:, :, c]))[None, None]
        oracle = F.conv_transpose2d(x, torch.from_numpy(kernel)[None, None], None, stride, padding)[0, 0]
        np.testing.assert_allclose(ours.reshape(*ours.shape[:2], -1)[:, :, c], oracle, atol=1e-5)
    if not channels and 2 * padding < k:  # <A x, y> = <x, A' y> for the convolution A that it is the transpose of
        y = rng.normal(size=ours.shape).astype(np.float32)
        assert (ours * y).sum() == pytest.approx((image * convolve(y, kernel, stride, padding)).sum(), abs=1e-3)


def test_stride_2_overlaps_evenly_with_kernel_4_and_not_with_kernel_3():
    inside = np.s_[3:-3, 3:-3]
    assert set(overlaps(6, 4, 2)[inside].ravel()) == {4}
    assert set(overlaps(6, 3, 2)[inside].ravel()) == {1, 2, 4}


@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_equals_numpy_on_blocks(kind: str):
    image = np.random.default_rng(0).normal(size=(9, 7, 3)).astype(np.float32)
    blocks = image[:8, :6].reshape(4, 2, 3, 2, 3)
    oracle = blocks.max((1, 3)) if kind == "max" else blocks.mean((1, 3))
    np.testing.assert_allclose(pool(image, 2, kind), oracle, atol=1e-6)


def test_refuses_poolings_and_paddings_that_cannot_be():
    with pytest.raises(ValueError, match="must be max, average"):
        pool(np.zeros((4, 4)), 2, "median")
    with pytest.raises(ValueError, match="must lie in 1 … 4"):
        pool(np.zeros((4, 4)), 5, "max")
    with pytest.raises(ValueError, match="cuts off all 3"):
        transposed_convolve(np.zeros((2, 2)), np.ones((2, 2)), padding=2)


def test_pooling_takes_blocks_from_one_pixel_to_the_whole_image():
    image = np.arange(12.0).reshape(3, 4, 1)
    np.testing.assert_array_equal(pool(image, 1, "max"), image)
    np.testing.assert_array_equal(pool(image, 3, "max"), [[[10.0]]])
    np.testing.assert_array_equal(pool(np.ones((4, 4, 1)), 4, "average"), [[[1.0]]])
    for size in (0, 4):
        with pytest.raises(ValueError, match=f"pooling size is {size}; it must lie in 1 … 3 pixels"):
            pool(image, size, "max")
    assert overlaps(2, 3, 1).dtype.kind == "i"
