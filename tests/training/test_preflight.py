import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from latentdemo import data, training
from latentdemo.data.imageset import ImageSet
from latentdemo.models.parts import WIDTHS
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources
from latentdemo.trainer import configs, main, parser
from latentdemo.training import TrainConfig, TrainingDiverged, preflight
from latentdemo.training.loop import Loop
from latentdemo.training.state import load_state, save_state

ROOT = Path(__file__).parents[2]
QUICK = TrainConfig("quick", "ae", "mnist", latent_dim=2, epochs=1, batch_size=64, precision="fp32")


def some(n: int, classes: int = 2) -> ImageSet:
    labels = np.arange(n, dtype=np.int64) % classes
    return ImageSet(np.zeros((n, 28, 28, 1), np.uint8), labels, tuple("ab"[:classes]))


@pytest.mark.parametrize(
    ("config", "train", "test", "world", "sentence"),
    [
        (QUICK, some(64), some(15), 1, "64 training and 15 test images; wanted are at least 64 .* and 16"),
        (QUICK, some(63), some(16), 1, "63 training and 16 test images; wanted are at least 64"),
        (replace(QUICK, batch_size=4), some(31), some(16), 1, "wanted are at least 32"),
        (replace(QUICK, model="cnn"), some(64, 1), some(16, 1), 1, r"tells classes apart; mnist has one \(a\)"),
        (replace(QUICK, batch_size=63), some(64), some(16), 2, "must be a multiple of the 2 processes$"),
        (replace(QUICK, batch_size=1), some(64), some(16), 2, "must be a multiple of the 2 processes$"),
    ],
)  # fmt: skip
def test_sets_that_cannot_be_learned_or_measured(
    config: TrainConfig, train: ImageSet, test: ImageSet, world: int, sentence: str
):
    with pytest.raises(ValueError, match=sentence):
        preflight.check_data(config, train, test, world)


def test_a_regressor_needs_every_value():
    labels = np.ones((64, 2), np.float32)
    labels[3:5, 1] = np.nan
    blank = some(64)._replace(labels=labels)
    with pytest.raises(ValueError, match=r"^4 images have no value in some column; regressor needs a value in every"):
        preflight.check_data(replace(QUICK, model="regressor"), blank, blank, 1)
    preflight.check_data(QUICK, blank, blank, 1)


def test_the_smallest_sets_are_taken():
    preflight.check_data(replace(QUICK, batch_size=32), some(32, 1), some(16, 1), 2)


def test_folders_are_written_into_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    preflight.check_room(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match=r"^nothing can be written into .*file.*; choose another --out$"):
        preflight.check_room(tmp_path / "file")
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: SimpleNamespace(free=preflight.ROOM - 1))
    with pytest.raises(OSError, match="has room for 120 MB; a run may need 120"):
        preflight.check_room(tmp_path)


def test_a_run_is_one_processs_alone(tmp_path: Path):
    with preflight.alone(tmp_path / "mine"):
        program = "import sys; from pathlib import Path; from latentdemo.training import preflight\n" \
                  "with preflight.alone(Path(sys.argv[1])): print('in')"  # fmt: skip
        command = [sys.executable, "-c", program, str(tmp_path / "mine")]
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert "mine is being trained by another process" in refused.stderr
    with preflight.alone(tmp_path / "mine"):
        pass


NO_NAMES = ("", ".", "..", "../x", "a/b", "/abs", "a\\b", "-a", ".hidden", "a b", "x" * 81, "a.")


@pytest.mark.parametrize("name", NO_NAMES)
def test_names_are_those_of_files(name: str):
    with pytest.raises(ValueError, match=r"^name is .*; it must be of letters"):
        replace(QUICK, name=name)
    assert replace(QUICK, name="faces-vae-beta-0.01").name == "faces-vae-beta-0.01"


@pytest.mark.parametrize("field", ["beta", "learning_rate"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_settings_are_finite(field: str, value: float):
    with pytest.raises(ValueError, match=f"^{field} is "):
        replace(QUICK, **{field: value})


@pytest.mark.parametrize("size", WIDTHS)
def test_every_image_size_has_its_network(size: int, tmp_path: Path):
    images = ImageSet(np.zeros((32, size, size, 3), np.uint8), np.zeros(32, np.int64), ("a",))
    for model in ("ae", "vae"):
        loop = Loop(replace(QUICK, model=model, dataset="folder", image_size=size, batch_size=32), images)
        assert loop.model.decode(torch.zeros(2, 2)).shape == (2, 3, size, size)
        loop.advance()
        save_state(loop, tmp_path / "state.safetensors")
        assert 3 * (tmp_path / "state.safetensors").stat().st_size < preflight.ROOM


def test_only_a_folders_size_can_be_chosen(mnist_dir: Path):
    with pytest.raises(ValueError, match="mnist's images have 28 pixels a side"):
        data.load("mnist", "test", mnist_dir, image_size=32)
    with pytest.raises(ValueError, match="image_size is 30; there are networks for 16, 28"):
        replace(QUICK, image_size=30)


def test_help_tells_every_default():
    text = " ".join(parser().format_help().split())
    for told in ("latent space (default: 16)", "(VAE) (default: 1.0)", "training images (default: 20)",
                 "all processes (default: 128)", "accepts a lower one (default: 0.003)", "and noise (default: 0)",
                 "hardware computes it (default: auto)", "in pixels (default: 64)"):  # fmt: skip
        assert told in text, told


def test_other_images_are_not_resumed(tmp_path: Path):
    first = some(64)
    save_state(Loop(QUICK, first), tmp_path / "state.safetensors")
    other = first._replace(images=first.images + 1)
    with pytest.raises(ValueError, match=r"was made with other images \(64 of \[28, 28, 1\], \w{12}, now 64 of"):
        load_state(Loop(QUICK, other), tmp_path / "state.safetensors")
    with pytest.raises(ValueError, match=r"now 80 of \[28, 28, 1\]"):
        load_state(Loop(QUICK, some(80)), tmp_path / "state.safetensors")
    load_state(Loop(QUICK, some(64)), tmp_path / "state.safetensors")


def test_a_resumed_run_may_learn_more_slowly_and_not_faster(tmp_path: Path):
    config, images = replace(QUICK, epochs=10), some(64)
    loop = Loop(config, images)
    for _ in range(3):
        loop.advance()
    save_state(loop, tmp_path / "state.safetensors")
    slower = Loop(replace(config, learning_rate=config.learning_rate / 4), images)
    load_state(slower, tmp_path / "state.safetensors")
    for _ in range(7):
        loop.optimiser.step()
        loop.schedule.step()
        slower.optimiser.step()
        slower.schedule.step()
        assert slower.schedule.get_last_lr()[0] == pytest.approx(loop.schedule.get_last_lr()[0] / 4)
    with pytest.raises(ValueError, match=r"made with learning_rate 0\.003; a resumed run may only lower it"):
        load_state(Loop(replace(config, learning_rate=0.01), images), tmp_path / "state.safetensors")


@pytest.mark.parametrize("saved", [True, False])
def test_divergence_says_what_was_kept(saved: bool, mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def diverge(loop: Loop) -> None:
        if loop.step == 3:
            raise TrainingDiverged("the loss is nan")
        real(loop)
        if saved and loop.step == 2:
            save_state(loop, tmp_path / "runs" / "quick" / "state.safetensors")
        return {"loss": torch.zeros(())}  # type: ignore[return-value]

    real: Callable = Loop.advance
    monkeypatch.setattr(Loop, "advance", diverge)
    config = replace(QUICK, data_dir=str(mnist_dir))
    cure = "step 2 is saved: go on with --resume and a lower" if saved else "start again with a lower"
    with pytest.raises(TrainingDiverged, match=f"the loss is nan; {cure} --learning-rate \\(now 0.003\\)"):
        training.fit(config, folder=tmp_path, runs=tmp_path / "runs")


def test_weights_are_on_disk_before_they_are_measured(
    mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    config = replace(QUICK, model="small-cnn", data_dir=str(mnist_dir))
    with monkeypatch.context() as patch:
        patch.setattr("latentdemo.training.finish.measure", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            training.fit(config, folder=tmp_path, runs=tmp_path / "runs")
    assert (tmp_path / "runs" / "quick" / "state.safetensors").exists() and not (tmp_path / "quick.json").exists()
    monkeypatch.setattr(Loop, "advance", lambda loop: 1 / 0)  # nothing is trained again
    card = training.fit(config, resume=True, folder=tmp_path, runs=tmp_path / "runs")
    assert card is not None and checkpoints.verify("quick", tmp_path).metrics == card.metrics
    assert "quick  measuring: files" in capsys.readouterr().err


def test_ctrl_c_before_the_first_step_is_one_sentence(
    mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data, "load", interrupted)
    assert main(["ae", "--dataset", "mnist", "--data-dir", str(mnist_dir), "--out", str(tmp_path)]) == 130
    said = capsys.readouterr().err.strip()
    assert said.startswith("train.py: stopped; saved states and checkpoints are kept") and "\n" not in said


def test_all_is_not_shared(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["--all"]) == 1 and "start it without torchrun" in capsys.readouterr().err


def test_a_data_set_is_loaded_by_a_program_that_nobody_can_import():
    program = "from latentdemo import data; data.faces.PARALLEL_CHUNK = 4; " \
              "print(len(data.load('faces', 'test', n=10).images))"  # fmt: skip
    done = subprocess.run([sys.executable, "-"], input=program, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout == "10\n", done.stderr


def test_a_folders_checkpoint_tells_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("latentdemo.codes.projection.fit_map", lambda codes, seed: codes[:, :2])
    rng = np.random.default_rng(0)
    for split, n in (("train", 40), ("val", 20)):
        for name in ("a", "b"):
            place = tmp_path / "My pebbles" / split / name
            place.mkdir(parents=True)
            for i in range(n):
                Image.fromarray(rng.integers(0, 256, (20, 20, 3), np.uint8)).save(place / f"{i}.png")
    arguments = ["vae", "--dataset", "folder", "--data-dir", str(tmp_path / "My pebbles"), "--latent-dim", "2"]
    (config,) = configs(parser().parse_args([*arguments, "--image-size", "16", "--batch-size", "16", "--epochs", "1"]))
    assert config.name == "My-pebbles-vae-2"
    card = training.fit(replace(config, precision="fp32"), folder=tmp_path / "out", runs=tmp_path / "runs")
    assert card is not None and card.shape.image_size == 16
    (tmp_path / "My pebbles").rename(tmp_path / "moved")
    test = data.load("folder", "test", tmp_path / "moved", image_size=16)
    assert card.source == f"folder:My pebbles:{test.facts()['fingerprint']}"  # of the images, wherever they lie
    assert data.dataset_of(card.source).title == "My pebbles"
    resources = Resources(tmp_path / "out")
    assert resources.problems == [] and resources.dataset(card.name).title == "My pebbles"


def test_an_own_classifier_can_be_looked_into(tmp_path: Path):
    for ending in ("json", "npz", "safetensors"):
        data_of = (checkpoints.FOLDER / f"cifar10-cnn.{ending}").read_bytes()
        (tmp_path / f"cifar10-cnn.{ending}").write_bytes(data_of)
        (tmp_path / f"mine.{ending}").write_bytes(data_of.replace(b'"name": "cifar10-cnn"', b'"name": "mine"'))
    resources = Resources(tmp_path)
    assert resources.problems == [] and resources.own_classifiers() == ["mine"]
    assert resources.classifier("mine").title == "mine" and resources.classifier("cifar10-cnn").title == "Our own CNN"
    resources.cards["grey"] = checkpoints.load_card("mnist-classifier")
    assert resources.own_classifiers() == ["mine"]  # by the card's name: it comes along
    resources.cards["grey"] = replace(resources.cards["grey"], name="grey")
    assert resources.own_classifiers() == ["mine", "grey"]


def test_thumbnails_are_kept_of_a_folder_alone_and_not_by_default():
    assert TrainConfig("own", "vae", "folder").gallery == "codes"
    assert TrainConfig("own", "vae", "folder", gallery="thumbnails").gallery == "thumbnails"
    for model, dataset, corruption in (("vae", "mnist", None), ("cnn", "folder", None), ("vae", "folder", "noise")):
        with pytest.raises(ValueError, match="only an ae or a vae trained on a folder keeps thumbnails"):
            TrainConfig("own", model, dataset, corruption=corruption, gallery="thumbnails")
    with pytest.raises(ValueError, match="gallery is 'all'; expected codes or thumbnails"):
        TrainConfig("own", "vae", "folder", gallery="all")
    (config,) = configs(parser().parse_args(["vae", "--dataset", "folder", "--gallery", "thumbnails"]))
    assert config.gallery == "thumbnails"
