"""From noise to latent codes and back, step by step: a trained denoiser and a seed in, every code on the way out."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.models.generators.denoiser import STEPS, Denoiser, alpha_bar

FEWER = (100, 50, 20, 10, 5)  # steps that DDIM can do with, beside all of them


class Told(NamedTuple):
    """What images are to show.

    Attributes:
        values: (F,) classes as zeros and a one, or factors in natural units.
        known: (F,) 1 where `values` holds, 0 where nothing is said.
    """

    values: Array
    known: Array


def nothing(denoiser: Denoiser) -> Told:
    """Any image."""
    return Told(np.zeros(denoiser.shape.told, np.float32), np.zeros(denoiser.shape.told, np.float32))


def one_class(denoiser: Denoiser, i: int) -> Told:
    """An image of class i."""
    return Told(np.eye(denoiser.shape.told, dtype=np.float32)[i], np.ones(denoiser.shape.told, np.float32))


def one_factor(denoiser: Denoiser, i: int, value: float) -> Told:
    """An image whose factor i has this value; nothing is said of the others."""
    known = np.eye(denoiser.shape.told, dtype=np.float32)[i]
    return Told(known * np.float32(value), known)


@torch.inference_mode()
def guess(denoiser: Denoiser, z: Tensor, t: int, told: Told | None, strength: float) -> Tensor:
    """The noise in standardised codes z (B, D) at step t.

    With `told`: guess without it + strength · (guess with it − guess without it); 1: as trained, above: exaggerated.

    Source:
        Ho & Salimans 2022 (arXiv:2207.12598), eq. 6, whose w is strength − 1.
    """
    step = torch.full((len(z),), t)
    none = torch.zeros(len(z), denoiser.shape.told)
    if told is None:
        return denoiser(z, step, none, none)
    values, known = (torch.as_tensor(part, dtype=torch.float32).expand(len(z), -1) for part in told)
    with_it = denoiser(z, step, values, known)
    return with_it if strength == 1 else with_it + (strength - 1) * (with_it - denoiser(z, step, none, none))


def walk(
    denoiser: Denoiser,
    start: Array,
    seed: int,
    n_steps: int = STEPS,
    told: Told | None = None,
    strength: float = 1.0,
    first: int = STEPS,
) -> Iterator[tuple[int, Array]]:
    """The way from noise to codes.

    Args:
        start: (B, D) standardised codes as they are after `first` steps of noising; after all of them N(0, I).
        seed: of the noise that each step adds when all are taken ("ancestral sampling").
        n_steps: of STEPS; fewer are taken without new noise (DDIM).

    Yields:
        Noising steps that are left, from `first` down to 0, and the codes (B, D) float32 in the decoder's units.

    Source:
        Ho et al. 2020 (arXiv:2006.11239), algorithm 2, with the variance of eq. 7; Song et al. 2021
        (arXiv:2010.02502), eq. 12 with σ = 0.
    """
    left = alpha_bar().double().tolist()
    generator = torch.Generator().manual_seed(seed)
    z = torch.as_tensor(start, dtype=torch.float32)
    yield first, denoiser.restore(z).numpy()
    for now, then in _pairs(first, n_steps):
        noise = guess(denoiser, z, now - 1, told, strength)
        share, after = left[now - 1], left[then - 1] if then else 1.0
        clean = (z - (1 - share) ** 0.5 * noise) / share**0.5
        if n_steps < STEPS:
            z = after**0.5 * clean + (1 - after) ** 0.5 * noise
        else:
            variance = (1 - after) / (1 - share) * (1 - share / after)
            z = after**0.5 * clean + max(0.0, 1 - after - variance) ** 0.5 * noise
            z = z + variance**0.5 * torch.randn(z.shape, generator=generator)
        yield then, denoiser.restore(z).numpy()


def _pairs(first: int, n_steps: int) -> Sequence[tuple[int, int]]:
    """Steps of noising before and after each step of the walk: the chosen ones of 0 … STEPS that lie below `first`."""
    stops = [round(i * STEPS / n_steps) for i in range(n_steps, -1, -1)]
    stops = [first, *(stop for stop in stops if stop < first)]
    return list(pairwise(stops))


def draw(
    denoiser: Denoiser, n: int, seed: int, n_steps: int = STEPS, told: Told | None = None, strength: float = 1.0
) -> Array:
    """n codes (n, D) float32 in the decoder's units."""
    return list(walk(denoiser, noise(denoiser, n, seed), seed, n_steps, told, strength))[-1][1]


def noise(denoiser: Denoiser, n: int, seed: int) -> Array:
    """(n, D) float32 from N(0, I): where `draw` begins."""
    return np.random.default_rng(seed).standard_normal((n, denoiser.shape.latent_dim)).astype(np.float32)


@torch.inference_mode()
def noised(denoiser: Denoiser, codes: Array, n_steps: int, seed: int) -> Array:
    """Codes (n, D) in the decoder's units -> standardised codes after so many steps of noising, at once.

    The same seed gives the same noise at every step, so that a code drifts away in a straight line of the two.

    Source:
        Ho et al. 2020, eq. 4.
    """
    if not 0 <= n_steps <= STEPS:
        raise ValueError(f"{n_steps} steps of noising; there are 0 … {STEPS}")
    z = denoiser.standardise(torch.as_tensor(codes, dtype=torch.float32)).numpy()
    share = float(alpha_bar()[n_steps - 1]) if n_steps else 1.0
    return np.float32(share**0.5) * z + np.float32((1 - share) ** 0.5) * noise(denoiser, len(z), seed)
