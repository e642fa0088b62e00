"""A folder of checkpoints in; models, galleries and samples out: checked at start, loaded on first use, once."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from numpy import ndarray as Array

from latentdemo import data
from latentdemo.classifiers import pretrained
from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery, open_gallery
from latentdemo.drawing.pictures import sheet, thumbnail
from latentdemo.models import CHANNEL_IMAGES, MODELS
from latentdemo.models.cnn import SMALLEST_SIDE
from latentdemo.models.protocols import EncoderDecoder
from latentdemo.store import checkpoints, inventory, lineup
from latentdemo.store.checkpoints import SHIPPED, Card
from latentdemo.store.lessons import FOLDER as LESSONS
from latentdemo.store.lineup import Pair
from latentdemo.store.once import Once
from latentdemo.store.photographs import photographs
from latentdemo.store.schema.arrays import THUMBNAILS

CLASSIFIER_TITLE = "Our own CNN"
SPRITE_SIDE, SPRITE_COLUMNS = 32, 64
log = logging.getLogger("latentdemo")
P = ParamSpec("P")
T = TypeVar("T")


class Sample(NamedTuple):
    """A picture to begin with.

    Attributes:
        picture: (H, W, C) uint8.
        dataset: whose models it asks for, a key of DATASETS; None: any.
    """

    picture: Array
    dataset: str | None


class Resources:
    """Everything the app reads from disk.

    Attributes:
        folders: of checkpoints; of one name in several the last folder's is used. folder: the last one, to which
            models are added.
        cards: of the checkpoints that can be used, by name; homes: the folder of each.
        problems: one sentence for each that cannot be used.
        pairs: VAEs and the autoencoders beside them, by label; faces first.
        shelf: pretrained networks, and `shelf.folder`, where their weights lie; lessons: the folder of lessons.
    """

    def __init__(
        self,
        folder: Path | Sequence[Path] = checkpoints.FOLDER,
        data_dir: Path | None = None,
        weights_dir: Path | None = None,
        lessons: Path = LESSONS,
    ) -> None:
        self.folders = (folder,) if isinstance(folder, Path) else tuple(folder)
        self.folder, self.lessons = self.folders[-1], lessons
        self.shelf = pretrained.Shelf(weights_dir or pretrained.default_folder())
        self.cards, self.homes, self.problems = inventory.take(self.folders)
        self.pairs = lineup.pairs(self.cards)
        self._made = Once()
        self._originals: dict[str, Array] = {}
        if data_dir is not None:
            self._load_originals(data_dir)

    def once(self, make: Callable[Concatenate["Resources", P], T], *args: P.args, **none: P.kwargs) -> T:
        """`make(self, *args)`, computed on the first call and kept for all visitors."""
        return self._made.get((make, *args), lambda: make(self, *args, **none))

    def offers(self, kind: str) -> bool:
        """Whether there is a checkpoint of a name, or a kind; "pair" wants a VAE, "" nothing."""
        if kind == "pair":
            return bool(self.pairs)
        return not kind or kind in self.cards or any(card.kind == kind for card in self.cards.values())

    def card(self, name: str) -> Card:
        """Of a checkpoint that is whole; ValueError names those."""
        if name not in self.cards:
            raise ValueError(f"No model {str(name)[:40]!r}; there are {', '.join(self.cards)}.")
        return self.cards[name]

    def dataset(self, name: str) -> data.Dataset:
        """What a checkpoint was trained on; ValueError for a name that is not there."""
        return data.dataset_of(self.card(name).source)

    def model(self, name: str) -> Any:
        """A trained model in eval mode; ValueError for a name that is not there."""
        return self.once(_load_model, self.card(name).name)

    def decoder(self, name: str) -> EncoderDecoder:
        """A trained network with `decode`; ValueError for another name, or one that decodes nothing."""
        if self.card(name).name not in self.decoders():
            raise ValueError(f"{name} has no decoder; there are {', '.join(self.decoders())}.")
        return self.model(name)

    def decoders(self) -> list[str]:
        """Names of all networks that make images of vectors."""
        return [name for name, card in self.cards.items() if MODELS[card.kind].decodes]

    def arrays(self, name: str) -> dict[str, Array]:
        """What NAME.npz holds; ValueError for a name that is not there."""
        return self.once(_load_arrays, self.card(name).name)

    def gallery(self, name: str) -> Gallery:
        """Codes and what is known of them; ValueError for a name that is not there, or has none."""
        return self.once(_load_gallery, self.card(name).name)

    def classifier(self, name: str, trained: bool = True) -> pretrained.Network:
        """A network to look into: the shipped CNN or a key of NETWORKS, with trained or with random weights.

        Raises:
            ValueError: an unknown name, or a damaged file of weights.
            FileNotFoundError: weights that were not fetched yet.
        """
        if name not in pretrained.NETWORKS:
            return self.once(_open_up, self.card(name).name, trained)
        return self.shelf.get(name, trained)

    def own_classifiers(self) -> list[str]:
        """Convolutional classifiers that do not come along, by name."""
        looked_into = (card.name for card in self.cards.values() if MODELS[card.kind].stores == CHANNEL_IMAGES)
        return [name for name in looked_into if name not in SHIPPED]

    def pair(self, label: str) -> Pair:
        """A pair by its label or its VAE's name; ValueError names those there are."""
        return lineup.find_pair(self.pairs, label)

    def pair_of(self, dataset: str | None) -> Pair | None:
        """The pair with the largest codes of a data set; None if there is none."""
        return next((pair for pair in self.pairs.values() if pair.source == dataset), None)

    def gallery_image(self, name: str, i: int) -> Array:
        """An image of the gallery, (S, S, C) uint8; see `gallery_images`.

        Raises:
            ValueError: a number outside the gallery.
        """
        n = len(self.gallery(name).codes)
        if not 0 <= i < n:
            raise ValueError(f"No picture {i}; the gallery has 0 … {n - 1}.")
        return self.gallery_images(name, slice(i, i + 1))[0]

    def gallery_images(self, name: str, part: slice, **size: int) -> Array:
        """Gallery images, (n, S, S, C) uint8: rendered (of `size` pixels), originals, thumbnails or decoded codes."""
        gallery, card = self.gallery(name), self.card(name)
        if render := self.dataset(name).render:
            return render(gallery.labels[part], **size)
        if card.source in self._originals:
            return self._originals[card.source][gallery.index[part]]
        if THUMBNAILS in self.arrays(name):
            return self.arrays(name)[THUMBNAILS][part]
        return latents.decode(self.model(name), gallery.codes[part])

    def sprites(self, name: str) -> Array:
        """All gallery pictures on one sheet, at most 32 pixels a side each, in rows of 64: (H, 64 · side, C) uint8."""
        pictures = self.gallery_images(name, slice(None), size=SPRITE_SIDE)
        return sheet([thumbnail(picture, SPRITE_SIDE) for picture in pictures], SPRITE_COLUMNS)

    def shows_originals(self, name: str) -> bool:
        """Whether the gallery shows the test images themselves, not their decoded codes."""
        drawn = self.dataset(name).render is not None
        return drawn or self.card(name).source in self._originals or THUMBNAILS in self.arrays(name)

    def _load_originals(self, data_dir: Path) -> None:
        for name in {pair.source for pair in self.pairs.values()}:
            entry = data.dataset_of(name)
            if entry.at_hand(data_dir):
                try:
                    self._originals[name] = data.load(name, "test", data_dir).images
                except (ValueError, FileNotFoundError) as error:
                    self.problems.append(f"{error}: the gallery shows decoded codes instead.")
            elif entry.test_files:
                wanted = " and ".join(entry.test_files)
                self.problems.append(f"{data_dir} has no {wanted}: the gallery shows decoded codes instead.")

    def prepare(self, name: str, image: Array) -> Array:
        """What a model sees of a picture: (H, W, C) uint8 -> (S, S, C) uint8."""
        shape = self.card(name).shape
        return self.dataset(name).prepare(image, shape.image_size, shape.channels)

    def encode(self, name: str, image: Array) -> Array:
        """Code of a picture of any size: (H, W, C) uint8 -> (D,) float32, a VAE's posterior mean."""
        return latents.encode(self.model(name), self.prepare(name, image)[None]).mu[0]

    def samples(self) -> dict[str, Sample]:
        """Pictures to begin with, by their names on screen; the first is the default."""
        return self.once(_make_samples)


def _load_model(resources: Resources, name: str) -> Any:
    return checkpoints.load(name, resources.homes.get(name, resources.folder))


def _load_arrays(resources: Resources, name: str) -> dict[str, Array]:
    return checkpoints.load_arrays(name, resources.homes.get(name, resources.folder))


def _load_gallery(resources: Resources, name: str) -> Gallery:
    card = resources.card(name)
    if MODELS[card.kind].learns != "pixels":
        raise ValueError(f"{name} is no autoencoder; it has no gallery of codes.")
    arrays = resources.arrays(name)
    if "codes" not in arrays:
        raise ValueError(f"{name} learned from damaged images; it has no gallery of codes.")
    return open_gallery(arrays, card.names, resources.dataset(name))


def _open_up(resources: Resources, name: str, trained: bool) -> pretrained.Network:
    card = resources.card(name)
    model = resources.model(name) if trained else checkpoints.untrained(card)
    called = CLASSIFIER_TITLE if name in SHIPPED else name
    title = called if trained else f"{called} with random weights"
    return pretrained.open_up(title, model, card.names, card.shape.image_size, SMALLEST_SIDE)


def _make_samples(resources: Resources) -> dict[str, Sample]:
    out: dict[str, Sample] = {}
    for name, entry in data.DATASETS.items():
        for i, picture in enumerate(entry.examples(), 1):
            out[f"{entry.noun.capitalize()} {i}"] = Sample(picture, name)
    out |= {name: Sample(picture, None) for name, picture in photographs().items()}
    for name, entry in data.DATASETS.items():
        pair = resources.pair_of(name)
        if entry.sample_class is not None and pair is not None:
            try:
                title, picture = _class_mean(resources, pair.vae, entry.sample_class)
                out[f"{entry.noun.capitalize()} {title}"] = Sample(picture, name)
            except Exception:  # the page starts with the other samples
                log.exception("%s gives no sample", pair.vae)
    return out


def _class_mean(resources: Resources, name: str, i: int) -> tuple[str, Array]:
    """A class's name and its decoded mean code, (S, S, C) uint8. ValueError if the model has no such class."""
    gallery = resources.gallery(name)
    if i >= len(gallery.names):
        raise ValueError(f"{name} has {len(gallery.names)} classes; no class {i}")
    centre = gallery.centroids.present[gallery.centroids.row(gallery.names[i])]
    return gallery.names[i], latents.decode(resources.model(name), centre[None])[0]
