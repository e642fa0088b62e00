"""Accuracy by the number of labelled images: from scratch, or with what was learned before; on two pairs of tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray as Array
from safetensors.torch import load_file, save_file

from latentdemo import data
from latentdemo.classifiers.judge import feature_vectors
from latentdemo.codes import latents
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import accuracy
from latentdemo.evaluation.probes import N_TEST, drawn, pixel_vectors, score
from latentdemo.models import build
from latentdemo.store import checkpoints, studies
from latentdemo.studies.memo import Memo
from latentdemo.studies.trained import trained
from latentdemo.training.begin import Start, body
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import shape_for

EPOCHS = {10: 40, 100: 20, 1000: 6, 10_000: 2}  # by labelled images
SEEDS = 5
METHODS = ("scratch", "fine-tuned", "frozen", "codes", "pixels")
RATES = {"scratch": 0.1, "fine-tuned": 0.1}  # peaks of the one-cycle schedule
KIND, BATCH_SIZE = "lean-cnn", 32
BEFORE: dict[str, Any] = {"epochs": 4, "batch_size": 128}  # of what was learned before
BODY_RATE, CODE_SIZE = 0.2, 32
HALF = 5  # classes


@dataclass(frozen=True)
class Task:
    """What is to be learned, and from what.

    Attributes:
        dataset: key of DATASETS.
        train, test: with colours, as the body wants them.
        start: the body that was trained on something else.
        known, unseen: by method, what a linear model reads of training and of test images, (N, F).
    """

    dataset: str
    train: ImageSet
    test: ImageSet
    start: Start
    known: dict[str, Array]
    unseen: dict[str, Array]


def run(data_dir: str | None, folder: Path, memo: Memo) -> studies.Transfer:
    """Both tasks: digits after CIFAR-10, and CIFAR-10's last five classes after its first five.

    Args:
        data_dir: where MNIST and CIFAR-10 lie.
        folder: has the checkpoint mnist-vae-16.
        memo: what was found before.
    """
    digits = _scores("digits", lambda: digits_task(data_dir, folder, memo), memo)
    halves = _scores("cifar10", lambda: halves_task(data_dir, memo), memo)
    told = [
        ("Digits, after CIFAR-10", "CIFAR-10's ten classes; the codes are mnist-vae-16's", digits),
        ("CIFAR-10's last five classes, after its first five",
         f"airplane, automobile, bird, cat and deer; the codes are those of a VAE with {CODE_SIZE} dimensions that saw "
         "the last five classes' images", halves),
    ]  # fmt: skip
    tasks = [studies.Task(title=title, note=note, n_test=N_TEST, accuracy=scores) for title, note, scores in told]
    return studies.Transfer(sizes=list(EPOCHS), methods=list(METHODS), tasks=tasks)


def _scores(name: str, make: Callable[[], Task], memo: Memo) -> list[list[list[float]]]:
    """[method][size][seed] of one task, which is made only if something of it is not known yet."""
    made: list[Task] = []

    def find(method: str, n: int, seed: int) -> float:
        made.extend([] if made else [make()])
        return round(point(made[0], method, n, seed), 4)

    return [
        [
            [memo.once(f"{name} {method} {n} {seed}", lambda m=method, n=n, s=seed: find(m, n, s))
             for seed in range(SEEDS)]
            for n in EPOCHS
        ]
        for method in METHODS
    ]  # fmt: skip


def point(task: Task, method: str, n: int, seed: int) -> float:
    """Share of test images told right after learning from n labelled ones, of the classes in turn."""
    few = drawn(task.train.labels, n, seed)
    if method not in RATES:
        return score(task.known[method][few], task.train.labels[few], task.unseen[method], task.test.labels)
    shown = ImageSet(task.train.images[few], task.train.labels[few], task.train.names)
    config = TrainConfig("transfer", KIND, task.dataset, epochs=EPOCHS[n], batch_size=min(n, BATCH_SIZE), seed=seed,
                         learning_rate=RATES[method])  # fmt: skip
    return accuracy(trained(config, shown, task.start if method == "fine-tuned" else None), task.test)


def digits_task(data_dir: str | None, folder: Path, memo: Memo) -> Task:
    """MNIST, after all of CIFAR-10."""
    train, test = data.load("mnist", "train", data_dir), data.load("mnist", "test", data_dir).some(N_TEST)
    start = body_of("ten", data.load("cifar10", "train", data_dir), memo)
    return _task("mnist", train, test, start, checkpoints.load("mnist-vae-16", folder))


def halves_task(data_dir: str | None, memo: Memo) -> Task:
    """CIFAR-10's last five classes, after its first five."""
    whole, test = (data.load("cifar10", split, data_dir) for split in ("train", "test"))
    train, unseen = half(whole, first=False), half(test, first=False).some(N_TEST)
    coder = TrainConfig("codes", "vae", "cifar10", latent_dim=CODE_SIZE, **BEFORE)
    start = body_of("five", half(whole, first=True), memo)
    return _task("cifar10", train, unseen, start, kept(memo.path.with_name("study-codes.safetensors"), coder, train))


def body_of(name: str, train: ImageSet, memo: Memo) -> Start:
    """A network of these classes, trained now or by an earlier call."""
    config = TrainConfig(name, KIND, "cifar10", learning_rate=BODY_RATE, **BEFORE)
    model = kept(memo.path.with_name(f"study-{name}.safetensors"), config, train)
    return Start(name, body(model.state_dict()), 3, "")


def half(whole: ImageSet, first: bool) -> ImageSet:
    """The images of the first five of ten classes, or of the last five, whose labels then begin at 0."""
    chosen = whole.labels < HALF if first else whole.labels >= HALF
    names = whole.names[:HALF] if first else whole.names[HALF:]
    return ImageSet(whole.images[chosen], whole.labels[chosen] - (0 if first else HALF), names)


def kept(path: Path, config: TrainConfig, train: ImageSet) -> Any:
    """A network trained now, or the one that an earlier call left in a file."""
    if path.exists():
        model = build(config.model, shape_for(config, train))
        model.load_state_dict(load_file(path))
        return model.eval()
    model = trained(config, train)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, path)
    return model


def _task(dataset: str, train: ImageSet, test: ImageSet, start: Start, coder: Any) -> Task:
    """What linear models read is computed once, for all images of both splits."""
    coloured = [split.in_channels(start.channels) for split in (train, test)]
    body = build(KIND, shape_for(TrainConfig("frozen", KIND, dataset), coloured[0]))
    start.enter(body, frozen=True)
    body.eval()
    reads = {
        "frozen": lambda split, coloured: feature_vectors(body, coloured.images),
        "codes": lambda split, coloured: latents.encode(coder, split.images).mu,
        "pixels": lambda split, coloured: pixel_vectors(split.images),
    }
    known, unseen = (
        {method: np.asarray(read(split, colours), np.float32) for method, read in reads.items()}
        for split, colours in zip((train, test), coloured, strict=True)
    )
    return Task(dataset, coloured[0], coloured[1], start, known, unseen)
