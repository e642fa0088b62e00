"""Paths of images come in; the class of each, and the split it belongs to, go out."""

import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

TRAIN = ("train", "training")
HELD_OUT = ("val", "valid", "validation", "dev")  # for choosing settings, never trained on
TEST = ("test", "testing", *HELD_OUT)
TEST_SHARE = 10  # one image in ten is for testing where the folder itself has no train and test
MIN_TEST = 16  # images: of fewer codes no map is made
ONE_CLASS = "images"  # class of images that lie in train/ or test/ themselves


class Placed(NamedTuple):
    """Where an image belongs.

    Attributes:
        label: its class, "" if it lies in no folder.
        split: "train" or "test"; "" if its folders do not tell.
        place: its path without folders around everything and without the split.
    """

    label: str
    split: str
    place: str


def split_of(word: str) -> str:
    """ "train" or "test" for a folder's name or a word in a table; "" for another one."""
    word = word.lower()
    return "train" if word in TRAIN else "test" if word in TEST else ""


def arrange(paths: Sequence[str]) -> list[Placed]:
    """The class of each image: the first folder below the root, below the split, or above it (CLASS/train)."""
    short = [PurePosixPath(path).parts for path in _without_outer(paths)]
    deep = [parts for parts in short if len(parts) > 1]
    flat = all(split_of(parts[0]) for parts in deep)  # train/1.png: images without classes
    inner = all(len(parts) > 2 and split_of(parts[1]) for parts in deep) and not flat
    swapped = [(parts[1], parts[0], *parts[2:]) if inner and len(parts) > 1 else parts for parts in short]
    return [_placed(parts, flat) for parts in swapped]


def _placed(parts: tuple[str, ...], flat: bool) -> Placed:
    split = split_of(parts[0])
    if split and (len(parts) > 2 or (flat and len(parts) == 2)):
        inside = parts[1:] if len(parts) > 2 else (ONE_CLASS, *parts[1:])
        return Placed(inside[0], split, "/".join(inside))
    if len(parts) < 2:
        return Placed("", "", "/".join(parts))
    return Placed(parts[0], "test" if parts[0].lower() in HELD_OUT else "", "/".join(parts))


def folder_splits(paths: Sequence[str]) -> list[str]:
    """The split of each image by any of its folders, "" if none tells: for images that a table describes."""
    out = []
    for path in paths:
        told = [split for part in PurePosixPath(path).parts[:-1] if (split := split_of(part))]
        out.append(told[0] if told else "")
    return out


def _without_outer(paths: Sequence[str]) -> list[str]:
    """Paths without folders that surround everything, down to SPLIT/CLASS/file or CLASS/file.

    A single folder with images and with sub-folders that hold most of the images is such a folder too.
    """
    short = list(paths)
    while short:
        parts = [PurePosixPath(path).parts for path in short]
        outer = {each[0] for each in parts if len(each) > 1}
        deeper = sum(len(each) > 2 for each in parts)
        if len(outer) != 1 or split_of(outer.pop()) or 2 * deeper <= len(parts):
            break
        short = ["/".join(each[1:] or each) for each in parts]
    return short


def divide(strata: Sequence[str], keys: Sequence[str]) -> Array:
    """Choose the images that are held out for testing.

    A tenth of all (rounded), at least 16, of each class the same share; of fewer than 32 images a quarter. Within a
    class those with the lowest CRC-32 of their keys are chosen: the same ones at every start.

    Args:
        strata: (N,) class of each image.
        keys: (N,) path of each image.

    Returns:
        (N,) bool, True for the test split.
    """
    n = len(keys)
    wanted = max(MIN_TEST, (n + TEST_SHARE // 2) // TEST_SHARE) if n >= 2 * MIN_TEST else n // 4
    sizes = Counter(strata)
    shares = {name: size * wanted / n for name, size in sorted(sizes.items())}
    counts = {name: int(share) for name, share in shares.items()}
    for name in sorted(shares, key=lambda name: counts[name] - shares[name])[: wanted - sum(counts.values())]:
        counts[name] += 1  # the largest remainders
    chosen = np.zeros(n, bool)
    for i in sorted(range(n), key=lambda i: (zlib.crc32(keys[i].encode()), keys[i])):
        if counts[strata[i]]:
            chosen[i], counts[strata[i]] = True, counts[strata[i]] - 1
    return chosen
