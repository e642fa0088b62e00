"""What an autoencoder's samples are worth, as a judge of the same data set sees them."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers.judge import feature_vectors
from latentdemo.codes import densities, latents
from latentdemo.data.imageset import ImageSet
from latentdemo.measuring.metrics import sharpness
from latentdemo.measuring.overlap import frechet_distance, likeness
from latentdemo.models.protocols import Decoder, Judge

N_FRECHET, N_LIKENESS = 5000, 2000  # images a side
SEED = 0


def fitted_densities(codes: Array, seed: int) -> dict[str, Array]:
    """Densities fitted to codes (N, D), as a checkpoint stores them."""
    out = {}
    for name, components in densities.FITTED.items():
        out |= densities.to_arrays(name, densities.fit(codes, components, seed))
    return out


def sample_metrics(model: Decoder, judge: Judge, test: ImageSet, arrays: dict[str, Array]) -> dict[str, float]:
    """Fréchet distance, precision and recall of samples from each source against real images.

    Args:
        model: an autoencoder.
        judge: a network with `features`.
        test: real images; of many, the same random ones each time.
        arrays: with the densities.

    Returns:
        "SOURCE frechet", "SOURCE precision", "SOURCE recall" for each key of SOURCES, in the judge's features, over at
        most 5,000 images a side (precision and recall: 2,000), and "SOURCE sharpness".
    """
    truth = feature_vectors(judge, test.some(N_FRECHET).images)
    out = {}
    for name in densities.SOURCES:
        codes = densities.from_arrays(name, arrays).draw(len(truth), SEED)
        found = image_quality(judge, truth, latents.decode(model, codes))
        out |= {f"{name} {key}": value for key, value in found.items()}
    return out


def image_quality(judge: Judge, truth: Array, images: Array) -> dict[str, float]:
    """What made images (N, H, W, C) uint8 are worth beside the features (N, F) of as many real ones.

    Returns:
        "frechet", "precision", "recall" and "sharpness", the mean variance of the images' Laplacian.
    """
    made = feature_vectors(judge, images)
    near = likeness(truth[:N_LIKENESS], made[:N_LIKENESS])
    return {
        "frechet": frechet_distance(truth, made),
        "precision": near.precision,
        "recall": near.recall,
        "sharpness": float(sharpness(images).mean()),
    }


def percentiles(values: Array) -> Array:
    """The 0th to the 100th percentile of numbers: (101,) float32, for a gauge that says where another one stands."""
    return np.percentile(values, np.arange(101)).astype(np.float32)
