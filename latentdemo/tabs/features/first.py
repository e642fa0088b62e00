"""The first layer's kernels as pictures, beside those made by hand."""

import gradio as gr
import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo.classifiers import tracing
from latentdemo.classifiers.pretrained import Network
from latentdemo.codes import graphs
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours
from latentdemo.drawing.pictures import kernel_picture
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.pixels.kernels import KERNELS
from latentdemo.tabs.features.chosen import OPENING, NetworkPage, network_of
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page, remember

TITLE = "Filters"


@remember(16)
def show(page: Page, name: str, weights: str) -> str:
    """All kernels of the first layer, and for each one made by hand the learned one most like it."""
    network = network_of(page, name, weights)
    kernels = first_kernels(network)
    n, side = len(kernels), kernels.shape[2]
    tiles = [Tile(kernel_picture(kernel), f"{i}") for i, kernel in enumerate(kernels)]
    note = (
        f"The {n} kernels of the first layer, {kernels.shape[1]} × {side} × {side} numbers each ({weights} weights): "
        "grey is 0, a colour is brighter above it and darker below, full at each kernel's own largest magnitude."
    )
    pairs = []
    for hand, matrix in _resized(side).items():
        best, cosine = nearest(kernels, matrix)
        grey = kernels[best].mean(axis=0)
        pairs.append(Tile(_beside(matrix, grey), f"{hand} | {best}: cosine {number(cosine)}"))
    return (
        sentence(note) + tile_grid(tiles, 16, "kernels") + sentence(comparison(kernels)) + tile_grid(pairs, 5, "pairs")
    )


def comparison(kernels: Array) -> str:
    """How the two are compared, and what chance would give, for (n, C, k, k) kernels."""
    n, channels, side, _ = kernels.shape
    mean = " (its mean over red, green and blue)" if channels == 3 else ""
    resized = "" if side == 3 else f" The one made by hand is enlarged to {side} × {side}."
    return (
        f"Left: the kernel made by hand. Right: the kernel of this layer most like it{mean}. Blue is negative, orange "
        "positive. Their cosine similarity is 1 for the same kernel up to a factor, and −1 for its negative; the "
        f"largest magnitude is shown.{resized} The best of {n} random kernels reaches "
        f"{number(by_chance(side, n))} on average, so less than that says nothing."
    )


def first_kernels(network: Network) -> Array:
    """(n, C, k, k) float32 weights of the first convolution."""
    weights = tracing.kernels(network.model, network.layers[0])
    if weights is None:
        raise ValueError(f"The first layer of {network.title} has no kernels.")
    return weights


def nearest(kernels: Array, matrix: Array) -> tuple[int, float]:
    """Which of (n, C, k, k) kernels is most like a (k, k) matrix, by the magnitude of the cosine; and that cosine."""
    cosines = graphs.cosines(matrix.ravel(), kernels.mean(axis=1).reshape(len(kernels), -1))
    best = int(np.abs(cosines).argmax())
    return best, float(cosines[best])


def by_chance(side: int, n: int, draws: int = 400) -> float:
    """Mean over draws of the largest |cosine| between one fixed direction and n random ones in side² dimensions."""
    directions = np.random.default_rng(0).normal(size=(draws, n, side * side))
    cosines = directions[:, :, 0] / np.linalg.norm(directions, axis=2)
    return float(np.abs(cosines).max(axis=1).mean())


def _resized(side: int) -> dict[str, Array]:
    """The kernels made by hand whose side is 3, enlarged to another side by linear interpolation."""
    small = {name: kernel.array for name, kernel in KERNELS.items() if len(kernel.array) == 3 and name != "Identity"}
    if side == 3:
        return small
    enlarge = torch.nn.functional.interpolate
    return {
        name: enlarge(torch.from_numpy(matrix)[None, None], (side, side), mode="bilinear", align_corners=True)[
            0, 0
        ].numpy()
        for name, matrix in small.items()
    }


def _beside(one: Array, other: Array) -> Array:
    """Two matrices on their own signed scales with a white column between them."""
    gap = np.full((len(one), 1, 3), 128, np.uint8)
    return np.concatenate((signed_colours(one), gap, signed_colours(other)), axis=1)


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """One panel; it does not depend on the visitor's picture."""
    panel = gr.HTML(OPENING, elem_id="first-kernels")
    due.change(inputs=[page.network, page.weights], outputs=panel, **listener(page, refusing(show, ())))
