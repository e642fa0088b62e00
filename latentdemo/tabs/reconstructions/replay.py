"""A time machine: how the plane of codes organised itself while an autoencoder and a VAE were trained."""

from typing import Any

import gradio as gr

from latentdemo.codes.gallery import is_recorded
from latentdemo.drawing.tiles import sentence
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import SIDES, Page, live_panel

TITLE = "Replay"


def recorded(page: Page) -> Pair | None:
    """The pair of two-dimensional models whose training was recorded."""
    for pair in page.resources.pairs.values():
        if all(is_recorded(page.resources.arrays(name)) for name in (pair.ae, pair.vae)):
            return pair
    return None


def show(page: Page) -> dict[str, Any]:
    """Which models to replay; the page fetches their moments by itself."""
    pair = recorded(page)
    if pair is None:
        return {"problem": "No training was recorded; make one with: python train.py --shipped mnist-vae-2"}
    models = [{"name": pair.side(side), "title": title, "css": side} for side, title in SIDES]
    return {"models": models}


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    gr.HTML(
        sentence(
            "The latent codes of the same test images at every moment, drawn as the numbers of their classes, which "
            "neither model was ever told. Below: the same sixteen draws from the prior N(0, I) through each decoder."
        )
    )
    panel = live_panel("reconstructions", "replay")
    due.change(outputs=panel, **listener(page, show))
