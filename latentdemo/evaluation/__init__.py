"""What a finished model is worth: the metrics and arrays that go into its checkpoint, and are recomputed by tests."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo import attributes, checkpoints, data, latents, projection, translation, visualise
from latentdemo.checkpoints import Card
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation.factors import face_metrics, read_factors, read_quality
from latentdemo.evaluation.pixels import errors, pixel_metrics, repair_metrics
from latentdemo.evaluation.samples import densities, features, percentiles, sample_metrics
from latentdemo.models import MODELS

__all__ = ["errors", "face_metrics", "features", "pixel_metrics", "read_factors", "read_quality", "repair_metrics",
           "sample_metrics"]  # fmt: skip
GALLERY_SIZE, GALLERY_SEED = 3000, 0
N_STATISTICS = 20_000  # training images behind centroids, densities and each dimension's mean and sd
N_SIGMA = 500  # of the gallery's first images, whose posterior is kept whole
BATCH = 500


def gallery_index(n: int) -> Array:
    """Which of n test images stand in the gallery: 3,000 of them (or all), in a fixed random order."""
    return np.random.default_rng(GALLERY_SEED).permutation(n)[:GALLERY_SIZE]


def measure(kind: str, model, dataset: str, test: ImageSet) -> dict[str, float]:
    """The metrics of a model on a test split; which ones depends on what it learns."""
    learns = MODELS[kind].learns
    if learns == "labels":
        return {"accuracy": accuracy(model, test)}
    if learns == "factors":
        return read_quality(model, test)
    return pixel_metrics(model, dataset, test) | repair_metrics(model, test)


@torch.inference_mode()
def accuracy(model, test: ImageSet) -> float:
    """Share of test images whose largest logit is that of their class."""
    right = 0
    for i in range(0, len(test.images), BATCH):
        guesses = model(latents.as_tensor(test.images[i : i + BATCH])).argmax(1).numpy()
        right += int((guesses == test.labels[i : i + BATCH]).sum())
    return right / len(test.images)


def arrays_of(card: Card, model, train: ImageSet, test: ImageSet) -> dict[str, Array]:
    """The arrays of NAME.npz: `gallery_arrays` of an autoencoder, of a denoising one nothing.

    Of a data set's judge: index (n,) of the gallery in the test split and features (n, F) float16 of its images. Of a
    classifier of colour images what `visualise.sheets` gives, of another one shift_accuracy and shift_ink (17,), for
    n_test images moved by −8 … 8 pixels.
    """
    learns = MODELS[card.kind].learns
    if learns == "pixels":
        return {} if card.training["corruption"] else gallery_arrays(model, train, test, GALLERY_SEED)
    if card.name == data.DATASETS[card.dataset].judge:
        index = gallery_index(len(test.images))
        return {"index": index, "features": features(model, test.images[index]).astype(np.float16)}
    if learns == "factors":
        return {}
    if model.shape.channels == 3:
        return visualise.sheets(model)
    return {"shift_accuracy": translation.accuracy_curve(model, test.images, test.labels),
            "shift_ink": translation.ink_curve(test.images), "n_test": np.array(len(test.images))}  # fmt: skip


def gallery_arrays(model, train: ImageSet, test: ImageSet, seed: int) -> dict[str, Array]:
    """What the app asks of an autoencoder's codes.

    Returns:
        index (n,) of the gallery in the test split, labels, codes (n, D), coordinates (n, 2); with a posterior sigma
        (500, D) of the first codes; mean, sd, kl (D,) over training images; the attributes' names, present, absent,
        counts; densities fitted to training codes; the 0th to 100th percentile of the test images' MSE
        (error_percentiles) and of a gallery code's distance to its nearest other one (distance_percentiles).
    """
    index = gallery_index(len(test.images))
    shown, few = latents.encode(model, test.images[index]), train.some(N_STATISTICS)
    known = latents.encode(model, few.images)
    found = attributes.centroids(known.mu, few.labels, few.names)
    sigma = {} if shown.logvar is None else {"sigma": np.exp(0.5 * shown.logvar[:N_SIGMA])}
    return {
        "index": index,
        "labels": test.labels[index],
        "codes": shown.mu,
        **sigma,
        "coordinates": projection.fit_map(shown.mu, seed),
        "mean": known.mu.mean(axis=0),
        "sd": known.mu.std(axis=0),
        "kl": latents.dimension_kl(known),
        "attribute_names": found.names,
        "attribute_present": found.present,
        "attribute_absent": found.absent,
        "attribute_counts": found.counts,
        **densities(known.mu, seed),
        "error_percentiles": percentiles(errors(model, test.images)),
        "distance_percentiles": percentiles(latents.nearest_other(shown.mu)),
    }


def write_checkpoint(
    card: Card,
    state: dict[str, Tensor],
    train: ImageSet,
    test: ImageSet,
    folder: Path,
    kept: dict[str, Array] | None = None,
) -> Card:
    """Measure a trained model, with the weights as they will be stored, then write its three files at once.

    Args:
        card: all but the metrics.
        state: the trained weights.
        train, test: the two splits, as trained on.
        folder: where the files go; the data set's judge is looked for there to measure samples (and faces).
        kept: arrays of the training itself, stored beside the others.
    """
    model = checkpoints.restore(card, checkpoints.half_precision(state))
    found: dict[str, Any] = measure(card.kind, model, card.dataset, test)
    arrays = arrays_of(card, model, train, test)
    judge = data.DATASETS[card.dataset].judge
    if "codes" in arrays and judge in checkpoints.names(folder):
        reader = checkpoints.load(judge, folder)
        found |= sample_metrics(model, reader, test, arrays)
        if card.dataset == "faces":
            found |= face_metrics(model, reader, test, attributes.from_arrays(arrays).vector("smile"))
    rounded = {name: float(f"{value:.6g}") for name, value in found.items()}
    finished = replace(card, metrics=rounded)
    checkpoints.save(finished, state, arrays | (kept or {}), folder)
    return finished
