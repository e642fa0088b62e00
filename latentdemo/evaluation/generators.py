"""What a generator is worth and what the app asks of it: metrics and arrays of its checkpoint."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray as Array

from latentdemo.classifiers.judge import feature_vectors
from latentdemo.codes import densities, diffusion, latents, sampling
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation.samples import N_FRECHET, SEED, image_quality
from latentdemo.measuring import metrics
from latentdemo.models import MODELS
from latentdemo.models.protocols import Classifier, Judge
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store.checkpoints import Card

BATCH = 500
N_CLOUD, CLOUD_STEPS = 500, tuple(range(200, -1, -8))  # codes, and noising steps that are left
N_CLASSIFIED = 2000
N_GRIDS = 1000  # of the gallery's first images
N_TIMED = 64


def own_metrics(kind: str, model: Any, of: Any, test: ImageSet) -> dict[str, float]:
    """What can be measured on the test split without a judge.

    Returns:
        Of discrete codes "mse", "ssim", "perplexity" (entries in use), "bits" of a grid if all entries were alike; of
        their prior "bits", the mean −log₂ p of a test image's grid; of the others nothing.
    """
    learns = MODELS[kind].learns
    if learns == "grids":
        return grid_metrics(model, test)
    return {"bits": prior_bits(model, sampled_grids(of, test.images))} if learns == "indices" else {}


@torch.inference_mode()
def grid_metrics(model: Any, test: ImageSet) -> dict[str, float]:
    """Reconstruction of test images through discrete codes, and how the codebook is used."""
    mse, ssim = [], []
    grids = sampled_grids(model, test.images)
    for i in range(0, len(grids), BATCH):
        x, x_hat = as_tensor(test.images[i : i + BATCH]), model.decode_indices(torch.from_numpy(grids[i : i + BATCH]))
        mse.append(metrics.mse(x, x_hat))
        ssim.append(metrics.ssim(x, x_hat))
    share = usage(grids, model.shape.entries) / grids.size
    perplexity = float(np.exp(-(share * np.log(np.maximum(share, 1e-12))).sum()))
    bits = float(grids[0].size * np.log2(model.shape.entries))
    return {
        "mse": float(torch.cat(mse).mean()),
        "ssim": float(torch.cat(ssim).mean()),
        "perplexity": perplexity,
        "bits": bits,
    }


@torch.inference_mode()
def sampled_grids(model: Any, images: Array) -> Array:
    """(N, H, W, C) uint8 -> (N, g, g) int64 indices."""
    batches = (as_tensor(images[i : i + BATCH]) for i in range(0, len(images), BATCH))
    return np.concatenate([model.indices(x).numpy() for x in batches])


def usage(grids: Array, entries: int) -> Array:
    """(K,) how often each entry occurs in grids."""
    return np.bincount(grids.ravel(), minlength=entries)


@torch.inference_mode()
def prior_bits(model: Any, grids: Array) -> float:
    """Mean −log₂ p of grids (N, g, g) under their prior, in bits an image."""
    total = 0.0
    for i in range(0, len(grids), BATCH):
        part = torch.from_numpy(grids[i : i + BATCH])
        total += float(F.cross_entropy(model(part).flatten(0, 1), part.flatten(), reduction="sum"))
    return total / len(grids) / float(np.log(2))


def judged_samples(kind: str, model: Any, of: Any, judge: Judge, test: ImageSet) -> dict[str, float]:
    """ "frechet", "precision", "recall", "sharpness" of a generator's images against real ones.

    Of a diffusion model also "ddim N frechet" for fewer steps, and "decoded frechet": codes of the real images through
    the decoder, the least that any prior over them can reach.
    """
    real = test.some(N_FRECHET).images
    truth = feature_vectors(judge, real)
    out = image_quality(judge, truth, sampling.sample(kind, model, of, len(real), SEED))
    if MODELS[kind].learns == "noise":
        for steps in diffusion.FEWER:
            made = latents.decode(of, diffusion.draw(model, len(real), SEED, steps))
            out[f"ddim {steps} frechet"] = image_quality(judge, truth, made)["frechet"]
        decoded = latents.decode(of, latents.encode(of, real).mu)
        out |= {f"decoded {name}": value for name, value in image_quality(judge, truth, decoded).items()}
    if MODELS[kind].learns == "indices":
        decoded = sampling.decode_grids(of, sampled_grids(of, real))
        out |= {f"decoded {name}": value for name, value in image_quality(judge, truth, decoded).items()}
    return out | {"real sharpness": float(metrics.sharpness(real).mean())}


def arrays_for_app(
    kind: str, model: Any, of: Any, test: ImageSet, index: Array, judge: Classifier | None
) -> dict[str, Array]:
    """What NAME.npz holds beside what the training kept.

    Args:
        index: (n,) the gallery in the test split.
        judge: a classifier of the data set, None if there is none.

    Returns:
        Of a diffusion model cloud (t, 500, D) float16, codes on their way, and cloud_steps (t,); of a GAN class_counts
        (K,), what the judge takes 2,000 of its images for; of discrete codes usage (K,) over the test images, and
        index, grids (1000, g, g) of the gallery's first images.
    """
    learns = MODELS[kind].learns
    if learns == "noise":
        return cloud(model)
    if learns == "grids":
        shown = test.images[index[:N_GRIDS]]
        grids = sampled_grids(model, test.images)
        return {
            "index": index[:N_GRIDS],
            "usage": usage(grids, model.shape.entries),
            "grids": sampled_grids(model, shown).astype(np.uint8),
        }
    if learns == "critic" and judge is not None:
        return {"class_counts": class_counts(judge, sampling.sample(kind, model, of, N_CLASSIFIED, SEED))}
    return {}


def cloud(model: Any) -> dict[str, Array]:
    """500 codes at every eighth step of their way out of noise."""
    start = diffusion.noise(model, N_CLOUD, SEED)
    kept = {left: z for left, z in diffusion.walk(model, start, SEED) if left in CLOUD_STEPS}
    return {
        "cloud": np.array([kept[left] for left in CLOUD_STEPS], np.float16),
        "cloud_steps": np.array(CLOUD_STEPS),
    }


@torch.inference_mode()
def class_counts(judge: Classifier, images: Array) -> Array:
    """How many of the images a classifier takes for each class: (K,)."""
    logits = torch.cat([judge(as_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)])
    return np.bincount(logits.argmax(1).numpy(), minlength=logits.shape[1])


def drawer(card: Card, model: Any, of: Any) -> Callable[[int], Any] | None:
    """What draws n images; None for a network that draws none."""
    kind = MODELS[card.kind]
    if kind.learns in sampling.SAMPLERS:
        return lambda n: sampling.sample(card.kind, model, of, n, SEED)
    if kind.learns == "pixels" and not card.training["corruption"]:
        return lambda n: latents.decode(model, densities.standard_normal(card.shape.latent_dim).draw(n, SEED))
    return None


def sample_milliseconds(draw: Callable[[int], Any]) -> float:
    """Wall time to draw one of 64 images that are drawn at once, after a first draw that is not counted."""
    draw(N_TIMED)
    start = time.perf_counter()
    draw(N_TIMED)
    return 1000 * (time.perf_counter() - start) / N_TIMED
