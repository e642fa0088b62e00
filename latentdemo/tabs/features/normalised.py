"""The same network with and without batch normalisation: its loss, and what reaches a layer as it learns."""

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.drawing import charts
from latentdemo.drawing.charts import Line
from latentdemo.drawing.markup import html
from latentdemo.drawing.tiles import sentence
from latentdemo.store.studies import NORMALISATION, Course
from latentdemo.tabs.features.chosen import OPENING, NetworkPage
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page

TITLE = "Batch norm"
WHY = "Normalised, a channel has the mean and sd that were learned for it; else whatever the layers before make."
LOOKS = {"lean-cnn": ("with it", "var(--lane1)"), "plain-cnn": ("without it", "var(--lane0)")}  # by kind


def show(page: Page, rate: str | None) -> tuple[str, gr.Radio]:
    """Loss, and mean and spread of a layer's input, at one learning rate; what all rates came to."""
    found = NORMALISATION.load(page.resources.folder)
    rates = sorted({course.rate for course in found.courses})
    names = [f"{one:g}" for one in rates]
    chosen = names.index(rate) if rate in names else len(names) - 1
    shown = [course for course in found.courses if course.rate == rates[chosen]]
    loss = charts.lines([_line(one, np.array(one.loss)) for one in shown], "nats", "step")
    title = (
        f"Loss (cross entropy, label smoothing 0.1, mean over {found.batch_size} digits; lower is better), learning "
        f"rate up to {names[chosen]}"
    )
    spread = charts.lines([_line(one, np.array(one.mean), np.array(one.sd)) for one in shown], "value", "step")
    below = f"What the first ReLU of {found.layer} gets: mean (line) and mean ± sd (band) over batch, place and channel"
    drawn = html('<div class="panel two charts">{}{}</div>', charts.chart(loss, title), charts.chart(spread, below))
    note = (
        f"Two networks of the same widths, {found.steps} steps each, the same images in the same order; test images "
        f"told right ({found.n_test:,}): "
    )
    return drawn + sentence(note + "; ".join(_outcome(course) for course in found.courses) + f". {WHY}"), gr.Radio(
        names, value=names[chosen]
    )


def _line(course: Course, values: Array, around: Array | None = None) -> Line:
    name, colour = LOOKS.get(course.kind, (course.kind, "var(--lane2)"))
    return Line(name, colour, values, around, dashed=course.kind == "plain-cnn")


def _outcome(course: Course) -> str:
    name = LOOKS.get(course.kind, (course.kind, ""))[0]
    if course.accuracy is None:
        return f"{name}, {course.rate:g}: the loss was no number after step {len(course.loss)}"
    return f"{name}, {course.rate:g}: {course.accuracy:.1%}"


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """The learning rate above two charts; nothing depends on the visitor's image."""
    rate = gr.Radio([], label="Learning rate (peak)", elem_id="normalised-rate", min_width=240, interactive=True)
    panel = gr.HTML(OPENING, elem_id="normalised")
    gr.on([due.change, rate.input], inputs=rate, outputs=[panel, rate], **listener(page, refusing(show, (gr.skip(),))))
