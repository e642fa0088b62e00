"""Tab 2: what each layer of a network sees in the image, which kernels do it, what it answers, and why."""

from typing import Any

import gradio as gr
from numpy import ndarray as Array

from latentdemo import figures, networks
from latentdemo.tabs.features import evidence, first, layers, seeks, vector
from latentdemo.tabs.features.chosen import NETWORK, RANDOM, TRAINED, Chosen, enlarged, titles
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.widgets import Door, Page

TITLE = "CNN features"
QUESTION = "What does each layer of a trained network see in this image?"
NEEDS = NETWORK
SECTIONS = (layers, first, seeks, evidence, vector)


def describe(page: Page, name: str, weights: str) -> tuple[str, Any]:
    """What is known of the chosen network, and whether the button that fetches its weights is needed."""
    missing = name in networks.NETWORKS and weights == TRAINED and not _at_hand(page, name)
    if weights == RANDOM:
        text = "Random weights, as training begins: what is the same with trained ones comes from the architecture."
    elif name not in networks.NETWORKS:
        card = page.resources.card(name)
        text = f"Trained on CIFAR-10's ten classes; right on {card.metrics['accuracy']:.1%} of its 10,000 test images."
    else:
        entry = networks.NETWORKS[name]
        text = f"{entry.source}; trained on ImageNet's 1,000 classes (torchvision's weights, {entry.megabytes} MB)."
    if missing:
        file = networks.weights_path(name, page.resources.shelf.folder).name
        text += f" They are not here yet: fetch them, or put {file} into the weights folder. Random ones work at once."
    return figures.sentence(text), gr.Button(visible=missing)


def _at_hand(page: Page, name: str) -> bool:
    return page.resources.shelf.has(name) or networks.is_whole(name, page.resources.shelf.folder)


def fetch(page: Page, name: str, counter: float, progress: gr.Progress = gr.Progress()) -> float:
    """Fetch a network's weights, with progress; then a number that is new."""
    if name not in networks.NETWORKS:
        raise ValueError("Our own network's weights are here; there is nothing to fetch.")
    title = networks.NETWORKS[name].title
    progress(0, f"Fetching {title}")
    networks.fetch(name, page.resources.shelf.folder, lambda have, total: progress((have, total), f"Fetching {title}"))
    return counter + 1


def features_api(page: Page, image: str, layer: str) -> tuple[Array, dict[str, Any]]:
    """Feature maps of one layer of our CNN as a picture (each from its minimum to its maximum), ranges and guesses."""
    network, picture = page.resources.classifier(NETWORK), page.picture(image)
    maps = layers.feature_maps(network, enlarged(network, picture), network.layer(layer).name)
    ranges = [[float(values.min()), float(values.max())] for values in maps]
    found = {"layer": layer, "shape": list(maps.shape), "ranges": ranges, "classes": evidence.shares(network, picture)}
    return figures.sheet([figures.unsigned_colours(values) for values in maps], 8), found


def build(page: Page) -> None:
    """The choice of a network above, one tab for each question below."""
    with gr.Row():
        choices = [(title, key) for key, title in titles(page).items()]
        name = gr.Dropdown(choices, value=NETWORK, label="Network", min_width=240)
        weights = gr.Radio([TRAINED, RANDOM], value=TRAINED, label="Weights", min_width=240)
        with gr.Column(scale=2, min_width=300):
            about = gr.HTML(describe(page, NETWORK, TRAINED)[0])
            button = gr.Button("Fetch the weights", visible=False)
    fetched = gr.State(0.0)
    chosen = Chosen(name, weights)
    page.turns.extend((event, "features") for event in (name.input, weights.input, fetched.change))
    gr.on([name.input, weights.input, fetched.change], inputs=[name, weights], outputs=[about, button],
          **listener(page, describe))  # fmt: skip
    fetching = {**listener(page, fetch, 1), "show_progress": "full"}
    button.click(inputs=[name, fetched], outputs=fetched, **fetching)
    with gr.Tabs():
        for section in SECTIONS:
            key = f"features/{section.__name__.rpartition('.')[2]}"
            with page.tab(key, section.TITLE):
                section.build(page, chosen, page.panel(key, filled=False))
    endpoint(
        page,
        "features",
        features_api,
        [Door(label="image", visible=False), gr.Textbox("conv1.2", label="layer", visible=False)],
        [gr.Image(format="png", visible=False), gr.JSON(visible=False)],
    )
