"""Pictures that are always at hand, for finding a visitor's neighbours: faces, pieces of photographs, digits."""

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.classifiers.pretrained import NETWORKS, Network
from latentdemo.classifiers.tracing import activations
from latentdemo.codes import latents
from latentdemo.data import DATASETS, faces
from latentdemo.pixels import images
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store.photographs import PHOTOGRAPHS
from latentdemo.store.resources import Resources

SIDE = 64  # pixels
SEED = 11
N_FACES, N_PIECES, N_DECODED = 700, 150, 200  # pieces of each photograph; pictures decoded for each other data set
PIECES = (0.25, 0.7)  # side of a piece, as a share of the photograph's shorter side
LARGE_SIDE, LARGE_EVERY = 112, 4  # the large networks see every fourth picture, enlarged to this side in pixels
BATCH = 50


class Album(NamedTuple):
    """Pictures with a word on each.

    Attributes:
        pictures: (N, 64, 64, 3) uint8.
        kinds: (N,) "face", a photograph's name, or what another data set shows, such as "digit".
    """

    pictures: Array
    kinds: list[str]


def album(resources: Resources) -> Album:
    """The album, made once: the same pictures wherever the same checkpoints are."""
    return resources.once(_make)


def _make(resources: Resources) -> Album:
    drawn = faces.render(faces.sample_factors(N_FACES, SEED))
    parts, kinds = [drawn], ["face"] * len(drawn)
    samples = resources.samples()
    for name in PHOTOGRAPHS:
        if name in samples:
            parts.append(_pieces(samples[name].picture))
            kinds += [name.lower()] * N_PIECES
    for name, entry in DATASETS.items():
        if entry.render is None and (pair := resources.pair_of(name)) is not None:
            decoded = _decoded(resources, pair.vae)
            parts.append(decoded)
            kinds += [entry.noun] * len(decoded)
    return Album(np.concatenate(parts), kinds)


def _pieces(photograph: Array) -> Array:
    """Squares out of a photograph at random places and sizes: (150, 64, 64, 3) uint8."""
    rng = np.random.default_rng(SEED)
    height, width = photograph.shape[:2]
    out = []
    for share in rng.uniform(*PIECES, N_PIECES):
        side = int(share * min(height, width))
        top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
        out.append(images.fit(photograph[top : top + side, left : left + side], SIDE, 3))
    return np.stack(out)


def _decoded(resources: Resources, vae: str) -> Array:
    """Pictures decoded from the codes of test images: (200, 64, 64, 3) uint8, or fewer from a small gallery."""
    small = latents.decode(resources.model(vae), resources.gallery(vae).codes[:N_DECODED])
    return np.stack([images.fit(picture, SIDE, 3) for picture in small])


class Vectors(NamedTuple):
    """The album as one network sees it.

    Attributes:
        which: (n,) indices of pictures of the album.
        values: (n, D) float32.
    """

    which: Array
    values: Array


@dataclass
class _Place:
    """Where the vectors of one network are kept, and whose turn it is to compute them."""

    turn: threading.Lock = field(default_factory=threading.Lock)  # released, perhaps, by another thread
    vectors: Vectors | None = None


def _place(resources: Resources, name: str, trained: bool) -> _Place:
    return _Place()


def prepare(resources: Resources, name: str, trained: bool) -> None:
    """Compute the vectors now unless they are there, or somebody is computing them."""
    place = resources.once(_place, name, trained)
    if place.vectors is None and not place.turn.locked():
        for _ in vectors(resources, name, trained):
            pass


def vectors(resources: Resources, name: str, trained: bool) -> Iterator[tuple[float, Vectors | None]]:
    """Vectors of the album, computed once for each network.

    Yields:
        (share done, None) as it goes, at last (1.0, vectors).
    """
    place = resources.once(_place, name, trained)
    while not place.turn.acquire(timeout=0.5):
        yield 0.0, None  # somebody else's turn; theirs will do
    try:
        if place.vectors is None:
            place.vectors = yield from _compute(resources, name, trained)
    finally:
        place.turn.release()
    yield 1.0, place.vectors


def _compute(resources: Resources, name: str, trained: bool) -> Generator[tuple[float, None], None, Vectors]:
    pictures, network = album(resources).pictures, resources.classifier(name, trained)
    index = np.arange(0, len(pictures), LARGE_EVERY if name in NETWORKS else 1)
    parts = []
    for i in range(0, len(index), BATCH):
        parts.append(as_vectors(network, pictures[index[i : i + BATCH]]))
        yield min(0.99, (i + BATCH) / len(index)), None
    return Vectors(index, np.concatenate(parts))


def as_vectors(network: Network, pictures: Array) -> Array:
    """(N, S, S, 3) uint8 -> (N, D) float32: the outputs in front of the last linear layer."""
    side = LARGE_SIDE if network.side > LARGE_SIDE else network.side
    x = as_tensor(np.stack([images.fit(picture, side, network.channels) for picture in pictures]))
    with torch.inference_mode():
        return activations(network.traced, x, [network.vector])[network.vector].flatten(1).numpy()
