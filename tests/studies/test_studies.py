"""Both studies on little: what is stored is what their parts say, and a stopped one goes on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from latentdemo import data
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import accuracy, probes
from latentdemo.store import checkpoints
from latentdemo.store.studies import NORMALISATION, TRANSFER
from latentdemo.studies import normalisation, run_study, transfer
from latentdemo.studies.memo import Memo
from latentdemo.studies.trained import trained
from latentdemo.trainer import main
from latentdemo.training import TrainConfig, TrainingDiverged
from latentdemo.training.loop import Loop

SMALL = 60  # test images


def coloured(n: int, seed: int) -> ImageSet:
    """Like CIFAR-10: images of ten classes, each with its own brightness and colour."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 10
    images = rng.integers(0, 60, (n, 32, 32, 3), np.uint8)
    images[np.arange(n), :, :, labels % 3] += (20 * labels)[:, None, None].astype(np.uint8)
    return ImageSet(images, labels, tuple(f"class {i}" for i in range(10)))


@pytest.fixture
def little(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Two sizes, two seeds, one epoch, few images."""
    real = data.load

    def load(name: str, split: str, data_dir: str | None = None, n: int | None = None) -> ImageSet:
        return coloured(400 if split == "train" else 200, 0) if name == "cifar10" else real(name, split, data_dir, n)

    monkeypatch.setattr(transfer.data, "load", load)
    for name, value in (("EPOCHS", {10: 2, 40: 1}), ("SEEDS", 2), ("KIND", "small-cnn"), ("N_TEST", SMALL)):
        monkeypatch.setattr(transfer, name, value)
    monkeypatch.setattr(transfer, "BEFORE", {"epochs": 1, "batch_size": 64})
    for name, value in (("RATES", (0.1,)), ("N_TEST", SMALL)):
        monkeypatch.setattr(normalisation, name, value)
    monkeypatch.setattr(normalisation, "CONFIG", TrainConfig("n", "cnn", "mnist", epochs=1, batch_size=64, n_train=256))
    yield str(mnist_dir)


def test_transfer_has_a_number_for_every_method_size_and_seed(little: str, tmp_path: Path):
    (tmp_path / "out").mkdir()
    for path in checkpoints.FOLDER.glob("mnist-vae-16.*"):
        (tmp_path / "out" / path.name).write_bytes(path.read_bytes())
    run_study("transfer", little, tmp_path / "out", tmp_path / "runs")
    found = TRANSFER.load(tmp_path / "out")
    assert found.sizes == [10, 40] and found.methods == list(transfer.METHODS) and len(found.tasks) == 2
    scores = np.array([task.accuracy for task in found.tasks])
    assert scores.shape == (2, 5, 2, 2) and (scores >= 0).all() and (scores <= 1).all()
    assert scores[1, 4].mean() > 0.5  # brightness tells these classes apart
    assert not (tmp_path / "runs" / "study-transfer.json").exists()


def test_a_linear_head_of_pixels_is_scikit_learns(little: str, tmp_path: Path):
    from sklearn.linear_model import LogisticRegression

    task = transfer.halves_task(little, Memo(tmp_path / "m.json"))
    assert task.train.names == ("class 5", "class 6", "class 7", "class 8", "class 9")
    few = probes.drawn(task.train.labels, 10, 1)
    assert np.bincount(task.train.labels[few]).tolist() == [2] * 5
    x, y = (split.images.reshape(len(split.images), -1) / 255 for split in (task.train, task.test))
    oracle = LogisticRegression(max_iter=300).fit(x[few].astype(np.float32), task.train.labels[few])
    assert transfer.point(task, "pixels", 10, 1) == pytest.approx(oracle.score(y, task.test.labels))


def test_only_what_is_fine_tuned_begins_with_the_body(little: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    task = transfer.halves_task(little, Memo(tmp_path / "m.json"))
    begun = []
    real = transfer.trained
    monkeypatch.setattr(
        transfer, "trained", lambda config, train, start: begun.append(start) or real(config, train, start)
    )
    for method in transfer.RATES:
        transfer.point(task, method, 10, 0)
    assert begun == [None, task.start]


def test_halves_are_disjoint_and_whole():
    whole = coloured(50, 1)
    first, last = transfer.half(whole, first=True), transfer.half(whole, first=False)
    assert len(first.images) + len(last.images) == 50 and set(first.labels) == set(last.labels) == set(range(5))
    assert first.names + last.names == whole.names
    np.testing.assert_array_equal(last.images[0], whole.images[5])


def test_normalisation_tells_what_the_layer_got(little: str, tmp_path: Path):
    assert (
        main(["--study", "normalisation", "--data-dir", little, "--out", str(tmp_path), "--runs", str(tmp_path)]) == 0
    )
    found = NORMALISATION.load(tmp_path)
    assert [course.kind for course in found.courses] == list(normalisation.KINDS) and found.steps == 4
    with_it, without = found.courses
    assert len(with_it.loss) == len(without.loss) == 4
    assert with_it.mean[0] == pytest.approx(0, abs=1e-3) and with_it.sd[0] == pytest.approx(1, abs=0.01)  # as it begins
    assert abs(without.sd[0] - 1) > 0.1


def test_a_course_that_breaks_off_says_so(little: str, monkeypatch: pytest.MonkeyPatch):
    def breaking(config: TrainConfig, train: ImageSet, after) -> None:
        loop = Loop(config, train)
        after(loop)
        loop.advance()
        after(loop)
        raise TrainingDiverged("the loss is nan")

    monkeypatch.setattr(normalisation, "trained", breaking)
    train = data.load("mnist", "train", little, 256)
    found = normalisation.course("small-cnn", 0.1, train, train)
    assert found["accuracy"] is None and len(found["loss"]) == len(found["mean"]) == len(found["sd"]) == 1


def test_a_small_training_learns(little: str):
    train = data.load("mnist", "train", little)
    config = TrainConfig("t", "small-cnn", "mnist", epochs=3, batch_size=32, learning_rate=0.1, precision="fp32")
    assert accuracy(trained(config, train), train) > 0.5
