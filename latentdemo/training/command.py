"""The command line of train.py."""

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path

from latentdemo.data import DATASETS
from latentdemo.models import MODELS
from latentdemo.pixels.corruption import CHOICES
from latentdemo.store import checkpoints
from latentdemo.training import RUNS, TrainConfig, TrainingDiverged, fit
from latentdemo.training.recipes import RECIPES

STOPPED = 130  # what a shell reports after SIGINT


def parser() -> argparse.ArgumentParser:
    """Options named as in TrainConfig; those not given keep the recipe's or TrainConfig's value."""
    out = argparse.ArgumentParser(description="Train a model and write its checkpoint.")
    kinds = "; ".join(f"{name}: {kind.meaning}" for name, kind in MODELS.items())
    out.add_argument("model", nargs="?", choices=list(MODELS), help=kinds)
    out.add_argument("--all", action="store_true", help="retrain every checkpoint that is shipped")
    out.add_argument("--shipped", choices=list(RECIPES), metavar="NAME", help="retrain this shipped checkpoint")
    out.add_argument("--resume", action="store_true", help="go on from the saved state in runs/NAME")
    out.add_argument("--dataset", choices=list(DATASETS))
    out.add_argument("--name", help="of the checkpoint (default DATASET-MODEL-D)")
    out.add_argument("--latent-dim", type=int, help="dimensions of the latent space")
    out.add_argument("--beta", type=float, help="weight of the KL term (VAE)")
    out.add_argument("--epochs", type=int)
    out.add_argument("--batch-size", type=int, help="over all processes")
    out.add_argument("--learning-rate", type=float, help="peak of the one-cycle schedule")
    out.add_argument("--seed", type=int)
    out.add_argument("--precision", choices=["auto", "bf16", "fp32"])
    out.add_argument("--n-train", type=int, help="use the first N training images only")
    out.add_argument("--corruption", choices=list(CHOICES), help="train a denoising autoencoder that undoes this")
    out.add_argument("--moments", type=int, help="keep codes and samples at so many points of the run, to replay")
    out.add_argument("--data-dir", help="where data sets lie; for folder: the folder or zip itself")
    out.add_argument("--out", type=Path, default=checkpoints.FOLDER, help="folder of the checkpoint")
    return out


def configs(options: argparse.Namespace) -> list[TrainConfig]:
    """The runs that the options ask for. ValueError on settings that cannot be."""
    given = {
        field.name: value
        for field in fields(TrainConfig)
        if (value := getattr(options, field.name, None)) is not None and field.name != "model"
    }
    if options.all:
        return [replace(recipe, **given) for recipe in RECIPES.values()]
    if options.shipped:
        return [replace(RECIPES[options.shipped], **given)]
    if options.model is None or options.dataset is None:
        raise ValueError("say what to train: MODEL --dataset NAME, or --shipped NAME, or --all")
    size = given.get("latent_dim", TrainConfig.latent_dim)
    learns_pixels = MODELS[options.model].learns == "pixels"
    parts = [options.dataset, options.model, *([size] if learns_pixels else []), *filter(None, [options.corruption])]
    name = "-".join(map(str, parts))
    return [TrainConfig(**{"name": name, "model": options.model, **given})]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 1 failed with one sentence, 130 stopped by a signal."""
    options = parser().parse_args(arguments)
    try:
        for config in configs(options):
            card = fit(config, options.resume and _to_resume(config, options.all), options.out)
            if card is None:
                print(f"{config.name}: stopped; the state is saved, go on with --resume", file=sys.stderr)
                return STOPPED
            print(f"{config.name}: " + ", ".join(f"{name} {value}" for name, value in card.metrics.items()))
    except (ValueError, FileNotFoundError, TrainingDiverged) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    return 0


def _to_resume(config: TrainConfig, one_of_many: bool) -> bool:
    """With --all, checkpoints whose training had not begun yet are begun."""
    return not one_of_many or (RUNS / config.name).exists()
