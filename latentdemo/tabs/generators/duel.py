"""A GAN: the VAE's decoder taught by a critic alone: sharp, and in danger of leaving things out."""

from typing import Any

import gradio as gr

from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.generators.side_by_side import SAMPLED
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "GAN"
MISSING = f"No GAN is here. Train one with: {TRAIN_COMMAND} gan --dataset NAME --moments 12"


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/duel.js` shows: a problem, or note, sampled and sides.

    The sides, see `side`: VAE, GAN, and a GAN that collapsed.
    """
    found = stand_in(page, label, "gan", "a GAN")
    if found is None or found.made.gan is None:
        return {"problem": MISSING}
    sides = [side(page, "VAE, N(0, I)", found.pair.vae, "prior "), side(page, "GAN", found.made.gan)]
    if found.made.collapsed:
        sides.append(side(page, lagging(page, found.made.collapsed), found.made.collapsed))
    return {"note": found.note, "sampled": SAMPLED, "sides": sides}


def lagging(page: Page, name: str) -> str:
    """What is to be known of a GAN whose critic was trained too rarely."""
    training = page.resources.card(name).training
    penalty = f"penalty γ = {training['penalty']:g}" if training["penalty"] else "no gradient penalty"
    return f"GAN whose critic lags: one step for {training['critic_every']} of the generator, {penalty}"


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
