"""What moving an image does to a classifier's answer."""

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.models.protocols import Classifier
from latentdemo.pixels.tensors import as_tensor

REACH = 8  # pixels each way
BATCH = 1000


def move(images: Array, down: int, right: int) -> Array:
    """Images (N, H, W, C) moved by whole pixels, up and left where negative; zeros come in at the border."""
    out = np.zeros_like(images)
    height, width = images.shape[1:3]
    if abs(down) < height and abs(right) < width:
        rows, columns = _overlap(down, height), _overlap(right, width)
        out[:, rows[0], columns[0]] = images[:, rows[1], columns[1]]
    return out


def _overlap(by: int, n: int) -> tuple[slice, slice]:
    """Where things land along an axis of n, and where they come from."""
    return slice(max(0, by), n + min(0, by)), slice(max(0, -by), n - max(0, by))


@torch.inference_mode()
def accuracy_curve(model: Classifier, images: Array, labels: Array, reach: int = REACH) -> Array:
    """Share of images that a classifier gets right when all are moved to the right.

    Args:
        model: images in [0, 1] -> logits.
        images: (N, H, W, C) uint8.
        labels: (N,) classes.
        reach: largest shift, pixels.

    Returns:
        (2·reach + 1,) float32 for shifts of −reach … reach pixels.
    """
    shares = []
    for right in range(-reach, reach + 1):
        hits = 0
        for i in range(0, len(images), BATCH):
            guesses = model(as_tensor(move(images[i : i + BATCH], 0, right))).argmax(1).numpy()
            hits += int((guesses == labels[i : i + BATCH]).sum())
        shares.append(hits / len(images))
    return np.array(shares, np.float32)


def ink_curve(images: Array, reach: int = REACH) -> Array:
    """Share of all brightness that is still inside when the images are moved to the right: (2·reach + 1,) float32."""
    columns = images.sum(axis=(0, 1, 3), dtype=np.float64)
    total = columns.sum() or 1.0
    kept = [columns[_overlap(right, len(columns))[1]].sum() / total for right in range(-reach, reach + 1)]
    return np.array(kept, np.float32)


@torch.inference_mode()
def everywhere(model: Classifier, image: Array, reach: int = REACH) -> Array:
    """A classifier's probabilities for one image at every shift.

    Args:
        model: images in [0, 1] -> logits.
        image: (H, W, C) uint8.
        reach: largest shift each way, pixels.

    Returns:
        ((2·reach + 1)², n_classes): from the top left to the bottom right, row by row.
    """
    steps = range(-reach, reach + 1)
    moved = np.concatenate([move(image[None], down, right) for down in steps for right in steps])
    return torch.softmax(model(as_tensor(moved)), dim=1).numpy()
