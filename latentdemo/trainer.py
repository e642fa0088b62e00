"""The command line of train.py, or of latentdemo-train where the package is installed."""

import argparse
import logging
import os
import re
import signal
import sys
import threading
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from latentdemo.data import DATASETS, load
from latentdemo.interrupts import STOPPED, interrupting
from latentdemo.models import MODELS, RESNET
from latentdemo.models.parts import WIDTHS
from latentdemo.options import INSTALLED, TRAIN_NAME, WEIGHTS_HELP, output_folder
from latentdemo.pixels.corruption import CHOICES
from latentdemo.store import checkpoints
from latentdemo.studies import STUDIES, run_study
from latentdemo.training import RUNS, TrainConfig, TrainingDiverged, TrainingStopped, fit
from latentdemo.training.augmenting import AUGMENTATIONS
from latentdemo.training.config import GALLERIES
from latentdemo.training.preflight import check_data
from latentdemo.training.recipes import RECIPES
from latentdemo.training.reports.dataset import dataset_report

WHERE = "in the working directory" if INSTALLED else "beside train.py"


def parser() -> argparse.ArgumentParser:
    """Options named as in TrainConfig; those not given keep the recipe's or TrainConfig's value."""
    out = argparse.ArgumentParser(prog=TRAIN_NAME, description="Train a model and write its checkpoint.")
    kinds = "; ".join(f"{name}: {kind.meaning}" for name, kind in MODELS.items())
    out.add_argument("model", nargs="?", choices=list(MODELS), help=kinds)
    out.add_argument("--all", action="store_true", help="retrain every checkpoint that is shipped")
    out.add_argument("--shipped", choices=list(RECIPES), metavar="NAME", help="retrain this shipped checkpoint")
    studies = "; ".join(f"{name}: {study.meaning}" for name, study in STUDIES.items())
    out.add_argument("--study", choices=list(STUDIES), help=f"measure again what a panel shows: {studies}")
    out.add_argument("--watch", action="store_true", help="show the run in runs/NAME/watch, for the app's panel Train")
    out.add_argument("--owned-by", type=int, metavar="PID", help="stop when this parent process ends")
    out.add_argument("--resume", action="store_true", help="continue from the saved state in runs/NAME")
    out.add_argument("--dataset", choices=list(DATASETS), help="what to train on")
    out.add_argument("--check", action="store_true", help="report what is read from --data-dir, without training")
    out.add_argument("--name", help="of the checkpoint (default: DATASET-MODEL-D)")
    _folders(out)
    _setting(out, "latent_dim", int, "dimensions of the latent space")
    _setting(out, "beta", float, "weight of the KL term (VAE)")
    _setting(out, "epochs", int, "passes over the training images")
    _setting(out, "batch_size", int, "images per step, over all processes")
    _setting(out, "learning_rate", float, "peak of the one-cycle schedule; --resume accepts a lower one")
    _setting(out, "seed", int, "of weights, order and noise")
    _setting(out, "precision", str, "auto: bf16 where the hardware computes it", choices=["auto", "bf16", "fp32"])
    _setting(out, "n_train", int, "use the first N training images only")
    _setting(out, "variance", float, "of a pixel in the loss (default: the dataset's, or estimated from a folder)")
    _setting(out, "image_size", int, "side of a folder's images in pixels (default: 64)", choices=list(WIDTHS))
    _setting(out, "gallery", str, "thumbnails: store a folder's test images (at most 5,000)", choices=list(GALLERIES))
    _setting(out, "corruption", str, "train a denoising autoencoder that undoes this", choices=list(CHOICES))
    out.add_argument("--from", dest="begin", metavar="NAME", help="start from this checkpoint's body, or resnet18's")
    out.add_argument("--freeze", action="store_const", const=True, help="train the new head alone (with --from)")
    _setting(out, "augment", str, "how images are changed by chance (classifiers)", choices=list(AUGMENTATIONS))
    _setting(out, "penalty", float, "weight of the critic's gradient penalty (gan)")
    _setting(out, "critic_every", int, "steps of the generator for one of the critic (gan): more, and it collapses")
    _setting(out, "entries", int, "of the codebook (vqvae)")
    _setting(out, "of", str, "checkpoint in --out whose codes are learned (diffusion, transformer)")
    _setting(out, "moments", int, "keep codes and samples at so many points of the run, to replay")
    return out


def _folders(out: argparse.ArgumentParser) -> None:
    """Options for what is read and written where."""
    where = f"folder of the checkpoint (default: checkpoints/ {WHERE})"
    out.add_argument("--out", "--checkpoints", type=Path, default=output_folder(), help=where)
    out.add_argument("--weights-dir", type=Path, help=WEIGHTS_HELP)
    out.add_argument("--data-dir", help="where data sets lie (default: data/); for folder: the folder or zip itself")
    out.add_argument("--runs", type=Path, default=RUNS, help="folder of unfinished runs (default: runs/)")
    out.add_argument("--log-dir", type=Path, help="write losses, samples and codes for TensorBoard there")


def _setting(out: argparse.ArgumentParser, name: str, kind: type, text: str, **more: Any) -> None:
    """An option for a field of TrainConfig; its default is told, but left to the recipe or to TrainConfig."""
    default = getattr(TrainConfig, name)
    told = text if default is None else f"{text} (default: {default})"
    out.add_argument(f"--{name.replace('_', '-')}", type=kind, help=told, **more)


def configs(options: argparse.Namespace) -> list[TrainConfig]:
    """The runs that the options ask for. ValueError on settings that cannot be."""
    given = {
        field.name: value
        for field in fields(TrainConfig)
        if (value := getattr(options, field.name, None)) is not None and field.name != "model"
    }
    if options.all and int(os.environ.get("WORLD_SIZE", 1)) > 1:
        raise ValueError("--all trains one model after the other, in one process; start it without torchrun")
    if options.all:
        return [replace(recipe, **given) for recipe in RECIPES.values()]
    if options.shipped:
        return [replace(RECIPES[options.shipped], **given)]
    if options.model is not None and options.of is not None and options.dataset is None:
        options.dataset = given["dataset"] = checkpoints.load_card(
            options.of, checkpoints.home(options.of, options.out)
        ).dataset
    if options.model is None or options.dataset is None:
        raise ValueError("say what to train: MODEL --dataset NAME, MODEL --of NAME, --shipped NAME, or --all")
    model = RESNET if options.begin == RESNET else options.model
    return [TrainConfig(**{"name": _name(options, given), "model": model, **given})]


def _name(options: argparse.Namespace, given: dict[str, Any]) -> str:
    """What a checkpoint is called unless that is said: DATASET-MODEL-D, or OF-MODEL."""
    if options.of is not None:
        return f"{options.of}-{options.model}"
    if options.begin is not None:
        changed = filter(None, ["frozen" if options.freeze else None, options.augment])
        return "-".join([_set_name(options), "from", options.begin, *changed])
    size = given.get("latent_dim", TrainConfig.latent_dim)
    sized = MODELS[options.model].learns in ("pixels", "critic")
    changed = filter(None, [options.corruption, options.augment])
    parts = [_set_name(options), options.model, *([size] if sized else []), *changed]
    return "-".join(map(str, parts))


def _set_name(options: argparse.Namespace) -> str:
    """The data set's part of a checkpoint's name; a folder's own, for there are many."""
    if not DATASETS[options.dataset].resizable or options.data_dir is None:
        return options.dataset
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(options.data_dir).resolve().stem).strip("-") or options.dataset


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit code: 0 done; 1 failed, with one sentence; 2 wrong options; 130 stopped by SIGINT or SIGTERM, at any
        moment: while data is loaded, before the first step, while training, measuring or writing.
    """
    with interrupting() as received:
        code = STOPPED
        try:
            options = parser().parse_args(arguments)
            if options.owned_by is not None:
                end_with(options.owned_by)
            if options.check:
                return _check(options)
            return _study(options) if options.study else _train(options)
        except TrainingStopped:
            why = "stopped; the state is saved, continue with --resume"
        except KeyboardInterrupt:
            why = "stopped; saved states and checkpoints are kept, --resume continues from a saved state"
        except (ValueError, OSError, TrainingDiverged) as error:
            why, code = str(error), STOPPED if received else 1
        print(f"{TRAIN_NAME}: {why}", file=sys.stderr)
        return code


def _train(options: argparse.Namespace) -> int:
    """Train each of the runs in turn."""
    for config in configs(options):
        _print_folder(config)
        card = fit(
            config,
            options.resume and _to_resume(config, options.all, options.runs),
            options.out,
            options.runs,
            processes=os.cpu_count() or 1,
            log_dir=options.log_dir and options.log_dir / config.name,
            watched=options.watch,
            weights_dir=options.weights_dir,
        )
        if card is not None:  # other processes than the first write nothing
            print(f"{config.name}: " + ", ".join(f"{name} {value:.4g}" for name, value in card.metrics.items()))
    return 0


def end_with(parent: int) -> None:
    """Send this process SIGTERM when its parent is no longer this one."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, daemon=True).start()


def _study(options: argparse.Namespace) -> int:
    """Run a study; a second call goes on where one was stopped."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    path = run_study(options.study, options.data_dir, options.out, options.runs)
    print(f"{options.study}: {path}")
    return 0


def _check(options: argparse.Namespace) -> int:
    """Print what a training would read. ValueError if it cannot be read or the model cannot learn from it."""
    if options.dataset is None:
        raise ValueError("say what to check: --dataset NAME --check, for your own images with --data-dir PATH")
    print(dataset_report(options.dataset, options.data_dir, options.image_size))
    if options.model is not None:
        (config,) = configs(options)
        train, test = (
            load(config.dataset, split, config.data_dir, image_size=config.image_size) for split in ("train", "test")
        )
        check_data(config, train, test, 1)
    return 0


def _print_folder(config: TrainConfig) -> None:
    """The report about the visitor's own images, from the first process alone; they are read once."""
    if not DATASETS[config.dataset].resizable:
        return
    report = dataset_report(config.dataset, config.data_dir, config.image_size)
    if int(os.environ.get("RANK", 0)) == 0:
        print(report, file=sys.stderr)


def _to_resume(config: TrainConfig, one_of_many: bool, runs: Path) -> bool:
    """With --all, checkpoints whose training had not begun yet are begun."""
    return not one_of_many or (runs / config.name).exists()


if __name__ == "__main__":
    sys.exit(main())
