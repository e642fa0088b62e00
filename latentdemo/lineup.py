"""Which checkpoints stand side by side: pairs, the sweep over size and β, denoisers and judges."""

from collections.abc import Mapping
from typing import NamedTuple

from latentdemo import data
from latentdemo.checkpoints import Card
from latentdemo.corruption import ANY
from latentdemo.models import MODELS


class Pair(NamedTuple):
    """An autoencoder and a VAE (β = 1) of the same shape on the same data."""

    label: str
    dataset: str
    ae: str
    vae: str


class Trained(NamedTuple):
    """One autoencoder of a sweep.

    Attributes:
        name: of the checkpoint.
        latent_dim: numbers in a code.
        beta: weight of the KL term; None: a plain autoencoder.
    """

    name: str
    latent_dim: int
    beta: float | None


def undamaged(cards: Mapping[str, Card], dataset: str) -> list[Trained]:
    """Autoencoders of a data set that learned from whole images: by size, the plain one first, then by rising β."""
    found = [
        Trained(card.name, card.shape.latent_dim, float(card.training["beta"]) if card.kind == "vae" else None)
        for card in cards.values()
        if card.dataset == dataset and MODELS[card.kind].learns == "pixels" and not card.training["corruption"]
    ]
    return sorted(found, key=lambda model: (model.latent_dim, -1 if model.beta is None else model.beta))


def pairs(cards: Mapping[str, Card]) -> dict[str, Pair]:
    """Autoencoder and VAE side by side, by label; faces first, then by falling size of the code."""
    found = []
    for dataset, entry in data.DATASETS.items():
        models = undamaged(cards, dataset)
        for size in sorted({model.latent_dim for model in models}, reverse=True):
            by_beta = {model.beta: model.name for model in models if model.latent_dim == size}
            if None in by_beta and 1.0 in by_beta:
                label = f"{entry.title}, {size} numbers"
                found.append(Pair(label, dataset, by_beta[None], by_beta[1.0]))
    return {pair.label: pair for pair in found}


def denoiser(cards: Mapping[str, Card], dataset: str) -> str | None:
    """The autoencoder of a data set that undoes every possible corruption; None if there is none."""
    fitting = (card.name for card in cards.values() if card.dataset == dataset and card.training["corruption"] == ANY)
    return next(fitting, None)


def judge(cards: Mapping[str, Card], dataset: str) -> str | None:
    """The network in whose features pictures of a data set are compared; None if it is missing."""
    name = data.DATASETS[dataset].judge
    return name if name in cards else None
