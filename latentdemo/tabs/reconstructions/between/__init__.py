"""From one image to another: faded pixels, straight and round paths through codes, and a path through real codes."""

import base64
from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.drawing.pictures import base64_of, data_uri
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.store.resources import Resources
from latentdemo.tabs.asked import picked
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.between import journeys
from latentdemo.tabs.reconstructions.between.journeys import LANES, N_STEPS
from latentdemo.tabs.reconstructions.sides import OPENING, again, instead, test_images
from latentdemo.tabs.steering import Way, Words, steered, steering
from latentdemo.widgets import Page, live_panel, live_value, pickable, remember, side_radio

TITLE = "Interpolation"
N_TARGETS = 8
MIX = "mix-canvas"
FIRST = (0, 1)  # which of the images to choose from are b and c
EQUAL = [1 / 3] * 3  # of the three images, at first


def targets(resources: Resources, name: str, seed: int) -> list[int]:
    """Gallery indices of at most eight images to go to, other ones for each seed; the first ones of other classes."""
    gallery = resources.gallery(name)
    order = np.random.default_rng(seed).permutation(len(gallery.codes))
    if gallery.labels.ndim > 1:
        return [int(i) for i in order[:N_TARGETS]]
    firsts = {int(gallery.labels[i]): int(i) for i in order[::-1]}  # the first of each class in that order
    found = sorted(firsts.values(), key=list(order).index)
    return [*found, *(int(i) for i in order if i not in found)][:N_TARGETS]


def show(
    page: Page, path: str | None, label: str, side: str, seed: int, marks: tuple[int, int]
) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The images to choose from, the four lanes, the triangle, and the mixture that it begins with.

    `marks` are the positions of b and c among the images to choose from.
    """
    pair = page.resources.pair(label)
    name = pair.side(side)
    index = targets(page.resources, name, seed)
    b, c = (min(mark, len(index) - 1) for mark in marks)
    pictures = [page.resources.gallery_image(name, i) for i in index]
    words = {c: "c", b: "b"}
    tiles = [Tile(picture, words.get(i, "")) for i, picture in enumerate(pictures)]
    strip = instead(pair, side) + sentence(f"To choose from: {test_images(page, name)}.")
    strip += tile_grid(tiles, N_TARGETS, "targets pick", b)
    three = [page.resources.prepare(name, page.picture(path)), pictures[b], pictures[c]]
    return strip, lanes_value(page, path, name, index[b]), *_mixture(page, name, three)


def pick(
    page: Page, event: gr.EventData, path: str | None, label: str, side: str, seed: int, marks: tuple[int, int]
) -> tuple[Any, ...]:
    """The image that was clicked becomes b, the one that was b becomes c."""
    clicked, before = min(max(0, picked(event)), N_TARGETS - 1), marks[0]
    moved = (clicked, before if clicked != before else marks[1])
    return moved, *show(page, path, label, side, seed, moved)


@remember(4)
def journey(page: Page, path: str | None, name: str, target: int) -> journeys.Journey:
    """The four lanes from the visitor's image to one of the gallery."""
    seen = page.resources.prepare(name, page.picture(path))
    return journeys.journey(page.resources, name, seen, page.resources.gallery_image(name, target))


def lanes_value(page: Page, path: str | None, name: str, target: int) -> dict[str, Any]:
    """What between.js needs.

    Returns:
        lanes: title, codes (33, D) or None where pixels are mixed, and distances (each frame's to the nearest real
        image, in the judge's features) of each; model; n frames of each; ends: both images' bytes; usual distance of
        real images to their nearest other one, None without a judge; n_real images there are; note on the way through
        real codes.
    """
    found, dataset = journey(page, path, name, target), page.resources.card(name).source
    lanes = []
    for lane, title in LANES.items():
        frames = found.frames[lane]
        real = journeys.reality(page.resources, dataset, frames)
        lanes.append(
            {
                "title": title,
                "codes": base64_of(found.codes[lane]) if lane in found.codes else None,
                "distances": [] if real is None else [round(float(value), 3) for value in real],
            }
        )
    usual = journeys.usual_distance(page.resources, dataset)
    passed = len(found.stops)
    return {
        "lanes": lanes,
        "model": name,
        "n": N_STEPS,
        "ends": [base64_of(found.frames["fade"][step]) for step in (0, -1)],
        "usual": usual and round(usual, 3),
        "n_real": len(page.resources.gallery(name).codes),
        "note": f"The last lane goes from neighbour to neighbour. Real codes passed: {passed}.",
    }


def _mixture(page: Page, name: str, three: list[Array]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The triangle's corners, and the canvas that decodes a · z₁ + b · z₂ + c · z₃."""
    codes = latents.encode(page.resources.model(name), np.stack(three)).mu
    corners = {"corners": [data_uri(picture) for picture in three], "weights": EQUAL}
    origin = np.zeros(codes.shape[1], np.float32)
    return corners, steering(page, name, Way(origin, codes, EQUAL), Words("The mixture of codes, decoded"))


def save_gif(page: Page, path: str | None, label: str, side: str, seed: int, marks: tuple[int, int]) -> dict[str, str]:
    """The four lanes as an animated GIF, for `web/core/download.js`."""
    name = page.resources.pair(label).side(side)
    index = targets(page.resources, name, seed)
    target = index[min(marks[0], len(index) - 1)]
    data = journeys.gif(journey(page, path, name, target).frames)
    return {"name": "between.gif", "src": f"data:image/gif;base64,{base64.b64encode(data).decode()}"}


def build(page: Page, due: gr.Textbox) -> None:
    """The choice of b and c above, the lanes, the triangle below."""
    marks = gr.State(FIRST)
    with gr.Row():
        side = side_radio("Codes of the", "between-side")
        seed = again("between", "Other images")
        save = gr.Button("Save the lanes as a GIF")
        file = live_value("core/download")
    gr.HTML(sentence("From your image (a) to b. Click another image: it becomes b, and the old b becomes c."))
    strip = pickable(OPENING, "between-targets")
    lanes = live_panel("reconstructions", "between")
    with gr.Accordion("Take the straight walk’s picture home", open=False):
        live_panel("latent/edit", "home", {"from": "between", "name": "between"}, "between-home")
    gr.Markdown("### Three at once: a + b + c = 1")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            triangle = live_panel("reconstructions", "triangle")
        with gr.Column(scale=1, min_width=320):
            canvas = steered({"model": ""}, MIX)
            gr.HTML(
                sentence(
                    "Latent codes mixed with the weights of the point in the triangle, then decoded. Drag the point."
                )
            )
    inputs: list[Any] = [page.door, page.pair, side, seed, marks]
    outputs = [strip, lanes, triangle, canvas]
    gr.on([due.change, side.input, seed.change], inputs=inputs, outputs=outputs, **listener(page, show))
    strip.select(inputs=inputs, outputs=[marks, *outputs], **listener(page, pick))
    saving = {**listener(page, save_gif, 2), "show_progress": "minimal"}  # a second, for faces
    save.click(inputs=inputs, outputs=file, **saving)
