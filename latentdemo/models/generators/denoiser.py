"""A better prior: a network that sees the noise in a noisy latent code, and so leads from noise to codes."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentdemo.models.learning import AveragingLearner, Terms
from latentdemo.models.parts import Shape

STEPS = 200  # from a code to noise
BETA_FIRST, BETA_LAST = 1e-4, 0.05  # variance of the noise that a step adds, rising linearly
EMBEDDING = 64  # numbers that tell the step
N_BLOCKS = 3
DROPPED = 0.4  # of the training codes come without what they show: what guidance needs
WIDE, NARROW, FEW = 384, 192, 4  # width of the network; of codes of at most FEW dimensions


def alpha_bar(device: torch.device | str = "cpu") -> Tensor:
    """Share of a code's variance that is left after t + 1 steps: (STEPS,), falling from nearly 1 to 0.006.

    Source:
        Ho et al. 2020 (arXiv:2006.11239), eq. 4: the product of 1 − β_s over s ≤ t.
    """
    return torch.cumprod(1 - torch.linspace(BETA_FIRST, BETA_LAST, STEPS, device=device), 0)


class Block(nn.Module):
    """h + f(h, e): layer normalisation, two linear layers, the embedding added between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, h: Tensor, embedding: Tensor) -> Tensor:
        """(B, W), (B, W) -> (B, W)."""
        return h + self.second(F.silu(self.first(F.silu(self.norm(h))) + embedding))


class Denoiser(nn.Module):
    """Noisy code, step, and what the image is to show (or nothing) -> the noise (Ho et al. 2020, arXiv:2006.11239).

    Attributes:
        mean, sd: (D,) of the codes it learned from: it works on standardised ones.
        told_mean, told_sd: (F,) of what it was told of them: classes as zeros and a one, or factors.
    """

    mean: Tensor
    sd: Tensor
    told_mean: Tensor
    told_sd: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = WIDE if shape.latent_dim > FEW else NARROW
        self.time = nn.Sequential(nn.Linear(EMBEDDING, width), nn.SiLU(), nn.Linear(width, width))
        self.told = nn.Linear(2 * shape.told, width, bias=False)
        self.first = nn.Linear(shape.latent_dim, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(N_BLOCKS))
        self.last = nn.Sequential(nn.LayerNorm(width), nn.SiLU(), nn.Linear(width, shape.latent_dim))
        for name, size in (("mean", shape.latent_dim), ("told_mean", shape.told)):
            self.register_buffer(name, torch.zeros(size))
            self.register_buffer(name.replace("mean", "sd"), torch.ones(size))

    def standardise(self, z: Tensor) -> Tensor:
        """Codes (B, D) as the network sees them: mean 0, sd 1 in each dimension."""
        return (z - self.mean) / self.sd

    def restore(self, z: Tensor) -> Tensor:
        """The way back from `standardise`."""
        return z * self.sd + self.mean

    def forward(self, z: Tensor, t: Tensor, told: Tensor, known: Tensor) -> Tensor:
        """The noise in a code, in units of its standard deviation.

        Args:
            z: (B, D) standardised code with noise.
            t: (B,) step, 0 … STEPS − 1.
            told: (B, F) what the image shows, in natural units.
            known: (B, F) 1 where `told` holds, 0 where nothing is said.
        """
        said = (told - self.told_mean) / self.told_sd * known
        embedding = self.time(time_embedding(t)) + self.told(torch.cat([said, known], 1))
        h = self.first(z)
        for block in self.blocks:
            h = block(h, embedding)
        return self.last(h)


def time_embedding(t: Tensor) -> Tensor:
    """Steps (B,) -> (B, 64): sines and cosines of falling frequency (Vaswani et al. 2017, arXiv:1706.03762, 3.5)."""
    rates = torch.exp(-math.log(1e4) * torch.arange(EMBEDDING // 2, device=t.device) / (EMBEDDING // 2))
    angles = t[:, None].float() * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


class NoiseLearner(AveragingLearner):
    """Guesses the noise that was added to codes of known images."""

    def meet(self, x: Tensor, y: Tensor) -> None:
        """Means and standard deviations of codes (N, D) and of their classes (N,) or factors (N, F)."""
        told = as_told(y, self.network.shape.told)
        for name, values in (("", x), ("told_", told)):
            sd, mean = torch.std_mean(values.float(), 0)
            getattr(self.network, f"{name}mean").copy_(mean)
            getattr(self.network, f"{name}sd").copy_(sd.clamp(min=1e-6))
        super().meet(x, y)

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """Squared error of the noise, averaged over dimensions and batch (Ho et al. 2020, eq. 14)."""
        told = as_told(y, self.network.shape.told)
        kept = torch.rand(len(x), 1, device=x.device) >= DROPPED
        known = kept.expand_as(told).float()
        if y.ndim == 2:  # any set of factors may be told later: each is left out at times
            known = known * (torch.rand_like(told) < torch.rand(len(x), 1, device=x.device))
        t = torch.randint(STEPS, (len(x),), device=x.device)
        noise = torch.randn_like(x)
        left = alpha_bar(x.device)[t, None]
        z = left.sqrt() * self.live.standardise(x) + (1 - left).sqrt() * noise
        return {"loss": F.mse_loss(self.live(z, t, told, known).float(), noise)}


def as_told(y: Tensor, n: int) -> Tensor:
    """Classes (N,) as zeros and a one, factors (N, F) as they are: (N, n) float32."""
    return (F.one_hot(y, n) if y.ndim == 1 else y).float()
