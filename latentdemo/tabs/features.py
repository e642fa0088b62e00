"""Tab 2: what each layer of a trained network sees in the image."""

from typing import Any

import gradio as gr
import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo import features, figures, images, latents
from latentdemo.figures import Tile
from latentdemo.widgets import Door, Page, endpoint, listener

TITLE = "CNN features"
QUESTION = "What does each layer of a trained network see in this image?"
NEEDS = "cnn"

NETWORK = "cifar10-cnn"
SIDE = 224  # pixels: longest side of what the maps are computed on
NATIVE = 32  # pixels: what the network was trained on, and classifies
N_SHOWN, N_GUESSES = 32, 5
STRONGEST, BY_INDEX = "strongest first", "by index"
LAYERS = {
    "conv1": "1st convolution",
    "conv2": "2nd convolution",
    "pool2": "1st max pooling",
    "residual2": "residual block at half size",
    "conv3": "3rd convolution",
    "pool3": "2nd max pooling",
    "residual3": "residual block at quarter size",
}


def show(page: Page, path: str | None, layer: str, order: str) -> tuple[str, str, dict[str, float]]:
    """Feature maps, kernels and guesses for the visitor's picture."""
    model = page.resources.model(NETWORK)
    picture = page.picture(path)
    maps = feature_maps(model, picture, layer)
    strongest = np.argsort(-maps.max(axis=(1, 2)), kind="stable")
    chosen = (strongest if order == STRONGEST else np.arange(len(maps)))[:N_SHOWN]
    return maps_html(model, maps, layer, chosen), kernels_html(model, layer, chosen), guesses(page, picture)


def feature_maps(model, picture: Array, layer: str) -> Array:
    """(H, W, C) uint8 -> (n, H', W') float32 maps of one layer; the picture's longer side becomes 224 pixels."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(NATIVE, round(height * scale)), max(NATIVE, round(width * scale)))
    x = latents.as_tensor(images.rgb(picture)[None])
    x = torch.nn.functional.interpolate(x, size, mode="bilinear", antialias=True)
    return features.activations(model, x, [layer])[layer][0].numpy()


def maps_html(model, maps: Array, layer: str, chosen: Array) -> str:
    """A grid of the chosen feature maps with each one's range."""
    tiles = [
        Tile(
            figures.unsigned_colours(maps[i]),
            f"{i}: [{figures.number(maps[i].min())}, {figures.number(maps[i].max())}]",
        )
        for i in chosen
    ]
    field = features.receptive_field(model, layer)
    note = (
        f"{LAYERS[layer]}: {len(maps)} maps of {maps.shape[2]} × {maps.shape[1]}, {len(chosen)} shown, "
        f"each from its own minimum (dark) to its own maximum (bright), named [min, max]. "
        f"One value depends on {field.size} × {field.size} pixels of the {maps.shape[2] * field.stride} × "
        f"{maps.shape[1] * field.stride} image that the network is given."
    )
    return figures.sentence(note) + figures.tiles(tiles, 8, "maps")


def kernels_html(model, layer: str, chosen: Array) -> str:
    """The kernels behind the chosen maps on a signed scale; of deep layers the slice for the first input channel."""
    weights = features.kernels(model, layer)
    if weights is None:
        return figures.sentence("Pooling keeps the largest of each 2 × 2 values; it has no kernel.")
    first_layer = weights.shape[1] == 3
    slices = weights[chosen].mean(axis=1) if first_layer else weights[chosen, 0]
    limit = float(np.abs(slices).max())
    tiles = [Tile(figures.signed_colours(kernel, limit), f"{i}") for i, kernel in zip(chosen, slices, strict=True)]
    what = "their mean over red, green and blue" if first_layer else "the slice for input channel 0"
    note = (
        f"The kernels of these maps, {len(chosen)} of {weights.shape[0]}, each {weights.shape[1]} × 3 × 3 numbers; "
        f"shown is {what}: blue negative, orange positive, full at ±{figures.number(limit)}."
    )
    return figures.sentence(note) + figures.tiles(tiles, 16, "kernels")


def guesses(page: Page, picture: Array) -> dict[str, float]:
    """Class -> probability for the picture's middle square at 32 × 32 pixels, as the network was trained."""
    x = latents.as_tensor(images.fit(picture, NATIVE, 3)[None])
    shares = features.probabilities(page.resources.model(NETWORK), x)[0]
    names = page.resources.card(NETWORK).names
    return {name: float(share) for name, share in zip(names, shares, strict=True)}


def features_api(page: Page, image: str, layer: str) -> tuple[Array, dict[str, Any]]:
    """Feature maps of one layer as a picture (each from its minimum to its maximum), with ranges and guesses."""
    model, picture = page.resources.model(NETWORK), page.picture(image)
    maps = feature_maps(model, picture, layer)
    columns = 8
    rows = [
        np.concatenate([figures.unsigned_colours(values) for values in maps[i : i + columns]], axis=1)
        for i in range(0, len(maps), columns)
    ]
    ranges = [[float(values.min()), float(values.max())] for values in maps]
    found = {"layer": layer, "shape": list(maps.shape), "ranges": ranges, "classes": guesses(page, picture)}
    return np.concatenate(rows), found


def build(page: Page) -> None:
    """Controls and guesses left, maps right, kernels below."""
    names = {text: name for name, text in LAYERS.items()}
    maps_now, kernels_now, guesses_now = show(page, None, "conv1", STRONGEST)
    with gr.Row():
        with gr.Column(scale=1, min_width=250):
            layer = gr.Dropdown(list(names.items()), value="conv1", label="Layer", interactive=True)
            order = gr.Radio([STRONGEST, BY_INDEX], value=STRONGEST, label="Order of the maps")
            gr.HTML(figures.sentence("Its guess, of the ten classes that it knows:"))
            label = gr.Label(guesses_now, num_top_classes=N_GUESSES, label="Its guess", show_label=False)
            accuracy = page.resources.card(NETWORK).metrics["accuracy"]
            gr.HTML(
                figures.sentence(
                    f"Trained on CIFAR-10, right on {accuracy:.1%} of its 10,000 test images. It must choose "
                    "one of ten classes, even for a picture that is none of them."
                )
            )
        with gr.Column(scale=2, min_width=320):
            maps = gr.HTML(maps_now, elem_id="feature-maps")
            kernels = gr.HTML(kernels_now)
    gr.on(
        [page.arrived.change, layer.input, order.input],
        inputs=[page.door, layer, order],
        outputs=[maps, kernels, label],
        **listener(page, show),
    )
    endpoint(
        page,
        "features",
        features_api,
        [Door(label="image", visible=False), gr.Textbox("conv1", label="layer", visible=False)],
        [gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
