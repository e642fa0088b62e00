"""MODELS: the name of a kind and a shape come in, an untrained network and what it minimises go out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from latentdemo.data import DATASETS
from latentdemo.models.autoencoder import Autoencoder, Reconstruction
from latentdemo.models.cnn import ConvNet, SmallConvNet
from latentdemo.models.factornet import FactorNet
from latentdemo.models.losses import bernoulli_nll, gaussian_nll, kl_to_standard_normal
from latentdemo.models.mlp import Perceptron
from latentdemo.models.parts import Shape
from latentdemo.models.vae import VariationalAutoencoder

LABEL_SMOOTHING = 0.1
CHANNEL_IMAGES, SHIFT_CURVES = "channel images", "shift curves"


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
    def of(cls, dataset: str, weighted: bool = True) -> "Likelihood":
        """A data set's own, a key of DATASETS; without its pixel weights if not `weighted`."""
        entry = DATASETS[dataset]
        weight = torch.from_numpy(entry.pixel_weight()) if weighted and entry.pixel_weight else None
        return cls(entry.likelihood, entry.variance, weight)

    def nll(self, logits: Tensor, x: Tensor) -> Tensor:
        """−log p(x | logits), nats: summed over pixels, averaged over the batch."""
        if self.name == "bernoulli":
            return bernoulli_nll(logits, x)
        weight = None if self.weight is None else self.weight.to(x.device)
        return gaussian_nll(torch.sigmoid(logits), x, self.variance, weight)


Terms = dict[str, Tensor]  # the loss under "loss", then its parts, all scalars


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


@dataclass(frozen=True)
class Kind:
    """One entry of MODELS.

    Attributes:
        build: makes the untrained network.
        learns: "pixels" (reconstructs its input), "labels" or "factors".
        meaning: one line for the command line's help.
        stores: what is kept of a trained classifier for the app, CHANNEL_IMAGES or SHIFT_CURVES; "": nothing.
    """

    build: Any  # Callable[[Shape], nn.Module], with `regularised` if it learns pixels
    learns: str
    meaning: str
    stores: str = ""

    @property
    def regularised(self) -> bool:
        """Whether a KL term, weighted by β, is part of its loss; an autoencoder's class must say so."""
        return self.learns == "pixels" and self.build.regularised


MODELS: dict[str, Kind] = {
    "ae": Kind(Autoencoder, "pixels", "plain autoencoder"),
    "vae": Kind(VariationalAutoencoder, "pixels", "variational autoencoder, same two networks"),
    "cnn": Kind(ConvNet, "labels", "convolutional classifier", CHANNEL_IMAGES),
    "small-cnn": Kind(SmallConvNet, "labels", "the same classifier with few channels", SHIFT_CURVES),
    "mlp": Kind(Perceptron, "labels", "fully connected classifier", SHIFT_CURVES),
    "regressor": Kind(FactorNet, "factors", "reads a face's factors off its picture"),
}


_seeding = threading.Lock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random weights that depend on the seed alone: torch's generator is shared by all threads, so one at a time."""
    with _seeding, torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def build(kind: str, shape: Shape) -> Any:
    """An untrained nn.Module of one of the classes in MODELS; ValueError names the kinds there are."""
    if kind not in MODELS:
        raise ValueError(f"no model {kind!r}; there are {', '.join(MODELS)}")
    return MODELS[kind].build(shape)
