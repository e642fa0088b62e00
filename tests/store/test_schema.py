import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save

from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources
from latentdemo.store.schema import arrays as schema_arrays
from latentdemo.training.recipes import RECIPES

VAE, CLASSIFIER, JUDGE = "mnist-vae-2", "mnist-cnn", "mnist-classifier"
ODD: tuple[Any, ...] = (None, [], {}, "x", 3, -1, True, 1.5, [[]], {"a": []}, ["a", 1], float("nan"), 10**30)
FIELDS = json.loads((checkpoints.FOLDER / f"{VAE}.json").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (VAE, CLASSIFIER, JUDGE):
        for file in checkpoints.FOLDER.glob(f"{name}.*"):
            shutil.copy(file, tmp_path)
    return tmp_path


def rewrite(folder: Path, name: str, ending: str, data: bytes) -> None:
    """Another file of a checkpoint, which its card vouches for."""
    (folder / f"{name}.{ending}").write_bytes(data)
    path = folder / f"{name}.json"
    fields = json.loads(path.read_text())
    fields["sha256"][ending] = hashlib.sha256(data).hexdigest()
    path.write_text(json.dumps(fields))


def refused(folder: Path, name: str, file: str) -> str:
    """The one problem of a start that goes on without the checkpoint."""
    resources = Resources(folder)
    assert set(resources.cards) == {VAE, CLASSIFIER, JUDGE} - {name}
    (problem,) = resources.problems
    assert problem.startswith(f"{file} ") and problem.endswith(f"rebuild it with: python train.py --shipped {name}")
    assert len(problem) < 300 and "\n" not in problem
    return problem


def test_what_is_shipped_has_its_recipe():
    assert set(RECIPES) == set(checkpoints.SHIPPED)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_an_odd_field_is_a_problem_and_the_rest_starts(folder: Path, field: str, value: Any):
    (folder / f"{VAE}.json").write_text(json.dumps({**FIELDS, field: value}))
    if (field, value) in (("licence", "x"), ("metrics", {}), ("format", checkpoints.FORMAT)):
        assert Resources(folder).problems == []
    else:
        refused(folder, VAE, f"{VAE}.{'json' if field != 'sha256' or value != {} else 'safetensors'}")


def test_a_name_twice_is_a_problem(folder: Path):
    names = [*FIELDS["names"][:-1], FIELDS["names"][0]]
    (folder / f"{VAE}.json").write_text(json.dumps({**FIELDS, "names": names}))
    assert "occurs twice" in refused(folder, VAE, f"{VAE}.json")


def test_a_negative_variance_of_a_normalisation_is_a_problem(folder: Path):
    weights = load_file(folder / f"{CLASSIFIER}.safetensors")
    name = next(name for name in weights if name.endswith("running_var"))
    weights[name][0] = -1
    rewrite(folder, CLASSIFIER, "safetensors", save(weights))
    assert "negative variance" in refused(folder, CLASSIFIER, f"{CLASSIFIER}.safetensors")


@pytest.mark.parametrize("part", ["shape", "training"])
@pytest.mark.parametrize("value", [None, [], "64", -1, 1.5, True, 10**30, float("inf")], ids=str)
def test_an_odd_setting_is_a_problem(folder: Path, part: str, value: Any):
    names = ("image_size", "channels", "latent_dim") if part == "shape" else ("beta", "epochs", "seed", "variance")
    for name in names:
        fields = {**FIELDS, part: {**FIELDS[part], name: value}}
        (folder / f"{VAE}.json").write_text(json.dumps(fields))
        if (name, value) not in (
            ("seed", -1),
            ("epochs", -1),
            ("beta", 1.5),
            ("variance", None),  # the dataset's
            ("variance", 1.5),
            ("variance", 10**30),
            ("beta", 10**30),
            ("epochs", 10**30),
            ("seed", 10**30),
        ):
            refused(folder, VAE, f"{VAE}.json")


@pytest.mark.parametrize(
    "text", [b"", b"[" * 100_000, b"\xff\xfe", b"null", b"[]", b'{"format": 2}', b'{"a": ' * 50_000]
)
def test_what_is_no_card_is_a_problem(folder: Path, text: bytes):
    (folder / f"{VAE}.json").write_bytes(text)
    refused(folder, VAE, f"{VAE}.json")


def packed(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=True, **arrays)
    return buffer.getvalue()


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "cut short": lambda values: values[:-1],
    "with an axis more": lambda values: values[None],
    "as text": lambda values: values.astype(str) if values.dtype.kind != "U" else np.zeros(values.shape),
    "as objects": lambda values: values.astype(object),
    "as complex numbers": lambda values: np.zeros(values.shape, complex),
}


@pytest.mark.parametrize(
    "name", sorted(schema_arrays.GALLERY | schema_arrays.CLASSES | schema_arrays.SIGMA | schema_arrays.MOMENTS)
)
def test_arrays_that_are_missing_or_odd_are_problems(folder: Path, name: str):
    arrays = checkpoints.load_arrays(VAE)
    without = {key: values for key, values in arrays.items() if key != name}
    rewrite(folder, VAE, "npz", packed(without))
    assert f"array '{name}' is missing" in refused(folder, VAE, f"{VAE}.npz")
    for change, make in CHANGES.items():
        free = {"sigma", "mixture_weights", "moment_epochs", "attribute_names"} | set(schema_arrays.MOMENTS)
        if change == "cut short" and name in free:
            continue  # its own size is free; the others' must then be the same
        rewrite(folder, VAE, "npz", packed({**without, name: make(arrays[name])}))
        refused(folder, VAE, f"{VAE}.npz")


@pytest.mark.parametrize(
    ("name", "array"), [(CLASSIFIER, "shift_accuracy"), (CLASSIFIER, "n_test"), (JUDGE, "features")]
)
def test_classifiers_have_arrays_of_their_own(folder: Path, name: str, array: str):
    arrays = {key: values for key, values in checkpoints.load_arrays(name).items() if key != array}
    rewrite(folder, name, "npz", packed(arrays))
    assert f"array '{array}' is missing" in refused(folder, name, f"{name}.npz")


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"x" * 1000], ids=["empty", "no entries", "no zip"])
def test_what_is_no_archive_is_a_problem(folder: Path, data: bytes):
    rewrite(folder, VAE, "npz", data)
    refused(folder, VAE, f"{VAE}.npz")


def test_a_head_that_promises_more_than_there_is_is_found_before_anything_is_allocated(folder: Path):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 2)})
    whole = packed(checkpoints.load_arrays(VAE) | {"codes": np.zeros((1, 2), np.float32)})
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    entries["codes.npy"] = head.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)
    rewrite(folder, VAE, "npz", out.getvalue())
    assert "is not what its header says" in refused(folder, VAE, f"{VAE}.npz")


def test_weights_that_are_missing_or_odd_are_problems(folder: Path):
    weights = load_file(checkpoints.FOLDER / f"{VAE}.safetensors")
    first = min(weights)
    for changed in (
        {name: tensor for name, tensor in weights.items() if name != first},
        weights | {first: weights[first][None].contiguous()},
        weights | {"more": weights[first].clone()},
        {},
    ):
        rewrite(folder, VAE, "safetensors", save(changed))
        refused(folder, VAE, f"{VAE}.safetensors")
    for data in (b"", b"\xff" * 100, (10**12).to_bytes(8, "little") + b"{}", b"\x02\0\0\0\0\0\0\0{}"):
        rewrite(folder, VAE, "safetensors", data)
        refused(folder, VAE, f"{VAE}.safetensors")


BAD_VALUES = [
    ("codes", np.nan, "'codes' contains NaN or infinity"),
    ("kl", np.inf, "'kl' contains NaN or infinity"),
    ("labels", 10, "'labels' runs from 0 to 10; expected 0 to 9"),
    ("labels", -1, "'labels' runs from -1 to 9; expected 0 to 9"),
]


@pytest.mark.parametrize(("name", "value", "why"), BAD_VALUES)
def test_values_that_cannot_be_drawn_are_named_at_the_start(folder: Path, name: str, value: float, why: str):
    arrays = checkpoints.load_arrays(VAE)
    arrays[name].flat[3 % arrays[name].size] = value
    rewrite(folder, VAE, "npz", packed(arrays))
    assert why in refused(folder, VAE, f"{VAE}.npz")
