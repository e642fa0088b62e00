"""MODELS: the name of a kind and a shape come in, an untrained network and what it minimises go out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from latentdemo.models.autoencoder import Autoencoder
from latentdemo.models.cnn import ConvNet, LeanConvNet, PlainConvNet, SmallConvNet
from latentdemo.models.factornet import FactorNet
from latentdemo.models.generators.denoiser import Denoiser, NoiseLearner
from latentdemo.models.generators.gan import AdversarialLearner, Generator
from latentdemo.models.generators.transformer import GridPrior, IndexLearner
from latentdemo.models.generators.vqvae import QuantisedLearner, VectorQuantised
from latentdemo.models.learning import FactorLearner, LabelLearner, Learner, PixelLearner
from latentdemo.models.mlp import Perceptron
from latentdemo.models.parts import Shape
from latentdemo.models.resnet import ResNet18
from latentdemo.models.vae import VariationalAutoencoder

CHANNEL_IMAGES, SHIFT_CURVES = "channel images", "shift curves"
RESNET = "resnet18"


@dataclass(frozen=True)
class Kind:
    """One entry of MODELS.

    Attributes:
        build: makes the untrained network.
        learner: what it minimises.
        learns: "pixels" (reconstructs its input), "labels", "factors", "noise" (of codes), "critic" (from one),
            "grids" (reconstructs through discrete codes) or "indices" (of such).
        meaning: one line for the command line's help.
        stores: what is kept of a trained classifier for the app, CHANNEL_IMAGES or SHIFT_CURVES; "": nothing.
        of: what the network whose codes it learns from must learn; "": it learns from images.
    """

    build: Any  # Callable[[Shape], nn.Module], with `regularised` if it learns pixels
    learner: type[Learner]
    learns: str
    meaning: str
    stores: str = ""
    of: str = ""

    @property
    def regularised(self) -> bool:
        """Whether a KL term, weighted by β, is part of its loss; an autoencoder's class must say so."""
        return self.learns == "pixels" and self.build.regularised

    @property
    def decodes(self) -> bool:
        """Whether it makes images of vectors, so that a page may run it."""
        return self.learns in ("pixels", "critic", "grids")

    @property
    def classifies(self) -> bool:
        """Whether its outputs are the classes or factors of its data."""
        return self.learns in ("labels", "factors")


MODELS: dict[str, Kind] = {
    "ae": Kind(Autoencoder, PixelLearner, "pixels", "plain autoencoder"),
    "vae": Kind(VariationalAutoencoder, PixelLearner, "pixels", "variational autoencoder, same two networks"),
    "cnn": Kind(ConvNet, LabelLearner, "labels", "convolutional classifier", CHANNEL_IMAGES),
    "small-cnn": Kind(SmallConvNet, LabelLearner, "labels", "the same classifier with few channels", SHIFT_CURVES),
    "lean-cnn": Kind(LeanConvNet, LabelLearner, "labels", "the cnn with half the channels", CHANNEL_IMAGES),
    "plain-cnn": Kind(PlainConvNet, LabelLearner, "labels", "lean-cnn without batch normalisation", CHANNEL_IMAGES),
    RESNET: Kind(ResNet18, LabelLearner, "labels", "torchvision's, to be trained further", CHANNEL_IMAGES),
    "mlp": Kind(Perceptron, LabelLearner, "labels", "fully connected classifier", SHIFT_CURVES),
    "regressor": Kind(FactorNet, FactorLearner, "factors", "reads a face's factors off its picture"),
    "diffusion": Kind(Denoiser, NoiseLearner, "noise", "diffusion over the codes of --of NAME, a VAE", of="pixels"),
    "gan": Kind(Generator, AdversarialLearner, "critic", "the VAE's decoder, trained against a critic"),
    "vqvae": Kind(VectorQuantised, QuantisedLearner, "grids", "autoencoder with a codebook"),
    "transformer": Kind(GridPrior, IndexLearner, "indices", "prior over the grids of --of NAME, a vqvae", of="grids"),
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
