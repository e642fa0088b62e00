"""What the network answers, and what each place of its last maps adds to a class's logit."""

from typing import Any

import gradio as gr
import torch
from numpy import ndarray as Array

from latentdemo.classifiers import receptive_fields, tracing
from latentdemo.classifiers.attribution import AVERAGE, MAXIMUM, Attribution, attribution
from latentdemo.classifiers.pretrained import Network
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours, unsigned_colours
from latentdemo.drawing.pictures import glowing
from latentdemo.drawing.tiles import Tile, sentence, share_bars, tile_grid
from latentdemo.pixels.tensors import as_images
from latentdemo.tabs.features.chosen import OPENING, NetworkPage, network_of, square
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page

TITLE = "Grad-CAM"
N_GUESSES = 5
LIKELIEST = "the likeliest"
SIDE, HARD_SIDE = 448, 64  # pixels on screen; of images whose pixels are shown as squares


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
    """The square, the square lit where evidence for the class lies, and the evidence alone."""
    x, target = square(network, picture), network.names.index(label)
    found = attribution(network.traced, x, target)
    exact = found.end == MAXIMUM
    values = found.values if exact else tracing.evidence(network.traced, x, target)
    seen = as_images(_large(x))[0]
    lit = _large(torch.from_numpy(values)[None, None].clamp_min(0), "nearest" if exact else "bilinear")
    places = f"{values.shape[1]} × {values.shape[0]} places (width × height)"
    ends = f"{number(values.min())} … {number(values.max())}"
    tiles = [
        Tile(seen, f"What it sees: {network.side} × {network.side} pixels."),
        Tile(glowing(seen, lit[0, 0].numpy()), f"Bright where the evidence for “{label}” lies."),
        Tile((signed_colours if exact else unsigned_colours)(values), f"The evidence: {places}, {ends} logits."),
    ]  # fmt: skip
    none = "" if values.max() > 0 else " No place adds to this class."
    return tile_grid(tiles, 3, "large evidence") + sentence(explanation(network, found, label) + none)


def explanation(network: Network, found: Attribution, label: str) -> str:
    """What the map is, and whether it adds up to the logit."""
    field = receptive_fields.receptive_field(network.traced, found.layer).size
    reach = f"A value depends on the {field} × {field} pixels around its place."
    total, logit = number(float(found.values.sum())), number(found.logit)
    if found.end == MAXIMUM:
        return (
            "The network ends in each channel's maximum and a linear layer. So a channel's weight times its maximum "
            f"is shown at the place of that maximum, blue where it lowers the logit; all places add up to {total}, the "
            f"logit of “{label}” ({logit}). Other places do not move the logit. Grad-CAM spreads each channel's weight "
            f"over its whole map, and would mark those, too. {reach}"
        )
    gradcam = (
        "Grad-CAM (Selvaraju et al. 2017): the last maps, each weighted by the mean gradient of the class's logit, "
        "summed, and cut off below 0."
    )
    if found.end == AVERAGE:
        return (
            f"{gradcam} The network ends in each channel's mean and a linear layer, so before the cut the places add "
            f"up to {total}: the logit of “{label}” ({logit}) less its bias ({number(found.rest)}). {reach}"
        )
    return (
        f"{gradcam} Several layers lie between these maps and the logit, so this is an approximation: the places do "
        f"not add up to the logit of “{label}” ({logit}). {reach}"
    )


def _large(x: torch.Tensor, mode: str = "") -> torch.Tensor:
    """(1, C, H, W) -> (1, C, 448, 448); small images keep hard pixels, other ones are interpolated unless said."""
    mode = mode or ("nearest" if x.shape[2] <= HARD_SIDE else "bilinear")
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
