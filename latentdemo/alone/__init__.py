"""Resources and names of pairs come in; a lesson that works without a server goes out: a folder, and one file."""

import shutil
from pathlib import Path

from latentdemo.alone.bundle import Held, held_of, one_file, page_of
from latentdemo.alone.told import told
from latentdemo.dashboard import bare_page
from latentdemo.store.lineup import Pair
from latentdemo.store.resources import Resources
from latentdemo.widgets import WEB

FIRST = 2  # pairs that are taken where none are named: the faces', and the smallest digits'
SINGLE = "latentdemo.html"
OURS = {SINGLE, "index.html", "look", "data"}  # what an earlier export has left


def export(folder: Path, resources: Resources, labels: list[str]) -> list[Path]:
    """Write index.html with its scripts and data beside it, and the same in one file that a double click opens.

    Args:
        folder: made if it is not there; must be empty, or an earlier export.
        resources: models and galleries.
        labels: of pairs, or names of their VAEs; none: the first pair of each data set, the digits' with two numbers.

    Returns:
        what was written: index.html and the single file.

    Raises:
        ValueError: no such pair, or none at all.
        OSError: the folder cannot be written, or holds something else.
    """
    pairs = [resources.pair(label) for label in labels] or chosen(resources)
    if not pairs:
        raise ValueError("there are no models to export; train some, or name a folder with --checkpoints")
    if folder.is_dir() and {path.name for path in folder.iterdir()} not in (set(), OURS):
        raise FileExistsError(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    values = told(bare_page(resources), [pair.label for pair in pairs])
    models = [pair.side(side) for pair in pairs for side in pair.sides]
    held = held_of(resources, models, [pair.vae for pair in pairs])
    shutil.rmtree(folder / "look", ignore_errors=True)
    shutil.copytree(WEB, folder / "look")
    _write_data(folder / "data", held)
    index, single = folder / "index.html", folder / SINGLE
    index.write_text(page_of(values, {address: f"data/{one.file}" for address, one in held.items()}), "utf-8")
    single.write_text(one_file(values, held), "utf-8")
    return [index, single]


def chosen(resources: Resources) -> list[Pair]:
    """The first pair of the first data set, and the one with the smallest codes of the next."""
    found: dict[str, list[Pair]] = {}
    for pair in resources.pairs.values():
        found.setdefault(pair.source, []).append(pair)
    firsts = [pairs[0] for pairs in list(found.values())[:1]]
    smallest = [
        min(pairs, key=lambda pair: resources.card(pair.vae).shape.latent_dim) for pairs in list(found.values())[1:]
    ]
    return [*firsts, *smallest][:FIRST]


def _write_data(folder: Path, held: dict[str, Held]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for one in held.values():
        (folder / one.file).write_bytes(one.data)
