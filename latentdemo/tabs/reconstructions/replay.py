"""A time machine: how the plane of codes organised itself while an autoencoder and a VAE were trained."""

import base64
from typing import Any

import gradio as gr
import numpy as np

from latentdemo import figures
from latentdemo.lineup import Pair
from latentdemo.resources import Resources
from latentdemo.tabs.reconstructions.sides import SIDES
from latentdemo.widgets import Page, live_panel
from latentdemo.widgets.handlers import listener

TITLE = "Replay"


def recorded(page: Page) -> Pair | None:
    """The pair of two-dimensional models whose training was recorded."""
    for pair in page.resources.pairs.values():
        if all("moment_codes" in page.resources.arrays(name) for name in (pair.ae, pair.vae)):
            return pair
    return None


def show(page: Page) -> dict[str, Any]:
    """Which models to replay; the page fetches their moments by itself."""
    pair = recorded(page)
    if pair is None:
        return {"problem": "No training was recorded; make one with: python train.py --shipped mnist-vae-2"}
    models = [{"name": getattr(pair, side), "title": title, "css": side} for side, title in SIDES]
    return {"models": models}


def recorded_moments(resources: Resources, name: str) -> dict[str, Any]:
    """What replay.js draws: m moments of n codes in the plane, 16 samples each, and losses.

    Returns:
        epochs (m,); labels (n,); codes, base64 of (m, n, 2) little-endian float32; samples, the address of a PNG with a
        row of 16 pictures for each moment; losses (m, 3): MSE, KL and −ELBO in nats, None where the model has none.

    Raises:
        ValueError: an unknown model, or one whose training was not recorded.
    """
    arrays = resources.arrays(name)
    if "moment_codes" not in arrays:
        raise ValueError(f"The training of {name} was not recorded.")
    codes, samples = arrays["moment_codes"], arrays["moment_samples"]
    sheet = figures.sheet(list(samples.reshape(-1, *samples.shape[2:])), samples.shape[1])
    losses = [[None if np.isnan(value) else round(float(value), 5) for value in row] for row in arrays["moment_losses"]]
    return {
        "epochs": arrays["moment_epochs"].round(4).tolist(),
        "labels": arrays["labels"][: codes.shape[1]].tolist(),
        "codes": base64.b64encode(codes.astype("<f4").tobytes()).decode(),
        "samples": figures.data_uri(sheet, lossless=True),
        "losses": losses,
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    gr.HTML(
        figures.sentence(
            "The same 1,000 test digits at every moment, where each model puts them: coloured by class, which neither "
            "model was ever told. Below, the same sixteen draws from N(0, I) through either decoder."
        )
    )
    panel = live_panel("replay", "replay")
    due.change(outputs=panel, **listener(page, show))
