"""Checkpoints: NAME.safetensors (weights), NAME.npz (codes), NAME.json (everything else); never a pickle."""

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from latentdemo.data import DATASETS
from latentdemo.models import Shape, build, seeded
from latentdemo.options import TRAIN_COMMAND, data_folder
from latentdemo.store import schema
from latentdemo.store.files import write_atomically
from latentdemo.store.schema.shipped import SHIPPED
from latentdemo.store.text import printable, read_json

FOLDER = data_folder("checkpoints")
FORMAT = 3

COUNTED = ("cpu_seconds", "sample_ms", "of_weights", "begin_weights", "changes")  # beside a training's settings


class CheckpointError(ValueError):
    """A checkpoint that is missing, damaged or of another format; says which file and how to rebuild it."""


@dataclass(frozen=True)
class Card:
    """NAME.json.

    Attributes:
        name: of the checkpoint.
        kind: key of MODELS.
        shape: what the model was built from.
        dataset: key of DATASETS.
        training: the settings it was trained with.
        metrics: measured on the test split with the weights as stored.
        names: of classes or factors.
        licence: of the weights, and the provenance of the data.
        sha256: of the two other files.
    """

    name: str
    kind: str
    shape: Shape
    dataset: str
    training: dict[str, Any]
    metrics: dict[str, float]
    names: tuple[str, ...]
    licence: str
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def source(self) -> str:
        """What tells its images from others: the data set, and a folder's name and fingerprint; see `dataset_of`."""
        known = self.training.get("source")
        return f"{self.dataset}:{known['name']}:{known['fingerprint']}" if known else self.dataset

    @property
    def variance(self) -> float:
        """Of a pixel under the Gaussian likelihood that it was trained with."""
        return float(self.training.get("variance") or DATASETS[self.dataset].variance)


def half_precision(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of two and more axes as fp16 (same MSE, half the file); normalisation's numbers stay fp32."""
    return {
        name: (tensor.half() if tensor.ndim > 1 and tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in state.items()
    }


def save(card: Card, state: dict[str, Tensor], arrays: dict[str, Array], folder: Path = FOLDER) -> None:
    """Write the three files; the JSON comes last and vouches for the other two by their SHA-256."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    files = {"safetensors": save_tensors(half_precision(state)), "npz": packed.getvalue()}
    for ending, data in files.items():
        write_atomically(folder / f"{card.name}.{ending}", data)
    sha256 = {ending: hashlib.sha256(data).hexdigest() for ending, data in files.items()}
    text = json.dumps({**asdict(card), "sha256": sha256}, indent=1, ensure_ascii=False)
    write_atomically(folder / f"{card.name}.json", text.encode())


def home(name: str, folder: Path) -> Path:
    """The folder that a checkpoint is read from: this one if it is there, else that of the shipped ones."""
    return folder if (folder / f"{name}.json").exists() else FOLDER if name in SHIPPED else folder


def names(folder: Path = FOLDER) -> list[str]:
    """Checkpoints whose JSON is there, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.json"))


def load_card(name: str, folder: Path = FOLDER) -> Card:
    """Read NAME.json. CheckpointError if it is missing or unreadable."""
    path = folder / f"{name}.json"
    text = _read(path, name)
    try:
        fields = read_json(text)
        if isinstance(fields, dict) and type(fields.get("format")) is int and fields["format"] != FORMAT:
            raise CheckpointError(f"{path.name} has format {fields['format']}, not {FORMAT}; {_rebuild(name)}")
        schema.check_card(fields)
        if fields["name"] != name:
            raise ValueError(f"name is {fields['name'][:40]!r}; it must be the file's name")
    except CheckpointError:
        raise
    except ValueError as error:
        raise CheckpointError(f"{path.name} is damaged ({_brief(error)}); {_rebuild(name)}") from error
    return Card(**{**fields, "shape": Shape(**fields["shape"]), "names": tuple(fields["names"])})


def verify(name: str, folder: Path = FOLDER) -> Card:
    """The card, after both other files were found whole and to fit it. CheckpointError if not; nothing is kept."""
    card = load_card(name, folder)
    for ending in ("safetensors", "npz"):
        path = folder / f"{name}.{ending}"
        data = _verified(path, card, ending)
        try:
            if ending == "npz":
                schema.check_arrays(asdict(card), path)
                schema.check_values(asdict(card), _unpacked(data))
            else:
                schema.check_weights(card.kind, card.shape, path)
        except Exception as error:  # what a file's reader raises at hostile bytes
            raise CheckpointError(
                f"{path.name} does not fit {name}.json ({_brief(error)}); {_rebuild(name)}"
            ) from error
    return card


def load(name: str, folder: Path = FOLDER) -> Any:
    """The trained model in eval mode, float32, without gradients. CheckpointError if a file is missing or damaged."""
    card = load_card(name, folder)
    path = folder / f"{name}.safetensors"
    data = _verified(path, card, "safetensors")
    try:
        return restore(card, load_tensors(data))
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise CheckpointError(f"{path.name} does not fit {name}.json; {_rebuild(name)}") from error


def restore(card: Card, state: dict[str, Tensor]) -> Any:
    """The card's model with these weights, in eval mode, float32, without gradients."""
    model = build(card.kind, card.shape)
    model.load_state_dict({key: t.float() if t.is_floating_point() else t for key, t in state.items()})
    return _frozen(model)


def untrained(card: Card) -> Any:
    """The card's model with random weights, as its training began with; in eval mode, without gradients."""
    with seeded(int(card.training.get("seed", 0))):
        return _frozen(build(card.kind, card.shape))


def load_arrays(name: str, folder: Path = FOLDER) -> dict[str, Array]:
    """Codes, labels, coordinates and statistics of NAME.npz. CheckpointError if it is missing or damaged."""
    path, card = folder / f"{name}.npz", load_card(name, folder)
    data = _verified(path, card, "npz")
    try:
        return _unpacked(data)
    except (ValueError, EOFError, KeyError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointError(f"{path.name} is damaged ({_brief(error)}); {_rebuild(name)}") from error


def _unpacked(data: bytes) -> dict[str, Array]:
    """Arrays of an npz file, in the byte order of this machine."""
    with np.load(io.BytesIO(data), allow_pickle=False) as packed:
        arrays = {key: packed[key] for key in packed.files}
    return {key: values.astype(values.dtype.newbyteorder("="), copy=False) for key, values in arrays.items()}


def _frozen(model: nn.Module) -> nn.Module:
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise CheckpointError(f"{path.name} is missing from {path.parent.name}/; {_rebuild(name)}") from None


def _verified(path: Path, card: Card, ending: str) -> bytes:
    data = _read(path, card.name)
    if hashlib.sha256(data).hexdigest() != card.sha256.get(ending):
        raise CheckpointError(f"{path.name} is cut off or altered; {_rebuild(card.name)}")
    return data


def _rebuild(name: str) -> str:
    if name in SHIPPED:
        return f"rebuild it with: {TRAIN_COMMAND} --shipped {name}"
    return "train it again, or remove its files"


def _brief(error: Exception) -> str:
    return printable(str(error))[:200] or type(error).__name__
