"""The whole machine on one screen: image, encoder, code, decoder, picture and loss of both models, live in the page."""

from typing import Any

import gradio as gr

from latentdemo.drawing.pictures import base64_of
from latentdemo.models.learning import Likelihood
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import TITLES, Page, live_panel

TITLE = "Overview"
N_BEHIND = 1500  # codes of test images behind the point


def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/reconstructions/machine/machine.js` runs.

    Returns:
        seen: base64 of the (S, S, C) uint8 image that both models see; likelihood: name, weight (base64 of (S, S)
        float32, or None); sides: see `side_value`.
    """
    pair = page.resources.pair(label)
    dataset = page.resources.card(pair.vae).dataset
    likelihood = Likelihood.of(dataset)
    weight = None if likelihood.weight is None else base64_of(likelihood.weight.numpy())
    return {
        "seen": base64_of(page.resources.prepare(pair.vae, page.picture(path))),
        "likelihood": {"name": likelihood.name, "weight": weight},
        "drawn": page.resources.dataset(pair.vae).drawn,
        "sides": [side_value(page, pair, side) for side in pair.sides],
    }


def side_value(page: Page, pair: Pair, side: str) -> dict[str, Any]:
    """One model: its name, what its dimensions are ordered and measured by, and codes to stand behind the point.

    Returns:
        css, title, model; variance of a pixel under its Gaussian likelihood; beta of a VAE, None of an autoencoder;
        order of the dimensions, origin and unit (D) of what is drawn; codes: base64 of (n, 2) float32 and labels (n)
        if the code has two numbers, else None; names: of the classes that labels index.
    """
    name = pair.side(side)
    card, gallery = page.resources.card(name), page.resources.gallery(name)
    behind = gallery.codes[:N_BEHIND] if gallery.codes.shape[1] == 2 else None
    return {
        "css": side,
        "title": TITLES[side],
        "model": name,
        "variance": card.variance,
        "beta": float(card.training["beta"]) if side == "vae" else None,
        "order": gallery.order.tolist(),
        "origin": gallery.origin.tolist(),
        "unit": gallery.unit.tolist(),
        "codes": None if behind is None else base64_of(behind),
        "labels": gallery.labels[:N_BEHIND].tolist() if behind is not None and gallery.labels.ndim == 1 else None,
        "names": list(gallery.names),
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("reconstructions/machine", "machine")
    due.change(inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
