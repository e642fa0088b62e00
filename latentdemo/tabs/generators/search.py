"""No encoder: the visitor's image has to be searched for in the GAN, where a VAE needs one pass."""

from typing import Any

import gradio as gr

from latentdemo.codes.search import STARTS, STEPS, search
from latentdemo.drawing.pictures import data_uri
from latentdemo.tabs.generators.duel import MISSING
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "GAN inversion"
SEED = 0


@remember(8)
def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/generators/search.js` shows.

    Returns:
        problem; or note; starts, steps and seed of the search; first: the code it begins with, and the error;
        picture: the visitor's image as the networks see it, a data URI; vae, gan: names; code of the VAE.
    """
    found = stand_in(page, label, "gan", "a GAN")
    if found is None:
        return {"problem": MISSING}
    vae, gan = found.pair.vae, str(found.made.gan)
    picture = page.resources.prepare(vae, page.picture(path))
    first = next(search(page.resources.model(gan), picture, SEED))
    return {
        "note": found.note,
        "starts": STARTS,
        "picture": data_uri(picture),
        "vae": vae,
        "gan": gan,
        "code": page.resources.encode(vae, picture).astype(float).round(5).tolist(),
        "steps": STEPS,
        "seed": SEED,
        "first": {"code": first.code.tolist(), "mse": first.mse},
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel; the server searches."""
    panel = live_panel("generators", "search")
    due.change(inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
