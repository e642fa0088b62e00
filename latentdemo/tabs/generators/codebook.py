"""Discrete codes: which entry of the codebook stands at each place of the visitor's image, and painting with them."""

import math
from typing import Any

import gradio as gr

from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.pictures import base64_of, data_uri
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "VQ-VAE"
MISSING = f"No VQ-VAE is here. Train one with: {TRAIN_COMMAND} vqvae --dataset NAME"


@remember(8)
def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/generators/codebook.js` shows.

    Returns:
        problem; or model, grid (places a side), entries, dims of one; codebook: base64 of (K, D); usage: (K,) over the
        test images; side, channels; picture: the visitor's image as a data URI; vector: base64 of what the encoder says
        of it, (g · g · D); note.
    """
    found = stand_in(page, label, "vqvae", "a VQ-VAE")
    if found is None or found.made.vqvae is None:
        return {"problem": MISSING}
    name = found.made.vqvae
    card, model = page.resources.card(name), page.resources.model(name)
    picture = page.resources.prepare(name, page.picture(path))
    return {
        "model": name,
        "grid": card.shape.grid,
        "entries": card.shape.entries,
        "dims": card.shape.latent_dim,
        "codebook": base64_of(model.codebook.numpy()),
        "usage": page.resources.arrays(name)["usage"].tolist(),
        "picture": data_uri(picture),
        "vector": base64_of(page.resources.encode(name, page.picture(path))),
        "note": " ".join(filter(None, [found.note, note(page, name, found.pair.vae)])),
    }


def note(page: Page, name: str, vae: str) -> str:
    """Bits and errors of both kinds of code."""
    card, other = page.resources.card(name), page.resources.card(vae)
    found, theirs = card.metrics, other.metrics
    text = (
        f"An image of {card.shape.grid} × {card.shape.grid} places, each one of {card.shape.entries} entries: "
        f"{decimals(found['bits'], 0)} bits if all were alike. MSE {short(found['mse'])}. "
        f"{decimals(found['perplexity'], 1)} entries' worth is in use (perplexity over the test images)."
    )
    if "kl_nats" in theirs:
        bits = theirs["kl_nats"] / math.log(2)
        text += (
            f" The VAE tells {decimals(bits, 0)} bits (KL {decimals(theirs['kl_nats'], 1)} nats) at an MSE of "
            f"{short(theirs['mse'])}, from the code's mean."
        )
    return text


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "codebook")
    due.change(inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
