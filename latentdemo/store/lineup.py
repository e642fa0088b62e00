"""Cards in; which of their checkpoints stand side by side out: pairs, the sweep over size and β, denoisers, judges."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from latentdemo import data
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import ANY
from latentdemo.store.checkpoints import COUNTED, Card


class Pair(NamedTuple):
    """A VAE, and the autoencoder of its shape on the same data; `source` as of their cards.

    Attributes:
        ae: None: there is no such autoencoder.
    """

    label: str
    source: str
    ae: str | None
    vae: str

    @property
    def sides(self) -> tuple[str, ...]:
        """Those that are there: "ae" and "vae", or "vae" alone."""
        return ("ae", "vae") if self.ae else ("vae",)

    def side(self, name: str) -> str:
        """The checkpoint on one side, "ae" or "vae"; of the VAE where there is no autoencoder; else ValueError."""
        if name not in ("ae", "vae"):
            raise ValueError(f"No side {str(name)[:20]!r}; there are ae and vae.")
        return self.ae if name == "ae" and self.ae else self.vae

    def instead(self, name: str) -> str:
        """A sentence where `side` gives the VAE for want of an autoencoder; else nothing."""
        if name in self.sides:
            return ""
        return (
            f"No autoencoder of this size was trained on these images; what you see is the VAE, {self.vae}. To make "
            "one, train “ae” as that VAE was trained."
        )


class Generators(NamedTuple):
    """Networks that make images of a source on their own, by what they are; None: there is none.

    Attributes:
        diffusion: over the codes of the pair's VAE, else of the largest codes there are.
        gan: whose critic keeps up with its generator; collapsed: one whose critic lags behind.
        vqvae, prior: discrete codes, and what was learned of them.
    """

    diffusion: str | None
    gan: str | None
    collapsed: str | None
    vqvae: str | None
    prior: str | None


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
    """Each VAE beside the autoencoder that was trained most like it: faces first, then by falling size, β = 1 first.

    Labels tell another β. Where there are several of one size and β, those of all but the best match name the VAE.
    """
    found: dict[str, Pair] = {}
    for source in sources(cards):
        models = undamaged(cards, source)
        plain = [model.name for model in models if model.beta is None]
        kinds = {(model.latent_dim, model.beta) for model in models if model.beta is not None}
        for size, beta in sorted(kinds, key=lambda kind: (-kind[0], kind[1] != 1, kind[1])):
            vaes = [model.name for model in models if (model.latent_dim, model.beta) == (size, beta)]
            best = [(*_most_alike(cards, vae, plain), vae) for vae in vaes]
            for rank, (_, ae, vae) in enumerate(sorted(best, key=lambda one: (one[0], one[2]))):
                label = f"{data.dataset_of(source).title} · {size}-D" + (f" · β = {beta:g}" if beta != 1 else "")
                label += f" ({vae})" if rank or label in found else ""
                found[label] = Pair(label, source, ae, vae)
    return found


def _most_alike(cards: Mapping[str, Card], vae: str, plain: list[str]) -> tuple[float, str | None]:
    """In how many settings the autoencoder differs that stands beside a VAE, and its name; without one (inf, None)."""
    fitting = [(_unlike(cards[ae], cards[vae]), ae) for ae in plain if cards[ae].shape == cards[vae].shape]
    return min(fitting) if fitting else (float("inf"), None)


def sources(cards: Mapping[str, Card]) -> list[str]:
    """Where cards' images come from: the data sets in their order, then folders by name."""
    own = {card.source for card in cards.values()} - set(data.DATASETS)
    return [*data.DATASETS, *sorted(own)]


def _unlike(one: Card, other: Card) -> int:
    """In how many settings two trainings differ."""
    settings = {key: value for key, value in other.training.items() if key not in ("name", "model", *COUNTED)}
    return sum(one.training.get(key) != value for key, value in settings.items())


def generators(cards: Mapping[str, Card], pair: Pair) -> Generators:
    """Those that belong to a pair's images."""
    own = [card for card in cards.values() if card.source == pair.source]
    diffusions = sorted(
        (card for card in own if card.kind == "diffusion"),
        key=lambda card: (card.training["of"] != pair.vae, -card.shape.latent_dim, card.name),
    )
    gans = [card for card in own if card.kind == "gan"]
    prior = next((card for card in own if card.kind == "transformer"), None)
    plain = next((card.name for card in own if card.kind == "vqvae"), None)
    return Generators(
        diffusion=diffusions[0].name if diffusions else None,
        gan=next((card.name for card in gans if not lags(card)), None),
        collapsed=next((card.name for card in gans if lags(card)), None),
        vqvae=str(prior.training["of"]) if prior else plain,
        prior=prior.name if prior else None,
    )


def having(cards: Mapping[str, Card], pairs: Mapping[str, Pair], chosen: Pair, what: str) -> Pair | None:
    """The chosen pair if its images have a generator of that name in `Generators`, else the first that has one."""
    order = [chosen, *pairs.values()]
    return next((pair for pair in order if getattr(generators(cards, pair), what) is not None), None)


def lags(gan: Card) -> bool:
    """Whether the critic of a GAN was trained more rarely than its generator."""
    return gan.training.get("critic_every", 1) > 1


def drop_misfits(cards: dict[str, Card]) -> list[str]:
    """Takes away what learned the codes of another checkpoint that is missing, or not the same any more; says why."""
    out = []
    for name, card in list(cards.items()):
        if not MODELS[card.kind].of:
            continue
        of = str(card.training["of"])
        if of not in cards:
            out.append(f"{name} learned the codes of {of}, which is missing: bring it, or remove {name}.")
        elif not _fits(card, cards[of]):
            out.append(f"{name} cannot have learned the codes of {of}, which is another kind of model; remove {name}.")
        elif cards[of].sha256.get("safetensors") != card.training.get("of_weights"):
            out.append(f"{name} learned the codes of another {of} than is here; train {name} again.")
        else:
            continue
        del cards[name]
    return out


def _fits(card: Card, of: Card) -> bool:
    """Whether one network's codes are such as the other learns: kind, images and sizes."""
    same_images = (card.source, card.shape.image_size, card.shape.channels, card.names) == (
        of.source, of.shape.image_size, of.shape.channels, of.names)  # fmt: skip
    same_codes = (card.shape.latent_dim, card.shape.entries) == (of.shape.latent_dim, of.shape.entries)
    return MODELS[of.kind].learns == MODELS[card.kind].of and same_images and same_codes


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
