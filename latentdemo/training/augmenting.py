"""AUGMENTATIONS: a batch of images comes in, copies that mean the same go out, each image changed by chance."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

CROP_PADDING = 4  # pixels
MOST_TURNED = 30.0  # degrees


def crop_and_flip(x: Tensor) -> Tensor:
    """Shift each image by up to 4 pixels each way and mirror half of them: (B, C, H, W) -> the same shape."""
    return flip(_moved(x, "reflect"))


def shift(x: Tensor) -> Tensor:
    """Shift each image by up to 4 pixels each way, zeros coming in: (B, C, H, W) -> the same shape."""
    return _moved(x, "constant")


def flip(x: Tensor) -> Tensor:
    """Mirror half of the images, left for right."""
    mirrored = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(mirrored, x.flip(3), x)


def rotate(x: Tensor) -> Tensor:
    """Turn each image about its middle by up to 30 degrees, zeros coming in: (B, C, H, W) -> the same shape and type.

    Bilinear: what was uint8 is rounded to it again.
    """
    turn = (torch.rand(len(x), device=x.device) * 2 - 1) * math.radians(MOST_TURNED)
    zero = torch.zeros_like(turn)
    rows = torch.stack([turn.cos(), -turn.sin(), zero, turn.sin(), turn.cos(), zero], dim=1).view(-1, 2, 3)
    grid = nn.functional.affine_grid(rows, list(x.shape), align_corners=False)
    turned = nn.functional.grid_sample(x.float(), grid, align_corners=False)
    return turned if x.is_floating_point() else turned.round().to(x.dtype)


def _moved(x: Tensor, border: str) -> Tensor:
    """Each image by up to 4 pixels each way; `border` says how torch's `pad` fills what comes in."""
    n, _, height, width = x.shape
    pad = CROP_PADDING
    padded = nn.functional.pad(x.float(), (pad,) * 4, mode=border).to(x.dtype)
    top, left = torch.randint(0, 2 * pad + 1, (2, n, 1), device=x.device)
    rows, columns = top + torch.arange(height, device=x.device), left + torch.arange(width, device=x.device)
    index = torch.arange(n, device=x.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


AUGMENTATIONS: dict[str, Callable[[Tensor], Tensor]] = {"shift": shift, "rotation": rotate, "flip": flip}
