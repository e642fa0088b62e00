"""A small VAE that is trained while everybody watches."""

import gradio as gr

from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, live_panel

TITLE = "Train live"


def menus(page: Page, chosen: str) -> gr.Dropdown:
    """The models that are here by now; what was chosen stays chosen."""
    labels = list(page.resources.pairs)
    return gr.Dropdown(labels, value=chosen if chosen in labels else labels[0])


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that asks the host how the training goes; it tells when a model more is here."""
    panel = live_panel("train", "train")
    panel.input(inputs=page.pair, outputs=page.pair, **listener(page, menus))
