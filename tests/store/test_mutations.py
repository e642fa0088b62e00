"""Whatever a checkpoint holds, it is listed as a problem or works; nothing stops the start."""

import hashlib
import io
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy import ndarray as Array
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources

BASES = ("mnist-vae-2", "mnist-cnn", "faces-factors", "mnist-gan", "mnist-diffusion-2", "mnist-vqvae")
PARTNERS = {"mnist-diffusion-2": ("mnist-vae-2",)}
LONG = "x" * 10_000
ODD: tuple[Any, ...] = (
    None, [], {}, "", " ", "x", LONG, "\ud800", "a\x00b", "a\nb", "<script>", "../x", "ü", "x.",
    0, 1, -1, 3, 2**53, 2**63, 10**30, 0.5, -0.5, 1e300, float("nan"), float("inf"), True, [[]],
    {"a": []}, ["a", 1], ["a", "a"], [""],
)  # fmt: skip
ARRAYS: dict[str, Callable[[Array], Array]] = {
    "NaN": lambda a: _filled(a, np.nan),
    "infinite": lambda a: _filled(a, np.inf),
    "huge": lambda a: _filled(a, 1e30),
    "huge integers": lambda a: _filled(a, 2**60),
    "negative": lambda a: _filled(a, -5),
    "zeros": np.zeros_like,
    "falling": lambda a: -np.sort(-a, axis=0) if a.ndim and a.dtype.kind != "U" else a,
    "empty": lambda a: a[:0] if a.ndim else a[None][:0],
    "one more": lambda a: np.concatenate([a, a[:1]]) if a.ndim else a[None],
    "one less": lambda a: a[:-1] if a.ndim else a[None],
    "an axis more": lambda a: a[None],
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "unsigned 64": lambda a: a.astype(np.uint64) if a.dtype.kind in "iu" else a,
    "double": lambda a: a.astype(np.float64) if a.dtype.kind == "f" else a,
    "text": lambda a: a.astype(str) if a.dtype.kind != "U" else np.full(a.shape, "nobody"),
    "odd text": lambda a: np.full(a.shape, "a\x01\ud800") if a.dtype.kind == "U" else a.astype(bool),
    "long text": lambda a: np.full(a.shape, LONG) if a.dtype.kind == "U" else a.astype(complex),
    "the same everywhere": lambda a: np.broadcast_to(a.flat[0], a.shape).copy() if a.size else a,
}
ROUTES = ("/pixels/moments/{}", "/pixels/map/{}", "/pixels/gallery/{}/0", "/pixels/sprites/{}", "/health")
GLANCES = tuple(f"/pixels/glance/{tab}" for tab in ("reconstructions", "latent_map", "attributes", "perturb"))


def _filled(values: Array, with_: float) -> Array:
    if values.dtype.kind == "U":
        return values
    out = values.astype(np.int64) if values.dtype.kind in "iu" and isinstance(with_, int) else values.astype(float)
    out.flat[out.size // 2 :] = with_
    return out


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places in a card; of long lists the first."""
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*at, key))
    elif isinstance(value, list) and value:
        yield from paths(value[0], (*at, 0))


def replaced(value: Any, at: tuple[Any, ...], odd: Any) -> Any:
    if not at:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(value[at[0]], at[1:], odd)
    return copy


def without(value: Any, at: tuple[Any, ...]) -> Any:
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(at) == 1:
        del copy[at[0]]
    else:
        copy[at[0]] = without(value[at[0]], at[1:])
    return copy


def card_mutations(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for at in paths(fields):
        for odd in ODD:
            yield f"{at}: {odd!r}"[:60], replaced(fields, at, odd)
        if at and not (isinstance(at[-1], int) and len(at) == 1):
            yield f"{at} is missing", without(fields, at)
    yield "names doubled", {**fields, "names": fields["names"][:-1] + fields["names"][:1]}
    yield "names renamed", {**fields, "names": [f"{name} " for name in fields["names"]]}
    yield "names reversed", {**fields, "names": fields["names"][::-1]}
    yield "names more", {**fields, "names": [*fields["names"], "more"]}
    yield "metrics more", {**fields, "metrics": {**fields["metrics"], "\ud800": 1.0}}


def array_mutations(arrays: dict[str, Array]) -> Iterator[tuple[str, dict[str, Array]]]:
    for name in arrays:
        for change, make in ARRAYS.items():
            yield f"{name}: {change}", {**arrays, name: make(arrays[name])}
        yield f"{name} is missing", {key: values for key, values in arrays.items() if key != name}
    yield "one more array", {**arrays, "audit_x": np.zeros(3)}
    yield "an empty archive", {}


def small(arrays: dict[str, Array]) -> dict[str, Array]:
    """The arrays of a gallery of 60 codes: a mutation is then a matter of milliseconds."""
    n, out = len(arrays.get("codes", ())), {}
    for name, values in arrays.items():
        axes = [i for i, size in enumerate(values.shape) if size == n]
        cut = values[(slice(None),) * axes[0] + (slice(60),)] if n and axes else values
        out[name] = cut[:40] if name == "sigma" else cut[:, :50] if name == "moment_codes" else cut
    return out


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base checkpoints with small arrays."""
    folder = tmp_path_factory.mktemp("template")
    for name in BASES:
        for file in checkpoints.FOLDER.glob(f"{name}.*"):
            shutil.copy(file, folder)
        write(folder, json.loads((folder / f"{name}.json").read_text()), small(checkpoints.load_arrays(name)), name)
    return folder


def write(folder: Path, fields: Any, arrays: dict[str, Array] | None, name: str) -> None:
    if arrays is not None:
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=True, **arrays)
        (folder / f"{name}.npz").write_bytes(buffer.getvalue())
        fields = {**fields, "sha256": {**fields["sha256"], "npz": hashlib.sha256(buffer.getvalue()).hexdigest()}}
    (folder / f"{name}.json").write_text(json.dumps(fields))


def prepared(template: Path, tmp_path: Path, name: str) -> tuple[dict[str, Any], dict[str, Array]]:
    for one in (name, *PARTNERS.get(name, ())):
        for file in template.glob(f"{one}.[jns]*"):
            shutil.copy(file, tmp_path)
    return json.loads((template / f"{name}.json").read_text()), checkpoints.load_arrays(name, template)


def mutations(template: Path, tmp_path: Path, name: str, every: int = 1) -> Iterator[tuple[str, Resources]]:
    """Each mutation of a checkpoint, and the resources of a start with it: sound problems, or the checkpoint."""
    fields, arrays = prepared(template, tmp_path, name)
    cases = [(label, odd, None) for label, odd in card_mutations(fields)]
    cases += [(label, fields, odd) for label, odd in array_mutations(arrays)]
    cases = cases[len(name) % every :: every]
    for label, odd, values in cases:
        write(tmp_path, odd, values if values is not None else None, name)
        resources = Resources(tmp_path)
        assert (name in resources.cards) != bool(resources.problems), label
        assert all(name in problem.split()[0] for problem in resources.problems), label
        assert set(PARTNERS.get(name, ())) <= set(resources.cards), label
        for problem in resources.problems:
            assert len(problem) < 500 and problem.isprintable(), label
        yield label, resources
        if values is not None:
            shutil.copy(template / f"{name}.npz", tmp_path)


@pytest.mark.parametrize("name", BASES)
def test_every_mutation_is_a_problem_or_accepted(template: Path, tmp_path: Path, name: str):
    accepted = [name in resources.cards for _, resources in mutations(template, tmp_path, name, every=40)]
    assert any(accepted) and sum(accepted) < len(accepted) / 2


def works(resources: Resources, name: str, caplog: pytest.LogCaptureFixture) -> str:
    """What a page and the routes of a checkpoint do wrong; nothing if all is well."""
    from latentdemo import dashboard
    from latentdemo.serving.routes import pixel_routes

    caplog.clear()
    dashboard.build_dashboard(resources)
    client = TestClient(Starlette(routes=pixel_routes(resources)), raise_server_exceptions=False)
    wrong = [path for path in (*ROUTES, *GLANCES) if client.get(path.format(name)).status_code >= 500]
    return ", ".join(wrong + [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR])


@pytest.mark.slow
@pytest.mark.parametrize("name", BASES)
def test_what_is_accepted_works(template: Path, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture):
    wrong = {
        label: found
        for label, resources in mutations(template, tmp_path, name, every=5)
        if name in resources.cards and (found := works(resources, name, caplog))
    }
    assert not wrong
