"""Images into codes and back, and questions to codes: statistics, ranking, neighbours, interpolation."""

from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.models.losses import kl_per_dimension
from latentdemo.models.protocols import Decoder, Encoder
from latentdemo.pixels.tensors import as_images, as_tensor

BATCH = 500
CODE_LIMIT = 100.0  # a number of a code beyond this is a mistake, not a place


class Encoded(NamedTuple):
    """Codes of many images.

    Attributes:
        mu: (N, D) float32 codes or posterior means.
        logvar: (N, D) float32 log variances, None for the plain autoencoder.
    """

    mu: Array
    logvar: Array | None


@torch.inference_mode()
def encode(model: Encoder, images: Array) -> Encoded:
    """Encode (N, H, W, C) uint8 images in batches."""
    parts = [model.encode(as_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)]
    logvars = [logvar for _, logvar in parts if logvar is not None]
    return Encoded(torch.cat([mu for mu, _ in parts]).numpy(), torch.cat(logvars).numpy() if logvars else None)


@torch.inference_mode()
def decode(model: Decoder, codes: Array) -> Array:
    """Decode (N, D) codes to (N, H, W, C) uint8 images in batches."""
    z = torch.as_tensor(np.asarray(codes, np.float32))
    return np.concatenate([as_images(model.decode(z[i : i + BATCH])) for i in range(0, len(z), BATCH)])


def dimension_kl(encoded: Encoded) -> Array:
    """KL to N(0, 1) of each dimension, in nats, averaged over images: (D,); zeros for a plain autoencoder."""
    if encoded.logvar is None:
        return np.zeros(encoded.mu.shape[1], np.float32)
    return kl_per_dimension(torch.from_numpy(encoded.mu), torch.from_numpy(encoded.logvar)).mean(0).numpy()


def ranking(kl: Array, sd: Array) -> Array:
    """Dimensions from the most to the least informative: by KL where there is one, else by spread. (D,) int."""
    return np.argsort(-(kl if kl.any() else sd), kind="stable")


def visible_ranking(kl: Array, effect: Array) -> Array:
    """Dimensions from the one that does most to the picture to the one that does least: (D,) int.

    Args:
        kl: (D,) nats to the prior; all 0 for a plain autoencoder, whose dimensions are ranked by `effect` alone.
        effect: (D,) mean |change| of pixels by one standard deviation.
    """
    return np.argsort(-(kl * effect if kl.any() else effect), kind="stable")


def nearest(codes: Array, code: Array, n: int) -> tuple[Array, Array]:
    """The n codes nearest to `code` (D,) by Euclidean distance: indices (n,), distances (n,), nearest first."""
    distances = np.linalg.norm(codes - code, axis=1)
    order = np.argsort(distances, kind="stable")[:n]
    return order, distances[order]


def nearest_other(codes: Array) -> Array:
    """Euclidean distance from each code to its nearest other one: (N, D) -> (N,); 0 for a code that is alone."""
    if len(codes) < 2:
        return np.zeros(len(codes), np.float32)
    x = torch.from_numpy(np.asarray(codes, np.float32))
    return torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(float("inf")).amin(1).numpy()


def lerp(a: Array, b: Array, t: float) -> Array:
    """Straight line from a (t = 0) to b (t = 1), same shape."""
    return (1 - t) * a + t * b


def slerp(a: Array, b: Array, t: float) -> Array:
    """Great-circle path from a (t = 0) to b (t = 1), (D,); the length changes linearly in the angle's weights.

    Straight where a and b are parallel or one is zero.

    Source:
        Shoemake 1985; for latent codes White 2016 (arXiv:1609.04468).
    """
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    cosine = np.clip(a @ b / norms, -1, 1) if norms else 1.0
    angle = np.arccos(cosine)
    if np.sin(angle) < 1e-6:
        return lerp(a, b, t)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
