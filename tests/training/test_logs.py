import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentdemo import data, training
from latentdemo.training import TrainConfig
from latentdemo.training.loop import Loop
from latentdemo.training.reports.logs import Logs, metadata

QUICK = TrainConfig("logged", "vae", "mnist", latent_dim=3, epochs=4, batch_size=64, precision="fp32")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_loss_stands_in_the_table_and_a_resumed_run_goes_on_in_it(mnist_dir: Path, tmp_path: Path):
    loop, table = Loop(QUICK, data.load("mnist", "train", mnist_dir)), tmp_path / "metrics.csv"
    told = {}
    with Logs(loop, table, None) as logs:
        for _ in range(30):
            terms = loop.advance()
            logs.update(terms)
            told[loop.step] = {name: float(value.detach()) for name, value in terms.items()}
    found = rows(table)
    assert [int(row["step"]) for row in found] == [20]
    assert set(found[0]) == {"step", "epoch", "seconds", "learning_rate", *told[20]}
    assert float(found[0]["loss"]) == pytest.approx(told[20]["loss"])
    assert float(found[0]["epoch"]) == pytest.approx(20 / loop.steps_per_epoch, abs=1e-3)
    with table.open("a") as file:
        file.write("20,8,8,8,8,8,8\n40,9,9,9,9,9,9\n60,9")  # of a run that came further and was not saved there
    with Logs(loop, table, None) as logs:
        for _ in range(10):
            logs.update(loop.advance())
    found = rows(table)
    assert [int(row["step"]) for row in found] == [20, 40] and found[1]["seconds"] not in ("8", "9")
    assert float(found[1]["seconds"]) >= float(found[0]["seconds"]) > 0


@pytest.mark.parametrize(("saved", "kept"), [(20, [20]), (25, [20]), (0, [])])
def test_tensorboard_holds_each_step_once(
    saved: int, kept: list[int], mnist_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    loop, now = Loop(QUICK, data.load("mnist", "train", mnist_dir)), time.time()

    def log(first: int, last: int, value: float) -> None:
        with Logs(loop, tmp_path / "metrics.csv", tmp_path / "logs") as logs:
            for loop.step in range(first, last + 1):
                logs.update({"loss": torch.tensor(value)})

    log(1, 60, 1.0)  # killed at step 60
    loop.step = saved
    monkeypatch.setattr(time, "time", lambda: now + 10)  # files of TensorBoard are sorted by second
    log(saved + 1, 80, 2.0)
    events = EventAccumulator(str(tmp_path / "logs"))
    events.Reload()
    steps = [*range(20, 81, 20)]
    wanted = {step: 1.0 if step in kept else 2.0 for step in steps}
    assert [(event.step, event.value) for event in events.Scalars("loss")] == [*wanted.items()]
    assert [(int(row["step"]), float(row["loss"])) for row in rows(tmp_path / "metrics.csv")] == [*wanted.items()]


def test_the_projectors_metadata_has_a_header_with_two_columns_only():
    assert metadata(np.array([1, 0, 1]), ("cat", "my\tdog\n")) == (["my dog", "cat", "my dog"], None)
    assert metadata(np.array([[0.5], [1.0]], np.float32), ("age",)) == ([0.5, 1.0], None)
    assert metadata(np.array([[0.5, 2.0]], np.float32), ("age", "smile")) == ([[0.5, 2.0]], ["age", "smile"])


@pytest.mark.slow
def test_tensorboard_finds_losses_samples_and_codes(mnist_dir: Path, tmp_path: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    config = replace(QUICK, epochs=2, n_train=256, data_dir=str(mnist_dir))
    card = training.fit(config, folder=tmp_path / "out", runs=tmp_path / "runs", log_dir=tmp_path / "logs")
    assert card is not None
    events = EventAccumulator(str(tmp_path / "logs"))
    events.Reload()
    last = rows(tmp_path / "runs" / "logged" / "metrics.csv")[-1]
    assert int(last["step"]) == 8
    (loss,) = [event.value for event in events.Scalars("loss") if event.step == 8]
    assert loss == pytest.approx(float(last["loss"]), rel=1e-5)
    (vectors,) = (tmp_path / "logs").rglob("tensors.tsv")
    labels = vectors.with_name("metadata.tsv").read_text().splitlines()
    assert events.Images("samples") and len(labels) == len(vectors.read_text().splitlines()) and labels[0].isdecimal()


def test_without_tensorboard_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, mnist_dir: Path, tmp_path: Path):
    import sys

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ValueError, match=r"--log-dir needs TensorBoard; run: pip install tensorboard"):
        Logs(Loop(QUICK, data.load("mnist", "train", mnist_dir)), tmp_path / "metrics.csv", tmp_path)
