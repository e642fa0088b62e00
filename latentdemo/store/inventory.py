"""Folders of checkpoints come in; the cards of those that can be used, their folders and all problems go out."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from latentdemo.store import checkpoints, lineup
from latentdemo.store.checkpoints import Card, CheckpointError
from latentdemo.store.text import printable


class Inventory(NamedTuple):
    """What folders hold.

    Attributes:
        cards: of the checkpoints that can be used, by name, in alphabetical order.
        homes: the folder of each.
        problems: a sentence for each checkpoint that is left out, and for each name that is in two folders.
    """

    cards: dict[str, Card]
    homes: dict[str, Path]
    problems: list[str]


def take(folders: Sequence[Path]) -> Inventory:
    """Check all checkpoints. Of one name in several folders the one in the last folder is used."""
    found = Inventory({}, {}, [])
    cards: dict[str, Card] = {}
    for folder in dict.fromkeys(reversed(folders)):
        if folder.exists() and not folder.is_dir():
            found.problems.append(f"{printable(str(folder))} is not a folder; give a folder of checkpoints")
        for name in checkpoints.names(folder):
            if name in cards:
                found.problems.append(
                    f"{name} is in {folder.name}/ and in {found.homes[name].name}/; the one in "
                    f"{found.homes[name].name}/ is used."
                )
                continue
            try:
                cards[name] = checkpoints.verify(name, folder)
                found.homes[name] = folder
            except CheckpointError as error:
                found.problems.append(printable(str(error)))
    found.cards.update(sorted(cards.items()))
    found.problems.extend(lineup.drop_misfits(found.cards))
    return found
