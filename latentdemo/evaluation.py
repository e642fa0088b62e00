"""What a finished model is worth: the metrics and arrays that go into its checkpoint, and are recomputed by tests."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo import attributes, checkpoints, data, latents, metrics, projection, translation, visualise
from latentdemo.data import faces
from latentdemo.data.imageset import ImageSet
from latentdemo.losses import bernoulli_nll, gaussian_nll, kl_to_standard_normal, reparameterise
from latentdemo.models import MODELS

GALLERY_SIZE, GALLERY_SEED = 3000, 0
N_STATISTICS = 20_000  # training images behind centroids and each dimension's mean and sd
N_READ, N_EDITED = 1000, 300  # faces that the regressor reads; faces that are made to smile
BATCH = 500
READER = "faces-factors"
READ_FACTORS = ("smile", "glasses", "beard")


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
    return pixel_metrics(model, dataset, test)


@torch.inference_mode()
def pixel_metrics(model, dataset: str, test: ImageSet) -> dict[str, float]:
    """MSE and SSIM of decode(mu); with a posterior also KL, −ELBO (one draw of z an image) and active units."""
    encoded = latents.encode(model, test.images)
    total = np.zeros(4)
    generator = torch.Generator().manual_seed(GALLERY_SEED)
    for i in range(0, len(test.images), BATCH):
        x = latents.as_tensor(test.images[i : i + BATCH])
        mu = torch.from_numpy(encoded.mu[i : i + BATCH])
        x_hat = model.decode(mu)
        sums = [metrics.mse(x, x_hat).sum(), metrics.ssim(x, x_hat).sum(), 0.0, 0.0]
        if encoded.logvar is not None:
            logvar = torch.from_numpy(encoded.logvar[i : i + BATCH])
            z = reparameterise(mu, logvar, torch.randn(mu.shape, generator=generator))
            kl = kl_to_standard_normal(mu, logvar)
            sums[2:] = [kl * len(x), (unweighted_nll(dataset, model.decode_logits(z), x) + kl) * len(x)]
        total += np.array([float(value) for value in sums])
    means = total / len(test.images)
    out = {"mse": means[0], "ssim": means[1]}
    if encoded.logvar is not None:
        active = metrics.active_units(encoded.mu)
        out |= {"kl_nats": means[2], "negative_elbo_nats": means[3], "active_units": active}
    return out


def unweighted_nll(dataset: str, logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x | z) in nats under the data set's likelihood, every pixel counting once."""
    entry = data.DATASETS[dataset]
    if entry.likelihood == "bernoulli":
        return bernoulli_nll(logits, x)
    return gaussian_nll(torch.sigmoid(logits), x, entry.variance)


@torch.inference_mode()
def accuracy(model, test: ImageSet) -> float:
    """Share of test images whose largest logit is that of their class."""
    right = 0
    for i in range(0, len(test.images), BATCH):
        guesses = model(latents.as_tensor(test.images[i : i + BATCH])).argmax(1).numpy()
        right += int((guesses == test.labels[i : i + BATCH]).sum())
    return right / len(test.images)


@torch.inference_mode()
def read_factors(reader, images: Array) -> Array:
    """Factors that a FactorNet reads off (N, H, W, C) uint8 images: (N, F), natural units."""
    batches = [reader.read(latents.as_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)]
    return torch.cat(batches).numpy()


def read_quality(reader, test: ImageSet, images: Array | None = None) -> dict[str, float]:
    """R² of each factor read off the test images, or off other images that should show the same factors."""
    estimate = read_factors(reader, test.images if images is None else images)
    scores = metrics.r_squared(test.labels, estimate)
    return {f"r2 {name}": float(score) for name, score in zip(test.names, scores, strict=True)}


def face_metrics(model, reader, test: ImageSet, vector: Array) -> dict[str, float]:
    """What pixel errors hide: do smile, glasses and beard survive, and does the smile vector (D,) draw a smile?"""
    few = test.some(N_READ)
    shown = latents.decode(model, latents.encode(model, few.images).mu)
    scores = read_quality(reader, few, shown)
    out = {f"r2 {name}": scores[f"r2 {name}"] for name in READ_FACTORS}
    return out | {"smile cosine": smile_cosine(model, vector, test.labels[:N_EDITED])}


def smile_cosine(model, vector: Array, factors: Array) -> float:
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


def gallery_arrays(kind: str, model, train: ImageSet, test: ImageSet, seed: int) -> dict[str, Array]:
    """The arrays of NAME.npz.

    Returns:
        Of an autoencoder: index (n,) of the gallery in the test split, labels, codes (n, D), coordinates (n, 2); mean,
        sd, kl (D,) over training images; the attributes' names, present, absent, counts. Of a classifier:
        shift_accuracy and shift_ink (17,), for n_test images moved by −8 … 8 pixels, and, if it takes colour, what
        `visualise.sheets` gives. Of a regressor: nothing.
    """
    learns = MODELS[kind].learns
    if learns == "factors":
        return {}
    if learns == "labels":
        seeks = visualise.sheets(model) if model.shape.channels == 3 else {}
        return {**seeks, "shift_accuracy": translation.accuracy_curve(model, test.images, test.labels),
                "shift_ink": translation.ink_curve(test.images), "n_test": np.array(len(test.images))}  # fmt: skip
    index = gallery_index(len(test.images))
    shown = test.images[index]
    few = train.some(N_STATISTICS)
    codes, known = latents.encode(model, shown).mu, latents.encode(model, few.images)
    found = attributes.centroids(known.mu, few.labels, few.names)
    return {
        "index": index,
        "labels": test.labels[index],
        "codes": codes,
        "coordinates": projection.fit_map(codes, seed),
        "mean": known.mu.mean(axis=0),
        "sd": known.mu.std(axis=0),
        "kl": latents.dimension_kl(known),
        "attribute_names": found.names,
        "attribute_present": found.present,
        "attribute_absent": found.absent,
        "attribute_counts": found.counts,
    }


def write_checkpoint(
    card: checkpoints.Card, state: dict[str, Tensor], train: ImageSet, test: ImageSet, folder: Path
) -> checkpoints.Card:
    """Measure a trained model, with the weights as they will be stored, then write its three files at once.

    Args:
        card: all but the metrics.
        state: the trained weights.
        train, test: the two splits, as trained on.
        folder: where the files go; `faces-factors` is looked for there to measure other models of faces.
    """
    model = checkpoints.restore(card, checkpoints.half_precision(state))
    found: dict[str, Any] = measure(card.kind, model, card.dataset, test)
    arrays = gallery_arrays(card.kind, model, train, test, seed=GALLERY_SEED)
    if card.dataset == "faces" and MODELS[card.kind].learns == "pixels" and READER in checkpoints.names(folder):
        smile = attributes.from_arrays(arrays).vector("smile")
        found |= face_metrics(model, checkpoints.load(READER, folder), test, smile)
    rounded = {name: float(f"{value:.6g}") for name, value in found.items()}
    finished = replace(card, metrics=rounded)
    checkpoints.save(finished, state, arrays, folder)
    return finished
