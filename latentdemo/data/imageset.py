"""The one in-memory form of every data set."""

import hashlib
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

N_HASHED = 1000  # images, evenly spread


class ImageSet(NamedTuple):
    """Images with what is known of them.

    Attributes:
        images: (N, H, W, C) uint8.
        labels: (N,) int64 classes, or (N, F) float32 factors.
        names: of the classes, or of the factors.
    """

    images: Array
    labels: Array
    names: tuple[str, ...]

    def some(self, n: int | None) -> "ImageSet":
        """n of the images in a fixed random order (files are often sorted by class); all, as they lie, for None."""
        if n is None or n >= len(self.images):
            return self
        chosen = np.random.default_rng(0).permutation(len(self.images))[:n]
        return ImageSet(self.images[chosen], self.labels[chosen], self.names)

    def only(self, chosen: Array) -> "ImageSet":
        """The images that a (N,) bool mask chooses; all names stay."""
        return ImageSet(self.images[chosen], self.labels[chosen], self.names)

    def in_channels(self, n: int) -> "ImageSet":
        """Grey images as (N, H, W, n), the same in each channel, for a network that learned from colours.

        Raises:
            ValueError: colours for a network of grey images.
        """
        have = self.images.shape[3]
        if have not in (1, n):
            raise ValueError(f"the images have {have} channels; the network takes {n}")
        return self if have == n else self._replace(images=np.repeat(self.images, n, axis=3))

    def facts(self) -> dict[str, Any]:
        """What tells this set from another: number, shape, and a few letters of a hash of labels and some images."""
        some = self.images[:: max(1, len(self.images) // N_HASHED)]
        digest = hashlib.sha256(np.ascontiguousarray(some).tobytes() + self.labels.tobytes()).hexdigest()[:12]
        return {"n": len(self.images), "shape": list(self.images.shape[1:]), "fingerprint": digest}
