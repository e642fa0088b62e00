"""The same network with and without batch normalisation: its loss, and what reaches one of its layers, step by step."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

from latentdemo import data
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import accuracy
from latentdemo.store.studies import Course, Normalisation
from latentdemo.studies.memo import Memo
from latentdemo.studies.trained import trained
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import Loop, TrainingDiverged

KINDS = ("lean-cnn", "plain-cnn")  # with it, without it
RATES = (0.005, 0.02, 0.1, 0.5)
LAYER = "conv3"  # the middle of the network
CONFIG = TrainConfig("normalisation", "cnn", "mnist", epochs=2, batch_size=128, n_train=15_360)
N_TEST = 2000


def run(data_dir: str | None, folder: Path, memo: Memo) -> Normalisation:
    """Both kinds at each learning rate, on digits.

    Args:
        data_dir: where MNIST lies.
        folder: not used: nothing trained before is needed.
        memo: what was found before.
    """
    train = data.load("mnist", "train", data_dir, CONFIG.n_train)
    test = data.load("mnist", "test", data_dir).some(N_TEST)
    courses = [
        memo.once(f"{kind} {rate}", lambda k=kind, r=rate: course(k, r, train, test))
        for kind in KINDS
        for rate in RATES
    ]
    steps = CONFIG.epochs * (len(train.images) // CONFIG.batch_size)
    return Normalisation(
        dataset="mnist",
        layer=LAYER,
        steps=steps,
        batch_size=CONFIG.batch_size,
        n_test=N_TEST,
        courses=[Course.model_validate(found) for found in courses],
    )


def course(kind: str, rate: float, train: ImageSet, test: ImageSet) -> dict[str, Any]:
    """One training, as `Course` says, cut off where the loss was no number any more."""
    loss: list[float] = []
    mean: list[float] = []
    sd: list[float] = []

    def look(module: Any, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].detach().float()
        mean.append(float(values.mean()))
        sd.append(float(values.std()))

    def after(loop: Loop) -> None:
        if loop.step:
            loss.append(float(loop.terms_before["loss"]))
        else:
            loop.model.get_submodule(LAYER)[-1].register_forward_pre_hook(look)

    config = replace(CONFIG, model=kind, learning_rate=rate, precision="fp32")
    try:
        share = round(accuracy(trained(config, train, after=after), test), 4)
    except TrainingDiverged:
        share = None
    rounded = [[float(f"{value:.4g}") for value in values[: len(loss)]] for values in (loss, mean, sd)]
    return {"kind": kind, "rate": rate, "loss": rounded[0], "mean": rounded[1], "sd": rounded[2], "accuracy": share}
