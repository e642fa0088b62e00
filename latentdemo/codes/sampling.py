"""Images out of nothing, whatever makes them: a trained network, the one whose codes it learned, a seed in."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.codes import densities, diffusion, latents
from latentdemo.models import MODELS
from latentdemo.pixels.tensors import as_images

BATCH = 500


def from_diffusion(model: Any, of: Any, n: int, seed: int) -> Array:
    """N(0, I) through all steps of the denoiser, then through the decoder."""
    return latents.decode(of, diffusion.draw(model, n, seed))


def from_gan(model: Any, of: Any, n: int, seed: int) -> Array:
    """N(0, I) through the generator."""
    return latents.decode(model, densities.standard_normal(model.shape.latent_dim).draw(n, seed))


def from_prior(model: Any, of: Any, n: int, seed: int) -> Array:
    """Grids, index by index, through the decoder."""
    generator = torch.Generator().manual_seed(seed)
    return decode_grids(of, torch.cat([model.draw(min(BATCH, n - i), generator)[0] for i in range(0, n, BATCH)]))


SAMPLERS: dict[str, Callable[[Any, Any, int, int], Array]] = {  # by what a kind of model learns
    "noise": from_diffusion,
    "critic": from_gan,
    "indices": from_prior,
}


def sample(kind: str, model: Any, of: Any, n: int, seed: int) -> Array:
    """(n, S, S, C) uint8 images; ValueError for a kind that draws none on its own.

    Args:
        kind: key of MODELS.
        of: the network whose codes `model` learned, None for one that learned from images.
    """
    learns = MODELS[kind].learns
    if learns not in SAMPLERS:
        able = ", ".join(name for name, entry in MODELS.items() if entry.learns in SAMPLERS)
        raise ValueError(f"{kind} draws no images; {able} do")
    return SAMPLERS[learns](model, of, n, seed)


@torch.inference_mode()
def decode_grids(model: Any, grids: Any) -> Array:
    """(n, g, g) indices -> (n, S, S, C) uint8, in batches."""
    grids = torch.as_tensor(grids).long()
    return np.concatenate([as_images(model.decode_indices(grids[i : i + BATCH])) for i in range(0, len(grids), BATCH)])
