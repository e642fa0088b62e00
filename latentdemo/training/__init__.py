"""A TrainConfig comes in, a checkpoint goes out: one loop for every model, stopped and resumed at any step."""

import gc
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist

from latentdemo import data
from latentdemo.data.imageset import ImageSet
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import ANY, possible
from latentdemo.store import checkpoints
from latentdemo.training import moments
from latentdemo.training.config import TrainConfig
from latentdemo.training.finish import write_checkpoint
from latentdemo.training.loop import Loop, TrainingDiverged
from latentdemo.training.progress import Progress, write_samples
from latentdemo.training.state import load_state, save_state

__all__ = ["TrainConfig", "TrainingDiverged", "fit"]
SAVE_SECONDS = 60.0
RUNS = Path("runs")
LICENCE = "MIT (weights); trained on images: "


def fit(
    config: TrainConfig, resume: bool = False, folder: Path = checkpoints.FOLDER, runs: Path = RUNS
) -> checkpoints.Card | None:
    """Train a model and write its checkpoint.

    Args:
        config: what to train, and how.
        resume: go on from the state that an earlier call saved in `runs`.
        folder: where NAME.safetensors, NAME.npz and NAME.json go.
        runs: where NAME/state.safetensors and NAME/samples.png are written as training goes on.

    Returns:
        The checkpoint's card; None if SIGINT or SIGTERM stopped the run (its state is saved), and on other ranks
        than 0.

    Raises:
        TrainingDiverged: the loss is no longer a number; the last saved state is kept.
        FileNotFoundError: the data set or, with `resume`, the saved state is missing.
        ValueError: settings that cannot be, or that differ from those of the saved state.
    """
    with _processes():
        train = data.load(config.dataset, "train", config.data_dir, config.n_train)
        test = data.load(config.dataset, "test", config.data_dir)
        _check(config, train, test)
        loop = Loop(config, train)
        state = runs / config.name / "state.safetensors"
        if resume:
            load_state(loop, state)
        else:
            loop.choose_precision()
        finished = _run(loop, state, test)
        loop.leave()
    return _finish(loop, train, test, folder) if finished and not loop.rank else None


def _check(config: TrainConfig, train: ImageSet, test: ImageSet) -> None:
    """ValueError if this model cannot learn from this data set, before hours are spent."""
    learns, has = MODELS[config.model].learns, "labels" if train.labels.ndim == 1 else "factors"
    if learns != "pixels" and learns != has:
        raise ValueError(f"{config.model} learns {learns}; {config.dataset} has {has}")
    channels = train.images.shape[3]
    if config.corruption not in (None, ANY, *possible(channels)):
        can = ", ".join(possible(channels))
        raise ValueError(f"{config.dataset}'s images cannot undergo {config.corruption}; they can undergo {can}")
    if len(train.images) < config.batch_size or not len(test.images):
        raise ValueError(
            f"{config.dataset} has {len(train.images)} training and {len(test.images)} test images; "
            f"wanted are at least a batch ({config.batch_size}) and one"
        )


def _finish(loop: Loop, train: ImageSet, test: ImageSet, folder: Path) -> checkpoints.Card:
    """Measure the trained model on the test split and write its checkpoint."""
    config = loop.config
    training = {**asdict(config), "precision": "bf16" if loop.bf16 else "fp32"}
    training.pop("data_dir")
    licence = LICENCE + data.DATASETS[config.dataset].licence
    card = checkpoints.Card(config.name, config.model, loop.shape, config.dataset, training, {}, train.names, licence)
    kept = moments.arrays(loop.moments, loop.steps_per_epoch)
    return write_checkpoint(card, loop.model.cpu().state_dict(), train, test, folder, kept)


def _run(loop: Loop, state: Path, test: ImageSet) -> bool:
    """Step to the end or to a signal, saving as it goes; True at the end."""
    progress, saved = Progress(loop), time.monotonic()
    with _stop_on_signals() as stop:
        if not loop.rank:
            moments.record(loop, test)
        while loop.step < loop.total_steps:
            terms = loop.advance()
            if not loop.rank:
                moments.record(loop, test)
            progress.update(terms)
            halt = _any_rank(bool(stop))
            due = time.monotonic() - saved > SAVE_SECONDS or halt or loop.step == loop.total_steps
            if due and not loop.rank:
                save_state(loop, state)
                write_samples(loop, state.with_name("samples.png"))
                progress.update(terms, always=True)
                saved = time.monotonic()
            if halt:
                return False
    return True


@contextmanager
def _stop_on_signals() -> Iterator[list[int]]:
    """A list that SIGINT and SIGTERM append to, in place of killing the run."""
    received: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda received_number, _: received.append(received_number)) for number in numbers]
    try:
        yield received
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _any_rank(flag: bool) -> bool:
    """Whether any process says so; all of them stop at the same step."""
    if not dist.is_initialized():
        return flag
    votes = torch.tensor(float(flag))
    if torch.cuda.is_available():
        votes = votes.cuda()
    dist.all_reduce(votes)
    return bool(votes)


@contextmanager
def _processes() -> Iterator[None]:
    """Join the other processes that torchrun started, if it did."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
        dist.barrier()  # nobody leaves while another one still listens
    finally:
        gc.collect()
        dist.destroy_process_group()
