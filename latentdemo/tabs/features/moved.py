"""A network that was trained further, beside the one that it began as: kernels, layers, maps of the image."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers import changes
from latentdemo.classifiers.pretrained import NETWORKS, Network
from latentdemo.drawing import charts
from latentdemo.drawing.markup import html
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours
from latentdemo.drawing.pictures import kernel_picture, thumbnail
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.options import TRAIN_COMMAND
from latentdemo.tabs.features.chosen import OPENING, NetworkPage, enlarged, layer_title
from latentdemo.tabs.features.first import first_kernels
from latentdemo.tabs.features.layers import THUMBNAIL, coloured, feature_maps, scale_of
from latentdemo.tabs.handlers import listener, refusing, still
from latentdemo.widgets import Page

TITLE = "Fine-tuning"
SHIPPED = "mnist-from-cifar10"
N_KERNELS, N_MAPS = 8, 8  # the ones that moved most, the ones that were strongest before


def names(page: Page) -> list[str]:
    """Checkpoints that began with another network's body."""
    return [name for name, card in page.resources.cards.items() if card.training.get("begin")]


def before_and_after(page: Page, name: str) -> tuple[Network, Network]:
    """Both networks. ValueError or FileNotFoundError say why the earlier one is not to be had."""
    resources = page.resources
    training, begin = resources.card(name).training, resources.card(name).training["begin"]
    if begin not in resources.cards:
        if begin not in NETWORKS:
            raise ValueError(f"{name} began with {begin}, which is not here; put its files beside.")
        return resources.classifier(begin), resources.classifier(name)
    if resources.card(begin).sha256["safetensors"] != training.get("begin_weights"):
        raise ValueError(f"{name} began with other weights of {begin} than are here; train it again.")
    return resources.classifier(begin), resources.classifier(name)


def show(page: Page, path: str | None, name: str, layer: float) -> tuple[str, Any]:
    """How far each layer went, the kernels that went furthest, and the maps of the visitor's image through both."""
    if not names(page):
        raise ValueError(f"{SHIPPED} is missing; rebuild it with: {TRAIN_COMMAND} --shipped {SHIPPED}")
    chosen = still(name, names(page))
    before, after = before_and_after(page, chosen)
    went = changes.moved(before, after)
    index = min(max(0, int(layer or 0)), len(after.layers) - 1)
    titles = [(f"{i + 1}. {layer_title(after, i)}", i) for i in range(len(after.layers))]
    card = page.resources.card(chosen)
    told = sentence(
        f"{chosen} began as {before.title} and was trained further on {page.resources.dataset(chosen).title}; it tells "
        f"{card.metrics['accuracy']:.1%} of the test images right. Its last layer is new, so it is not compared. "
        "Network and weights above change nothing here."
    )
    two = '<div class="panel two"><div>{}</div><div>{}</div></div>'
    panel = told + html(two, _way(after, went), _kernels(before, after))
    return panel + _maps(before, after, page.picture(path), index), gr.Dropdown(titles, value=index)


def _way(network: Network, went: list[changes.Moved]) -> str:
    """Bars, and the layer that went furthest by name."""
    furthest = max(went, key=lambda one: one.share)
    bars = charts.bars(
        100 * np.array([one.share for one in went]), [f"{one.layer + 1}" for one in went], "%", "var(--accent)"
    )
    title = (
        "How far each convolution's weights went: ‖after − before‖ as a share of ‖before‖, by the layer's number. "
        f"Furthest: layer {furthest.layer + 1}, {layer_title(network, furthest.layer)}, {furthest.share:.0%}."
    )
    return charts.chart(bars, title)


def _kernels(before: Network, after: Network) -> str:
    """The first layer's kernels that moved most: before, after, and the change."""
    old, new = first_kernels(before), first_kernels(after)
    change = np.linalg.norm((new - old).reshape(len(old), -1), axis=1)
    picked = np.argsort(-change, kind="stable")[:N_KERNELS]
    limit = float(np.abs(new - old).max()) or 1.0
    tiles = [Tile(_row(old[k], new[k], limit), f"{k}: {number(change[k])}") for k in picked]
    note = (
        f"Of the first layer's {len(old)} kernels the {len(picked)} that moved most: before | after | the change, its "
        f"mean over colours (blue down, orange up, full at ±{number(limit)}); below, ‖after − before‖."
    )
    return sentence(note) + tile_grid(tiles, 4, "kernels")


def _row(old: Array, new: Array, limit: float) -> Array:
    """Two kernels and what changed, side by side, white between."""
    pictures = [kernel_picture(old), kernel_picture(new), signed_colours((new - old).mean(axis=0), limit)]
    gap = np.full((old.shape[1], 1, 3), 255, np.uint8)
    return np.concatenate([pictures[0], gap, pictures[1], gap, pictures[2]], axis=1)


def _maps(before: Network, after: Network, picture: Array, index: int) -> str:
    """The channels that the image excited most before, before and after."""
    old, new = (feature_maps(one, enlarged(one, picture), one.layers[index].name) for one in (before, after))
    picked = np.argsort(-old.max(axis=(1, 2)), kind="stable")[:N_MAPS]
    tiles = [
        Tile(thumbnail(coloured(maps[k]), THUMBNAIL), f"{k}, {when}: {number(maps[k].max())}")
        for k in picked
        for when, maps in (("before", old), ("after", new))
    ]
    note = (
        f"Your image in layer {index + 1}, {layer_title(after, index)}: the {len(picked)} channels that it excited "
        f"most before, each beside itself after; below, each map's largest value. Colours: "
        f"{scale_of(np.concatenate([old[picked], new[picked]]))}."
    )
    return sentence(note) + tile_grid(tiles, len(picked), "maps")


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """The choice above, everything else in one panel."""
    with gr.Row():
        known = names(page) or [SHIPPED]
        first = SHIPPED if SHIPPED in known else known[0]
        name = gr.Dropdown(known, value=first, label="Trained further", min_width=240, elem_id="moved-network")
        layer = gr.Dropdown([("1", 0)], value=0, label="Maps of layer", min_width=240, elem_id="moved-layer",
                            interactive=True, allow_custom_value=True)  # fmt: skip
    panel = gr.HTML(OPENING, elem_id="moved")
    gr.on([due.change, name.input, layer.input], inputs=[page.door, name, layer], outputs=[panel, layer],
          **listener(page, refusing(show, (gr.skip(),)), 2))  # fmt: skip
