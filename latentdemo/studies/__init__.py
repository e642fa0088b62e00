"""STUDIES: what many small trainings say of training itself; each makes one file of curves that the app draws."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentdemo.store import checkpoints
from latentdemo.store.studies import NORMALISATION, TRANSFER, Shelf
from latentdemo.studies import normalisation, transfer
from latentdemo.studies.memo import Memo
from latentdemo.training import RUNS


@dataclass(frozen=True)
class Study:
    """One entry of STUDIES.

    Attributes:
        run: (data_dir, folder of checkpoints, memo) -> what is stored.
        shelf: where.
        meaning: one line for the command line's help.
    """

    run: Callable[[str | None, Path, Memo], Any]
    shelf: Shelf[Any]
    meaning: str


STUDIES: dict[str, Study] = {
    "transfer": Study(transfer.run, TRANSFER, "accuracy by number of labels, with and without what was learned before"),
    "normalisation": Study(normalisation.run, NORMALISATION, "the same network with and without batch normalisation"),
}


def run_study(name: str, data_dir: str | None, folder: Path = checkpoints.FOLDER, runs: Path = RUNS) -> Path:
    """Run a study, or go on where it was stopped, and store it; returns its file.

    Raises:
        ValueError: a network that it begins with is missing or damaged; or data is.
        FileNotFoundError: data is missing.
    """
    memo = Memo(runs / f"study-{name}.json")
    study = STUDIES[name]
    path = study.shelf.save(study.run(data_dir, folder, memo), folder)
    memo.forget()
    return path
