"""Convolution as networks do it: the kernel is laid on, not flipped (a cross-correlation).

The page computes what follows the pointer itself; this is its reference, and what the API endpoint calls.
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray as Array

MAX_STRIDE, MAX_PADDING = 64, 64
PADDINGS = {"zero": "constant", "reflect": "reflect", "replicate": "edge"}  # what stands outside -> numpy's name
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d}


def output_size(n: int, k: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Pixels along one side of the output: ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1.

    Args:
        n, k: pixels along the side of the image and of the kernel.
        stride, padding, dilation: pixels.

    Raises:
        ValueError: a setting out of its range, or a kernel that reaches beyond the padded image.

    Source:
        Dumoulin & Visin 2016 (arXiv:1603.07285), relationship 15.
    """
    _check_stride_and_padding(stride, padding)
    if dilation < 1:
        raise ValueError(f"The dilation is {dilation}; it must be at least 1.")
    if stride > n:
        raise ValueError(f"The stride of {stride} is larger than the image ({n} pixels).")
    reach = dilation * (k - 1) + 1
    if reach > n + 2 * padding:
        raise ValueError(f"The kernel reaches over {reach} pixels; the padded image has {n + 2 * padding}.")
    return (n + 2 * padding - reach) // stride + 1


def _check_stride_and_padding(stride: int, padding: int) -> None:
    if not 1 <= stride <= MAX_STRIDE:
        raise ValueError(f"The stride is {stride}; it must lie in 1 … {MAX_STRIDE} pixels.")
    if not 0 <= padding <= MAX_PADDING:
        raise ValueError(f"The padding is {padding}; it must lie in 0 … {MAX_PADDING} pixels.")


def convolve(
    image: Array, kernel: Array, stride: int = 1, padding: int = 0, dilation: int = 1, outside: str = "zero"
) -> Array:
    """Lay a kernel on every place of an image, multiply, and sum; each channel on its own.

    Args:
        image: (H, W) or (H, W, C) floats.
        kernel: (k, k) floats; turn it by 180° first (`kernel[::-1, ::-1]`) for a true convolution.
        stride: pixels from one place to the next.
        padding: rows and columns added on every side of the image, pixels.
        dilation: pixels from one kernel number to the next.
        outside: what the added pixels hold, a key of PADDINGS: 0, the image mirrored at its border pixel, or the
            border pixel repeated.

    Returns:
        (H', W') or (H', W', C) float32, unbounded; H' and W' by `output_size`.

    Raises:
        ValueError: shapes or settings that do not fit.
    """
    _check_shapes(image, kernel)
    for n in image.shape[:2]:
        output_size(n, len(kernel), stride, padding, dilation)
        _check_outside(n, padding, outside)
    if padding and outside != "zero":
        image = np.pad(image, [(padding, padding)] * 2 + [(0, 0)] * (image.ndim - 2), PADDINGS[outside])  # pyright: ignore[reportCallIssue, reportArgumentType]
        padding = 0
    x = _planes(image)  # (C, 1, H, W)
    weight = torch.from_numpy(np.ascontiguousarray(kernel, np.float32))[None, None]
    with torch.inference_mode():
        return _image(F.conv2d(x, weight, stride=stride, padding=padding, dilation=dilation), image.ndim)


def _check_shapes(image: Array, kernel: Array) -> None:
    if image.ndim not in (2, 3) or kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(f"image {image.shape} and kernel {kernel.shape}; wanted are (H, W[, C]) and (k, k)")


def _check_outside(n: int, padding: int, outside: str) -> None:
    if outside not in PADDINGS:
        raise ValueError(f"The padding is {str(outside)[:40]!r}; it must be {', '.join(PADDINGS)}.")
    if outside == "reflect" and padding >= n:
        raise ValueError(f"The padding of {padding} cannot mirror an image of {n} pixels; the limit is {n - 1}.")


def _planes(image: Array) -> torch.Tensor:
    """(H, W) or (H, W, C) -> (C, 1, H, W) float32."""
    planes = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(planes, np.float32))[:, None]


def _image(planes: torch.Tensor, ndim: int) -> Array:
    """(C, 1, H, W) -> (H, W) or (H, W, C)."""
    out = planes[:, 0].numpy()
    return out[0] if ndim == 2 else np.ascontiguousarray(out.transpose(1, 2, 0))


class Products(NamedTuple):
    """The arithmetic behind one output value.

    Attributes:
        patch: (k, k) image values under the kernel; in the padding, what the padding holds.
        inside: (k, k) bool, False in the padding.
        products: (k, k) patch × kernel.
        total: their sum.
    """

    patch: Array
    inside: Array
    products: Array
    total: float


def products_at(
    plane: Array,
    kernel: Array,
    row: int,
    column: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    outside: str = "zero",
) -> Products:
    """What `convolve` does at one place of its output: the reference of the page's `products`.

    Args:
        plane: (H, W) floats.
        kernel: (k, k) floats.
        row, column: place in the output.
        stride, padding, dilation, outside: as in `convolve`.

    Raises:
        ValueError: a place outside the output.
    """
    k = len(kernel)
    height, width = (output_size(n, k, stride, padding, dilation) for n in plane.shape)
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(f"({row}, {column}) lies outside the output of {height} × {width}")
    for n in plane.shape:
        _check_outside(n, padding, outside)
    padded = np.pad(plane, padding, PADDINGS[outside])  # pyright: ignore[reportCallIssue, reportArgumentType]
    inside = np.pad(np.ones(plane.shape, bool), padding)
    reach = dilation * (k - 1) + 1
    under = np.s_[row * stride : row * stride + reach : dilation, column * stride : column * stride + reach : dilation]
    patch = padded[under].astype(np.float32)
    products = patch * kernel.astype(np.float32)
    return Products(patch, inside[under], products, float(products.sum()))


def transposed_convolve(image: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    """Lay a copy of the kernel for every pixel, times that pixel, and add the copies up; each channel on its own.

    The reference of the page's `transposedConvolve` (`web/pixels/layers.js`); the app itself does not call it.

    Args:
        image: (H, W) or (H, W, C) floats.
        kernel: (k, k) floats.
        stride: pixels from one copy to the next.
        padding: rows and columns cut off on every side of the result, pixels.

    Returns:
        (H', W') or (H', W', C) float32, H' = (H − 1)·stride + k − 2·padding.

    Raises:
        ValueError: shapes or settings that do not fit, or nothing left of the result.

    Source:
        Dumoulin & Visin 2016 (arXiv:1603.07285), relationship 13.
    """
    _check_shapes(image, kernel)
    _check_stride_and_padding(stride, padding)
    for n in image.shape[:2]:
        full = (n - 1) * stride + len(kernel)
        if 2 * padding >= full:
            raise ValueError(f"The padding of {padding} cuts off all {full} pixels of the result.")
    weight = torch.from_numpy(np.ascontiguousarray(kernel, np.float32))[None, None]
    with torch.inference_mode():
        return _image(F.conv_transpose2d(_planes(image), weight, stride=stride, padding=padding), image.ndim)


def overlaps(n: int, k: int, stride: int) -> Array:
    """How many copies of a k × k kernel meet in each pixel of a transposed convolution of n × n pixels: (m, m) int.

    Uneven where the stride does not divide k: the checkerboard. The reference of the page's `overlaps`.

    Source:
        Odena et al. 2016, "Deconvolution and checkerboard artifacts" (distill.pub).
    """
    return transposed_convolve(np.ones((n, n)), np.ones((k, k)), stride).round().astype(int)


def pool(image: Array, size: int, kind: str) -> Array:
    """The largest or the mean value of each size × size block; blocks that do not fit at the end are left out.

    The reference of the page's `pool` (`web/pixels/layers.js`); the app itself does not call it.

    Args:
        image: (H, W) or (H, W, C) floats.
        size: of the blocks and from one to the next, pixels.
        kind: a key of POOLINGS.

    Raises:
        ValueError: an unknown kind, or blocks larger than the image.
    """
    if kind not in POOLINGS:
        raise ValueError(f"The pooling is {str(kind)[:40]!r}; it must be {', '.join(POOLINGS)}.")
    if not 1 <= size <= min(image.shape[:2]):
        raise ValueError(f"The pooling size is {size}; it must lie in 1 … {min(image.shape[:2])} pixels.")
    with torch.inference_mode():
        return _image(POOLINGS[kind](_planes(image), size), image.ndim)
