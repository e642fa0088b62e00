"""The end of a training: the model is measured with its weights as they will be stored, then its files are written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy import ndarray as Array
from torch import Tensor
from tqdm import tqdm

from latentdemo import data
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import STEPS, arrays_of, factor_metrics, judged_arrays, judged_metrics, measure
from latentdemo.store import checkpoints
from latentdemo.store.checkpoints import Card


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
    with tqdm(total=len(STEPS), bar_format="{desc} {bar} {n}/{total}, {elapsed}") as bar:

        def tell(step: str, far: str = "") -> None:
            bar.set_description_str(f"{card.name}  {step}{far and f', {far}'}")
            bar.update(STEPS.index(step) + 1 - bar.n)

        tell("test images")
        found: dict[str, Any] = measure(card.kind, model, card.dataset, test)
        arrays = arrays_of(card, model, train, test, tell)
        found |= factor_metrics(arrays) if "codes" in arrays else {}
        judge = data.DATASETS[card.dataset].judge
        if "codes" in arrays and judge in checkpoints.names(folder):
            tell("samples")
            reader = checkpoints.load(judge, folder)
            found |= judged_metrics(model, reader, card.dataset, test, arrays)
            tell("edits")
            arrays |= judged_arrays(model, reader, card.dataset, test, arrays)
        rounded = {name: float(f"{value:.6g}") for name, value in found.items()}
        finished = replace(card, metrics=rounded)
        tell("files")
        checkpoints.save(finished, state, arrays | (kept or {}), folder)
    return finished
