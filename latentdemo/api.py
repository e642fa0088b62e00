"""For notebooks: the name of a checkpoint comes in, an autoencoder that takes and gives pictures goes out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery, open_gallery
from latentdemo.data import DATASETS
from latentdemo.models import MODELS
from latentdemo.pixels import images
from latentdemo.store import checkpoints
from latentdemo.store.checkpoints import Card


@dataclass(frozen=True)
class Autoencoder:
    """A trained autoencoder.

    Attributes:
        card: what it is and how well it does: `card.metrics`, `card.shape`, `card.dataset`.
        model: the torch module, in eval mode.
        gallery: codes of test images and what is known of them.
    """

    card: Card
    model: Any
    gallery: Gallery

    def encode(self, pictures: Any) -> Array:
        """Codes of pictures (μ, for a VAE).

        Args:
            pictures: a path, or (H, W), (H, W, C) or (N, H, W, C) uint8; the middle square is resized as the model
                needs it.

        Returns:
            (D,) for one picture, (N, D) for several; float32.
        """
        batch, single = self._prepared(pictures)
        codes = latents.encode(self.model, batch).mu
        return codes[0] if single else codes

    def decode(self, codes: Array) -> Array:
        """Pictures of codes: (D,) -> (S, S, C) uint8, (N, D) -> (N, S, S, C) uint8. ValueError for another D."""
        z = np.asarray(codes, np.float32)
        size = self.card.shape.latent_dim
        if z.shape[-1] != size or z.ndim > 2:
            raise ValueError(f"codes have the shape {z.shape}; {self.card.name} takes (N, {size})")
        pictures = latents.decode(self.model, np.atleast_2d(z))
        return pictures[0] if z.ndim == 1 else pictures

    def edit(self, pictures: Any, **strengths: float) -> Array:
        """Attributes added to pictures: decode(encode(x) + Σ strength · (centroid(with) − centroid(without))).

        Args:
            pictures: as `encode` takes them.
            strengths: by attribute, with _ for a space: `edit(x, smile=1.5, hair_length=-1)`.

        Returns:
            as `decode`. ValueError names the attributes there are.
        """
        z = self.encode(pictures)
        for name, strength in strengths.items():
            z = z + strength * self.gallery.centroids.vector(name.replace("_", " "))
        return self.decode(z)

    def _prepared(self, pictures: Any) -> tuple[Array, bool]:
        """(N, S, S, C) uint8, and whether it was one picture."""
        if isinstance(pictures, str | Path):
            pictures = images.load(str(pictures))
        array = np.asarray(pictures)
        if array.dtype != np.uint8 or not 2 <= array.ndim <= 4:
            raise ValueError(
                f"pictures are uint8 (H, W), (H, W, C) or (N, H, W, C); these are {array.dtype} {array.shape}"
            )
        single = array.ndim < 4
        several = [array[:, :, None] if array.ndim == 2 else array] if single else list(array)
        shape = self.card.shape
        return np.stack([images.fit(one, shape.image_size, shape.channels) for one in several]), single


def names(folder: Path = checkpoints.FOLDER) -> list[str]:
    """Names of the autoencoders of a folder."""
    found = checkpoints.names(folder)
    return [name for name in found if MODELS[checkpoints.verify(name, folder).kind].learns == "pixels"]


def load(name: str, folder: Path = checkpoints.FOLDER) -> Autoencoder:
    """Open a trained autoencoder.

    Raises:
        ValueError: no such checkpoint (those there are are named), a damaged one, or one that makes no codes.
    """
    if name not in checkpoints.names(folder):
        raise ValueError(f"no checkpoint {name!r} in {folder}; there are {', '.join(names(folder))}")
    card = checkpoints.verify(name, folder)
    arrays = checkpoints.load_arrays(name, folder) if MODELS[card.kind].learns == "pixels" else {}
    if "codes" not in arrays:
        raise ValueError(f"{name} makes no codes; there are {', '.join(names(folder))}")
    return Autoencoder(card, checkpoints.load(name, folder), open_gallery(arrays, card.names, DATASETS[card.dataset]))


def train(model: str, dataset: str, folder: Path = checkpoints.FOLDER, **settings: Any) -> Autoencoder:
    """Train an autoencoder and open it.

    Args:
        model: "ae" or "vae".
        dataset: a key of `latentdemo.data.DATASETS`; "folder" with `data_dir=` for pictures of one's own.
        folder: where the checkpoint goes.
        settings: fields of `latentdemo.training.TrainConfig`: name, latent_dim, epochs, beta, data_dir, image_size …

    Returns:
        the trained autoencoder, opened. What can go wrong is told as `latentdemo.training.fit` tells it.
    """
    from latentdemo.training import TrainConfig, fit

    name = settings.pop("name", f"{dataset}-{model}")
    card = fit(TrainConfig(name=name, model=model, dataset=dataset, **settings), folder=folder)
    assert card is not None  # a notebook is the first process
    return load(card.name, folder)
