import json
from pathlib import Path

import numpy as np
import pytest
import torch

from latentdemo.models import Shape, build
from latentdemo.store import checkpoints, files
from latentdemo.store.checkpoints import Card, CheckpointError
from latentdemo.store.resources import Resources

SHAPE = Shape(28, 1, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    training = {"seed": 0, "epochs": 1, "beta": 1.0, "corruption": "any"}  # of a denoiser no codes are wanted
    card = Card("digits", "vae", SHAPE, "mnist", training, {"mse": 0.5}, ("0", "1"), "MIT")
    checkpoints.save(
        card, build("vae", SHAPE).state_dict(), {"codes": np.eye(3), "names": np.array(["a", "é"])}, tmp_path
    )
    return tmp_path


def test_what_is_saved_comes_back(folder: Path):
    torch.manual_seed(0)
    fresh, model = build("vae", SHAPE).eval(), checkpoints.load("digits", folder)
    assert not model.training and not any(p.requires_grad for p in model.parameters())
    for ours, theirs in zip(model.parameters(), fresh.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)
        assert ours.dtype == torch.float32
    arrays = checkpoints.load_arrays("digits", folder)
    np.testing.assert_array_equal(arrays["codes"], np.eye(3))
    assert arrays["names"].tolist() == ["a", "é"]
    card = checkpoints.verify("digits", folder)
    assert card.shape == SHAPE and card.metrics == {"mse": 0.5} and card.names == ("0", "1")
    assert checkpoints.names(folder) == ["digits"]


def test_large_weights_are_halves_and_nothing_is_a_pickle(folder: Path):
    halved = checkpoints.half_precision(build("vae", SHAPE).state_dict())
    assert {t.dtype for t in halved.values() if t.ndim > 1} == {torch.float16}
    assert {t.dtype for t in halved.values() if t.ndim == 1} == {torch.float32}
    for path in folder.iterdir():
        assert not path.read_bytes().startswith(b"\x80")


@pytest.mark.parametrize("ending", ["safetensors", "npz", "json"])
@pytest.mark.parametrize("damage", ["cut", "altered", "missing"])
def test_damage_is_named_with_its_cure_and_the_rest_still_works(folder: Path, ending: str, damage: str):
    path = folder / f"digits.{ending}"
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else data[:-9] + b"?" + data[-8:])
    if (ending, damage) == ("json", "altered"):
        path.write_bytes(data.replace(b'"kind": "vae"', b'"kind": "gan"'))
    with pytest.raises(CheckpointError, match=rf"digits\.{ending} .*; train it again, or remove its files$"):
        checkpoints.verify("digits", folder)
    resources = Resources(folder)
    assert "digits" not in resources.cards and resources.pairs == {}
    assert len(resources.problems) == (0 if (ending, damage) == ("json", "missing") else 1)


def test_files_that_do_not_belong_together_are_told_apart(folder: Path):
    fields = json.loads((folder / "digits.json").read_text())
    fields["shape"]["latent_dim"] = 4
    (folder / "digits.json").write_text(json.dumps(fields))
    with pytest.raises(CheckpointError, match="does not fit"):
        checkpoints.load("digits", folder)
    for wrong in ({"dataset": "imagenet"}, {"name": "letters"}, {"shape": {**fields["shape"], "channels": 2}}):
        (folder / "digits.json").write_text(json.dumps({**fields, **wrong}))
        with pytest.raises(CheckpointError, match=r"digits\.json is damaged \(.*\); train it again"):
            checkpoints.load_card("digits", folder)
        assert len(Resources(folder).problems) == 1
    fields["format"] = 99
    (folder / "digits.json").write_text(json.dumps(fields))
    with pytest.raises(CheckpointError, match="format 99"):
        checkpoints.load_card("digits", folder)


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    files.write_atomically(path, b"old")

    def crash(descriptor: int) -> None:
        raise OSError(descriptor)

    monkeypatch.setattr(files.os, "fsync", crash)
    with pytest.raises(OSError):
        files.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
