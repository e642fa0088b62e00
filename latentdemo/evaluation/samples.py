"""What an autoencoder's samples are worth, as a judge of the same data set sees them."""

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo import generation, latents
from latentdemo.data.imageset import ImageSet

BATCH = 500
N_FRECHET, N_LIKENESS = 5000, 2000  # images a side
SEED = 0


@torch.inference_mode()
def features(judge, images: Array) -> Array:
    """What the judge's last layer reads from: (N, H, W, C) uint8 -> (N, F) float32."""
    parts = [judge.features(latents.as_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)]
    return torch.cat(parts).numpy()


def densities(codes: Array, seed: int) -> dict[str, Array]:
    """Densities fitted to codes (N, D), as a checkpoint stores them."""
    out = {}
    for name, components in generation.FITTED.items():
        out |= generation.to_arrays(name, generation.fit(codes, components, seed))
    return out


def sample_metrics(model, judge, test: ImageSet, arrays: dict[str, Array]) -> dict[str, float]:
    """Fréchet distance, precision and recall of samples from each source against real images.

    Args:
        model: an autoencoder.
        judge: a network with `features`.
        test: real images; of many, the same random ones each time.
        arrays: with the densities.

    Returns:
        "SOURCE frechet", "SOURCE precision", "SOURCE recall" for each key of SOURCES, in the judge's features, over at
        most 5,000 images a side (precision and recall: 2,000).
    """
    truth = features(judge, test.some(N_FRECHET).images)
    out = {}
    for name in generation.SOURCES:
        codes = generation.from_arrays(name, arrays).draw(len(truth), SEED)
        made = features(judge, latents.decode(model, codes))
        near = generation.likeness(truth[:N_LIKENESS], made[:N_LIKENESS])
        out[f"{name} frechet"] = generation.frechet_distance(truth, made)
        out |= {f"{name} precision": near.precision, f"{name} recall": near.recall}
    return out


def percentiles(values: Array) -> Array:
    """The 0th to the 100th percentile of numbers: (101,) float32, for a gauge that says where another one stands."""
    return np.percentile(values, np.arange(101)).astype(np.float32)
