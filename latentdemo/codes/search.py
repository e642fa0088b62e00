"""A network without an encoder and a picture in, the code whose image comes nearest out, found by descent alone."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from numpy import ndarray as Array

from latentdemo.pixels.tensors import as_tensor

STARTS = 4  # codes that are improved side by side: a descent ends in the next valley
STEPS, TOLD_EVERY = 300, 10
RATE = 0.1  # of Adam, falling to 0 as half a cosine


class Found(NamedTuple):
    """How far a search is.

    Attributes:
        step: of STEPS.
        code: (D,) float32, the best of all starts.
        mse: of its image, mean over pixels and channels.
    """

    step: int
    code: Array
    mse: float


def search(model: Any, picture: Array, seed: int) -> Iterator[Found]:
    """Gradient descent on the pixels' squared error, from N(0, I).

    Args:
        model: with `decode` and `shape`, in eval mode.
        picture: (S, S, C) uint8.

    Source:
        Creswell & Bharath 2018, "Inverting the generator of a generative adversarial network" (arXiv:1802.05701).
    """
    x = as_tensor(picture[None])
    z = torch.randn(STARTS, model.shape.latent_dim, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    optimiser = torch.optim.Adam([z], RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for step in range(STEPS + 1):
        errors = (model.decode(z) - x).square().mean((1, 2, 3))
        if step % TOLD_EVERY == 0:
            best = int(errors.argmin())
            yield Found(step, z[best].detach().numpy().copy(), float(errors[best].detach()))
        optimiser.zero_grad()
        errors.sum().backward()
        optimiser.step()
        schedule.step()
