"""No encoder: the visitor's image has to be searched for in the GAN, where a VAE needs one pass."""

from typing import Any

import gradio as gr

from latentdemo.drawing.pictures import data_uri
from latentdemo.store import lineup
from latentdemo.tabs.generators.duel import MISSING
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel, remember

TITLE = "No encoder"


@remember(8)
def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/generators/search.js` shows.

    Returns:
        problem; or picture: the visitor's image as the networks see it, a data URI; vae, gan: names; code of the VAE.
    """
    pair = page.resources.pair(label)
    gan = lineup.generators(page.resources.cards, pair).gan
    if gan is None:
        return {"problem": MISSING}
    picture = page.picture(path)
    return {
        "picture": data_uri(page.resources.prepare(pair.vae, picture)),
        "vae": pair.vae,
        "gan": gan,
        "code": page.resources.encode(pair.vae, picture).astype(float).round(5).tolist(),
    }


def build(page: Page, due: gr.Textbox) -> None:
    """One panel; the server searches."""
    panel = live_panel("generators", "search")
    due.change(inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
