"""A canvas that shows the picture of a code and follows sliders in the page, and what is to be said beside it."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.passes import gauge, through
from latentdemo.options import TRAIN_COMMAND
from latentdemo.widgets import Page, live_panel


def steered(value: dict[str, Any], elem_id: str) -> gr.HTML:
    """The canvas; sliders whose ids `step_id` gives move it, and `steer` of `web/latent/canvas.js`."""
    return live_panel("latent", "canvas", value, elem_id)


def step_id(elem_id: str, i: int) -> str:
    """Id of the slider of a canvas's i-th step."""
    return f"{elem_id}-step-{i}"


class Words(NamedTuple):
    """What is said of a steered picture.

    Attributes:
        label: of the picture, for screen readers.
        note: before the numbers; "" for nothing.
        without: gallery images that do not count as near: the one that is edited.
    """

    label: str
    note: str = ""
    without: tuple[int, ...] = ()


class Way(NamedTuple):
    """Where a code comes from: origin + Σ steps · directions, all in the units of the code.

    Attributes:
        origin: (D,).
        directions: (n, D).
        steps: (n,), how often each direction is added.
        span: steps beyond ± span count as ± span; None: any step is taken.
    """

    origin: Array
    directions: Array
    steps: list[float]
    span: float | None = None


def steering(page: Page, name: str, way: Way, words: Words) -> dict[str, Any]:
    """What the canvas needs to show the picture of a code by the model of that name."""
    gallery = page.resources.gallery(name)
    return {
        "model": name,
        "label": words.label,
        "origin": np.round(way.origin, 5).tolist(),
        "directions": np.round(way.directions, 5).tolist(),
        "steps": [float(value) for value in way.steps],
        "span": way.span,
        "usual": {
            "length": float(np.median(np.linalg.norm(gallery.codes, axis=1))),
            "distance": float(gallery.distance_percentiles[50]),
            "far": float(gallery.distance_percentiles[99]),
        },
        "real": page.resources.shows_originals(name),
        "note": words.note,
        "without": list(words.without),
    }


def foreign_note(page: Page, path: str | None, name: str) -> str:
    """What to think of edits of the visitor's image: a sentence where it is unlike what the model learned from."""
    gallery, model = page.resources.gallery(name), page.resources.model(name)
    found = gauge(gallery, through(model, page.resources.prepare(name, page.picture(path))))
    if not found.foreign:
        return ""
    entry = page.resources.dataset(name)
    return (
        f"Your image is unlike the {entry.noun}s this model learned from: {found.reason}. "
        f"What would help is a model of such images: {TRAIN_COMMAND} --dataset folder, or celeba for "
        "photographs of faces; it then stands in the list of models, with its own attributes."
    )


def seen_by(page: Page, name: str, path: str | None, label: str) -> tuple[Array, str]:
    """What a classifier of small images is shown, (S, S, C) uint8, and a sentence about it.

    The visitor's picture if it is grey or the network's data set is the one chosen, else that set's sample.
    """
    card = page.resources.card(name)
    picture, pair, noun = page.picture(path), page.resources.pairs.get(label), page.resources.dataset(name).noun
    side = card.shape.image_size
    if picture.shape[2] == 1 or (pair is not None and pair.source == card.source):
        return page.resources.prepare(name, picture), f"Your image as a {noun}, {side} × {side}, moved by the sliders."
    sample = next((one.picture for one in page.resources.samples().values() if one.dataset == card.source), picture)
    return page.resources.prepare(name, sample), f"A sample {noun}, moved by the sliders; draw your own on the left."
