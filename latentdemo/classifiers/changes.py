"""What further training changed: the weights of two networks of one kind, layer by layer."""

from typing import NamedTuple

import numpy as np

from latentdemo.classifiers import tracing
from latentdemo.classifiers.pretrained import Network


class Moved(NamedTuple):
    """A convolution's way.

    Attributes:
        layer: its place among the network's.
        share: ‖after − before‖ / ‖before‖, Euclidean over all its weights.
    """

    layer: int
    share: float


def moved(before: Network, after: Network) -> list[Moved]:
    """How far each convolution's weights went, from the image on. ValueError unless both have the same convolutions."""
    found = []
    for index, (first, second) in enumerate(zip(before.layers, after.layers, strict=True)):
        old, new = (tracing.kernels(network.model, layer) for network, layer in ((before, first), (after, second)))
        if old is None and new is None:
            continue
        if old is None or new is None or old.shape != new.shape:
            raise ValueError(f"{before.title} and {after.title} are not of one kind")
        found.append(Moved(index, float(np.linalg.norm(new - old) / max(float(np.linalg.norm(old)), 1e-12))))
    return found
