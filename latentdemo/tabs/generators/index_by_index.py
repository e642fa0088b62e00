"""A prior over discrete codes: images written index by index, as a language model writes words."""

from typing import Any

import gradio as gr

from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.pictures import base64_of
from latentdemo.store import lineup
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Index by index"
MISSING = "No prior was trained over these images' grids. Train one with: python train.py transformer --of NAME"


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/prior.js` shows.

    Returns:
        problem; or model, decoder: names; grid, entries, dims; codebook: base64 of (K, D); note.
    """
    made = lineup.generators(page.resources.cards, page.resources.pair(label))
    if made.prior is None or made.vqvae is None:
        return {"problem": MISSING}
    card, of = page.resources.card(made.prior), page.resources.card(made.vqvae)
    return {
        "model": made.prior,
        "decoder": made.vqvae,
        "grid": of.shape.grid,
        "entries": of.shape.entries,
        "dims": of.shape.latent_dim,
        "codebook": base64_of(page.resources.model(made.vqvae).codebook.numpy()),
        "note": note(card.metrics, of.metrics),
    }


def note(found: dict[str, float], of: dict[str, float]) -> str:
    """What the prior knows, in bits, and what its images are worth."""
    text = (
        f"A small Transformer guesses each index from those before it, row by row. It needs "
        f"{decimals(found['bits'], 0)} bits for a test image's grid, mean of −log₂ p; without a prior it takes "
        f"{decimals(of['bits'], 0)}."
    )
    if "frechet" in found:
        text += f" Fréchet distance of its images: {short(found['frechet'])}."
    return text


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "prior")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
