"""Five hundred codes at once on their way out of noise, over the codes of real images."""

from typing import Any

import gradio as gr
import numpy as np

from latentdemo.drawing.pictures import base64_of
from latentdemo.models.generators.denoiser import STEPS
from latentdemo.tabs.generators.diffusion import MISSING
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Diffusion in latent space"
N_REAL = 1500  # codes of test images behind the cloud


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/generators/cloud.js` shows.

    Returns:
        problem; or note; decoder; dims; steps of noise; cloud: base64 float32 of (t, n, D) codes; left: noising steps
        that are left at each of the t moments; real: codes (m, D) of test images; labels of them, None without classes;
        order of the dimensions.
    """
    found = stand_in(page, label, "diffusion", "a diffusion model")
    if found is None or found.made.diffusion is None:
        return {"problem": MISSING.format(vae=page.resources.pair(label).vae)}
    name = found.made.diffusion
    card, arrays = page.resources.card(name), page.resources.arrays(name)
    vae = str(card.training["of"])
    gallery = page.resources.gallery(vae)
    return {
        "note": found.note,
        "decoder": vae,
        "dims": card.shape.latent_dim,
        "steps": STEPS,
        "cloud": base64_of(arrays["cloud"].astype(np.float32)),
        "left": arrays["cloud_steps"].tolist(),
        "real": base64_of(gallery.codes[:N_REAL]),
        "labels": gallery.labels[:N_REAL].tolist() if gallery.labels.ndim == 1 else None,
        "order": gallery.rank.tolist(),
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page."""
    panel = live_panel("generators", "cloud")
    due.change(inputs=page.pair, outputs=panel, **listener(page, show))
