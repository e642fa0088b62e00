"""What moving, turning or mirroring an image does to a classifier's answer."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.models.protocols import Classifier
from latentdemo.pixels.motion import move, overlap, turn
from latentdemo.pixels.tensors import as_tensor

REACH = 8  # pixels each way
TURNS = tuple(7.5 * k for k in range(-6, 7))  # degrees, counter-clockwise
BATCH = 1000


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
    steps = range(-reach, reach + 1)
    return accuracies(model, images, labels, [partial(move, down=0, right=right) for right in steps])


def turn_curve(model: Classifier, images: Array, labels: Array) -> Array:
    """Share of images (N, H, W, C) uint8 that a classifier gets right when all are turned by TURNS: (13,) float32."""
    return accuracies(model, images, labels, [partial(turn, degrees=degrees) for degrees in TURNS])


@torch.inference_mode()
def accuracies(model: Classifier, images: Array, labels: Array, changes: Sequence[Callable[[Array], Array]]) -> Array:
    """Share of images (N, H, W, C) uint8 of classes (N,) that are told right after each change: (k,) float32."""
    hits = np.zeros(len(changes))
    for i in range(0, len(images), BATCH):
        some, truth = images[i : i + BATCH], labels[i : i + BATCH]
        for k, change in enumerate(changes):
            hits[k] += (model(as_tensor(change(some))).argmax(1).numpy() == truth).sum()
    return (hits / len(images)).astype(np.float32)


def ink_curve(images: Array, reach: int = REACH) -> Array:
    """Share of all brightness that is still inside when the images are moved to the right: (2·reach + 1,) float32."""
    columns = images.sum(axis=(0, 1, 3), dtype=np.float64)
    total = columns.sum() or 1.0
    kept = [columns[overlap(right, len(columns))[1]].sum() / total for right in range(-reach, reach + 1)]
    return np.array(kept, np.float32)


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
    return probabilities(model, np.concatenate([move(image[None], down, right) for down in steps for right in steps]))


@torch.inference_mode()
def probabilities(model: Classifier, images: Array) -> Array:
    """A classifier's answers: (N, H, W, C) uint8 -> (N, n_classes), rows that sum to 1."""
    return torch.softmax(model(as_tensor(images)), dim=1).numpy()
