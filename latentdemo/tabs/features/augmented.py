"""The same network trained on images as they are, or moved, turned, mirrored by chance: what each then stands."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers import shifts
from latentdemo.drawing.pictures import data_uri, sheet
from latentdemo.options import TRAIN_COMMAND
from latentdemo.pixels import motion
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.steering import seen_by
from latentdemo.widgets import Page, live_panel

TITLE = "Augmentation"
NETWORKS = {
    "mnist-mlp": "as they are",
    "mnist-mlp-shift": "moved",
    "mnist-mlp-rotation": "turned",
    "mnist-mlp-flip": "mirrored",
}


def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/features/augmented.js` is told: one image in every position, four networks' answers, their accuracy."""
    missing = [name for name in NETWORKS if name not in page.resources.cards]
    if missing:
        return {"problem": f"{missing[0]} is missing; rebuild it with: {TRAIN_COMMAND} --shipped {missing[0]}"}
    first = next(iter(NETWORKS))
    picture, note = seen_by(page, first, path, label)
    positions = every_position(picture)
    arrays = {name: page.resources.arrays(name) for name in NETWORKS}
    return {
        "sheet": data_uri(sheet(list(positions), 2 * shifts.REACH + 1), lossless=True),
        "side": picture.shape[0],
        "note": note,
        "noun": page.resources.dataset(first).noun,
        "names": list(page.resources.card(first).names),
        "reach": shifts.REACH,
        "turns": list(shifts.TURNS),
        "n": int(arrays[first]["n_test"]),
        "networks": [
            {
                "title": title,
                "shares": _hundredths(shifts.probabilities(page.resources.model(name), positions)),
                "shifted": _rounded(arrays[name]["shift_accuracy"]),
                "turned": _rounded(arrays[name]["turn_accuracy"]),
                "mirrored": float(arrays[name]["mirror_accuracy"]),
            }
            for name, title in NETWORKS.items()
        ],
    }


def every_position(picture: Array) -> Array:
    """(H, W, C) uint8 turned, then moved to the right, then the same mirrored first: (2 · turns · shifts, H, W, C)."""
    steps = range(-shifts.REACH, shifts.REACH + 1)
    sides = (picture[None], motion.mirror(picture[None]))
    turned = [motion.turn(one, degrees) for one in sides for degrees in shifts.TURNS]
    return np.concatenate([motion.move(one, 0, right) for one in turned for right in steps])


def _hundredths(shares: Array) -> list[list[int]]:
    """Whole hundredths: 4,420 of them cross the wire at once, and bars show no more."""
    return np.round(100 * shares).astype(int).tolist()


def _rounded(values: Array) -> list[float]:
    return np.round(values.astype(float), 4).tolist()


def build(page: Page, due: gr.Textbox) -> None:
    """One panel that works in the page; the networks' answers come from the server, all at once."""
    panel = live_panel("features", "augmented")
    gr.on([due.change, page.pair.change], inputs=[page.door, page.pair], outputs=panel, **listener(page, show))
