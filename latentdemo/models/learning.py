"""What training minimises: a network and a batch come in, named losses go out; one class for each way to learn."""

import copy
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from latentdemo.data import DATASETS
from latentdemo.models.autoencoder import Reconstruction
from latentdemo.models.losses import bernoulli_nll, gaussian_nll, kl_to_standard_normal
from latentdemo.pixels.corruption import corrupt_at_random

LABEL_SMOOTHING = 0.1
MOST_AVERAGED = 0.9995  # of an average of weights stays at a step; less in the first thousands of steps
Terms = dict[str, Tensor]  # the loss under "loss", then its parts, all scalars


@dataclass(frozen=True)
class Likelihood:
    """How a reconstruction is scored.

    Attributes:
        name: "bernoulli" or "gaussian".
        variance: of every pixel, for "gaussian".
        weight: (H, W) pixel weights of mean 1, or None.
    """

    name: str
    variance: float = 1.0
    weight: Tensor | None = None

    @classmethod
    def of(cls, dataset: str, variance: float | None = None, weighted: bool = True) -> "Likelihood":
        """A dataset's own, a key of DATASETS, with another variance if one is given; `weighted`: with pixel weights."""
        entry = DATASETS[dataset]
        weight = torch.from_numpy(entry.pixel_weight()) if weighted and entry.pixel_weight else None
        return cls(entry.likelihood, variance or entry.variance, weight)

    def nll(self, logits: Tensor, x: Tensor) -> Tensor:
        """−log p(x | logits), nats: summed over pixels, averaged over the batch."""
        if self.name == "bernoulli":
            return bernoulli_nll(logits, x)
        weight = None if self.weight is None else self.weight.to(x.device)
        return gaussian_nll(torch.sigmoid(logits), x, self.variance, weight)


@dataclass(frozen=True)
class Setting:
    """What a loss depends on beside the network: fields of TrainConfig, and the data set's likelihood."""

    likelihood: Likelihood
    beta: float = 1.0
    corruption: str | None = None
    penalty: float = 1.0
    critic_every: int = 1


def pixel_terms(output: Reconstruction, x: Tensor, likelihood: Likelihood, beta: float) -> Terms:
    """loss = reconstruction + beta · KL (no KL without a distribution), in nats per image."""
    reconstruction = likelihood.nll(output.logits.float(), x)
    if output.logvar is None:
        return {"loss": reconstruction, "reconstruction": reconstruction.detach()}
    kl = kl_to_standard_normal(output.mu.float(), output.logvar.float())
    return {"loss": reconstruction + beta * kl, "reconstruction": reconstruction.detach(), "kl": kl.detach()}


def label_terms(logits: Tensor, y: Tensor) -> Terms:
    """Cross entropy in nats with label smoothing 0.1 (Szegedy et al. 2016), and the share of right answers."""
    right = (logits.argmax(1) == y).float().mean()
    return {"loss": F.cross_entropy(logits.float(), y, label_smoothing=LABEL_SMOOTHING), "accuracy": right.detach()}


def factor_terms(outputs: Tensor, y: Tensor) -> Terms:
    """Squared error of standardised factors, averaged over factors and batch."""
    return {"loss": F.mse_loss(outputs.float(), y)}


def summed(x: Tensor) -> Tensor:
    """The sum of a tensor over all training processes, in place; without other processes the tensor itself."""
    if dist.is_initialized():
        dist.all_reduce(x)
    return x


class Learner(nn.Module, ABC):
    """A network and what it minimises; its state is what a stopped run goes on from.

    Attributes:
        betas: of AdamW; None: stochastic gradient descent with Nesterov's momentum.
        network: what is measured and stored.
    """

    betas: tuple[float, float] | None = (0.9, 0.99)

    def __init__(self, network: Any, setting: Setting) -> None:
        super().__init__()
        self.network, self.setting = network, setting

    def meet(self, x: Tensor, y: Tensor) -> None:
        """See all training data once, before the first step: images (N, C, S, S) uint8, or codes; labels or factors."""

    @abstractmethod
    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """The losses of a batch."""

    def resting(self) -> list[nn.Parameter]:
        """Parameters that this step leaves as they are, with the optimiser's moments of them."""
        return []

    def after_step(self) -> None:
        """What follows a step of the optimiser."""


class PixelLearner(Learner):
    """Reconstructs the whole of what it sees a damaged copy of, or the image itself."""

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """`pixel_terms` of images (B, C, S, S) in [0, 1]."""
        kind = self.setting.corruption
        output = self.network(x if kind is None else corrupt_at_random(x, kind))
        return pixel_terms(output, x, self.setting.likelihood, self.setting.beta)


class LabelLearner(Learner):
    """Tells classes apart."""

    betas = None

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """`label_terms` of images and their classes (B,)."""
        return label_terms(self.network(x), y)


class FactorLearner(Learner):
    """Reads factors."""

    def meet(self, x: Tensor, y: Tensor) -> None:
        """Means and standard deviations of the factors."""
        self.network.target_mean.copy_(y.mean(0))
        self.network.target_sd.copy_(y.std(0).clamp(min=1e-6))  # a column may be constant

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """`factor_terms` of images and their factors (B, F), which are standardised here."""
        return factor_terms(self.network(x), (y - self.network.target_mean) / self.network.target_sd)


class AveragingLearner(Learner):
    """Trains a copy of the network, `live`; the network itself is the moving average of the copy's numbers.

    What a batch adds to the weights in its favour averages out (Polyak & Juditsky 1992).
    """

    n_steps: Tensor

    def __init__(self, network: Any, setting: Setting) -> None:
        super().__init__(network, setting)
        self.live = copy.deepcopy(network)
        self.network.requires_grad_(False)
        self.register_buffer("n_steps", torch.zeros((), dtype=torch.long))

    def meet(self, x: Tensor, y: Tensor) -> None:
        """Both begin alike."""
        self.live.load_state_dict(self.network.state_dict())

    @torch.no_grad()
    def after_step(self) -> None:
        """Move the average, faster at first: what it began with is forgotten."""
        self.n_steps += 1
        n = int(self.n_steps)
        stays = min(MOST_AVERAGED, (1 + n) / (10 + n))
        for ours, live in zip(self.network.state_dict().values(), self.live.state_dict().values(), strict=True):
            if ours.is_floating_point():
                ours.lerp_(live, 1 - stays)
            else:
                ours.copy_(live)
