"""Slider values into codes and back: one slider for each dimension, the one that does most to the picture first."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.gallery import Gallery
from latentdemo.drawing.numerals import number
from latentdemo.tabs.steering import step_id
from latentdemo.widgets import Page

SPAN = 3.0  # prior standard deviations; beyond them the decoder has seen almost nothing
N_IN_VIEW = 8
UNUSED_NATS = 0.01
CANVAS = "perturb-canvas"
LEGEND = (
    "Nats: KL to the prior, what a dimension tells (σ for an autoencoder); unused: KL ≈ 0, the decoder ignores it. %: "
    "mean |change| of a pixel by one σ, of its range. Green: where the middle 98 % of real codes lie; ends: ±3 σ."
)


def axes(gallery: Gallery) -> Array:
    """One standard deviation along each dimension, in the sliders' order: (D, D)."""
    return (np.eye(len(gallery.rank)) * gallery.unit)[gallery.rank]


def clipped(steps: Array) -> Array:
    """Slider values as a slider can show them: within ±3, two decimals, in doubles (a float32 would show its tail)."""
    return np.clip(steps.astype(float), -SPAN, SPAN).round(2)


def steps_of(gallery: Gallery, code: Array) -> Array:
    """Code (D,) -> slider values in standard deviations, in the sliders' order; not clipped."""
    return ((code - gallery.origin) / gallery.unit)[gallery.rank]


def unused(gallery: Gallery) -> Array:
    """(D,) bool: whether the decoder ignores a dimension; a plain autoencoder has no such measure."""
    return gallery.kl < UNUSED_NATS if gallery.kl.any() else np.zeros(len(gallery.kl), bool)


def slider_label(gallery: Gallery, place: int) -> str:
    """Which dimension a slider moves, what it tells (KL) and what one σ of it changes (share of the pixels' range)."""
    dimension = int(gallery.rank[place])
    if unused(gallery)[dimension]:
        return f"z{dimension}: unused"
    changes = f"{100 * gallery.effect[dimension]:.2g} %"
    if not gallery.kl.any():
        return f"z{dimension}: σ {number(gallery.unit[dimension])}, {changes}"
    return f"z{dimension}: {gallery.kl[dimension]:.2f} nats, {changes}"


def more_label(gallery: Gallery) -> str:
    """What stands beside the box that shows the other sliders, and why they are folded away."""
    dead = int(unused(gallery).sum())
    why = f" ({dead} of them unused)" if dead else ""
    return f"{len(gallery.rank) - N_IN_VIEW} more{why}"


def sliders(page: Page, gallery: Gallery, steps: Array) -> list[Any]:
    """Updates of all sliders: those of this model's dimensions shown, with label and value."""
    n = len(gallery.rank)
    return [
        gr.Slider(value=float(steps[i]), label=slider_label(gallery, i), visible=True)
        if i < n
        else gr.Slider(value=0, visible=False)
        for i in range(max_dims(page))
    ]


def max_dims(page: Page) -> int:
    """Sliders of the page: those in view, or as many as the largest code has dimensions."""
    sizes = [page.resources.card(pair.vae).shape.latent_dim for pair in page.resources.pairs.values()]
    return max(N_IN_VIEW, *sizes)


def slider(gallery: Gallery, place: int, start: Array) -> gr.Slider:
    """A slider of the page, hidden where the model has fewer dimensions."""
    there = place < len(gallery.rank)
    value, label = (float(start[place]), slider_label(gallery, place)) if there else (0.0, None)
    return gr.Slider(
        -SPAN,
        SPAN,
        value,
        step=0.01,
        label=label,
        interactive=True,
        visible=there,
        min_width=280,
        buttons=[],
        elem_id=step_id(CANVAS, place),
    )
