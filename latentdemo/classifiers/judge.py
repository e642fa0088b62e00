"""What a network that was trained apart says of images: (N, H, W, C) uint8 in, its features or its readings out."""

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.models.protocols import FactorReader, Judge
from latentdemo.pixels.tensors import as_tensor

BATCH = 500


@torch.inference_mode()
def feature_vectors(judge: Judge, images: Array) -> Array:
    """What the judge's last layer reads from: (N, H, W, C) uint8 -> (N, F) float32."""
    return torch.cat([judge.features(x) for x in _batches(images)]).numpy()


@torch.inference_mode()
def read_factors(reader: FactorReader, images: Array) -> Array:
    """Factors that a reader reads off images: (N, H, W, C) uint8 -> (N, F) float32, natural units."""
    return torch.cat([reader.read(x) for x in _batches(images)]).numpy()


def distances(points: Array, others: Array) -> Array:
    """Euclidean distances between feature vectors, exact near 0: (n, F) and (m, F) -> (n, m) float32."""
    x, y = (torch.from_numpy(np.asarray(array, np.float32)) for array in (points, others))
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").numpy()


def _batches(images: Array) -> list[Tensor]:
    return [as_tensor(images[i : i + BATCH]) for i in range(0, len(images), BATCH)]
