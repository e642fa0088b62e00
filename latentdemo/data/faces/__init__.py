"""Procedural parametric faces: factors in, anti-aliased RGB pictures out, with the truth always at hand."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.faces.factors import (
    EXCLUDED,
    FACTORS,
    NAMES,
    THRESHOLDS,
    Factor,
    default_factors,
    factor_index,
    sample_factors,
)
from latentdemo.data.faces.geometry import Portrait, spot
from latentdemo.data.faces.painters import LAYERS

__all__ = [
    "EXCLUDED",
    "FACTORS",
    "NAMES",
    "THRESHOLDS",
    "Factor",
    "default_factors",
    "factor_index",
    "render",
    "render_parallel",
    "sample_factors",
    "weight_map",
]
IMAGE_SIZE = 64
CHUNK_PIXELS = 4 * 64 * 64  # working arrays of four small faces stay inside the processor's cache
MAX_RENDER_SIZE = 2048
PARALLEL_CHUNK = 2000  # faces a worker renders before it hands them back


def render(factors: Array, size: int = IMAGE_SIZE) -> Array:
    """Render faces.

    Args:
        factors: (n, 17) or (17,) numbers in FACTORS order; values outside a factor's range are drawn as they fall.
        size: side of the pictures, 8 to 2048 pixels; the same face at every size.

    Returns:
        (n, size, size, 3) uint8.

    Raises:
        ValueError: not 17 finite numbers per face, or a size outside its range.
    """
    factors = np.asarray(factors, np.float32)
    if factors.shape[-1:] != (len(NAMES),) or factors.ndim > 2:
        raise ValueError(f"factors have shape {factors.shape}; a face takes {len(NAMES)} numbers")
    if not np.isfinite(factors).all():
        raise ValueError("a factor is not finite")
    if not 8 <= size <= MAX_RENDER_SIZE:
        raise ValueError(f"size is {size} pixels; it must lie in 8 … {MAX_RENDER_SIZE}")
    factors = factors.reshape(-1, len(NAMES))
    out = np.empty((len(factors), size, size, 3), np.uint8)
    chunk = max(1, CHUNK_PIXELS // size**2)
    for i in range(0, len(factors), chunk):
        portrait = Portrait(factors[i : i + chunk], size)
        for layer in LAYERS:
            layer(portrait)
        out[i : i + chunk] = (np.clip(portrait.image, 0, 1) * 255 + 0.5).transpose(0, 2, 3, 1)
    return out


def render_parallel(factors: Array, processes: int) -> Array:
    """`render` at 64 pixels in several processes, for training sets: (n, 17) -> (n, 64, 64, 3) uint8.

    With more than one the caller's main module must be importable: see `multiprocessing`'s "spawn".
    """
    if processes == 1 or len(factors) <= 2 * PARALLEL_CHUNK:
        return render(factors)
    out = np.empty((len(factors), IMAGE_SIZE, IMAGE_SIZE, 3), np.uint8)
    starts = range(0, len(factors), PARALLEL_CHUNK)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        rendered = pool.map(render, (factors[i : i + PARALLEL_CHUNK] for i in starts))
        for i, pictures in zip(starts, rendered, strict=True):
            out[i : i + len(pictures)] = pictures
    return out


def weight_map(size: int = IMAGE_SIZE) -> Array:
    """How much each pixel counts in the faces' training loss: mouth four times, eyes three times, mean 1.

    A squared error spends its code on large areas; the smile is 3 % of the pixels and would be dropped.

    Returns:
        (size, size) float32, smooth, mean 1.
    """
    u = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
    x, y = u[None, :], -u[:, None]
    mouth = np.sqrt(spot(x / 0.48, (y + 0.39) / 0.30))
    eyes = np.sqrt(spot((np.abs(x) - 0.26) / 0.32, (y - 0.10) / 0.27))
    weight = 1 + 3 * mouth + 2 * eyes
    return (weight / weight.mean()).astype(np.float32)
