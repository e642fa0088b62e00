"""What each channel looks for: images optimised to excite it."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.classifiers import visualisation
from latentdemo.classifiers.pretrained import NETWORKS, Network
from latentdemo.drawing.markup import html
from latentdemo.drawing.pictures import unpack
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.pixels.tensors import as_images
from latentdemo.tabs.asked import picked
from latentdemo.tabs.features.chosen import OPENING, TRAINED, NetworkPage, layer_title, network_of
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page, pickable

TITLE = "Feature visualization"
SIDE, LARGE_SIDE = 64, 128  # pixels: of our CNN's images, and of the large networks'
FIRST = 6  # index of the layer that is shown first
SHOWN_EVERY = 8  # steps of the ascent


def show(page: Page, name: str, weights: str, layer: float, channel: float) -> tuple[str, Any, Any, str]:
    """The stored images of a layer's channels, the layers and channels that there are, and one image enlarged."""
    network = network_of(page, name, weights)
    index = _index(network, layer)
    names = [(f"{i + 1}. {layer_title(network, i)}", i) for i in range(len(network.layers))]
    width = _width(network, index)
    wanted = min(max(0, int(channel or 0)), width - 1)
    found = stored(page, name, weights, network.layers[index].before)
    if found is None:
        why = "of random weights" if weights != TRAINED else f"of {network.title}"
        body = sentence(f"No images are stored {why}: they take long. “Draw it” makes one channel's now.")
        large = sentence("“Draw it” changes noise, step by step, until the channel named above is excited.")
    else:
        tiles = [Tile(image, f"{i}") for i, image in enumerate(found)]
        note = (
            f"{layer_title(network, index)}, {len(tiles)} channels. Each image began as noise and was changed in "
            f"{visualisation.STEPS} steps so that the mean of its channel's map grows (before the ReLU, if there is "
            "one), less a penalty for strong colours. The mean is over all places of the map."
        )
        grid = tile_grid(tiles, 8, "pictures pick", wanted)
        body = sentence(note) + html('<div class="scroll tall">{}</div>', grid)
        large = tile_grid([Tile(found[wanted], f"Layer {index + 1}, channel {wanted}, as stored.")], 1, "large")
    return body, gr.Dropdown(names, value=index), gr.Number(wanted, label=f"Channel, 0 … {width - 1}"), large


def pick(page: Page, event: gr.EventData, name: str, weights: str, layer: float) -> tuple[str, Any, Any, str]:
    """The channel whose image was clicked, enlarged."""
    return show(page, name, weights, layer, picked(event))


def stored(page: Page, name: str, weights: str, node: str) -> list[Array] | None:
    """Images of all channels of a node, (S, S, 3) uint8 each; None where none were stored."""
    if name in NETWORKS or weights != TRAINED:
        return None
    packed = page.resources.arrays(name).get(f"seeks {node}")
    return None if packed is None else unpack(packed, SIDE)


def _index(network: Network, layer: float) -> int:
    """A layer that there is; of a pooling the one before it, whose channels it keeps."""
    index = min(max(0, int(layer)), len(network.layers) - 1)
    while network.layers[index].kind == "pooling":
        index -= 1
    return index


def _width(network: Network, index: int) -> int:
    """Channels of a layer, from the last convolution at or before it."""
    before = [layer for layer in network.layers[: index + 1] if layer.kind == "convolution"]
    module: Any = network.model.get_submodule(before[-1].module)
    return int(module.out_channels)


def draw(page: Page, name: str, weights: str, layer: float, channel: float) -> Iterator[str]:
    """Gradient ascent for one channel, shown as it goes."""
    network = network_of(page, name, weights)
    index = _index(network, layer)
    wanted = min(max(0, int(channel or 0)), _width(network, index) - 1)
    side = LARGE_SIDE if name in NETWORKS else SIDE
    node = network.layers[index].before
    for step, images in visualisation.ascend(network.traced, node, [wanted], side):
        if step % SHOWN_EVERY == 0 or step == visualisation.STEPS:
            picture = as_images(images)[0]
            caption = f"Layer {index + 1}, channel {wanted}: step {step} of {visualisation.STEPS}."
            yield tile_grid([Tile(picture, caption)], 1, "large")


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """Stored images left, one that is drawn now right."""
    with gr.Row():
        layer = gr.Dropdown(
            [(str(FIRST + 1), FIRST)],
            value=FIRST,
            label="Layer",
            interactive=True,
            min_width=260,
            elem_id="seeks-layer",
        )
        channel = gr.Number(0, label="Channel", precision=0, interactive=True, min_width=170, elem_id="seeks-channel")
        start = gr.Button("Draw it", min_width=90)
        stop = gr.Button("Stop", min_width=90)
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            panel = pickable(OPENING, "seeks")
        with gr.Column(scale=2, min_width=260):
            large = gr.HTML(elem_id="seeks-large")
    inputs, outputs = [page.network, page.weights, layer], [panel, layer, channel, large]
    gr.on([due.change, layer.input, channel.submit, channel.blur], inputs=[*inputs, channel], outputs=outputs,
          **listener(page, refusing(show, (gr.skip(), gr.skip(), ""))))  # fmt: skip
    panel.select(inputs=inputs, outputs=outputs, **listener(page, pick))
    drawing = {**listener(page, draw, 1), "show_progress": "minimal"}
    running = start.click(inputs=[*inputs, channel], outputs=large, **drawing)
    stop.click(fn=None, cancels=[running])
