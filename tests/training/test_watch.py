"""A run that is watched: what it shows is what its model does, and it does what is wished for."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo import data
from latentdemo.codes import latents
from latentdemo.data.imageset import ImageSet
from latentdemo.training import TrainConfig, TrainingStopped, fit
from latentdemo.training.loop import Loop
from latentdemo.training.reports import watch
from latentdemo.training.reports.watch import PICTURES, PLANE, TOLD, WISHES, Watch, groups

CONFIG = TrainConfig("seen", "vae", "mnist", 2, epochs=2, batch_size=64, precision="fp32")


@pytest.fixture
def run(mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(watch, "SECONDS", 0.0)
    train, test = (data.load("mnist", split, mnist_dir) for split in ("train", "test"))
    return Watch(Loop(CONFIG, train), test, tmp_path / "watch")


def told(run: Watch) -> dict:
    return json.loads((run.folder / TOLD).read_text())


def test_codes_and_pictures_are_the_models(run: Watch):
    run.update(run.loop.advance())
    found, model = told(run), run.loop.model
    assert model.training and found["state"] == "training" and found["step"] == 1
    model.eval()
    codes = latents.encode(model, run.test.images).mu
    np.testing.assert_allclose(found["codes"], codes, atol=6e-4)
    assert found["labels"] == run.test.labels.tolist() and found["grouped_by"] == ""
    sheet = np.asarray(Image.open(run.folder / PICTURES))
    np.testing.assert_array_equal(sheet[:28, 28:56], run.test.images[1, :, :, 0])
    np.testing.assert_array_equal(sheet[28:56, :28], latents.decode(model, codes[:1])[0, :, :, 0])
    plane = np.asarray(Image.open(run.folder / PLANE))
    corner = latents.decode(model, np.array([[-2, 2]], np.float32))[0, :, :, 0]
    np.testing.assert_array_equal(plane[:28, :28], corner)  # x to the right, y upwards


def test_wishes_are_done_and_told(run: Watch):
    terms = run.loop.advance()
    (run.folder / WISHES).write_text(json.dumps({"beta": 4.0, "learning_rate": 0.001, "stop": False}))
    before = run.loop.optimiser.param_groups[0]["max_lr"]
    assert not run.update(terms)
    assert not (run.folder / WISHES).exists()
    found = told(run)
    assert (found["beta"], found["learning_rate"]) == (4.0, 0.001)
    assert found["changes"] == [[1, "beta", 4.0], [1, "learning_rate", 0.001]]
    assert run.loop.optimiser.param_groups[0]["max_lr"] == pytest.approx(before / 3)
    terms = run.loop.advance()
    loss, kl = float(terms["loss"].detach()), float(terms["kl"])
    assert loss == pytest.approx(float(terms["reconstruction"]) + 4 * kl, rel=1e-5)
    (run.folder / WISHES).write_text(json.dumps({"stop": True}))
    assert run.update(terms)


def test_long_curves_are_thinned_and_keep_their_order(run: Watch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "MOST_POINTS", 4)
    for _ in range(14):
        run.update(run.loop.advance())
    steps = [point[0] for point in told(run)["losses"]]
    assert len(steps) <= 4 and len(set(np.diff(steps))) == 1 and steps[-1] > 14 - 2 * run.every and run.every > 1
    assert told(run)["names"] == ["loss", "reconstruction", "kl"]


def test_factors_are_grouped_in_quarters():
    labels = np.random.default_rng(0).random((80, 2)).astype(np.float32)
    found, name = groups(ImageSet(np.zeros((80, 4, 4, 1), np.uint8), labels, ("a", "b")), "b")
    assert name == "b" and np.bincount(found).tolist() == [20] * 4
    assert labels[np.array(found) == 3, 1].min() >= labels[np.array(found) == 2, 1].max()
    assert groups(ImageSet(np.zeros((80, 4, 4, 1), np.uint8), labels, ("a", "b")), "nobody")[1] == "a"


def test_a_stop_is_told_and_the_run_goes_on_with_another_beta(
    mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watch, "SECONDS", 0.0)
    monkeypatch.setattr("latentdemo.training.SAVE_SECONDS", 1e9)
    wishes = iter([{"beta": 2.0}, {"stop": True}])
    real = Watch.update

    def wishing(self: Watch, terms) -> bool:
        wish = next(wishes, None)
        if wish is not None:
            (self.folder / WISHES).write_text(json.dumps(wish))
        return real(self, terms)

    monkeypatch.setattr(Watch, "update", wishing)
    config = replace(CONFIG, data_dir=str(mnist_dir))
    with pytest.raises(TrainingStopped):
        fit(config, folder=tmp_path, runs=tmp_path / "runs", watched=True)
    shown = json.loads((tmp_path / "runs" / "seen" / "watch" / TOLD).read_text())
    assert shown["state"] == "stopped" and shown["step"] == 2
    with pytest.raises(ValueError, match="made with another beta"):
        fit(config, resume=True, folder=tmp_path, runs=tmp_path / "runs", watched=True)
    card = fit(replace(config, beta=2.0), resume=True, folder=tmp_path, runs=tmp_path / "runs", watched=True)
    assert card is not None and card.training["beta"] == 2.0
    shown = json.loads((tmp_path / "runs" / "seen" / "watch" / TOLD).read_text())
    assert shown["state"] == "done" and shown["step"] == shown["steps"] == 20


def test_what_has_no_codes_is_not_watched(mnist_dir: Path, tmp_path: Path):
    loop = Loop(replace(CONFIG, model="small-cnn"), data.load("mnist", "train", mnist_dir))
    with pytest.raises(ValueError, match="small-cnn has none, ae and vae have"):
        Watch(loop, data.load("mnist", "test", mnist_dir), tmp_path)
