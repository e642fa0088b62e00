"""Tab 3: one image through an autoencoder and a variational autoencoder of the same size, and why the second exists."""

from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.passes import gauge
from latentdemo.tabs.handlers import endpoint
from latentdemo.tabs.reconstructions import (
    between,
    compare,
    denoise,
    foreign,
    generate,
    inside,
    posterior,
    replay,
    sweep,
)
from latentdemo.tabs.reconstructions.sides import SIDES, one_pass
from latentdemo.widgets import Door, Page

TITLE = "Reconstructions"
QUESTION = "What is left of an image after it went through a few numbers?"
NEEDS = "vae"
SECTIONS = (compare, sweep, inside, posterior, generate, between, denoise, foreign, replay)


def reconstruct(page: Page, image: str, pair: str) -> tuple[Array, Array, dict[str, Any]]:
    """An image through the autoencoder and the VAE of a pair: MSE, SSIM and percentiles of each, the VAE's code, KL."""
    found = page.resources.pair(pair or page.first_pair)
    passes = {side: one_pass(page, found.side(side), image) for side, _ in SIDES}
    numbers: dict[str, Any] = {"pair": found.label, "code": passes["vae"].mu.tolist()}
    for side, done in passes.items():
        stand = gauge(page.resources.gallery(found.side(side)), done)
        numbers |= {f"{side} mse": done.mse, f"{side} ssim": done.ssim}
        numbers |= {f"{side} error percentile": stand.error, f"{side} distance percentile": stand.place}
    kl = passes["vae"].kl
    numbers["kl nats"] = 0.0 if kl is None else float(kl.sum())
    return passes["ae"].copy.squeeze(), passes["vae"].copy.squeeze(), numbers


def build(page: Page) -> None:
    """One tab for each question."""
    page.turns.append((page.pair.change, "reconstructions"))
    with gr.Tabs():
        for section in SECTIONS:
            key = f"reconstructions/{section.__name__.rpartition('.')[2]}"
            with page.tab(key, section.TITLE):
                section.build(page, page.panel(key, filled=False))
    endpoint(
        page,
        "reconstruct",
        reconstruct,
        [Door(label="image", visible=False), gr.Textbox("", label="pair", visible=False)],
        [gr.Image(format="png", visible=False), gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
