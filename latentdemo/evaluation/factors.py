"""What an autoencoder of faces is worth by what a face shows: factors read off it, and the smile vector's effect."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers.judge import read_factors
from latentdemo.codes import latents
from latentdemo.data import faces
from latentdemo.data.imageset import ImageSet
from latentdemo.measuring import metrics
from latentdemo.models.protocols import EncoderDecoder, FactorReader

N_READ, N_EDITED = 1000, 300  # faces that the regressor reads; faces that are made to smile
READ_FACTORS = ("smile", "glasses", "beard")


def read_quality(reader: FactorReader, test: ImageSet, images: Array | None = None) -> dict[str, float]:
    """R² of each factor read off the test images, or off other images that should show the same factors."""
    estimate = read_factors(reader, test.images if images is None else images)
    scores = metrics.r_squared(test.labels, estimate)
    return {f"r2 {name}": float(score) for name, score in zip(test.names, scores, strict=True)}


def face_metrics(model: EncoderDecoder, reader: FactorReader, test: ImageSet, vector: Array) -> dict[str, float]:
    """What pixel errors hide: do smile, glasses and beard survive, and does the smile vector (D,) draw a smile?"""
    few = test.some(N_READ)
    shown = latents.decode(model, latents.encode(model, few.images).mu)
    scores = read_quality(reader, few, shown)
    out = {f"r2 {name}": scores[f"r2 {name}"] for name in READ_FACTORS}
    return out | {"smile cosine": smile_cosine(model, vector, test.labels[:N_EDITED])}


def smile_cosine(model: EncoderDecoder, vector: Array, factors: Array) -> float:
    """Mean cosine, over faces, of decode(z + v) − decode(z) with the renderer's own change of pixels.

    Args:
        model: an autoencoder of faces.
        vector: (D,) attribute vector of "smile".
        factors: (N, 17) of the faces; each is rendered with the mean smile of those without, then of those with.
    """
    column = faces.factor_index("smile")
    has, lacks = faces.FACTORS["smile"].thresholds
    low, high = faces.FACTORS["smile"].low, faces.FACTORS["smile"].high
    sober, smiling = factors.copy(), factors.copy()
    sober[:, column], smiling[:, column] = (low + lacks) / 2, (has + high) / 2
    before, after = faces.render(sober).astype(float), faces.render(smiling).astype(float)
    z = latents.encode(model, faces.render(sober)).mu
    change = latents.decode(model, z + vector).astype(float) - latents.decode(model, z)
    truth, change = (array.reshape(len(factors), -1) for array in (after - before, change))
    norms = np.linalg.norm(truth, axis=1) * np.linalg.norm(change, axis=1)
    return float(((truth * change).sum(axis=1) / np.maximum(norms, 1e-9)).mean())
