"""Digits that a class drew: kept in memory, and written as a folder that a training can read."""

import threading
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array
from PIL import Image

from latentdemo.pixels import motion

MOST_DRAWN, ENOUGH = 500, 12  # drawings that are kept, and of how many a training can begin
MAX_OF_BROWSER = 60  # that are kept
WANTED = {"train": 2800, "test": 300}  # images that are made of them
SHIFT, TURN = 2, 15.0  # pixels, degrees: how far copies are moved and turned
SIDE = 28  # pixels
EVERY_FIFTH = 5  # is for the test


class Drawing(NamedTuple):
    """A digit that was drawn.

    Attributes:
        picture: (28, 28, 1) uint8.
        digit: 0 … 9.
        source: address and browser that sent it.
    """

    picture: Array
    digit: int
    source: tuple[str, str]


class Drawings:
    """What was drawn, the oldest first. Who sends many pushes out their own drawings, not those of others."""

    def __init__(self) -> None:
        self._kept: list[Drawing] = []
        self._lock = threading.Lock()
        self.given = 0  # also those that went

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, picture: Array, digit: int, source: tuple[str, str] = ("", "")) -> None:
        """Keep a drawing, (28, 28, 1) uint8, of a digit. ValueError for another size, or one that is no digit."""
        if picture.shape != (SIDE, SIDE, 1):
            raise ValueError(f"A drawing has {picture.shape}; it must be {SIDE} × {SIDE} pixels of grey.")
        if not 0 <= digit <= 9:
            raise ValueError(f"{digit} is no digit; there are 0 … 9.")
        if not picture.any():
            raise ValueError("Nothing is drawn there.")
        with self._lock:
            self._kept.append(Drawing(picture.copy(), digit, source))
            self.given += 1
            browsers = Counter(drawing.source for drawing in self._kept)
            if browsers[source] > MAX_OF_BROWSER:
                self._drop_oldest(source)
            elif len(self._kept) > MOST_DRAWN:
                self._drop_oldest(_greediest(browsers))

    def _drop_oldest(self, source: tuple[str, str]) -> None:
        del self._kept[next(i for i, drawing in enumerate(self._kept) if drawing.source == source)]

    def latest(self, n: int) -> list[Array]:
        """The newest n drawings, the newest first."""
        with self._lock:
            return [drawing.picture for drawing in self._kept[-n:][::-1]]

    def check_enough(self) -> None:
        """ValueError if there are too few to train on."""
        if len(self._kept) < ENOUGH:
            raise ValueError(f"{len(self._kept)} digits were drawn; a training needs {ENOUGH}.")

    def write(self, folder: Path, seed: int = 0) -> None:
        """Write train/DIGIT/*.png and test/DIGIT/*.png, as `split` says, each drawing in many copies.

        Copies are moved by up to 2 pixels and turned by up to 15 degrees, so that a few drawings are enough.

        Raises:
            ValueError: there are too few.
        """
        self.check_enough()
        with self._lock:
            kept = [(drawing.picture, drawing.digit) for drawing in self._kept]
        rng = np.random.default_rng(seed)
        parts = split(kept)
        for part, drawn in parts.items():
            for i in range(WANTED[part]):
                picture, digit = drawn[i % len(drawn)]
                place = folder / part / f"{digit}"
                place.mkdir(parents=True, exist_ok=True)
                Image.fromarray(_copy(picture, rng)[:, :, 0]).save(place / f"{i}.png")


def _greediest(browsers: Counter[tuple[str, str]]) -> tuple[str, str]:
    """The browser with most drawings of the address with most."""
    addresses = Counter[str]()
    for (address, _), n in browsers.items():
        addresses[address] += n
    return max(browsers, key=lambda source: (addresses[source[0]], browsers[source]))


def split(kept: list[tuple[Array, int]]) -> dict[str, list[tuple[Array, int]]]:
    """Of every digit that was drawn more than once each fifth drawing for the test, the others for training."""
    parts: dict[str, list[tuple[Array, int]]] = {"train": [], "test": []}
    for digit in range(10):
        drawn = [one for one in kept if one[1] == digit]
        for i, one in enumerate(drawn):
            parts["test" if len(drawn) > 1 and i % EVERY_FIFTH == 0 else "train"].append(one)
    return parts


def _copy(picture: Array, rng: np.random.Generator) -> Array:
    turned = motion.turn(picture[None], float(rng.uniform(-TURN, TURN)))
    down, right = (int(n) for n in rng.integers(-SHIFT, SHIFT + 1, 2))
    return motion.move(turned, down, right)[0]
