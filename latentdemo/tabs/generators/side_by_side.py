"""Five ways to images beside each other: the same row of seeds, and every number that was measured of them."""

from typing import Any

import gradio as gr

from latentdemo.drawing.pictures import base64_of
from latentdemo.options import TRAIN_COMMAND
from latentdemo.store import lineup
from latentdemo.store.checkpoints import Card
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Comparison"
COLUMNS = (  # key, title, which way is better (+1: up), unit
    ("frechet", "Fréchet distance", -1),
    ("precision", "precision", 1),
    ("recall", "recall", 1),
    ("sharpness", "sharpness", 0),
    ("encodes", "encodes", 1),
    ("milliseconds", "ms an image", -1),
    ("seconds", "training, CPU s", -1),
)
N_FRECHET, N_LIKENESS, N_TIMED = 5000, 2000, 64  # as in `evaluation.samples` and `evaluation.generators`
SAMPLED = f"at most {N_FRECHET:,} samples (precision and recall: one draw of at most {N_LIKENESS:,})"
NOTE = (
    "Fréchet distance (lower is better), precision and recall as in Reconstructions → Sampling: in the features of our "
    f"own network for these images, on {SAMPLED}. Sharpness: mean variance of "
    "the Laplacian of grey values in 0 … 1; the nearer to the test images' own, the better; grain counts as sharp. "
    f"Time to draw one image of {N_TIMED} drawn at once, and the training's processor seconds, both on the machine "
    "that trained the model (estimated from twelve steps for the autoencoders and VAEs that are included); a network "
    "that learns another one's codes counts that one's training too. Press a column's head to sort."
)


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/table.js` shows.

    Returns:
        note; real: sharpness of test images, None if unknown; columns: key, title and better of each; rows: see `row`.
    """
    pair = page.resources.pair(label)
    made = lineup.generators(page.resources.cards, pair)
    rows = []
    if pair.ae:
        rows.append(row(page, "Autoencoder + ten Gaussians", pair.ae, pair.ae, "mixture", "mixture "))
    rows.append(row(page, "VAE, N(0, I)", pair.vae, pair.vae, "prior", "prior "))
    if made.diffusion:
        vae = str(page.resources.card(made.diffusion).training["of"])
        rows.append(row(page, "VAE + diffusion", made.diffusion, vae, "walk"))
    if made.gan:
        rows.append(row(page, "GAN", made.gan, made.gan, "prior"))
    if made.prior and made.vqvae:
        rows.append(row(page, "VQ-VAE + prior", made.prior, made.vqvae, "grids"))
    return {
        "note": NOTE,
        "real": real_sharpness(page, pair),
        "columns": COLUMNS,
        "rows": rows,
        "missing": missing(made),
    }


def missing(made: lineup.Generators) -> str:
    """A sentence about what was not trained on these images; "" if nothing is missing."""
    kinds = {"diffusion": made.diffusion, "gan": made.gan, "transformer (over a vqvae)": made.prior}
    lacking = [name for name, found in kinds.items() if found is None]
    if not lacking:
        return ""
    return f"Not trained on these images: {', '.join(lacking)}. See {TRAIN_COMMAND} --help."


def real_sharpness(page: Page, pair: lineup.Pair) -> float | None:
    """Of the test images, as it was measured with a generator of theirs."""
    for name in lineup.generators(page.resources.cards, pair):
        if name and (found := page.resources.card(name).metrics.get("real sharpness")) is not None:
            return found
    return None


def row(page: Page, title: str, name: str, decoder: str, source: str, prefix: str = "") -> dict[str, Any]:
    """One way to images.

    Args:
        name: of the network that was measured.
        decoder: of the one that makes images of codes.
        source: where codes come from: "prior" N(0, I), "mixture", "walk" (diffusion), "grids".
        prefix: of its metrics' names.

    Returns:
        title, name, decoder, source, dims; density where it is a mixture; codebook where codes are discrete; cells:
        number or null by the columns' keys.
    """
    card, of = page.resources.card(name), page.resources.card(decoder)
    cells: dict[str, float | None] = {
        key: card.metrics.get(f"{prefix}{key}") for key in ("frechet", "precision", "recall", "sharpness")
    }
    cells["encodes"] = 0.0 if card.kind == "gan" else 1.0
    cells["milliseconds"] = card.training.get("sample_ms")
    cells["seconds"] = spent(card) if card is of else _sum(spent(card), spent(of))
    told: dict[str, Any] = {"title": title, "name": name, "decoder": decoder, "source": source, "cells": cells}
    told["dims"] = of.shape.latent_dim
    if source == "mixture":
        mixture = page.resources.gallery(decoder).densities["mixture"]
        told["density"] = {key: base64_of(value) for key, value in mixture._asdict().items()}
    if source == "grids":
        told["codebook"] = base64_of(page.resources.model(decoder).codebook.numpy())
    return told


def spent(card: Card) -> float | None:
    """Processor seconds of a training; None if they were not counted."""
    return card.training.get("cpu_seconds")


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "table")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
