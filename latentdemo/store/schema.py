"""What a checkpoint's files must hold: fields of a card, shapes of weights and arrays; nothing is unpacked."""

import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from safetensors import safe_open

from latentdemo import data
from latentdemo.models import CHANNEL_IMAGES, MODELS, SHIFT_CURVES, Shape, build
from latentdemo.pixels import corruption

MOST_BYTES = 1_000_000_000  # of arrays, unpacked
TEXT, WORDS = (str,), (list,)
FIELDS = {"name": TEXT, "kind": TEXT, "shape": (dict,), "dataset": TEXT, "training": (dict,), "metrics": (dict,),
          "names": WORDS, "licence": TEXT, "sha256": (dict,), "format": (int,)}  # fmt: skip
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
MAY_BE_NAN = ("moment_losses", "labels")  # NaN: no value
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
GRIDS: dict[str, Spec] = {"index": ("i", ("n",)), "usage": ("i", ("E",)), "grids": ("u", ("n", "g", "g"))}
JUDGE: dict[str, Spec] = {"index": ("i", ("n",)), "features": ("f", ("n", "V"))}
SHIFTS: dict[str, Spec] = {"shift_accuracy": ("f", (17,)), "shift_ink": ("f", (17,)), "n_test": ("i", ())}

TURNS: dict[str, Spec] = {"turn_accuracy": ("f", (13,)), "mirror_accuracy": ("f", ())}


def check_card(fields: Any) -> None:
    """ValueError, with what is wrong, unless these are the fields of a card of this format."""
    if not isinstance(fields, dict):
        raise ValueError("it is no card")
    for name, kinds in FIELDS.items():
        if not isinstance(fields.get(name), kinds) or isinstance(fields.get(name), bool):
            raise ValueError(f"{name} is missing or odd")
    if unknown := fields.keys() - FIELDS.keys():
        raise ValueError(f"{min(unknown)[:40]!r} is unknown")
    for name, kinds in (("names", str), ("sha256", str), ("metrics", int | float)):
        values = fields[name].values() if isinstance(fields[name], dict) else fields[name]
        if not all(isinstance(value, kinds) for value in values):
            raise ValueError(f"{name} holds something odd")
    if fields["kind"] not in MODELS or fields["dataset"] not in data.DATASETS:
        raise ValueError(f"{fields['kind'][:40]!r} on {fields['dataset'][:40]!r} is unknown")
    _check_shape(fields)
    _check_training(fields["kind"], fields["training"])


def _check_shape(fields: Mapping[str, Any]) -> None:
    sizes = fields["shape"]
    known = {"image_size", "channels", "latent_dim"}
    if not known <= set(sizes) <= known | {"told", "entries"} or not all(type(n) is int for n in sizes.values()):
        raise ValueError("shape is odd")
    if not 1 <= sizes["image_size"] <= 1024:
        raise ValueError("its image size is odd")
    Shape(**sizes)
    if not fields["names"]:
        raise ValueError("names are missing")
    if MODELS[fields["kind"]].classifies and sizes["latent_dim"] != len(fields["names"]):
        raise ValueError("it has not as many names as outputs")


def _check_training(kind: str, training: Mapping[str, Any]) -> None:
    """The settings that the app asks for."""
    for name in ("seed", "epochs"):
        if type(training.get(name, 0)) is not int or not 0 <= training.get(name, 0) < 1 << 63:
            raise ValueError(f"training has an odd {name}")
    if not isinstance(training.get("begin"), str | None):
        raise ValueError("training has an odd begin")
    _check_source(kind, training)
    if MODELS[kind].learns == "pixels":
        _check_pixels(training)


def _check_source(kind: str, training: Mapping[str, Any]) -> None:
    """What it learned from."""
    source = training.get("source")
    if source is not None and not (
        isinstance(source, dict)
        and set(source) == {"name", "fingerprint"}
        and all(isinstance(value, str) and 0 < len(value) <= 80 for value in source.values())
    ):
        raise ValueError("training has an odd source")
    if MODELS[kind].of and not isinstance(training.get("of"), str):
        raise ValueError("training does not say whose codes were learned")


def _check_pixels(training: Mapping[str, Any]) -> None:
    """Of what reconstructs."""
    beta = training.get("beta")
    if not isinstance(beta, int | float) or isinstance(beta, bool) or not 0 <= beta < math.inf:
        raise ValueError("training has no β")
    if training.get("corruption", "") not in (None, *corruption.CHOICES):
        raise ValueError("training has no corruption")


def check_weights(kind: str, shape: Shape, path: Path) -> None:
    """ValueError, with what is wrong, unless a safetensors file holds the weights of such a model; reads its head."""
    with torch.device("meta"):  # shapes alone, whatever their size
        wanted = {name: list(tensor.shape) for name, tensor in build(kind, shape).state_dict().items()}
    with safe_open(path, "pt") as file:
        found = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118  (no iterator)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise ValueError(f"weights {name[:60]!r} are {found.get(name)}, not {wanted.get(name)}")


def check_arrays(fields: Mapping[str, Any], path: Path) -> None:
    """ValueError, with what is wrong, unless an npz file holds the arrays that its card wants; reads their heads."""
    heads = dict(_heads(path))
    shape = fields["shape"]
    sizes = {
        "D": shape["latent_dim"],
        "D+1": shape["latent_dim"] + 1,
        "F": len(fields["names"]),
        "S": shape["image_size"],
        "C": shape["channels"],
        "E": shape.get("entries", 0),
    }
    for name, (kinds, dims) in _wanted(fields, heads).items():
        if name not in heads:
            raise ValueError(f"array {name!r} is missing")
        dtype, found = heads[name]
        fits = len(found) == len(dims) and all(
            have == (sizes.setdefault(want, have) if isinstance(want, str) else want)
            for want, have in zip(dims, found, strict=True)
        )
        if not fits or dtype.kind not in kinds:
            raise ValueError(f"array {name!r} is {dtype} {found}")


def _wanted(fields: Mapping[str, Any], heads: Mapping[str, tuple[np.dtype, tuple[int, ...]]]) -> dict[str, Spec]:
    kind = MODELS[fields["kind"]]
    if kind.learns == "pixels":
        if fields["training"]["corruption"]:
            return {}
        labels = FACTORS if "labels" in heads and len(heads["labels"][1]) == 2 else CLASSES
        moments = MOMENTS if any(name.startswith("moment_") for name in heads) else {}
        audit = AUDIT if AUDIT.keys() & heads.keys() else {}
        splits = SPLITS if SPLITS.keys() & heads.keys() else {}
        return GALLERY | labels | splits | (SIGMA if kind.regularised else {}) | moments | audit
    if kind.learns == "critic":
        counts = CLASS_COUNTS if "class_counts" in heads else {}
        return counts | (GAME if any(name.startswith("moment_") for name in heads) else {})
    if kind.learns in ("noise", "grids"):
        return CLOUD if kind.learns == "noise" else GRIDS
    if fields["name"] == data.DATASETS[fields["dataset"]].judge:
        return JUDGE
    if kind.stores == CHANNEL_IMAGES:
        return {name: ("u", ("*" + name,)) for name in heads}
    turns = TURNS if TURNS.keys() & heads.keys() else {}
    return SHIFTS | turns if kind.stores == SHIFT_CURVES else {}


def _heads(path: Path) -> Iterator[tuple[str, tuple[np.dtype, tuple[int, ...]]]]:
    """Name, dtype and shape of each array of an npz file. ValueError if its size is not what its head says."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise ValueError(f"its arrays have more than {MOST_BYTES} bytes")
        for entry in archive.infolist():
            with archive.open(entry) as file:
                shape, _, dtype = READERS[np.lib.format.read_magic(file)](file)
                if dtype.hasobject or file.tell() + dtype.itemsize * math.prod(shape) != entry.file_size:
                    raise ValueError(f"array {entry.filename[:60]!r} is not what its head says")
            yield entry.filename.removesuffix(".npy"), (dtype, shape)


def check_values(fields: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """ValueError, with what is wrong, unless unpacked arrays hold numbers that can be drawn."""
    for name, values in arrays.items():
        if values.dtype.kind == "f" and (np.isinf(values) | (np.isnan(values) & (name not in MAY_BE_NAN))).any():
            raise ValueError(f"array {name!r} holds what is no number")
    labels = arrays.get("labels", np.zeros(0))
    if labels.ndim == 1 and len(labels) and not 0 <= labels.min() <= labels.max() < len(fields["names"]):
        raise ValueError("array 'labels' names classes that there are not")


def read_json(text: bytes) -> Any:
    """JSON, or ValueError: with 100,000 brackets too."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
