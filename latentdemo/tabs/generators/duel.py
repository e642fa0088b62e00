"""A GAN: the VAE's decoder taught by a critic alone: sharp, and in danger of leaving things out."""

from typing import Any

import gradio as gr

from latentdemo.store import lineup
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "GAN"
MISSING = "No GAN was trained on these images. Train one with: python train.py gan --dataset NAME --moments 12"


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/duel.js` shows: a problem, or sides: VAE, GAN, GAN without a penalty, see `side`."""
    pair = page.resources.pair(label)
    made = lineup.generators(page.resources.cards, pair)
    if made.gan is None:
        return {"problem": MISSING}
    sides = [side(page, "VAE, N(0, I)", pair.vae, "prior "), side(page, "GAN", made.gan)]
    if made.collapsed:
        sides.append(
            side(
                page,
                "GAN whose critic lags: four steps of the generator for one of its own, no penalty",
                made.collapsed,
            )
        )
    return {"sides": sides}


def side(page: Page, title: str, name: str, prefix: str = "") -> dict[str, Any]:
    """One generator: title, name, dims; metrics by name; counts of the classes that a classifier sees, or None."""
    card = page.resources.card(name)
    counts = page.resources.arrays(name).get("class_counts") if card.kind == "gan" else None
    metrics = {key: card.metrics.get(f"{prefix}{key}") for key in ("frechet", "precision", "recall", "sharpness")}
    return {
        "title": title,
        "name": name,
        "dims": card.shape.latent_dim,
        "metrics": metrics,
        "counts": None if counts is None else counts.tolist(),
        "names": list(card.names) if counts is not None else None,
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "duel")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
