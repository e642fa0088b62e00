"""A prior over discrete codes: images written index by index, as a language model writes words."""

from typing import Any

import gradio as gr

from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.pictures import base64_of
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.generators.rates import rates_html
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Autoregressive prior"
MISSING = f"No prior over grids is here. Train one with: {TRAIN_COMMAND} transformer --of NAME"


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/prior.js` shows.

    Returns:
        problem; or model, decoder: names; grid, entries, dims; codebook: base64 of (K, D); note.
    """
    found = stand_in(page, label, "prior", "a prior over grids")
    if found is None or found.made.prior is None or found.made.vqvae is None:
        return {"problem": MISSING}
    prior, vqvae = found.made.prior, found.made.vqvae
    card, of = page.resources.card(prior), page.resources.card(vqvae)
    return {
        "model": prior,
        "decoder": vqvae,
        "grid": of.shape.grid,
        "entries": of.shape.entries,
        "dims": of.shape.latent_dim,
        "codebook": base64_of(page.resources.model(vqvae).codebook.numpy()),
        "note": " ".join(filter(None, [found.note, note(card.metrics, of.metrics)])),
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
    """One panel that works in the page, and a chart."""
    panel = live_panel("generators", "prior")
    bits = gr.HTML(elem_id="bits")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
    due.change(inputs=page.pair, outputs=bits, **listener(page, rates_html))
