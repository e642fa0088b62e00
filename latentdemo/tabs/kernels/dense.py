"""Why not connect everything to everything: a digit that is moved before a dense and a convolutional network."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers import shifts
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.steering import seen_by
from latentdemo.widgets import Page, live_panel

TITLE = "Convolutional or dense"

NETWORKS = {"mnist-mlp": ("dense network", "dense"), "mnist-cnn": ("convolutional network", "conv")}


def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/kernels/dense/dense.js` is told: an image, two networks' answers at every shift, and their accuracy."""
    missing = [name for name in NETWORKS if name not in page.resources.cards]
    if missing:
        return {"problem": f"{missing[0]} is missing; rebuild it with: {TRAIN_COMMAND} --shipped {missing[0]}"}
    picture, note = seen_by(page, next(iter(NETWORKS)), path, label)
    curves = {name: page.resources.arrays(name) for name in NETWORKS}
    first = next(iter(curves.values()))
    return {
        "digit": picture[:, :, 0].tolist(),
        "note": note,
        "noun": page.resources.dataset(next(iter(NETWORKS))).noun,
        "names": list(page.resources.card(next(iter(NETWORKS))).names),
        "reach": shifts.REACH,
        "n": int(first["n_test"]),
        "ink": _rounded(first["shift_ink"]),
        "networks": [
            {
                "title": title,
                "css": css,
                "shares": _rounded(shifts.everywhere(page.resources.model(name), picture)),
                "accuracy": _rounded(curves[name]["shift_accuracy"]),
            }
            for name, (title, css) in NETWORKS.items()
        ],
    }


def _rounded(values: Array) -> list:
    """Numbers as lists with four decimals; as float32 they would be written with seventeen digits."""
    return np.round(values.astype(float), 4).tolist()


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page; the networks' answers come from the server."""
    panel = live_panel("kernels/dense", "dense")
    gr.on([due.change, page.pair.change], inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
