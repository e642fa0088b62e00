"""Tab 3: one image through an autoencoder and a variational autoencoder of the same size, and why the second exists."""

from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.codes.passes import gauge
from latentdemo.tabs.handlers import endpoint
from latentdemo.tabs.reconstructions import (
    between,
    compare,
    denoise,
    foreign,
    generate,
    inside,
    machine,
    posterior,
    replay,
    sweep,
    train,
)
from latentdemo.tabs.reconstructions.sides import both
from latentdemo.tabs.sections import build_sections, of
from latentdemo.widgets import Page
from latentdemo.widgets.components import Door, Picture

TITLE = "Reconstructions"
QUESTION = "How much of an image survives in a latent code of a few numbers?"
NEEDS = "pair"
MODULES = (machine, compare, sweep, generate, between, inside, posterior, denoise, foreign, replay, train)
SECTIONS = tuple(of(module) for module in MODULES)


def reconstruct(page: Page, image: str | None, pair: str) -> tuple[Array | None, Array, dict[str, Any]]:
    """An image through the models of a pair: MSE, SSIM and percentiles of each, the VAE's code, KL in nats.

    Args:
        image: to look at: an address that begins with http, or an uploaded file; none: the first sample.
        pair: models, as "Faces · 32-D" or by the name of their VAE, "faces-vae"; "": the first ones.
    """
    found = page.resources.pair(pair or page.first_pair)
    passes = both(page, found, image)
    numbers: dict[str, Any] = {"pair": found.label, "code": passes["vae"].mu.tolist()}
    for side, done in passes.items():
        stand = gauge(page.resources.gallery(found.side(side)), done)
        numbers |= {f"{side} mse": done.mse, f"{side} ssim": done.ssim}
        numbers |= {f"{side} error percentile": stand.error, f"{side} distance percentile": stand.place}
    kl = passes["vae"].kl
    numbers["kl nats"] = 0.0 if kl is None else float(kl.sum())
    ae = passes.get("ae")
    return None if ae is None else ae.x_hat.squeeze(), passes["vae"].x_hat.squeeze(), numbers


def build(page: Page) -> None:
    """One tab for each question."""
    page.turns.append((page.pair.change, "reconstructions"))
    build_sections(page, "reconstructions", SECTIONS)
    endpoint(
        page,
        "reconstruct",
        reconstruct,
        [Door(label="image", visible=False), gr.Textbox("", label="pair", visible=False)],
        [Picture(format="png", visible=False), Picture(format="png", visible=False), gr.JSON(visible=False)],
    )
