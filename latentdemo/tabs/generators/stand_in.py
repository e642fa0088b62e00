"""What a section shows where the chosen images lack a generator: that of others, and a sentence that says so."""

from typing import NamedTuple

from latentdemo.store import lineup
from latentdemo.store.lineup import Generators, Pair
from latentdemo.widgets import Page


class StandIn(NamedTuple):
    """Generators of the chosen images, or of others.

    Attributes:
        note: a sentence where they are others'; else "".
    """

    pair: Pair
    made: Generators
    note: str


def stand_in(page: Page, label: str, what: str, called: str) -> StandIn | None:
    """A pair whose images have a generator, the chosen one first; None if no images have it.

    Args:
        what: its name in `Generators`.
        called: what it is called on screen, with its article.
    """
    resources = page.resources
    chosen = resources.pair(label)
    pair = lineup.having(resources.cards, resources.pairs, chosen, what)
    if pair is None:
        return None
    note = ""
    if pair.source != chosen.source:
        entries = [resources.dataset(one.vae) for one in (chosen, pair)]
        wanted, shown = (f"{entry.noun}s" for entry in entries)
        if wanted == shown:
            wanted, shown = (f"“{entry.title}”" for entry in entries)
        note = f"No checkpoint of {called} trained on {wanted} is available; this one was trained on {shown}."
    return StandIn(pair, lineup.generators(resources.cards, pair), note)
