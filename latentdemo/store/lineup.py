"""Cards in; which of their checkpoints stand side by side out: pairs, the sweep over size and β, denoisers, judges."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from latentdemo import data
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import ANY
from latentdemo.store.checkpoints import Card


class Pair(NamedTuple):
    """An autoencoder and a VAE (β = 1) of the same shape on the same data; `source` as of their cards."""

    label: str
    source: str
    ae: str
    vae: str

    def side(self, name: str) -> str:
        """The checkpoint on one side, "ae" or "vae"; ValueError for another word."""
        if name not in ("ae", "vae"):
            raise ValueError(f"No side {str(name)[:20]!r}; there are ae and vae.")
        return self.ae if name == "ae" else self.vae


class Trained(NamedTuple):
    """One autoencoder of a sweep.

    Attributes:
        name: of the checkpoint.
        latent_dim: dimensions of its codes.
        beta: weight of the KL term; None: a plain autoencoder.
    """

    name: str
    latent_dim: int
    beta: float | None


def undamaged(cards: Mapping[str, Card], source: str) -> list[Trained]:
    """Autoencoders of a source that learned from whole images: by size, the plain one first, then by rising β."""
    found = [
        Trained(
            card.name, card.shape.latent_dim, float(card.training["beta"]) if MODELS[card.kind].regularised else None
        )
        for card in cards.values()
        if card.source == source and MODELS[card.kind].learns == "pixels" and not card.training["corruption"]
    ]
    return sorted(found, key=lambda model: (model.latent_dim, -1 if model.beta is None else model.beta))


def pairs(cards: Mapping[str, Card]) -> dict[str, Pair]:
    """Each VAE (β = 1) beside the autoencoder that was trained most like it: faces first, then by falling size.

    Where there are several of one size, the labels of all but the best match say which VAE is meant.
    """
    found: dict[str, Pair] = {}
    for source in sources(cards):
        models = undamaged(cards, source)
        for size in sorted({model.latent_dim for model in models}, reverse=True):
            plain = [model.name for model in models if model.latent_dim == size and model.beta is None]
            vaes = [model.name for model in models if model.latent_dim == size and model.beta == 1]
            fitting = {vae: [ae for ae in plain if cards[ae].shape == cards[vae].shape] for vae in vaes}
            best = [
                min((_unlike(cards[ae], cards[vae]), ae, vae) for ae in some) for vae, some in fitting.items() if some
            ]
            for rank, (_, ae, vae) in enumerate(sorted(best)):
                label = f"{data.dataset_of(source).title} · {size}-D"
                label += f" ({vae})" if rank or label in found else ""
                found[label] = Pair(label, source, ae, vae)
    return found


def sources(cards: Mapping[str, Card]) -> list[str]:
    """Where cards' images come from: the data sets in their order, then folders by name."""
    own = {card.source for card in cards.values()} - set(data.DATASETS)
    return [*data.DATASETS, *sorted(own)]


def _unlike(one: Card, other: Card) -> int:
    """In how many settings two trainings differ."""
    return sum(one.training.get(key) != value for key, value in other.training.items() if key not in ("name", "model"))


def denoiser(cards: Mapping[str, Card], source: str) -> str | None:
    """The autoencoder of a source that undoes every possible corruption; None if there is none."""
    plain = (card for card in cards.values() if card.source == source and not MODELS[card.kind].regularised)
    return next((card.name for card in plain if card.training.get("corruption") == ANY), None)


def judge(cards: Mapping[str, Card], source: str) -> str | None:
    """The network in whose features pictures of a source are compared; None if it is missing."""
    name = data.dataset_of(source).judge
    return name if name in cards else None


def find_pair(pairs: Mapping[str, Pair], wanted: str) -> Pair:
    """A pair by its label or its VAE's name; the labels of earlier versions, "Faces, 32 numbers", are understood too.

    Raises:
        ValueError: another word; names the labels there are.
    """
    label = re.sub(r"^(.*), (\d+) numbers\b", r"\1 · \2-D", str(wanted))
    for pair in pairs.values():
        if label in (pair.label, pair.vae):
            return pair
    raise ValueError(f"No pair of models {str(wanted)[:40]!r}; there are {', '.join(pairs)}.")
