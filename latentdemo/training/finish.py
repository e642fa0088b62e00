"""The end of a training: the model is measured with its weights as they will be stored, then its files are written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy import ndarray as Array
from torch import Tensor

from latentdemo import data, interrupts
from latentdemo.codes.sampling import SAMPLERS
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import (
    Tell,
    arrays_of,
    factor_metrics,
    gallery_index,
    generators,
    judged_arrays,
    judged_metrics,
    measure,
)
from latentdemo.models import CHANNEL_IMAGES, MODELS
from latentdemo.store import checkpoints
from latentdemo.store.checkpoints import Card
from latentdemo.training.reports.measuring import Measuring

MEASURED = ("pixels", "labels", "factors")
Found = tuple[dict[str, float], dict[str, Array]]  # metrics and arrays


def write_checkpoint(
    card: Card,
    state: dict[str, Tensor],
    train: ImageSet,
    test: ImageSet,
    folder: Path,
    kept: dict[str, Array] | None = None,
) -> Card:
    """Measure a trained model, with the weights as they will be stored, then write its three files at once.

    Args:
        card: all but the metrics.
        state: the trained weights.
        train, test: the two splits, as trained on.
        folder: where the files go; the data set's judge is looked for there to measure samples (and faces).
        kept: arrays of the training itself, stored beside the others.
    """
    model = checkpoints.restore(card, checkpoints.half_precision(state))
    with Measuring(card.name, steps_of(card, folder)) as measuring:
        tell = measuring.tell
        of = checkpoints.load(card.training["of"], folder) if MODELS[card.kind].of else None
        if MODELS[card.kind].learns in MEASURED:
            found, arrays = _measured(card, model, train, test, folder, tell)
        else:
            found, arrays = _generator(card, model, of, test, folder, tell)
        rounded = {name: float(f"{value:.6g}") for name, value in found.items()}
        draw = generators.drawer(card, model, of)
        timed = {} if draw is None else {"sample_ms": round(generators.sample_milliseconds(draw), 3)}
        finished = replace(card, metrics=rounded, training=card.training | timed)
        tell("files")
        with interrupts.uninterrupted():  # three files that belong together
            checkpoints.save(finished, state, arrays | (kept or {}), folder)
    return finished


def steps_of(card: Card, folder: Path) -> list[str]:
    """What is measured of this kind of model, in order: keys of `measuring.SECONDS`."""
    kind = MODELS[card.kind]
    codes = kind.learns == "pixels" and not card.training["corruption"]
    judge = data.DATASETS[card.dataset].judge
    judged = (codes or kind.learns in SAMPLERS) and judge in checkpoints.names(folder)
    done = {
        "test images": True,
        **dict.fromkeys(("codes", "maps of the codes (UMAP, t-SNE, PCA)"), codes),
        **dict.fromkeys(("densities of the codes", "linear probes"), codes),
        "images for its channels": kind.stores == CHANNEL_IMAGES and card.name != judge,
        "samples": judged,
        "edits": judged and codes,
        "files": True,
    }
    return [step for step, wanted in done.items() if wanted]


def judge_of(card: Card, folder: Path) -> Any:
    """The network in whose features this data set's images are compared; None if it is not in the folder."""
    name = data.DATASETS[card.dataset].judge
    return checkpoints.load(name, folder) if name in checkpoints.names(folder) else None


def _measured(card: Card, model: Any, train: ImageSet, test: ImageSet, folder: Path, tell: Tell) -> Found:
    """Of an autoencoder, a classifier or a regressor."""
    tell("test images", "")
    found: dict[str, Any] = measure(card.kind, model, card.dataset, test, card.variance)
    arrays = arrays_of(card, model, train, test, tell)
    found |= factor_metrics(arrays) if "codes" in arrays else {}
    if "codes" in arrays and (judge := judge_of(card, folder)) is not None:
        tell("samples", "")
        found |= judged_metrics(model, judge, card.dataset, test, arrays)
        tell("edits", "")
        arrays |= judged_arrays(model, judge, card.dataset, test, arrays)
    return found, arrays


def _generator(card: Card, model: Any, of: Any, test: ImageSet, folder: Path, tell: Tell) -> Found:
    """Of a network that makes images, or codes of them, on its own."""
    tell("test images", "")
    found = generators.own_metrics(card.kind, model, of, test)
    judge = judge_of(card, folder)
    if judge is not None and MODELS[card.kind].learns in SAMPLERS:
        tell("samples", "")
        found |= generators.judged_samples(card.kind, model, of, judge, test)
    teller = judge if test.labels.ndim == 1 else None
    return found, generators.arrays_for_app(card.kind, model, of, test, gallery_index(len(test.images)), teller)
