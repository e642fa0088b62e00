"""How many labelled images a task needs, with and without what was learned before."""

import gradio as gr
import numpy as np

from latentdemo.drawing import charts
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.palette import CLASSES
from latentdemo.drawing.tiles import sentence
from latentdemo.store.studies import TRANSFER
from latentdemo.tabs.features.chosen import OPENING, NetworkPage
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page, remember

TITLE = "Transfer learning"
COLOURS = (CLASSES[9], CLASSES[5], CLASSES[2], CLASSES[3], CLASSES[1])  # of the methods
HOW = (  # what `studies/transfer.py` did
    "Networks: lean-cnn, batches of at most 32, learning rate up to 0.1, for 10 to 10,000 labels 40, 60, 186 and 624 "
    "steps. CIFAR-10's images are shifted and mirrored by chance for the "
    "networks, not for the linear heads (logistic regression, scikit-learn's default penalty, features as they are)."
)
MEANINGS = {
    "scratch": "a network begins with random weights",
    "fine-tuned": "the network begins with a body that had learned something else, below a new head",
    "frozen": "that body is left as it is, and a linear head reads it",
    "codes": "a linear head reads a VAE's codes, which were learned without labels",
    "pixels": "a linear head reads the pixels",
}


@remember(2)
def show(page: Page) -> str:
    """Both curves, and what the lines mean."""
    found = TRANSFER.load(*page.resources.folders)
    drawn = []
    for task in found.tasks:
        scores = np.array(task.accuracy)
        figure = charts.curves(np.array(found.sizes), scores, found.methods, COLOURS, "share right")
        title = (
            f"{task.title}. Learned before: {task.note}. {task.n_test:,} test images; line: mean over "
            f"{scores.shape[2]} seeds, band: from the lowest to the highest."
        )
        drawn.append(charts.chart(figure, title))
    told = "; ".join(f"{name}: {MEANINGS[name]}" for name in found.methods if name in MEANINGS)
    words = sentence(f"{told}.") + sentence(compared(found.methods, found.tasks[-1].accuracy)) + sentence(HOW)
    return html('<div class="panel two charts">{}</div>', join(drawn)) + words


def compared(methods: list[str], accuracy: list[list[list[float]]]) -> str:
    """What the last task's lines say at their ends: the best ones, and fine-tuning beside training from scratch."""
    means = {name: np.array(curve).mean(axis=1) for name, curve in zip(methods, accuracy, strict=True)}
    scratch, tuned = means["scratch"], means["fine-tuned"]
    fewest, most = (max(means, key=lambda name, i=i: means[name][i]) for i in (0, -1))
    first, last = (100 * (tuned[i] - scratch[i]) for i in (0, -1))
    return (
        f"In the last chart fine-tuning tells {_points(first)} right than training from scratch with the fewest "
        f"labels, and {_points(last)} with the most. Best with the fewest: {fewest} ({means[fewest][0]:.0%}); with the "
        f"most: {most} ({means[most][-1]:.0%})."
    )


def _points(difference: float) -> str:
    """Percentage points, more or less."""
    return f"{abs(difference):.1f} percentage points {'more' if difference >= 0 else 'less'}"


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """One panel; nothing in it depends on the visitor's image."""
    panel = gr.HTML(OPENING, elem_id="transfer")
    due.change(outputs=panel, **listener(page, refusing(show, ())))
