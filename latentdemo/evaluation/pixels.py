"""What an autoencoder is worth by the pixels it gives back, from whole images and from damaged ones."""

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.data.imageset import ImageSet
from latentdemo.measuring import metrics
from latentdemo.models.learning import Likelihood
from latentdemo.models.losses import kl_to_standard_normal, reparameterise
from latentdemo.models.protocols import EncoderDecoder, LayeredAutoencoder
from latentdemo.pixels import corruption
from latentdemo.pixels.tensors import as_tensor

BATCH = 500
SEED = 0


@torch.inference_mode()
def pixel_metrics(
    model: LayeredAutoencoder, dataset: str, test: ImageSet, variance: float | None = None
) -> dict[str, float]:
    """MSE and SSIM of decode(mu); with a posterior also KL, active units, −ELBO and MSE of one draw of z.

    The −ELBO is that of the dataset's likelihood, with another variance of the pixels if one is given.
    """
    encoded = latents.encode(model, test.images)
    likelihood, total = Likelihood.of(dataset, variance, weighted=False), np.zeros(5)
    generator = torch.Generator().manual_seed(SEED)
    for i in range(0, len(test.images), BATCH):
        x = as_tensor(test.images[i : i + BATCH])
        mu = torch.from_numpy(encoded.mu[i : i + BATCH])
        x_hat = model.decode(mu)
        sums = [metrics.mse(x, x_hat).sum(), metrics.ssim(x, x_hat).sum(), 0.0, 0.0, 0.0]
        if encoded.logvar is not None:
            logvar = torch.from_numpy(encoded.logvar[i : i + BATCH])
            z = reparameterise(mu, logvar, torch.randn(mu.shape, generator=generator))
            kl = kl_to_standard_normal(mu, logvar)
            logits = model.decode_logits(z)
            drawn = metrics.mse(x, torch.sigmoid(logits)).sum()
            sums[2:] = [kl * len(x), (likelihood.nll(logits, x) + kl) * len(x), drawn]
        total += np.array([float(value) for value in sums])
    means = total / len(test.images)
    out = {"mse": means[0], "ssim": means[1]}
    if encoded.logvar is not None:
        active = metrics.active_units(encoded.mu)
        out |= {"kl_nats": means[2], "negative_elbo_nats": means[3], "draw_mse": means[4], "active_units": active}
    return out


@torch.inference_mode()
def image_errors(model: EncoderDecoder, images: Array) -> Array:
    """MSE of decode(mu) for each of (N, H, W, C) uint8 images: (N,), mean over pixels and channels."""
    parts = []
    for i in range(0, len(images), BATCH):
        x = as_tensor(images[i : i + BATCH])
        parts.append(metrics.mse(x, model.decode(model.encode(x)[0])))
    return torch.cat(parts).numpy()


@torch.inference_mode()
def repair_metrics(model: EncoderDecoder, test: ImageSet) -> dict[str, float]:
    """Mean PSNR, in dB, of damaged test images ("damaged") and of what the model makes of them ("repaired")."""
    x = as_tensor(test.some(corruption.N_MEASURED).images)
    out = {}
    for name in corruption.possible(x.shape[1]):
        generator = torch.Generator().manual_seed(SEED)
        damaged = corruption.corrupt(x, name, corruption.CORRUPTIONS[name].usual, generator)
        repaired = torch.cat([model.decode(model.encode(part)[0]) for part in damaged.split(BATCH)])
        out[f"psnr {name} damaged"] = float(metrics.psnr(x, damaged).mean())
        out[f"psnr {name} repaired"] = float(metrics.psnr(x, repaired).mean())
    return out
