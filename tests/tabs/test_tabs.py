"""What all tabs have in common."""

import gradio as gr

from latentdemo.widgets import Page


def test_tabs_open_with_a_question(page: Page):
    from latentdemo.tabs import TABS

    assert [tab.TITLE for tab in TABS] == [
        "Kernels", "CNN features", "Reconstructions", "Latent map", "Perturb", "Attributes", "Generators",
    ]  # fmt: skip
    assert all(tab.QUESTION.endswith("?") for tab in TABS) and isinstance(page.door, gr.Image)
