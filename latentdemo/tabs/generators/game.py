"""The game between generator and critic, at moments of a recorded training."""

from typing import Any

import gradio as gr

from latentdemo.drawing.pictures import data_uri, sheet
from latentdemo.tabs.generators.duel import MISSING
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Adversarial training"
NOT_RECORDED = "This GAN's training was not recorded. Train it with --moments 12"


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/game.js` shows: a problem, or note and games: see `game`."""
    found = stand_in(page, label, "gan", "a GAN")
    if found is None:
        return {"problem": MISSING}
    games = [told for name in (found.made.gan, found.made.collapsed) if name and (told := game(page, name))]
    return {"note": found.note, "games": games} if games else {"problem": NOT_RECORDED}


def game(page: Page, name: str) -> dict[str, Any] | None:
    """A recorded training: epochs (m,), losses of critic and generator in nats (m, 2), samples on a sheet."""
    arrays = page.resources.arrays(name)
    if "moment_samples" not in arrays:
        return None
    samples = arrays["moment_samples"]
    losses = [[None if value != value else float(value) for value in row] for row in arrays["moment_losses"]]
    return {
        "name": name,
        "epochs": arrays["moment_epochs"].tolist(),
        "losses": losses,
        "sheet": data_uri(sheet([image for row in samples for image in row], samples.shape[1])),
        "columns": samples.shape[1],
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "game")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
