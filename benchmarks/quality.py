"""What the shipped models are worth, measured again on their test splits, as rows of the README's table.

python -m benchmarks.quality [--data-dir DATA]

Faces are rendered; digits and photographs need MNIST and CIFAR-10 in DATA, and are left out without.
"""

import argparse
from pathlib import Path
from typing import Any

from latentdemo import data, evaluation
from latentdemo.codes import attributes
from latentdemo.codes.sampling import SAMPLERS
from latentdemo.dashboard import bare_page
from latentdemo.drawing.numerals import short
from latentdemo.evaluation import generators
from latentdemo.models import MODELS
from latentdemo.models.parts import n_parameters
from latentdemo.store import checkpoints
from latentdemo.store.checkpoints import Card
from latentdemo.store.resources import Resources
from latentdemo.tabs.generators import side_by_side
from latentdemo.training.recipes import RECIPES

TRAINED_ON = {"faces": "100,000 rendered faces", "mnist": "MNIST", "cifar10": "CIFAR-10"}
GENERATORS = (*SAMPLERS, "grids")  # by what they learn
READ = ("smile", "glasses", "beard")


def measured(card: Card, test: data.ImageSet) -> dict[str, float]:
    """All metrics of a checkpoint, from its weights as stored."""
    model = checkpoints.load(card.name)
    if MODELS[card.kind].learns in GENERATORS:
        return made(card, model, test)
    test = test.in_channels(card.shape.channels)  # a body that learned colours sees grey digits as such
    found = evaluation.measure(card.kind, model, card.dataset, test, card.variance)
    arrays, judge = checkpoints.load_arrays(card.name), data.DATASETS[card.dataset].judge
    if "codes" in arrays:
        reader = checkpoints.load(judge)
        found |= evaluation.sample_metrics(model, reader, test, arrays)
        if card.dataset == "faces":
            vector = attributes.from_arrays(arrays).vector("smile")
            found |= evaluation.face_metrics(model, reader, test, vector)
    return found


def made(card: Card, model: Any, test: data.ImageSet) -> dict[str, float]:
    """All metrics of a generator."""
    of = checkpoints.load(card.training["of"]) if MODELS[card.kind].of else None
    found = generators.own_metrics(card.kind, model, of, test)
    if MODELS[card.kind].learns in SAMPLERS:
        found |= generators.judged_samples(
            card.kind, model, of, checkpoints.load(data.DATASETS[card.dataset].judge), test
        )
    return found


def told_of_generator(found: dict[str, float]) -> str:
    """The numbers of a generator's row."""
    parts = []
    if "mse" in found:
        parts += [f"MSE {found['mse']:.5f}", f"SSIM {found['ssim']:.3f}", f"{found['perplexity']:.1f} entries in use"]
    if "bits" in found:
        parts.append(f"{found['bits']:.0f} bits a grid")
    if "frechet" in found:
        parts += [f"Fréchet {found['frechet']:.1f}", f"precision {found['precision']:.2f}"]
        parts += [f"recall {found['recall']:.2f}", f"sharpness {found['sharpness']:.3f}"]
    if "ddim 20 frechet" in found:
        parts.append(f"Fréchet in 20 steps {found['ddim 20 frechet']:.1f}")
    return ", ".join(parts)


def told(card: Card, found: dict[str, float]) -> str:
    """The numbers of one row."""
    if MODELS[card.kind].learns in GENERATORS:
        return told_of_generator(found)
    if "accuracy" in found:
        return f"{found['accuracy']:.2%} of 10,000 test images right".replace("%", " %")
    if MODELS[card.kind].learns == "factors":
        factors = (*READ, "azimuth", "age")
        return "R² " + ", ".join(f"{name} {found[f'r2 {name}']:.3f}" for name in factors)
    if card.training["corruption"]:
        return "PSNR in dB, damaged and repaired: " + ", ".join(
            f"{name.split()[1]} {found[name]:.1f} and {found[name.replace('damaged', 'repaired')]:.1f}"
            for name in found
            if name.endswith("damaged")
        )
    parts = [
        f"MSE {found['mse']:.5f}" if found["mse"] < 0.01 else f"MSE {found['mse']:.4f}",
        f"SSIM {found['ssim']:.3f}",
    ]
    if "kl_nats" in found:
        elbo = f"−ELBO {found['negative_elbo_nats']:.1f} nats".replace("−ELBO -", "−ELBO −")
        parts += [elbo, f"KL {found['kl_nats']:.1f} nats", f"{found['active_units']:.0f} active units"]
    parts += [f"Fréchet {found['prior frechet']:.1f} from N(0, I), {found['mixture frechet']:.1f} from the mixture"]
    if "smile cosine" in found:
        parts += ["R² " + ", ".join(f"{name} {found[f'r2 {name}']:.3f}" for name in READ)]
        parts += [f"smile cosine {found['smile cosine']:.3f}"]
    return ", ".join(parts)


def side_by_side_table(resources: Resources, labels: tuple[str, ...] = ("Digits · 16-D", "Faces · 32-D")) -> list[str]:
    """The table of *Generators → Side by side*, as the cards have it."""
    keys = [(key, title) for key, title, _ in side_by_side.COLUMNS]
    lines = ["| images | generator | " + " | ".join(title for _, title in keys) + " |", "|---" * (len(keys) + 2) + "|"]
    page = bare_page(resources)
    for label in labels:
        for row in side_by_side.show(page, label)["rows"]:
            cells = [_cell(key, row["cells"][key]) for key, _ in keys]
            lines.append(f"| {label.split()[0]} | {row['title']} | " + " | ".join(cells) + " |")
    return lines


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return "—"
    return ("no", "yes")[int(value)] if key == "encodes" else short(value)


def main() -> None:
    """Print a row for each shipped checkpoint whose data are at hand, and the generators beside each other."""
    parser = argparse.ArgumentParser(description="Measure the shipped models again.")
    parser.add_argument("--data-dir", type=Path, help="where MNIST and CIFAR-10 lie")
    options = parser.parse_args()
    sets: dict[str, data.ImageSet] = {}
    for name in RECIPES:
        card = checkpoints.load_card(name)
        if card.dataset != "faces" and options.data_dir is None:
            continue
        if card.dataset not in sets:
            sets[card.dataset] = data.load(card.dataset, "test", options.data_dir)
        size = n_parameters(checkpoints.load(name))
        numbers = told(card, measured(card, sets[card.dataset]))
        print(f"| `{name}` | {TRAINED_ON[card.dataset]} | {size:,} | {numbers} |", flush=True)
    print("\n".join(["", *side_by_side_table(Resources())]))


if __name__ == "__main__":
    main()
