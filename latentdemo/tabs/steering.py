"""A canvas that shows the picture of a code and follows sliders in the page, the code's numbers below it."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.widgets import Page, live_panel


def steered(value: dict[str, Any], elem_id: str) -> gr.HTML:
    """The canvas; sliders whose ids `step_id` gives move it, and `steer` of `web/latent/canvas.js`."""
    return live_panel("latent", "canvas", value, elem_id)


def step_id(elem_id: str, i: int) -> str:
    """Id of the slider of a canvas's i-th step."""
    return f"{elem_id}-step-{i}"


def steering(
    page: Page,
    name: str,
    origin: Array,
    directions: Array,
    steps: list[float],
    label: str,
    span: float | None = None,
    note: str = "",
) -> dict[str, Any]:
    """What the canvas needs to show decode(origin + Σ steps · directions) of a model.

    Args:
        page: where the models are.
        name: of the model.
        origin: (D,).
        directions: (n, D).
        steps: (n,).
        label: of the picture, for screen readers.
        span: steps beyond ± span count as ± span; None: any step is taken.
        note: said before the numbers.
    """
    gallery = page.resources.gallery(name)
    return {
        "model": name,
        "label": label,
        "origin": np.round(origin, 5).tolist(),
        "directions": np.round(directions, 5).tolist(),
        "steps": [float(value) for value in steps],
        "span": span,
        "usual": {
            "length": float(np.median(np.linalg.norm(gallery.codes, axis=1))),
            "distance": float(gallery.distance_percentiles[50]),
        },
        "note": note,
    }
