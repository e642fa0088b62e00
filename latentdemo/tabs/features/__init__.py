"""Tab 2: what each layer of a network sees in the image, which kernels do it, what it answers, and why."""

from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo.classifiers import pretrained
from latentdemo.drawing.palette import unsigned_colours
from latentdemo.drawing.pictures import sheet
from latentdemo.drawing.tiles import problem, sentence
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.features import augmented, evidence, first, layers, moved, normalised, seeks, transfer, vector
from latentdemo.tabs.features.chosen import NETWORK, RANDOM, TRAINED, NetworkPage, default, enlarged, titles
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.tabs.sections import build_sections, of
from latentdemo.widgets import Page
from latentdemo.widgets.components import Door, Picture

TITLE = "CNN features"
QUESTION = "What does each layer of a trained network see in this image?"
NEEDS = ""
LAYER = "conv1.2"  # of our CNN: what the endpoint shows by default
SECTIONS = tuple(
    of(module) for module in (layers, first, seeks, evidence, vector, transfer, moved, normalised, augmented)
)


def describe(page: Page, name: str, weights: str) -> tuple[str, Any]:
    """What is known of the chosen network, and whether the button that fetches its weights is needed."""
    missing = name in pretrained.NETWORKS and weights == TRAINED and not _at_hand(page, name)
    if weights == RANDOM:
        text = "Random weights, as training begins: what is the same with trained ones comes from the architecture."
    elif name not in pretrained.NETWORKS:
        card = page.resources.card(name)
        dataset, right = page.resources.dataset(name), card.metrics["accuracy"]
        count = f"{dataset.n_test:,} " if dataset.n_test else ""
        text = (
            f"Trained on {dataset.title}'s {len(card.names)} classes; right on {right:.1%} of its {count}test images."
        )
    else:
        entry = pretrained.NETWORKS[name]
        text = f"{entry.source}; trained on ImageNet's 1,000 classes (torchvision's weights, {entry.megabytes} MB)."
    if missing:
        path = pretrained.weights_path(name, page.resources.shelf.folder)
        if path.exists():
            text += f" The file {path.name} is damaged; fetch the weights again to replace it. No maps are shown."
        else:
            text += f" They are not here yet: fetch them, or put {path.name} into the weights folder (--weights-dir)."
            text += " Random weights work at once."
    return sentence(text), gr.Button(visible=missing)


def _at_hand(page: Page, name: str) -> bool:
    return page.resources.shelf.has(name) or pretrained.is_whole(name, page.resources.shelf.folder)


def fetch(page: Page, name: str, counter: float, progress: gr.Progress = gr.Progress()) -> float:
    """Fetch a network's weights, with progress; then a number that is new."""
    if name not in pretrained.NETWORKS:
        raise ValueError("Our own network's weights are here; there is nothing to fetch.")
    title = pretrained.NETWORKS[name].title
    progress(0, f"Fetching {title}")
    pretrained.fetch(
        name, page.resources.shelf.folder, lambda have, total: progress((have, total), f"Fetching {title}")
    )
    return counter + 1


def features_api(page: Page, image: str | None, layer: str) -> tuple[Array, dict[str, Any]]:
    """Feature maps of one layer of the first network of the tab (each from its minimum to its maximum) as a picture.

    Also ranges and guesses. The network is our CNN; without its checkpoint, another classifier or torchvision's
    ResNet18, whose weights are random until they have been downloaded.

    Args:
        image: to look at: an address that begins with http, or an uploaded file; none: the first sample.
        layer: conv1.2, conv2.2, pool2, residual2.add, conv3.2, pool3 …; "": the first. An error names all layers.
    """
    name, weights = default(page)
    network, picture = page.resources.classifier(name, weights == TRAINED), page.picture(image)
    layer = layer or network.layers[0].name
    maps = layers.feature_maps(network, enlarged(network, picture), network.layer(layer).name)
    ranges = [[float(values.min()), float(values.max())] for values in maps]
    found = {"layer": layer, "shape": list(maps.shape), "ranges": ranges, "classes": evidence.shares(network, picture)}
    return sheet([unsigned_colours(values) for values in maps], 8), found


def build(page: Page) -> None:
    """The choice of a network above, one tab for each question below."""
    here = NETWORK in page.resources.cards
    if not here:
        gr.HTML(problem(f"Our own CNN is missing; rebuild it with: {TRAIN_COMMAND} --shipped {NETWORK}"))
    with gr.Row():
        choices = [(title, key) for key, title in titles(page).items()]
        first, start = default(page)
        name = gr.Dropdown(choices, value=first, label="Network", min_width=240, elem_id="network")
        weights = gr.Radio([TRAINED, RANDOM], value=start, label="Weights", min_width=240, elem_id="weights")
        with gr.Column(scale=2, min_width=300):
            about = gr.HTML(describe(page, first, start)[0])
            button = gr.Button("Fetch the weights", visible=False)
    fetched = gr.State(0.0)
    page.turns.extend((event, "features") for event in (name.input, weights.input, fetched.change))
    gr.on([name.input, weights.input, fetched.change], inputs=[name, weights], outputs=[about, button],
          **listener(page, describe))  # fmt: skip
    fetching = {**listener(page, fetch, 1), "show_progress": "full"}
    button.click(inputs=[name, fetched], outputs=fetched, **fetching)
    build_sections(NetworkPage(**vars(page), network=name, weights=weights), "features", SECTIONS)
    endpoint(
        page,
        "features",
        features_api,
        [Door(label="image", visible=False), gr.Textbox(LAYER if here else "", label="layer", visible=False)],
        [Picture(format="png", visible=False), gr.JSON(visible=False)],
    )
