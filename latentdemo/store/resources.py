"""Checkpoints, galleries and sample pictures: checked at start, loaded on first use, once, shared and read-only."""

import threading
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from numpy import ndarray as Array

from latentdemo import checkpoints, data, images, latents, lineup, networks
from latentdemo.checkpoints import Card, CheckpointError
from latentdemo.data import faces
from latentdemo.galleries import Gallery, open_gallery
from latentdemo.lineup import Pair
from latentdemo.models import MODELS
from latentdemo.models.cnn import SMALLEST_SIDE

SAMPLE_FACES = ({"smile": 0.9, "hair_length": 0.6, "hair_colour": 0.35, "bangs": 0.1},
                {"smile": 0.1, "glasses": 1.0, "beard": 0.9, "skin_tone": 0.6, "hair_colour": 0.05})  # fmt: skip
SAMPLE_SIZE = 512  # pixels
SAMPLE_DIGIT = 7  # decoded from the middle of this class
CLASSIFIER_TITLE = "Our own CNN"
PHOTOGRAPHS = {"Temple": "china.jpg", "Flower": "flower.jpg"}  # scikit-learn's sample images, CC BY 2.0


class Resources:
    """Everything the app reads from disk.

    Attributes:
        cards: of the checkpoints that are whole, by name.
        problems: one sentence for each that is not.
        pairs: autoencoder and VAE side by side, by label; faces first.
        shelf: pretrained networks, and `shelf.folder`, where their weights lie and are fetched to.
    """

    def __init__(
        self, folder: Path = checkpoints.FOLDER, data_dir: Path | None = None, weights_dir: Path | None = None
    ) -> None:
        self.folder, self.problems = folder, []
        self.shelf = networks.Shelf(weights_dir or networks.default_folder())
        self.cards: dict[str, Card] = {}
        for name in checkpoints.names(folder):
            try:
                self.cards[name] = checkpoints.verify(name, folder)
            except CheckpointError as error:
                self.problems.append(str(error))
        self.pairs = lineup.pairs(self.cards)
        self._locks: dict[tuple[str, str], threading.RLock] = {}
        self._cache: dict[tuple[str, str], Any] = {}
        self._originals: dict[str, Array] = {}
        if data_dir is not None:
            self._load_originals(data_dir)

    def once(self, what: str, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made on the first call and kept; nobody waits for a thing of another name."""
        key = (what, name)
        with self._locks.setdefault(key, threading.RLock()):
            if key not in self._cache:
                self._cache[key] = make()
        return self._cache[key]

    def has(self, what: str, name: str) -> bool:
        """Whether `once` has made a thing already."""
        return (what, name) in self._cache

    def offers(self, kind: str) -> bool:
        """Whether there is a checkpoint of a name, or a kind; "vae" wants an autoencoder beside it, "" nothing."""
        if kind == "vae":
            return bool(self.pairs)
        return not kind or kind in self.cards or any(card.kind == kind for card in self.cards.values())

    def card(self, name: str) -> Card:
        """Of a checkpoint that is whole; ValueError names those."""
        if name not in self.cards:
            raise ValueError(f"No model {name!r}; there are {', '.join(self.cards)}.")
        return self.cards[name]

    def model(self, name: str) -> Any:
        """A trained model in eval mode; ValueError for a name that is not there."""
        self.card(name)
        return self.once("model", name, lambda: checkpoints.load(name, self.folder))

    def classifier(self, name: str, trained: bool = True) -> networks.Classifier:
        """A network to look into: the shipped CNN or a key of NETWORKS, with trained or with random weights.

        Raises:
            ValueError: an unknown name, or a damaged file of weights.
            FileNotFoundError: weights that were not fetched yet.
        """
        if name not in networks.NETWORKS:
            self.card(name)
            return self.once(f"classifier {trained}", name, lambda: self._open_up(name, trained))
        return self.shelf.get(name, trained)

    def _open_up(self, name: str, trained: bool) -> networks.Classifier:
        card = self.card(name)
        model = self.model(name) if trained else checkpoints.untrained(card)
        title = CLASSIFIER_TITLE if trained else f"{CLASSIFIER_TITLE} with random weights"
        return networks.open_up(title, model, card.names, card.shape.image_size, SMALLEST_SIDE)

    def arrays(self, name: str) -> dict[str, Array]:
        """What NAME.npz holds; ValueError for a name that is not there."""
        return self.once("arrays", self.card(name).name, lambda: checkpoints.load_arrays(name, self.folder))

    def pair(self, label: str) -> Pair:
        """A pair by its label; ValueError names those there are."""
        if not isinstance(label, str) or label not in self.pairs:
            raise ValueError(f"No pair of models {label!r}; there are {', '.join(self.pairs)}.")
        return self.pairs[label]

    def gallery(self, name: str) -> Gallery:
        """Codes and what is known of them; ValueError for a name that is not there."""
        return self.once("gallery", name, lambda: self._load_gallery(self.card(name)))

    def _load_gallery(self, card: Card) -> Gallery:
        if MODELS[card.kind].learns != "pixels":
            raise ValueError(f"{card.name} is no autoencoder; it has no gallery of codes.")
        arrays = self.arrays(card.name)
        if "codes" not in arrays:
            raise ValueError(f"{card.name} learned from damaged images; it has no gallery of codes.")
        return open_gallery(arrays, card.names)

    def gallery_image(self, name: str, i: int) -> Array:
        """A gallery picture, (S, S, C) uint8: rendered if a face, the original if its files are at hand, else decoded.

        Raises:
            ValueError: a number outside the gallery.
        """
        gallery, dataset = self.gallery(name), self.card(name).dataset
        if not 0 <= i < len(gallery.codes):
            raise ValueError(f"No picture {i}; the gallery has 0 … {len(gallery.codes) - 1}.")
        if dataset == "faces":
            return faces.render(gallery.labels[i])[0]
        if dataset in self._originals:
            return self._originals[dataset][gallery.index[i]]
        return latents.decode(self.model(name), gallery.codes[i : i + 1])[0]

    def shows_originals(self, name: str) -> bool:
        """Whether gallery pictures are the test images themselves, not the decoder's idea of them."""
        return self.card(name).dataset in ("faces", *self._originals)

    def _load_originals(self, data_dir: Path) -> None:
        for name in {pair.dataset for pair in self.pairs.values()}:
            entry = data.DATASETS[name]
            if entry.at_hand(data_dir):
                self._originals[name] = data.load(name, "test", data_dir).images
            elif entry.test_files:
                wanted = " and ".join(entry.test_files)
                self.problems.append(f"{data_dir} has no {wanted}: the gallery shows decoded codes instead.")

    def prepare(self, name: str, image: Array) -> Array:
        """What a model sees of a picture: (H, W, C) uint8 -> (S, S, C) uint8."""
        card = self.card(name)
        return data.DATASETS[card.dataset].prepare(image, card.shape.image_size, card.shape.channels)

    def encode(self, name: str, image: Array) -> Array:
        """Code of a picture of any size: (H, W, C) uint8 -> (D,) float32, a VAE's posterior mean."""
        return latents.encode(self.model(name), self.prepare(name, image)[None]).mu[0]

    def samples(self) -> dict[str, Array]:
        """Pictures to begin with, by name; the first is the default. (H, W, C) uint8."""
        return self.once("samples", "", self._make_samples)

    def _make_samples(self) -> dict[str, Array]:
        out = {
            f"Face {i + 1}": faces.render(faces.default_factors(1, **values), SAMPLE_SIZE)[0]
            for i, values in enumerate(SAMPLE_FACES)
        }
        out |= {name: images.load(path) for name, file in PHOTOGRAPHS.items() if (path := _photograph(file)).exists()}
        digits = next((pair.vae for pair in self.pairs.values() if pair.dataset == "mnist"), None)
        if digits is not None:
            centre = self.gallery(digits).centroids.present[SAMPLE_DIGIT]
            out[f"Digit {SAMPLE_DIGIT}"] = latents.decode(self.model(digits), centre[None])[0]
        return out


@lru_cache
def _photograph(file: str) -> Path:
    """Path of a photograph that scikit-learn brings along, without importing scikit-learn."""
    spec = find_spec("sklearn")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    return root / "datasets" / "images" / file
