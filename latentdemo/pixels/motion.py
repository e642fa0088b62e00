"""Images moved, turned, mirrored: same size in and out, zeros where nothing was."""

import math

import numpy as np
import torch
from numpy import ndarray as Array


def move(images: Array, down: int, right: int) -> Array:
    """Images (N, H, W, C) moved by whole pixels, up and left where negative; zeros come in at the border."""
    out = np.zeros_like(images)
    height, width = images.shape[1:3]
    if abs(down) < height and abs(right) < width:
        rows, columns = overlap(down, height), overlap(right, width)
        out[:, rows[0], columns[0]] = images[:, rows[1], columns[1]]
    return out


def overlap(by: int, n: int) -> tuple[slice, slice]:
    """Where things land along an axis of n, and where they come from."""
    return slice(max(0, by), n + min(0, by)), slice(max(0, -by), n - max(0, by))


def turn(images: Array, degrees: float) -> Array:
    """Images (N, H, W, C) uint8 turned counter-clockwise about their middle; zeros come in, bilinear, rounded."""
    angle = math.radians(degrees)
    row = torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
    x = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float()
    grid = torch.nn.functional.affine_grid(row.expand(len(x), 2, 3), list(x.shape), align_corners=False)
    turned = torch.nn.functional.grid_sample(x, grid, align_corners=False)
    return turned.round().clamp(0, 255).byte().numpy().transpose(0, 2, 3, 1)


def mirror(images: Array) -> Array:
    """Images (N, H, W, C), left for right."""
    return images[:, :, ::-1]
