"""A TrainConfig comes in, a checkpoint goes out: one loop for every model, stopped and resumed at any step."""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist

from latentdemo import data, interrupts
from latentdemo.data.imageset import ImageSet
from latentdemo.models.learning import Terms
from latentdemo.store import checkpoints
from latentdemo.store.text import printable
from latentdemo.training import moments, preflight
from latentdemo.training.begin import start_of
from latentdemo.training.config import TrainConfig
from latentdemo.training.finish import write_checkpoint
from latentdemo.training.loop import Loop, TrainingDiverged
from latentdemo.training.material import source_of
from latentdemo.training.reports.logs import Logs, write_codes
from latentdemo.training.reports.progress import Progress, write_samples
from latentdemo.training.reports.watch import Watch
from latentdemo.training.state import load_state, save_state, saved_step

__all__ = ["TrainConfig", "TrainingDiverged", "TrainingStopped", "fit"]
SAVE_SECONDS = 60.0
RUNS = Path("runs")
LICENCE = "MIT (weights); trained on images: "


class TrainingStopped(KeyboardInterrupt):
    """SIGINT, SIGTERM or a watched run's "stop" ended the training; its state is saved.

    A KeyboardInterrupt, because the signal is meant for the whole program: `except Exception` does not hide it, and the
    caller of `fit` (a loop over settings, a notebook, a test runner) is interrupted too.
    """


def fit(
    config: TrainConfig,
    resume: bool = False,
    folder: Path = checkpoints.FOLDER,
    runs: Path = RUNS,
    processes: int = 1,
    log_dir: Path | None = None,
    watched: bool = False,
    weights_dir: Path | None = None,
) -> checkpoints.Card | None:
    """Train a model and write its checkpoint.

    Args:
        config: what to train, and how.
        resume: go on from the state that an earlier call saved in `runs`.
        folder: where NAME.safetensors, NAME.npz and NAME.json go.
        runs: where NAME/state.safetensors, samples.png and metrics.csv are written as training goes on.
        processes: that render images, see `data.load`.
        log_dir, weights_dir: of TensorBoard (None: nothing is written), of torchvision's weights (None: its own cache).
        watched: whether the run shows itself in `runs`/NAME/watch, and does what is wished for there.

    Returns:
        The checkpoint's card; None on other ranks than 0.

    Raises:
        TrainingStopped: by a signal (main thread only); the state is saved. TrainingDiverged: says what was saved.
        OSError: the data set or, with `resume`, the saved state is missing; a folder cannot be written or is full.
        ValueError: settings that cannot be, or that differ from those of the saved state; another process trains it.
    """
    state = runs / config.name / "state.safetensors"
    with _processes() as (rank, world), nullcontext() if rank else preflight.alone(state.parent):
        preflight.check_room(*(() if rank else (folder, state.parent)))
        loop, train, test = _begin(config, (folder, weights_dir), processes, world)
        if resume:
            load_state(loop, state)
        watch = Watch(loop, test, state.with_name("watch")) if watched and not rank else None
        with Logs(loop, state.with_name("metrics.csv"), log_dir) as logs:
            _run(loop, state, test, logs, watch)
            loop.leave()
    return None if loop.rank else _finish(loop, (train, test), folder, log_dir, watch)


def _begin(
    config: TrainConfig, folders: tuple[Path, Path | None], processes: int, world: int
) -> tuple[Loop, ImageSet, ImageSet]:
    """The run before its first step, and both splits as it sees them; `folders` of checkpoints and of weights."""
    train, test = _load(config, processes)
    preflight.check_data(config, train, test, world)
    config = preflight.estimated(config, train)
    start = start_of(config, *folders)
    if start is not None:
        train, test = (split.in_channels(start.channels) for split in (train, test))
    return Loop(config, train, source_of(config, folders[0]), start), train, test


def _load(config: TrainConfig, processes: int) -> tuple[ImageSet, ImageSet]:
    """Both splits, the training one cut to `n_train`."""
    given = {"processes": processes, "image_size": config.image_size}
    train = data.load(config.dataset, "train", config.data_dir, config.n_train, **given)
    return train, data.load(config.dataset, "test", config.data_dir, **given)


def _finish(
    loop: Loop, splits: tuple[ImageSet, ImageSet], folder: Path, log_dir: Path | None, watch: Watch | None
) -> checkpoints.Card:
    """Measure the trained model on the test split and write its checkpoint, and its codes into the logs."""
    if watch is not None:
        watch.tell("measuring")
    config, (train, test) = loop.config, splits
    training = {**asdict(config), "precision": "bf16" if loop.bf16 else "fp32", "cpu_seconds": round(loop.cpu_seconds)}
    training.pop("data_dir")
    if loop.source is not None:
        training["of_weights"] = loop.source.card.sha256["safetensors"]
    if loop.start is not None:
        training["begin_weights"] = loop.start.sha256
    if data.DATASETS[config.dataset].resizable:
        place = Path(config.data_dir or data.DEFAULT_DIR)
        training["source"] = {"name": printable(place.resolve().stem)[:80], "fingerprint": test.facts()["fingerprint"]}
    if watch is not None and watch.changes:
        training["changes"] = watch.changes
    licence = LICENCE + data.DATASETS[config.dataset].licence
    card = checkpoints.Card(config.name, config.model, loop.shape, config.dataset, training, {}, train.names, licence)
    kept = moments.arrays(loop.moments, loop.steps_per_epoch)
    card = write_checkpoint(card, loop.model.cpu().state_dict(), train, test, folder, kept)
    if log_dir is not None:
        write_codes(card, folder, test, log_dir, loop.step)
    if watch is not None:
        watch.tell("done")
    return card


def _run(loop: Loop, state: Path, test: ImageSet, logs: Logs, watch: Watch | None) -> None:
    """Step to the end, saving as it goes. TrainingStopped at a signal."""
    progress, saved, spent = Progress(loop), time.monotonic(), time.process_time()
    progress.begin()
    with interrupts.collected() as stop:
        if not loop.rank:
            moments.record(loop, test)
        halt = False
        while loop.step < loop.total_steps and not halt:
            terms = _advance(loop, state)
            loop.cpu_seconds, spent = loop.cpu_seconds + time.process_time() - spent, time.process_time()
            if not loop.rank:
                moments.record(loop, test)
            progress.update(terms)
            logs.update(terms)
            wished = watch is not None and watch.update(terms)
            halt = _any_rank(bool(stop) or wished)
            due = time.monotonic() - saved > SAVE_SECONDS or halt or loop.step == loop.total_steps
            if due and not loop.rank:
                save_state(loop, state)
                write_samples(loop, state.with_name("samples.png"))
                logs.samples(state.with_name("samples.png"))
                progress.update(terms, always=True)
                saved = time.monotonic()
        progress.close()
        if _any_rank(bool(stop)) or halt:
            if watch is not None:
                watch.tell("stopped")
            raise TrainingStopped


def _advance(loop: Loop, state: Path) -> Terms:
    """A step; a loss that is no number is told with what can be done."""
    try:
        return loop.advance()
    except TrainingDiverged as error:
        rate = f"a lower --learning-rate (now {loop.config.learning_rate})"
        step = saved_step(state)
        cure = f"start again with {rate}" if step is None else f"step {step} is saved: go on with --resume and {rate}"
        raise TrainingDiverged(f"{error}; {cure}") from None


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
def _processes() -> Iterator[tuple[int, int]]:
    """Join the other processes that torchrun started, if it did; gives this one's rank, and how many they are."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield 0, 1
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield dist.get_rank(), dist.get_world_size()
        dist.barrier()  # nobody leaves while another one still listens
    finally:
        gc.collect()
        dist.destroy_process_group()
