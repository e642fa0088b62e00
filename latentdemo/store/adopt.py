"""A checkpoint that was made while the app runs: into its folder, and into every menu."""

from pathlib import Path

from latentdemo.store import checkpoints, lineup
from latentdemo.store.files import write_atomically
from latentdemo.store.resources import Resources

ENDINGS = ("safetensors", "npz", "json")  # the one that vouches for the others comes last


def adopt(resources: Resources, name: str, folder: Path) -> None:
    """Copy a checkpoint from a folder beside the others, and offer it from now on.

    Raises:
        ValueError: it is damaged, or nothing can be written into the app's folder; says what to do.
    """
    checkpoints.verify(name, folder)
    try:
        for ending in ENDINGS:
            write_atomically(resources.folder / f"{name}.{ending}", (folder / f"{name}.{ending}").read_bytes())
    except OSError as error:
        raise ValueError(
            f"Nothing can be written into {resources.folder.name}/ ({error.strerror}); start the app with "
            "--checkpoints and a folder of your own."
        ) from None
    resources.homes = {**resources.homes, name: resources.folder}
    resources.cards = {**resources.cards, name: checkpoints.verify(name, resources.folder)}
    resources.pairs = lineup.pairs(resources.cards)
