"""Tab 1: what a small matrix of numbers does to an image, with the arithmetic."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo import figures, images
from latentdemo.convolution import convolve, output_size, step
from latentdemo.kernels import KERNELS, find, parse
from latentdemo.widgets import Door, Page, endpoint, listener

TITLE = "Kernels"
QUESTION = "What does a small matrix of numbers do to an image?"
NEEDS = ""

FIRST = "Sobel x"
GREY, COLOUR = "grey", "each colour"
SIGNED, CLIPPED = "signed", "clipped to 0 … 1"
HINT = "Click the picture to see the arithmetic of another place."


class Settings(NamedTuple):
    """The tab's controls, as they come from the page."""

    text: str
    divisor: float
    stride: float
    padding: float
    colour: str
    shown: str

    def checked(self) -> tuple[Array, int, int]:
        """Kernel (k, k), stride and padding in pixels. ValueError says what is wrong with one of them."""
        return parse(self.text, self.divisor), _whole(self.stride, "stride"), _whole(self.padding, "padding")


def _whole(value: float | None, name: str) -> int:
    if value is None or not np.isfinite(value) or value != int(value):
        raise ValueError(f"The {name} is {value}; it must be a whole number of pixels.")
    return int(value)


def recognise(page: Page, *controls: Any) -> tuple[Any, str]:
    """Name and purpose of the preset that was typed; of another matrix, that it is one's own."""
    try:
        kernel, _, _ = Settings(*controls).checked()
    except ValueError:
        return gr.skip(), ""
    for preset in KERNELS.values():
        if kernel.shape == preset.array.shape and np.allclose(kernel, preset.array):
            return preset.name, figures.sentence(preset.meaning)
    return None, figures.sentence("A matrix of your own.")


def show_typed(page: Page, path: str | None, *controls: Any) -> tuple[Any, ...]:
    """After the matrix or its divisor was changed: what it is, and what `show` makes of it."""
    return *recognise(page, *controls), *show(page, path, *controls)


def show(page: Page, path: str | None, *controls: Any) -> tuple[Any, str]:
    """The result with its numbers, and the arithmetic of its strongest place; a wrong setting is named instead."""
    try:
        settings = Settings(*controls)
        return result(page.picture(path), settings), explain(page.picture(path), settings)
    except ValueError as error:
        return gr.skip(), figures.problem(f"{error} The picture is still the one before.")


def choose(page: Page, path: str | None, name: str, *controls: Any) -> tuple[Any, ...]:
    """A preset's numbers, divisor and purpose, and what `show` makes of them."""
    kernel = find(name)
    drawn = show(page, path, kernel.text, kernel.divisor, *controls[2:])
    return kernel.text, kernel.divisor, figures.sentence(kernel.meaning), *drawn


def explain_click(page: Page, event: gr.EventData, path: str | None, *controls: Any) -> str:
    """The arithmetic at the place that was clicked."""
    try:
        place = (float(event.down), float(event.right))  # pyright: ignore[reportAttributeAccessIssue]
        return explain(page.picture(path), Settings(*controls), place)
    except ValueError as error:
        return figures.problem(str(error))


def result(picture: Array, settings: Settings) -> str:
    """The convolved picture with its size, the formula, its range, and what its colours mean."""
    kernel, stride, padding = settings.checked()
    values = _convolved(picture, settings)
    signed = settings.shown == SIGNED and values.min() < 0
    drawn = figures.signed_colours(values.mean(axis=2)) if signed else images.to_uint8(values)
    note = f"{_sizes(picture, values, len(kernel), stride, padding)} {_scale(values, signed)}"
    return figures.picture(drawn, f"Result. {HINT}", "result") + figures.sentence(note)


def _convolved(picture: Array, settings: Settings) -> Array:
    """(H, W, C) uint8 -> (H', W', 1 or 3) floats."""
    kernel, stride, padding = settings.checked()
    plane = images.to_float(picture)
    return convolve(images.grey(plane) if settings.colour == GREY else images.rgb(plane), kernel, stride, padding)


def _sizes(picture: Array, values: Array, k: int, stride: int, padding: int) -> str:
    height, width = picture.shape[:2]
    return (
        f"{width} × {height} pixels in, {values.shape[1]} × {values.shape[0]} out: "
        f"⌊({width} + 2·{padding} − {k}) / {stride}⌋ + 1 = {output_size(width, k, stride, padding)}."
    )


def _scale(values: Array, signed: bool) -> str:
    spread = f"Values {figures.number(values.min())} … {figures.number(values.max())}"
    if signed:
        mean = values.mean(axis=2)
        of = "" if values.shape[2] == 1 else " (mean of the three colours)"
        return (
            f"{spread}; blue is negative, white 0, orange positive, full at ±{figures.number(np.abs(mean).max())}{of}."
        )
    return (
        f"{spread}; {(values < 0).mean():.0%} lie below 0 and are drawn as 0, {(values > 1).mean():.0%} above 1 as 1."
    )


def explain(picture: Array, settings: Settings, place: tuple[float, float] | None = None) -> str:
    """neighbourhood × kernel = products and their sum, on the grey image.

    Args:
        picture: (H, W, C) uint8.
        settings: the tab's controls.
        place: shares (down, right) of the output's height and width; None: where the output is farthest from 0.
    """
    kernel, stride, padding = settings.checked()
    plane = images.grey(images.to_float(picture))[:, :, 0]
    sizes = [output_size(n, len(kernel), stride, padding) for n in plane.shape]
    if place is None:
        row, column = divmod(int(np.abs(convolve(plane, kernel, stride, padding)).argmax()), sizes[1])
    else:
        row, column = (int(np.clip(share * n, 0, n - 1)) for share, n in zip(place, sizes, strict=True))
    found = step(plane, kernel, row, column, stride, padding)
    return figures.arithmetic(
        found, kernel, f"Row {row}, column {column} of the output, on the grey image (0 … 1). {HINT}"
    )


def kernel(
    page: Page, image: str, preset: str, matrix: str, stride: float, padding: float, colour: str
) -> tuple[Array, dict[str, Any]]:
    """Convolve an image with a preset, or with a matrix of your own if one is given (rows between semicolons)."""
    if colour not in (GREY, COLOUR):
        raise ValueError(f"The colour is {colour!r}; it must be {GREY!r} or {COLOUR!r}.")
    divisor = 1 if matrix else find(preset).divisor
    settings = Settings(matrix or find(preset).text, divisor, stride, padding, colour, CLIPPED)
    values = _convolved(page.picture(image), settings)
    numbers = {"height": values.shape[0], "width": values.shape[1], "min": float(values.min())}
    drawn = images.to_uint8(values)
    return (drawn[:, :, 0] if drawn.shape[2] == 1 else drawn), {**numbers, "max": float(values.max())}


def build(page: Page) -> None:
    """Controls left, result right, arithmetic below it."""
    first = find(FIRST)
    start = Settings(first.text, first.divisor, 1, 0, GREY, SIGNED)
    drawn, sums = show(page, None, *start)
    with gr.Row():
        with gr.Column(scale=1, min_width=250):
            preset = gr.Dropdown(list(KERNELS), value=FIRST, label="Kernel", interactive=True)
            meaning = gr.HTML(figures.sentence(first.meaning))
            text = gr.Textbox(start.text, lines=3, max_lines=7, label="Its numbers", elem_classes="numbers")
            with gr.Row():
                divisor = gr.Number(start.divisor, label="Divided by", min_width=100)
                stride = gr.Number(start.stride, label="Stride (pixels)", min_width=100, precision=0)
                padding = gr.Number(start.padding, label="Padding (pixels)", min_width=100, precision=0)
            colour = gr.Radio([GREY, COLOUR], value=GREY, label="Image")
            shown = gr.Radio([SIGNED, CLIPPED], value=SIGNED, label="Show values")
        with gr.Column(scale=2, min_width=320):
            picture = gr.HTML(drawn, js_on_load="latentdemo.clickable(element, trigger)", elem_id="kernel-result")
            arithmetic = gr.HTML(sums)
    controls = [text, divisor, stride, padding, colour, shown]
    inputs = [page.door, *controls]
    changes = [control.input for control in controls[2:]]
    gr.on([page.arrived.change, *changes], inputs=inputs, outputs=[picture, arithmetic], **listener(page, show))
    gr.on(
        [text.input, text.blur, text.submit, divisor.input],  # a paste is no input, but ends in a blur
        inputs=inputs,
        outputs=[preset, meaning, picture, arithmetic],
        **listener(page, show_typed),
    )
    preset.input(
        inputs=[page.door, preset, *controls],
        outputs=[text, divisor, meaning, picture, arithmetic],
        **listener(page, choose),
    )
    picture.click(inputs=inputs, outputs=arithmetic, **listener(page, explain_click))
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
        ],
        [gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
