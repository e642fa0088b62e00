"""Convolution as networks do it: the kernel is laid on, not flipped (a cross-correlation)."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray as Array

MAX_STRIDE, MAX_PADDING = 64, 64


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
    if not 1 <= stride <= MAX_STRIDE:
        raise ValueError(f"The stride is {stride}; it must lie in 1 … {MAX_STRIDE} pixels.")
    if not 0 <= padding <= MAX_PADDING:
        raise ValueError(f"The padding is {padding}; it must lie in 0 … {MAX_PADDING} pixels.")
    if dilation < 1:
        raise ValueError(f"The dilation is {dilation}; it must be at least 1.")
    if stride > n:
        raise ValueError(f"The stride of {stride} is larger than the image ({n} pixels).")
    reach = dilation * (k - 1) + 1
    if reach > n + 2 * padding:
        raise ValueError(f"The kernel reaches over {reach} pixels; the padded image has {n + 2 * padding}.")
    return (n + 2 * padding - reach) // stride + 1


def convolve(image: Array, kernel: Array, stride: int = 1, padding: int = 0, dilation: int = 1) -> Array:
    """Lay a kernel on every place of an image, multiply, and sum; each channel on its own.

    Args:
        image: (H, W) or (H, W, C) floats.
        kernel: (k, k) floats.
        stride: pixels from one place to the next.
        padding: rows and columns of zeros around the image, pixels.
        dilation: pixels from one kernel number to the next.

    Returns:
        (H', W') or (H', W', C) float32, unbounded; H' and W' by `output_size`.

    Raises:
        ValueError: shapes or settings that do not fit.
    """
    if image.ndim not in (2, 3) or kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(f"image {image.shape} and kernel {kernel.shape}; wanted are (H, W[, C]) and (k, k)")
    for n in image.shape[:2]:
        output_size(n, len(kernel), stride, padding, dilation)
    planes = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1)
    x = torch.from_numpy(np.ascontiguousarray(planes, np.float32))[:, None]  # (C, 1, H, W)
    weight = torch.from_numpy(np.ascontiguousarray(kernel, np.float32))[None, None]
    with torch.inference_mode():
        out = F.conv2d(x, weight, stride=stride, padding=padding, dilation=dilation)[:, 0].numpy()
    return out[0] if image.ndim == 2 else np.ascontiguousarray(out.transpose(1, 2, 0))


class Step(NamedTuple):
    """The arithmetic behind one output value.

    Attributes:
        patch: (k, k) image values under the kernel, 0 in the padding.
        inside: (k, k) bool, False in the padding.
        products: (k, k) patch × kernel.
        total: their sum.
    """

    patch: Array
    inside: Array
    products: Array
    total: float


def step(plane: Array, kernel: Array, row: int, column: int, stride: int = 1, padding: int = 0) -> Step:
    """What `convolve` does at one place of its output.

    Args:
        plane: (H, W) floats.
        kernel: (k, k) floats.
        row, column: place in the output.
        stride, padding: as in `convolve`.

    Raises:
        ValueError: a place outside the output.
    """
    k = len(kernel)
    height, width = (output_size(n, k, stride, padding) for n in plane.shape)
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(f"({row}, {column}) lies outside the output of {height} × {width}")
    rows, columns = np.arange(k) + row * stride - padding, np.arange(k) + column * stride - padding
    row_in, column_in = (rows >= 0) & (rows < plane.shape[0]), (columns >= 0) & (columns < plane.shape[1])
    inside = row_in[:, None] & column_in[None, :]
    patch = plane[np.ix_(rows.clip(0, plane.shape[0] - 1), columns.clip(0, plane.shape[1] - 1))]
    patch = np.where(inside, patch, 0).astype(np.float32)
    products = patch * kernel.astype(np.float32)
    return Step(patch, inside, products, float(products.sum()))
