import csv
from dataclasses import replace
from pathlib import Path

import pytest

from latentdemo import data, training
from latentdemo.training import TrainConfig
from latentdemo.training.loop import Loop
from latentdemo.training.reports.logs import Logs

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
        file.write("40,9,9,9,9,9,9\n")  # of a run that came further and was not saved there
    with Logs(loop, table, None) as logs:
        for _ in range(10):
            logs.update(loop.advance())
    found = rows(table)
    assert [int(row["step"]) for row in found] == [20, 40] and found[1]["seconds"] != "9"


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
    assert events.Images("samples") and list((tmp_path / "logs").rglob("tensors.tsv"))


def test_without_tensorboard_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, mnist_dir: Path, tmp_path: Path):
    import sys

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ValueError, match=r"--log-dir needs TensorBoard; run: pip install tensorboard"):
        Logs(Loop(QUICK, data.load("mnist", "train", mnist_dir)), tmp_path / "metrics.csv", tmp_path)
