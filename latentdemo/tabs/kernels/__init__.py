"""Tab 1: what a small matrix of numbers does to an image; the page computes, `convolution` is what it is tested by."""

from dataclasses import asdict
from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo import figures, images, translation
from latentdemo.convolution import PADDINGS, convolve
from latentdemo.kernels import EXAMPLES, KERNELS, TRANSPOSED, find, parse
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.widgets import Door, Page, live_panel

TITLE = "Kernels"
QUESTION = "What does a small matrix of numbers do to an image?"
NEEDS = ""

FIRST = "Sobel x"
SIDE = 640  # pixels: longest side of what is convolved in the page
GREY, COLOUR = "grey", "each colour"
SECTIONS = {  # key -> title and the function of `static/KEY.js` that brings its markup to life
    "loupe": ("Numbers", "loupe"),
    "bench": ("Kernel", "bench"),
    "chain": ("Chain", "chain"),
    "channels": ("Colours", "channels"),
    "shift": ("Shift", "shifting"),
    "transposed": ("Transposed", "transposed"),
}
NETWORKS = {"mnist-mlp": ("dense network", "dense"), "mnist-cnn": ("convolutional network", "conv")}
DIGITS = "mnist"


def stage(page: Page, path: str | None) -> dict[str, Any]:
    """What `static/stage.js` is told: the visitor's picture, at most 640 pixels a side, kernels and examples."""
    whole = page.picture(path)
    picture = images.shrink(whole, SIDE)
    return {
        "original": whole.shape[:2],
        "src": figures.data_uri(picture, lossless=True),
        "grey": picture.shape[2] == 1,
        "kernels": [asdict(kernel) for kernel in KERNELS.values()],
        "first": FIRST,
        "examples": [asdict(example) for example in EXAMPLES],
        "transposed": [asdict(example) for example in TRANSPOSED],
    }


def moved_digit(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `static/dense.js` is told: a digit, two networks' answers at every shift, and their accuracy curves."""
    missing = [name for name in NETWORKS if name not in page.resources.cards]
    if missing:
        return {"problem": f"{missing[0]} is missing; rebuild it with: python train.py --shipped {missing[0]}"}
    picture, note = _digit(page, path, label)
    curves = {name: page.resources.arrays(name) for name in NETWORKS}
    first = next(iter(curves.values()))
    return {
        "digit": picture[:, :, 0].tolist(),
        "note": note,
        "reach": translation.REACH,
        "n": int(first["n_test"]),
        "ink": _short(first["shift_ink"]),
        "networks": [
            {
                "title": title,
                "css": css,
                "shares": _short(translation.everywhere(page.resources.model(name), picture)),
                "accuracy": _short(curves[name]["shift_accuracy"]),
            }
            for name, (title, css) in NETWORKS.items()
        ],
    }


def _short(values: Array) -> list:
    """Numbers as lists with four decimals; as float32 they would be written with seventeen digits."""
    return np.round(values.astype(float), 4).tolist()


def _digit(page: Page, path: str | None, label: str) -> tuple[Array, str]:
    """The visitor's picture as a digit if it is grey or digits are the models chosen, else the sample digit."""
    picture, pair = page.picture(path), page.resources.pairs.get(label)
    if picture.shape[2] == 1 or (pair is not None and pair.dataset == DIGITS):
        return images.as_digit(picture), "Your image as a digit, 28 × 28, moved by the sliders."
    sample = next((image for name, image in page.resources.samples().items() if name.startswith("Digit")), None)
    note = "A sample digit, moved by the sliders; draw your own on the left."
    return images.as_digit(picture if sample is None else sample), note


def kernel(  # noqa: PLR0913  (an endpoint's arguments are its public form)
    page: Page, image: str, preset: str, matrix: str, stride: float, padding: float, colour: str, dilation: float,
    outside: str,
) -> tuple[Array, dict[str, Any]]:  # fmt: skip
    """Convolve an image with a preset, or with a matrix of your own if one is given (rows between semicolons)."""
    if colour not in (GREY, COLOUR):
        raise ValueError(f"The colour is {colour!r}; it must be {GREY!r} or {COLOUR!r}.")
    values = parse(matrix) if matrix else find(preset).array
    plane = images.to_float(images.grey(page.picture(image)) if colour == GREY else images.rgb(page.picture(image)))
    steps = (_whole(stride, "stride"), _whole(padding, "padding"), _whole(dilation, "dilation"))
    result = convolve(plane, values, *steps, outside)
    numbers = {"height": result.shape[0], "width": result.shape[1], "min": float(result.min())}
    drawn = images.to_uint8(result)
    return (drawn[:, :, 0] if drawn.shape[2] == 1 else drawn), {**numbers, "max": float(result.max())}


def _whole(value: float | None, name: str) -> int:
    if value is None or not np.isfinite(value) or value != int(value):
        raise ValueError(f"The {name} is {value}; it must be a whole number of pixels.")
    return int(value)


def build(page: Page) -> None:
    """One tab per question; each is markup and script of `static/`, and all are given the picture by `stage`."""
    shared = gr.HTML(
        stage(page, None), html_template="<span></span>", js_on_load="latentdemo.stage.source(props, watch)"
    )
    page.panel("kernels").change(inputs=page.door, outputs=shared, **listener(page, stage))
    with gr.Tabs():
        for key, (title, function) in SECTIONS.items():
            with page.tab(f"kernels/{key}", title):
                live_panel(key, function)
        with page.tab("kernels/dense", "Why not dense"):
            dense = live_panel("dense", "dense")
    gr.on(
        [page.panel("kernels/dense", filled=False).change, page.pair.change],
        inputs=[page.door, page.pair],
        outputs=dense,
        **listener(page, moved_digit),
    )
    endpoint(
        page,
        "kernel",
        kernel,
        [
            Door(label="image", visible=False),
            gr.Textbox(FIRST, label="preset", visible=False),
            gr.Textbox("", label="matrix", visible=False),
            gr.Number(1, label="stride", visible=False),
            gr.Number(1, label="padding", visible=False),
            gr.Textbox(GREY, label="colour", visible=False),
            gr.Number(1, label="dilation", visible=False),
            gr.Textbox(next(iter(PADDINGS)), label="outside", visible=False),
        ],
        [gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
