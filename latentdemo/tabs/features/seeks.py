"""What each channel looks for: images optimised to excite it."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo import figures, latents, visualise
from latentdemo.figures import Tile
from latentdemo.networks import NETWORKS, Classifier
from latentdemo.tabs.features.chosen import NETWORK, OPENING, TRAINED, Chosen, network_of
from latentdemo.tabs.features.layers import title
from latentdemo.widgets import Page, listener, refusing

TITLE = "Looks for"
SIDE, LARGE_SIDE = 64, 128  # pixels: of our CNN's images, and of the large networks'
SHOWN_EVERY = 8  # steps of the ascent


def show(page: Page, name: str, weights: str, layer: float) -> tuple[str, Any, Any]:
    """The stored images of a layer's channels; the layers and channels that there are."""
    network = network_of(page, name, weights)
    index = min(int(layer), len(network.layers) - 1)
    names = [(f"{i + 1}. {title(network, i)}", i) for i in range(len(network.layers))]
    found = stored(page, name, weights, network.layers[index].before)
    if found is None:
        why = "of these networks none are stored" if name in NETWORKS else "of random weights none are stored"
        body = figures.sentence(f"Press “Draw it” to see one channel's image: {why}, because they take long.")
    else:
        tiles = [Tile(image, f"{i}") for i, image in enumerate(found)]
        note = (
            f"{title(network, index)}, {len(tiles)} channels: for each an image that was changed step by step "
            f"({visualise.STEPS} steps, from noise) so that the channel's mean before ReLU grows."
        )
        body = figures.sentence(note) + f'<div class="scroll tall">{figures.tiles(tiles, 8, "pictures")}</div>'
    return body, gr.Dropdown(names, value=index), gr.Number(maximum=_width(network, index) - 1)


def stored(page: Page, name: str, weights: str, node: str) -> list[Array] | None:
    """Images of all channels of a node, (S, S, 3) uint8 each; None where none were stored."""
    if name != NETWORK or weights != TRAINED:
        return None
    packed = page.resources.arrays(name).get(f"seeks {node}")
    return None if packed is None else figures.unpack(packed, SIDE)


def _width(network: Classifier, index: int) -> int:
    """Channels of a layer, from the last convolution at or before it."""
    before = [layer for layer in network.layers[: index + 1] if layer.kind == "convolution"]
    module: Any = network.model.get_submodule(before[-1].module)
    return int(module.out_channels)


def draw(page: Page, name: str, weights: str, layer: float, channel: float) -> Iterator[str]:
    """Gradient ascent for one channel, shown as it goes."""
    network = network_of(page, name, weights)
    index = min(int(layer), len(network.layers) - 1)
    width = _width(network, index)
    if channel is None or not 0 <= channel < width:
        raise ValueError(f"There is no channel {channel}; layer {index + 1} has 0 … {width - 1}.")
    side = LARGE_SIDE if name in NETWORKS else SIDE
    node = network.layers[index].before
    for step, images in visualise.ascend(network.traced, node, [int(channel)], side):
        if step % SHOWN_EVERY == 0 or step == visualise.STEPS:
            picture = latents.as_images(images.clone())[0]
            caption = f"Layer {index + 1}, channel {int(channel)}: step {step} of {visualise.STEPS}."
            yield figures.tiles([Tile(picture, caption)], 1, "large")


def build(page: Page, chosen: Chosen, due: gr.Textbox) -> None:
    """Stored images left, one that is drawn now right."""
    with gr.Row():
        layer = gr.Dropdown([("1", 0)], value=0, label="Layer", interactive=True)
        channel = gr.Number(0, label="Channel", precision=0, minimum=0, interactive=True)
        start = gr.Button("Draw it")
        stop = gr.Button("Stop")
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            panel = gr.HTML(OPENING, elem_id="seeks")
        with gr.Column(scale=1, min_width=260):
            drawn = gr.HTML(figures.sentence("“Draw it” runs the optimisation now, for the channel named above."))
    inputs = [chosen.name, chosen.weights, layer]
    changes = [due.change, layer.input]
    gr.on(changes, inputs=inputs, outputs=[panel, layer, channel],
          **listener(page, refusing(show, (gr.skip(), gr.skip()))))  # fmt: skip
    drawing = {**listener(page, draw), "concurrency_limit": 1, "trigger_mode": "once"}
    running = start.click(inputs=[*inputs, channel], outputs=drawn, **drawing)
    stop.click(fn=None, cancels=[running])
