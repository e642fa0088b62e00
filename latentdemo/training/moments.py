"""Moments of a training: codes, samples and losses at a few points of the run, for the app to replay."""

import copy
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.codes import latents
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import gallery_index, pixel_metrics
from latentdemo.training.loop import Loop

N_CODES = 1000  # of the gallery's first images
EARLIEST = 1 / 300  # of the run: before that hardly anything moves
N_SAMPLES = 16  # draws from N(0, I), the same ones each time
LOSSES = ("mse", "kl_nats", "negative_elbo_nats")  # those that the model has
PLAYERS = ("critic", "generator")  # whose losses are kept of a GAN: those of the step before


def moment_steps(total: int, n: int) -> list[int]:
    """At which steps to look: 0, then n − 1 in geometric progression up to `total`; fewer where they coincide."""
    if n < 2:
        return []
    return sorted({0, *np.geomspace(max(1, total * EARLIEST), total, n - 1).round().astype(int).tolist()})


def record(loop: Loop, test: ImageSet) -> None:
    """Look at the model, if its step is one of the moments; kept in `loop.moments`, from where it is saved."""
    steps = moment_steps(loop.total_steps, loop.config.moments)
    if loop.step not in steps or loop.step in loop.moments:
        return
    model = copy.deepcopy(loop.model).cpu().eval()  # wherever it trains, whatever mode it is in
    loop.moments[loop.step] = _game(loop, model) if loop.kind.learns == "critic" else _autoencoder(loop, model, test)


def _samples(loop: Loop, model: Any) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(N_SAMPLES, loop.shape.latent_dim, generator=generator)
    return torch.from_numpy(latents.decode(model, z.numpy()))


def _game(loop: Loop, model: Any) -> dict[str, Tensor]:
    losses = [float(loop.terms_before.get(name, torch.nan)) for name in PLAYERS]
    return {"samples": _samples(loop, model), "losses": torch.tensor(losses)}


def _autoencoder(loop: Loop, model: Any, test: ImageSet) -> dict[str, Tensor]:
    images = test.images[gallery_index(len(test.images))[:N_CODES]]
    part = ImageSet(images, np.zeros(len(images)), ())
    measured = pixel_metrics(model, loop.config.dataset, part, loop.likelihood.variance)
    return {
        "codes": torch.from_numpy(latents.encode(model, images).mu).half(),
        "samples": _samples(loop, model),
        "losses": torch.tensor([measured.get(name, float("nan")) for name in LOSSES]),
    }


def arrays(moments: dict[int, dict[str, Tensor]], steps_per_epoch: int) -> dict[str, Array]:
    """What NAME.npz keeps of them.

    Returns:
        moment_epochs (m,), moment_codes (m, n, D) float16, moment_samples (m, 16, S, S, C) uint8 and moment_losses
        (m, 3) as named by LOSSES, nan where the model has none; of a GAN no codes, and losses (m, 2) as named by
        PLAYERS; nothing without moments.
    """
    if not moments:
        return {}
    steps = sorted(moments)
    stacked = {
        f"moment_{key}": torch.stack([moments[step][key] for step in steps]).numpy() for key in moments[steps[0]]
    }
    return {"moment_epochs": np.array(steps) / steps_per_epoch, **stacked}
