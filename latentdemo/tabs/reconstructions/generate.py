"""Images out of nothing: draws from N(0, I) and from densities fitted to the codes, and how real they look."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.densities import SOURCES
from latentdemo.drawing.numerals import short
from latentdemo.drawing.pictures import base64_of
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import TITLES, Page, live_panel, remember

TITLE = "Sampling"
N_CELLS = 20  # of the plane, along each side
N_DOTS = 1500


@remember(8)
def show(page: Page, label: str) -> dict[str, Any]:
    """What `web/reconstructions/draws/generate.js` draws from.

    Returns:
        note; sides: css, title, model, dims, and sources: title, quality, and the density's weights, means, factors.
    """
    pair = page.resources.pair(label)
    note = "Both sides get the same noise. " if len(pair.sides) > 1 else ""
    note += (
        "Fréchet distance: lower is better. Precision: the share of samples that look "
        "real. Recall: the share of real images that could have been drawn. All three were measured once, on thousands "
        "of samples against test images, in the features of our own network for this data set. So the distance is no "
        "FID: compare it within one data set alone. Precision and recall count neighbours, and scattered samples have "
        "far neighbours: read all three together."
    )
    if not any(measured(page, pair.side(side)) for side in pair.sides):
        note = (
            "How real samples look is measured in the features of a classifier of the same images; there is none for "
            f"{page.resources.dataset(pair.vae).title}, so judge by eye."
        )
    return {"note": note, "sides": [side_value(page, pair.side(side), side) for side in pair.sides]}


def side_value(page: Page, name: str, side: str) -> dict[str, Any]:
    """One model: the densities its codes are drawn from, with the measured numbers of each."""
    densities = page.resources.gallery(name).densities
    sources = [
        {"title": title, "quality": quality(page, name, source)}
        | {key: base64_of(value) for key, value in densities[source]._asdict().items()}
        for source, title in SOURCES.items()
    ]
    dims = page.resources.card(name).shape.latent_dim
    return {"css": side, "title": TITLES[side], "model": name, "dims": dims, "sources": sources}


def measured(page: Page, name: str) -> bool:
    """Whether a model's samples were judged."""
    return any(key.endswith("frechet") for key in page.resources.card(name).metrics)


def quality(page: Page, name: str, source: str) -> str:
    """The stored measurements of one source's samples."""
    found = page.resources.card(name).metrics
    if f"{source} frechet" not in found:
        return "not measured"
    distance, precision, recall = (found[f"{source} {key}"] for key in ("frechet", "precision", "recall"))
    return f"Fréchet distance {short(distance)}, precision {precision:.2f}, recall {recall:.2f}"


@remember(8)
def planes(page: Page, label: str) -> dict[str, Any]:
    """What `web/reconstructions/draws/cells.js` draws: a note, and `plane` of each model of two dimensions."""
    pair = plane_pair(page, label)
    if pair is None:
        return {"note": "No pair of models here has a 2-D latent space.", "planes": []}
    note = (
        f"{pair.label}: the latent plane, every cell decoded at its middle. Dots: latent codes of up to {N_DOTS:,} "
        "test images, coloured by class. Each side shows a square that holds 99 % of its codes along either axis. Move "
        "the pointer over it: any place is decoded."
    )
    return {"note": note, "planes": [plane(page, pair.side(side), side) for side in pair.sides]}


def plane_pair(page: Page, label: str) -> Pair | None:
    """The chosen pair if its codes have two numbers, else another one that has."""
    chosen = page.resources.pair(label)
    pairs = [chosen, *page.resources.pairs.values()]
    flat = [pair for pair in pairs if page.resources.card(pair.vae).shape.latent_dim == 2]
    return next((pair for pair in flat if pair.source == chosen.source), flat[0] if flat else None)


def plane(page: Page, name: str, side: str) -> dict[str, Any]:
    """One model's plane, and which share of its cells holds no real code.

    Returns:
        css, title, model; low, high corners (2,) of the square; cells along each side; codes (n, 2) and labels (n) of
        test images, labels None without classes; caption.
    """
    gallery = page.resources.gallery(name)
    low, high = square(gallery.codes)
    places = (gallery.codes - low) / (high - low)  # shares of the square
    inside = places[((places >= 0) & (places < 1)).all(axis=1)]
    held = len({(x, y) for x, y in (inside * N_CELLS).astype(int)})
    caption = (
        f"x {short(low[0])} … {short(high[0])}, y {short(low[1])} … {short(high[1])}; {1 - held / N_CELLS**2:.0%} of "
        f"the cells hold none of {len(inside):,} real codes"
    )
    return {
        "css": side,
        "title": TITLES[side],
        "model": name,
        "low": low.tolist(),
        "high": high.tolist(),
        "cells": N_CELLS,
        "codes": base64_of(gallery.codes[:N_DOTS]),
        "labels": gallery.labels[:N_DOTS].tolist() if gallery.labels.ndim == 1 else None,
        "caption": caption,
    }


def square(codes: Array) -> tuple[Array, Array]:
    """Lower and upper corner, (2,) each, of the square around 99 % of the codes along either axis."""
    low, high = np.percentile(codes, (0.5, 99.5), axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return middle - half, middle + half


def build(page: Page, due: gr.Textbox) -> None:
    """Samples above, the plane below."""
    sampled = live_panel("reconstructions/draws", "generate")
    gr.Markdown("More ways to fill a decoder stand under [Generators](#tab=generators/comparison).")
    gr.Markdown("### The whole plane")
    cells = live_panel("reconstructions/draws", "cells")
    due.change(inputs=page.pair, outputs=sampled, **listener(page, show))
    due.change(inputs=page.pair, outputs=cells, **listener(page, planes))
