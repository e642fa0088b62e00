"""Between images, (N, H, W, C) uint8, and what networks take, (N, C, H, W) floats in [0, 1]."""

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor


def as_tensor(images: Array) -> Tensor:
    """(N, H, W, C) uint8 -> (N, C, H, W) float32 in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float().div_(255)


def as_images(x: Tensor) -> Array:
    """(N, C, H, W) in [0, 1] -> (N, H, W, C) uint8, rounded."""
    return x.mul(255).add_(0.5).clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
