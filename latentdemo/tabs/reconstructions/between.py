"""From one image to another: faded pixels, straight and round ways through codes, and a way through real codes."""

import os
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo import figures, latents, ways
from latentdemo.figures import Tile
from latentdemo.resources import Resources
from latentdemo.tabs.reconstructions.sides import OPENING, SIDES
from latentdemo.ways import LANES, N_STEPS
from latentdemo.widgets import Page, latent_canvas, live_panel, remember
from latentdemo.widgets.handlers import listener, picked

TITLE = "Between"
N_TARGETS = 8
MIX = "mix-canvas"
EQUAL = [1 / 3] * 3  # of the three images, at first


def targets(resources: Resources, name: str, seed: int) -> list[int]:
    """Gallery indices of images to go to, other ones for each seed; of several classes where there are classes."""
    gallery = resources.gallery(name)
    order = np.random.default_rng(seed).permutation(len(gallery.codes))
    if gallery.labels.ndim > 1:
        return [int(i) for i in order[:N_TARGETS]]
    firsts = {int(gallery.labels[i]): int(i) for i in order[::-1]}  # the first of each class in that order
    found = sorted(firsts.values(), key=list(order).index)
    return [*found, *(int(i) for i in order if i not in found)][:N_TARGETS]


def show(
    page: Page, path: str | None, label: str, side: str, seed: float, second: float, third: float
) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The images to choose from, the four lanes, the triangle, and the mixture that it begins with."""
    name = getattr(page.resources.pair(label), side)
    index = targets(page.resources, name, int(seed))
    chosen = [_within(second), _within(third)]
    pictures = [page.resources.gallery_image(name, i) for i in index]
    words = {chosen[1]: "c", chosen[0]: "b"}
    tiles = [Tile(picture, words.get(i, "")) for i, picture in enumerate(pictures)]
    strip = figures.tiles(tiles, N_TARGETS, "targets pick", chosen[0])
    seen = page.resources.prepare(name, page.picture(path))
    three = [seen, *(pictures[i] for i in chosen)]
    return strip, lanes_value(page, path, name, index[chosen[0]]), *_mixture(page, name, three)


def _within(choice: float) -> int:
    return min(max(0, int(choice)), N_TARGETS - 1)


def pick(
    page: Page, event: gr.EventData, path: str | None, label: str, side: str, seed: float, second: float
) -> tuple[Any, ...]:
    """The image that was clicked becomes b, the one that was b becomes c."""
    clicked, before = _within(picked(event)), _within(second)
    third = before if clicked != before else (before + 1) % N_TARGETS
    return clicked, third, *show(page, path, label, side, seed, clicked, third)


@remember(4)
def journey(page: Page, path: str | None, name: str, target: int) -> ways.Journey:
    """The four lanes from the visitor's image to one of the gallery."""
    seen = page.resources.prepare(name, page.picture(path))
    return ways.journey(page.resources, name, seen, page.resources.gallery_image(name, target))


def lanes_value(page: Page, path: str | None, name: str, target: int) -> dict[str, Any]:
    """What between.js needs: a sheet of frames for each lane, and each frame's distance to the nearest real image."""
    found, dataset = journey(page, path, name, target), page.resources.card(name).dataset
    lanes = []
    for lane, title in LANES.items():
        frames = found.frames[lane]
        real = ways.reality(page.resources, dataset, frames)
        lanes.append(
            {
                "title": title,
                "src": figures.data_uri(figures.sheet(list(frames), N_STEPS), lossless=frames.shape[3] == 1),
                "distances": [] if real is None else [round(float(value), 3) for value in real.distances],
            }
        )
    usual = ways.usual_distance(page.resources, dataset)
    passed = len(found.stops)
    return {
        "lanes": lanes,
        "side": found.frames["fade"].shape[1],
        "usual": usual and round(usual, 3),
        "note": f"The last lane goes from neighbour to neighbour; real codes passed: {passed}.",
    }


def _mixture(page: Page, name: str, three: list[Array]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The triangle's corners, and the canvas that decodes a · z₁ + b · z₂ + c · z₃."""
    codes = latents.encode(page.resources.model(name), np.stack(three)).mu
    corners = {"corners": [figures.data_uri(picture) for picture in three], "weights": EQUAL}
    value = {
        "model": name,
        "origin": [0.0] * codes.shape[1],
        "directions": np.round(codes, 5).tolist(),
        "steps": EQUAL,
    }
    return corners, value


def save_gif(page: Page, path: str | None, label: str, side: str, seed: float, second: float) -> Any:
    """The four lanes as an animated GIF, to be downloaded."""
    name = getattr(page.resources.pair(label), side)
    target = targets(page.resources, name, int(seed))[_within(second)]
    data = ways.gif(journey(page, path, name, target).frames)
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("GRADIO_TEMP_DIR")))
    file = folder / "between.gif"
    file.write_bytes(data)
    return gr.File(str(file), visible=True)


def build(page: Page, due: gr.Textbox) -> None:
    """The choice of b and c above, the lanes, the triangle below."""
    seed, second, third = gr.State(0), gr.State(0), gr.State(1)
    with gr.Row():
        side = gr.Radio([(title, key) for key, title in SIDES], value="vae", label="Codes of the")
        again = gr.Button("Other images")
        save = gr.Button("Save the lanes as a GIF")
        file = gr.File(label="GIF", visible=False, interactive=False)
    gr.HTML(figures.sentence("From your image (a) to b; click another image for b, the one before it becomes c."))
    strip = gr.HTML(OPENING, js_on_load="latentdemo.pickable(element, trigger)", elem_id="between-targets")
    lanes = live_panel("between", "between")
    gr.Markdown("### Three at once: a + b + c = 1")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            triangle = live_panel("triangle", "triangle")
        with gr.Column(scale=1, min_width=320):
            canvas = latent_canvas(
                {"model": "", "origin": [], "directions": [], "steps": []}, MIX, "The mixture, decoded"
            )
    inputs: list[Any] = [page.door, page.pair, side, seed, second]
    outputs = [strip, lanes, triangle, canvas]
    gr.on([due.change, side.input, seed.change], inputs=[*inputs, third], outputs=outputs, **listener(page, show))
    strip.select(inputs=inputs, outputs=[second, third, *outputs], **listener(page, pick))
    again.click(fn=None, js="n => n + 1", inputs=seed, outputs=seed)
    saving = {**listener(page, save_gif, 2), "show_progress": "minimal"}  # seconds, for faces
    save.click(inputs=inputs, outputs=file, **saving)
