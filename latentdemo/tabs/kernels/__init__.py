"""Tab 1: what a small matrix of numbers does to an image; the page computes, `convolution` is what it is tested by."""

from dataclasses import asdict
from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.drawing.pictures import data_uri
from latentdemo.pixels import images
from latentdemo.pixels.convolution import PADDINGS, convolve
from latentdemo.pixels.kernels import EXAMPLES, KERNELS, TRANSPOSED, find, parse
from latentdemo.tabs.asked import brief
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.tabs.kernels import dense
from latentdemo.tabs.sections import build_sections, live, of
from latentdemo.widgets import Page, live_value
from latentdemo.widgets.components import Door, Picture

TITLE = "Kernels"
QUESTION = "What does a small matrix of numbers do to an image?"
NEEDS = ""

FIRST = "Sobel x"
SIDE = 640  # pixels: longest side of what is convolved in the page
GREY, COLOUR = "grey", "each colour"
SECTIONS = (
    live("kernels/bench", "bench", "Convolution"),
    live("kernels/loupe", "loupe", "Pixels"),
    live("kernels", "channels", "Channels"),
    live("kernels", "chain", "Stacking"),
    live("kernels/transposed", "transposed", "Transposed convolution"),
    live("kernels", "shift", "Translation equivariance"),
    of(dense),
)


def stage(page: Page, path: str | None) -> dict[str, Any]:
    """What `web/kernels/stage.js` is told: the visitor's picture, at most 640 pixels a side, kernels and examples."""
    whole = page.picture(path)
    picture = images.shrink(whole, SIDE)
    return {
        "original": page.original_size(path),
        "src": data_uri(picture, lossless=True),
        "grey": picture.shape[2] == 1,
        "kernels": [asdict(kernel) for kernel in KERNELS.values()],
        "first": FIRST,
        "examples": [asdict(example) for example in EXAMPLES],
        "transposed": [asdict(example) for example in TRANSPOSED],
    }


def kernel(  # noqa: PLR0913  (an endpoint's arguments are its public form)
    page: Page, image: str | None, preset: str, matrix: str, stride: int, padding: int, colour: str, dilation: int,
    outside: str,
) -> tuple[Array, dict[str, Any]]:  # fmt: skip
    """Convolve an image with a preset, or with a matrix of your own if one is given (rows between semicolons).

    Args:
        image: to look at: an address that begins with http, or an uploaded file; none: the first sample.
        preset: Blur, Box blur, Sharpen, Emboss, Outline, Edge, Diagonal edge, Sobel x, Sobel y, Identity …
        matrix: rows of numbers between semicolons, "1 0 -1; 2 0 -2; 1 0 -1"; "": the preset.
        stride: pixels that the kernel moves at a time.
        padding: pixels added on each side.
        colour: "grey" or "each colour".
        dilation: 1: the kernel's pixels lie side by side.
        outside: what stands in the padding: "zero", "reflect" or "replicate".
    """
    if colour not in (GREY, COLOUR):
        raise ValueError(f"The colour is {brief(colour)}; it must be {GREY!r} or {COLOUR!r}.")
    values = parse(matrix) if matrix else find(preset).array
    plane = images.to_float(images.grey(page.picture(image)) if colour == GREY else images.rgb(page.picture(image)))
    result = convolve(plane, values, stride, padding, dilation, outside)
    numbers = {"height": result.shape[0], "width": result.shape[1], "min": float(result.min())}
    drawn = images.to_uint8(result)
    return (drawn[:, :, 0] if drawn.shape[2] == 1 else drawn), {**numbers, "max": float(result.max())}


def build(page: Page) -> None:
    """One tab for each question; all are given the picture by `stage`."""
    build_sections(page, "kernels", SECTIONS)
    shared = live_value("kernels/stage", stage(page, None))
    page.panel("kernels").change(inputs=page.door, outputs=shared, **listener(page, stage))
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
        [Picture(format="png", visible=False), gr.JSON(visible=False)],
    )
