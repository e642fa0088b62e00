"""Headers of an npz file come in; ValueError unless its arrays have the names, types and shapes of their kind."""

import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from latentdemo import data
from latentdemo.models import CHANNEL_IMAGES, MODELS, SHIFT_CURVES, Shape
from latentdemo.store.text import brief

MAX_BYTES = 1_000_000_000  # of arrays, unpacked
SIZES_FROM_ONE = ("n", "m", "t", "c", "s", "K", "P", "V")  # free sizes that may not be 0
AUDITED = ("audit_", "bias_", "effect_factors")  # arrays that are there together
SEEKS = "seeks "  # images of a layer's channels
READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
Spec = tuple[str, tuple[str | int, ...]]  # kinds of numpy's dtypes, and a shape; letters stand for sizes
GALLERY: dict[str, Spec] = {
    "index": ("i", ("n",)),
    "codes": ("f", ("n", "D")),
    "coordinates": ("f", ("n", 2)),
    "mean": ("f", ("D",)),
    "sd": ("f", ("D",)),
    "kl": ("f", ("D",)),
    "attribute_names": ("U", ("A",)),
    "attribute_present": ("f", ("A", "D")),
    "attribute_absent": ("f", ("A", "D")),
    "attribute_counts": ("i", ("A", 2)),
    "gaussian_weights": ("f", (1,)),
    "gaussian_means": ("f", (1, "D")),
    "gaussian_factors": ("f", (1, "D", "D")),
    "mixture_weights": ("f", ("K",)),
    "mixture_means": ("f", ("K", "D")),
    "mixture_factors": ("f", ("K", "D", "D")),
    "errors": ("f", ("n",)),
    "map_tsne": ("f", ("n", 2)),
    "map_seeds": ("f", (2, "n", 2)),
    "map_kept": ("u", (5, "n")),
    "map_trust": ("f", (5,)),
    "effect_pixels": ("f", ("D",)),
    "factor_mean": ("f", ("F",)),
    "factor_sd": ("f", ("F",)),
    "attribute_balanced": ("f", ("A", 2, "D")),
    "probe_sizes": ("i", ("P",)),
    "probe_scores": ("f", (3, "P", 3)),
    "error_percentiles": ("f", (101,)),
    "distance_percentiles": ("f", (101,)),
}
THUMBNAILS = "thumbnails"  # of the gallery's images, kept where the training was told to
SPLITS: dict[str, Spec] = {"attribute_splits": ("f", ("A", 2)), "attribute_unsplit": ("U", ("Q", 2))}
CLASSES: dict[str, Spec] = {"labels": ("iu", ("n",))}
FACTORS: dict[str, Spec] = {
    "labels": ("f", ("n", "F")),
    "attribute_slopes": ("f", ("A", "D")),
    "attribute_products": ("f", ("A", "F", "D")),
    "attribute_reading": ("f", ("D+1", "F")),
}
AUDIT: dict[str, Spec] = {
    "effect_factors": ("f", ("D", "F")),
    "audit_mean": ("f", (6, "A", "F")),
    "audit_absolute": ("f", (6, "A", "F")),
    "audit_reached": ("f", (5, "A")),
    "audit_cosine": ("f", (5, "A")),
    "audit_curve": ("f", ("A", 7)),
    "bias_raw": ("f", (3, "D")),
    "bias_balanced": ("f", (3, "D")),
    "bias_counts": ("i", (3, 2, 2)),
    "bias_changes": ("f", (3, 2, 2)),
}
SIGMA: dict[str, Spec] = {"sigma": ("f", ("m", "D"))}
MOMENTS: dict[str, Spec] = {
    "moment_epochs": ("f", ("t",)),
    "moment_codes": ("f", ("t", "c", "D")),
    "moment_samples": ("u", ("t", "s", "S", "S", "C")),
    "moment_losses": ("f", ("t", 3)),
}
GAME: dict[str, Spec] = {name: MOMENTS[name] for name in ("moment_epochs", "moment_samples")} | {
    "moment_losses": ("f", ("t", 2))
}
CLASS_COUNTS: dict[str, Spec] = {"class_counts": ("i", ("F",))}
CLOUD: dict[str, Spec] = {"cloud": ("f", ("t", "n", "D")), "cloud_steps": ("i", ("t",))}
GRIDS: dict[str, Spec] = {"index": ("i", ("n",)), "usage": ("i", ("E",)), "grids": ("u", ("n", "G", "G"))}
JUDGE: dict[str, Spec] = {"index": ("i", ("n",)), "features": ("f", ("n", "V"))}
SHIFTS: dict[str, Spec] = {"shift_accuracy": ("f", (17,)), "shift_ink": ("f", (17,)), "n_test": ("i", ())}

TURNS: dict[str, Spec] = {"turn_accuracy": ("f", (13,)), "mirror_accuracy": ("f", ())}


def check_arrays(fields: Mapping[str, Any], path: Path) -> None:
    """Compare the headers of an npz file with its card; nothing is unpacked.

    Raises:
        ValueError: names the first array that is missing or of another type or shape.
    """
    found = list(_headers(path))
    headers = dict(found)
    if len(headers) < len(found):
        raise ValueError("an array occurs twice")
    sizes = _sizes(fields)
    expected = _expected(fields, headers)
    for name, (kinds, dims) in expected.items():
        if name not in headers:
            raise ValueError(f"array {name!r} is missing")
        dtype, shape = headers[name]
        fits = len(shape) == len(dims) and all(
            have == (sizes.setdefault(want, have) if isinstance(want, str) else want)
            for want, have in zip(dims, shape, strict=True)
        )
        if not fits or dtype.kind not in kinds or (dtype.kind == "u" and kinds == "u" and dtype.itemsize > 1):
            raise ValueError(f"array {name!r} is {dtype} {shape}")
    if empty := [size for size in SIZES_FROM_ONE if sizes.get(size, 1) < 1]:
        raise ValueError(f"arrays have no entries along the axis {empty[0]!r}")
    if sizes.get("m", 0) > sizes.get("n", 0) or sizes.get("c", 0) > sizes.get("n", 0):
        raise ValueError("arrays 'sigma' or 'moment_codes' have more codes than the gallery")


def _sizes(fields: Mapping[str, Any]) -> dict[str, int]:
    """Sizes that the card fixes, by the letters of the specifications."""
    shape = Shape(**fields["shape"])
    return {
        "D": shape.latent_dim,
        "D+1": shape.latent_dim + 1,
        "F": len(fields["names"]),
        "S": shape.image_size,
        "C": shape.channels,
        "E": shape.entries,
        "G": shape.grid,
    }


def _expected(fields: Mapping[str, Any], headers: Mapping[str, tuple[np.dtype, tuple[int, ...]]]) -> dict[str, Spec]:
    kind = MODELS[fields["kind"]]
    if kind.learns == "pixels":
        if fields["training"]["corruption"]:
            return {}
        labels = FACTORS if "labels" in headers and len(headers["labels"][1]) == 2 else CLASSES
        moments = MOMENTS if any(name.startswith("moment_") for name in headers) else {}
        audit = AUDIT if any(name.startswith(AUDITED) for name in headers) else {}
        splits = SPLITS if SPLITS.keys() & headers.keys() else {}
        thumbnails: dict[str, Spec] = {THUMBNAILS: ("u", ("n", "S", "S", "C"))} if THUMBNAILS in headers else {}
        return GALLERY | labels | splits | thumbnails | (SIGMA if kind.regularised else {}) | moments | audit
    if kind.learns == "critic":
        counts = CLASS_COUNTS if "class_counts" in headers else {}
        return counts | (GAME if any(name.startswith("moment_") for name in headers) else {})
    if kind.learns in ("noise", "grids"):
        return CLOUD if kind.learns == "noise" else GRIDS
    if fields["name"] == data.DATASETS[fields["dataset"]].judge:
        return JUDGE
    if kind.stores == CHANNEL_IMAGES:
        return {name: ("u", ("*" + name,)) for name in headers if name.startswith(SEEKS)}
    turns = TURNS if TURNS.keys() & headers.keys() else {}
    return SHIFTS | turns if kind.stores == SHIFT_CURVES else {}


def _headers(path: Path) -> Iterator[tuple[str, tuple[np.dtype, tuple[int, ...]]]]:
    """Name, dtype and shape of each array of an npz file. ValueError if its size is not what its header says."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
            raise ValueError(f"its arrays have more than {MAX_BYTES} bytes")
        for entry in archive.infolist():
            with archive.open(entry) as file:
                shape, _, dtype = READERS[np.lib.format.read_magic(file)](file)
                if dtype.hasobject or file.tell() + dtype.itemsize * math.prod(shape) != entry.file_size:
                    raise ValueError(f"array {brief(entry.filename)} is not what its header says")
            yield entry.filename.removesuffix(".npy"), (dtype, shape)
