"""CORRUPTIONS: what is done to an image for a denoising autoencoder to undo (Vincent et al. 2008)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from latentdemo.pixels.images import LUMA

N_MEASURED = 1000  # test images that repairs are measured on
N_HOLES = 3
HOLE_LEVEL = 0.5  # grey: neither ink nor paper, so a hole shows on both
ANY = "any"  # each of them on its share of the images


@dataclass(frozen=True)
class Corruption:
    """One entry of CORRUPTIONS.

    Attributes:
        title: on screen.
        apply: (x (B, C, H, W) in [0, 1], strengths (B, 1, 1, 1), generator or None) -> the same shape, in [0, 1].
        most: the largest strength that models are trained on; usual: the one that they are measured at.
        unit: what the strength measures.
        channels: images of how many channels it can be done to; 0: any.
    """

    title: str
    apply: Callable[[Tensor, Tensor, torch.Generator | None], Tensor]
    most: float
    usual: float
    unit: str
    channels: int = 0


def _noise(x: Tensor, strength: Tensor, generator: torch.Generator | None) -> Tensor:
    noise = torch.randn(x.shape, generator=generator, device=x.device)
    return (x + strength * noise).clamp(0, 1)


def _holes(x: Tensor, strength: Tensor, generator: torch.Generator | None) -> Tensor:
    n, _, height, width = x.shape
    reach = strength.view(n, 1, 1) / 2  # half a hole's side, as a share of the picture's
    rows = (torch.arange(height, device=x.device) + 0.5) / height
    columns = (torch.arange(width, device=x.device) + 0.5) / width
    centres = torch.rand(N_HOLES, 2, n, 1, generator=generator, device=x.device)
    hidden = torch.zeros(n, height, width, dtype=torch.bool, device=x.device)
    for down, right in centres:
        hidden |= ((rows - down).abs()[:, :, None] < reach) & ((columns - right).abs()[:, None, :] < reach)
    return torch.where(hidden[:, None], HOLE_LEVEL, x)


def _grey(x: Tensor, strength: Tensor, generator: torch.Generator | None) -> Tensor:
    luma = (x * x.new_tensor(LUMA / 1000).view(3, 1, 1)).sum(1, keepdim=True)
    return x + strength * (luma - x)


CORRUPTIONS: dict[str, Corruption] = {
    "noise": Corruption("Noise", _noise, 0.6, 0.3, "standard deviation; pixels run from 0 to 1"),
    "holes": Corruption("Holes", _holes, 0.4, 0.25, "side of a hole, as a share of the picture's side"),
    "grey": Corruption(
        "Grey", _grey, 1.0, 1.0, "share of the colour that is taken away; what comes back is a guess", channels=3
    ),
}
CHOICES = (*CORRUPTIONS, ANY)


def possible(channels: int) -> list[str]:
    """Which corruptions images of so many channels can undergo."""
    return [name for name, entry in CORRUPTIONS.items() if entry.channels in (0, channels)]


def corrupt(x: Tensor, name: str, strength: float, generator: torch.Generator | None = None) -> Tensor:
    """Damage every image of a batch alike.

    Args:
        x: (B, C, H, W) in [0, 1].
        name: a key of CORRUPTIONS.
        strength: 0 (nothing happens) … the entry's `most`, in its unit.
        generator: of the noise and of the places of the holes; None: torch's own.

    Returns:
        (B, C, H, W) in [0, 1].

    Raises:
        ValueError: an unknown name, one that images of C channels cannot undergo, or a strength out of range.
    """
    if name not in possible(x.shape[1]):
        raise ValueError(f"no corruption {str(name)[:40]!r} of {x.shape[1]} channels; there are {possible(x.shape[1])}")
    entry = CORRUPTIONS[name]
    if not 0 <= strength <= entry.most:
        raise ValueError(f"strength is {strength}; {name} takes 0 … {entry.most}")
    return entry.apply(x, x.new_full((len(x), 1, 1, 1), strength), generator)


def corrupt_at_random(x: Tensor, name: str) -> Tensor:
    """What a denoising autoencoder trains on: each image with a strength of its own, strong ones more often.

    Args:
        x: (B, C, H, W) in [0, 1], in random order.
        name: a key of CORRUPTIONS, or "any": each possible one on its share of the batch.

    Returns:
        (B, C, H, W) in [0, 1]; strengths are most · √u with u uniform in [0, 1], drawn from torch's own generator.
    """
    names = possible(x.shape[1]) if name == ANY else [name]
    parts = []
    for part, each in zip(x.tensor_split(len(names)), names, strict=True):
        strengths = CORRUPTIONS[each].most * torch.rand(len(part), 1, 1, 1, device=x.device).sqrt()
        parts.append(CORRUPTIONS[each].apply(part, strengths, None))
    return torch.cat(parts)
