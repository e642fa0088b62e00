"""What the network answers, and where in the image its evidence lies."""

from typing import Any

import gradio as gr
import torch
from numpy import ndarray as Array

from latentdemo.classifiers import tracing
from latentdemo.classifiers.pretrained import Network
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import unsigned_colours
from latentdemo.drawing.pictures import glowing
from latentdemo.drawing.tiles import Tile, sentence, share_bars, tile_grid
from latentdemo.pixels.tensors import as_images
from latentdemo.tabs.features.chosen import OPENING, NetworkPage, network_of, square
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page

TITLE = "Evidence"
N_GUESSES = 5
LIKELIEST = "the likeliest"
SIDE = 448  # pixels on screen


def show(page: Page, path: str | None, name: str, weights: str, target: str) -> tuple[str, Any]:
    """The five likeliest classes, and where the evidence for one of them lies; the classes that can be asked for."""
    network = network_of(page, name, weights)
    picture = page.picture(path)
    found = shares(network, picture)
    ranked = sorted(found, key=lambda label: -found[label])
    wanted = target if target in found else ranked[0]
    bars = share_bars([(label, found[label]) for label in ranked[:N_GUESSES]])
    choices = [LIKELIEST, *ranked[:N_GUESSES], *sorted(network.names)]
    choices = list(dict.fromkeys(choices))
    body = sentence(answer(network, ranked[0])) + bars + evidence_html(network, picture, wanted)
    return body, gr.Dropdown(choices, value=target if target in choices else LIKELIEST)


def shares(network: Network, picture: Array) -> dict[str, float]:
    """Class -> probability for the picture's middle square, at the size that the network was trained on."""
    values = tracing.probabilities(network.model, square(network, picture))[0]
    return {label: float(value) for label, value in zip(network.names, values, strict=True)}


def answer(network: Network, label: str) -> str:
    """What was asked, and of what."""
    return (
        f"{network.title} sees the middle square at {network.side} × {network.side} pixels and must choose one of "
        f"{len(network.names):,} classes, even for a picture that is none of them. It says: {label}. "
        "The shares of all classes add up to 100 %."
    )


def evidence_html(network: Network, picture: Array, label: str) -> str:
    """Grad-CAM for one class: the square, the evidence alone, and the square lit by it."""
    x = square(network, picture)
    values = tracing.evidence(network.traced, x, network.names.index(label))
    seen = as_images(_large(x))[0]
    smooth = _large(torch.from_numpy(values)[None, None])[0, 0].clamp_min(0).numpy()
    none = "" if values.max() > 0 else " Nothing in this image speaks for it: the map is 0 everywhere."
    size = f"{values.shape[1]} × {values.shape[0]}"
    tiles = [
        Tile(seen, f"What it sees: {network.side} × {network.side} pixels."),
        Tile(glowing(seen, smooth), f"Bright where the evidence for “{label}” lies."),
        Tile(unsigned_colours(values), f"The evidence: {size} values, 0 … {number(values.max())} logits."),
    ]  # fmt: skip
    note = (
        "Grad-CAM (Selvaraju et al. 2017): the maps of the last convolution or sum, each weighted by the mean gradient "
        f"of the class's logit, summed, and cut off below 0.{none}"
    )
    return tile_grid(tiles, 3, "large evidence") + sentence(note)


def _large(x: torch.Tensor) -> torch.Tensor:
    """(1, C, H, W) -> (1, C, 448, 448); small images keep hard pixels, maps are interpolated."""
    mode = "nearest" if x.shape[1] == 3 and x.shape[2] <= 64 else "bilinear"
    return torch.nn.functional.interpolate(x, (SIDE, SIDE), mode=mode)


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """The choice of a class above, bars and pictures below."""
    target = gr.Dropdown([LIKELIEST], value=LIKELIEST, label="Evidence for", interactive=True, elem_id="evidence-for")
    panel = gr.HTML(OPENING, elem_id="evidence")
    changes = [due.change, target.input]
    gr.on(
        changes,
        inputs=[page.door, page.network, page.weights, target],
        outputs=[panel, target],
        **listener(page, refusing(show, (gr.skip(),))),
    )
