"""The same network with and without batch normalisation: its loss, and what reaches a layer as it learns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TITLE = "Batch normalization"
LEARNED = 0.5  # accuracy above which a run counts as trained; chance is 0.1
OFF_SCALE = 2.0  # times the median: a diverging run leaves the chart there
WHY = (
    "One run each. Weights start from PyTorch's default with it, from He et al. 2015 without it. With it, the mean and "
    "sd of a channel are learned parameters; without it, they are whatever the earlier layers produce."
)
LOOKS = {"lean-cnn": ("with it", "var(--lane1)"), "plain-cnn": ("without it", "var(--lane0)")}  # by kind


def show(page: Page, rate: str | None) -> tuple[str, gr.Radio]:
    """Loss, and mean and spread of a layer's input, at one learning rate; what all rates came to."""
    found = NORMALISATION.load(*page.resources.folders)
    rates = sorted({course.rate for course in found.courses})
    names = [f"{one:g}" for one in rates]
    chosen = names.index(rate) if rate in names else len(names) - 1
    shown = [course for course in found.courses if course.rate == rates[chosen]]
    loss = _within(charts.lines([_line(one, np.array(one.loss)) for one in shown], "nats", "step"),
                   [np.array(one.loss) for one in shown], 0)  # fmt: skip
    title = (
        f"Loss (cross entropy, label smoothing 0.1, mean over {found.batch_size} digits; lower is better), learning "
        f"rate up to {names[chosen]}"
    )
    spread = charts.lines([_line(one, np.array(one.mean), np.array(one.sd)) for one in shown], "value", "step")
    spread = _within(spread, [np.abs(one.mean) + np.array(one.sd) for one in shown], -1)
    below = f"What the first ReLU of {found.layer} gets: mean (line) and mean ± sd (band) over batch, place and channel"
    drawn = html('<div class="panel two charts">{}{}</div>', charts.chart(loss, title), charts.chart(spread, below))
    note = (
        f"Two networks of the same widths, {found.steps} steps each, the same images in the same order. Accuracy on "
        f"{found.n_test:,} test images: "
    )
    outcomes = "; ".join(_outcome(course) for course in found.courses)
    body = sentence(f"{conclusion(found.courses)} {note}{outcomes}. {WHY}")
    return drawn + body, gr.Radio(names, value=names[chosen])


def conclusion(courses: Sequence[Course]) -> str:
    """What the runs show of the learning rate, from their accuracies alone."""
    by_kind = {kind: {one.rate: one.accuracy or 0.0 for one in courses if one.kind == kind} for kind in LOOKS}
    parts, highest = [], {}
    for kind, accuracies in by_kind.items():
        name = LOOKS[kind][0].capitalize()
        trained = [rate for rate, accuracy in accuracies.items() if accuracy > LEARNED]
        if not trained:
            parts.append(f"{name}, the network trains at none of these rates.")
            continue
        highest[kind], best = max(trained), max(trained, key=accuracies.__getitem__)
        parts.append(
            f"{name}, the network trains at learning rates up to {max(trained):g}; its best accuracy is "
            f"{accuracies[best]:.1%}, at {best:g}."
        )
    first, second = by_kind.values()
    ahead = [f"{rate:g}" for rate in sorted(first) if second.get(rate, 0.0) > first[rate]]
    if ahead:
        parts.append(f"At {' and '.join(ahead)} the network without it is ahead.")
    if len(highest) == len(LOOKS) and len(set(highest.values())) > 1:
        more = max(highest, key=highest.__getitem__)
        parts.append(f"A rate of {highest[more]:g} is usable only {LOOKS[more][0]}.")
    return " ".join(parts)


def _within(figure: "Figure", sizes: list[Array], low: float) -> "Figure":
    """Cut the axis of values where a diverging run leaves the others' scale; `low` is its lower end, in units of it."""
    limit = OFF_SCALE * max(float(np.median(values)) for values in sizes)
    if max(float(values.max()) for values in sizes) > OFF_SCALE * limit:
        figure.update_yaxes(range=[low * limit, limit])
    return figure


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
