"""A time machine: how the plane of codes organised itself while an autoencoder and a VAE were trained."""

from typing import Any

import gradio as gr

from latentdemo.codes.gallery import is_recorded
from latentdemo.drawing.tiles import sentence
from latentdemo.options import TRAIN_COMMAND
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import SIDES, Page, live_panel

TITLE = "Training replay"
MISSING = (
    "No training was recorded. Train an autoencoder and a VAE of two dimensions on your own images with --latent-dim 2 "
    f"--moments 12, or the digits' with: {TRAIN_COMMAND} --shipped mnist-ae-2, and --shipped mnist-vae-2"
)


def recorded(page: Page, label: str) -> Pair | None:
    """The pair of two-dimensional models whose training was recorded, one of the chosen images first."""
    chosen = page.resources.pair(label).source
    for pair in sorted(page.resources.pairs.values(), key=lambda pair: pair.source != chosen):
        if pair.ae and all(is_recorded(page.resources.arrays(name)) for name in (pair.ae, pair.vae)):
            return pair
    return None


def show(page: Page, label: str) -> dict[str, Any]:
    """Which models to replay; the page fetches their moments by itself."""
    pair = recorded(page, label)
    if pair is None:
        return {"problem": MISSING}
    chosen = page.resources.pair(label)
    title = page.resources.dataset(pair.vae).title
    other = f", for no training on {page.resources.dataset(chosen.vae).title} was recorded"
    models = [{"name": pair.side(side), "title": title, "css": side} for side, title in SIDES]
    return {"models": models, "of": f"{title}, 2-D{other if pair.source != chosen.source else ''}."}


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    gr.HTML(
        sentence(
            "The latent codes of the same test images at every moment, drawn as the names of their classes, which "
            "neither model was ever told. Below: the same sixteen draws from the prior N(0, I) through each decoder."
        )
    )
    panel = live_panel("reconstructions", "replay")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
