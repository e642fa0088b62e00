"""The image as a vector: its neighbours among other images, and a path from it to another one."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers.pretrained import NETWORKS
from latentdemo.codes import graphs
from latentdemo.data import DATASETS
from latentdemo.drawing.markup import html
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import unsigned_colours
from latentdemo.drawing.tiles import Tile, img, sentence, tile_grid
from latentdemo.pixels import images
from latentdemo.store.photographs import PHOTOGRAPHS
from latentdemo.tabs.features import album
from latentdemo.tabs.features.album import Vectors
from latentdemo.tabs.features.chosen import NETWORK, OPENING, TRAINED, NetworkPage, network_of
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page

TITLE = "Similar images"
N_SHOWN = 8
SEED = 3
AT_ONCE = 4  # visitors
ANOTHER = "another picture of the album"


def show(page: Page, path: str | None, name: str, weights: str, target: str, draw: float) -> Iterator[str]:
    """The vector, its neighbours, and the way to another picture; first how far the album has been looked at."""
    yield sentence("Looking into the network …")
    network = network_of(page, name, weights)
    picture = page.picture(path)
    found = None
    for share, found in album.vectors(page.resources, name, weights == TRAINED):
        if found is None:
            yield sentence(f"{network.title} looks at the album for the first time: {share:.0%} …")
    assert found is not None  # the last thing that `vectors` yields
    mine = album.as_vectors(network, picture[None])[0]
    other = target_picture(page, found, target, int(draw))
    theirs = album.as_vectors(network, other[None])[0]
    yield (
        vector_html(mine, network.title)
        + neighbours_html(page, found, mine)
        + path_html(page, found, (images.fit(picture, album.SIDE, 3), mine), (other, theirs))
        + sentence(_album_note(page, found, name))
    )


def target_picture(page: Page, found: Vectors, target: str, draw: int) -> Array:
    """Where the way ends: one of the samples, or a picture of the album, another one for each draw; (S, S, 3) uint8."""
    samples = page.resources.samples()
    if target in samples:
        return images.fit(samples[target].picture, album.SIDE, 3)
    chosen = np.random.default_rng((SEED, draw)).choice(found.which)
    return album.album(page.resources).pictures[chosen]


def vector_html(values: Array, title: str) -> str:
    """The numbers as a strip of colours."""
    rows = max(1, round((len(values) / 32) ** 0.5))
    length = -(-len(values) // rows)
    padded = np.zeros(rows * length, np.float32)
    padded[: len(values)] = values
    drawn = unsigned_colours(padded.reshape(rows, length))
    note = (
        f"Your image as a feature vector, in front of the last layer of {title}: {len(values):,} numbers, "
        f"{number(values.min())} (dark) … {number(values.max())} (bright)."
    )
    return sentence(note) + html('<div class="vector">{}</div>', img(drawn, note, "hard"))


def neighbours_html(page: Page, found: Vectors, mine: Array) -> str:
    """The eight nearest pictures of the album."""
    pictures = album.album(page.resources).pictures
    distances = np.linalg.norm(found.values - mine, axis=1)
    nearest = np.argsort(distances, kind="stable")[:N_SHOWN]
    tiles = [Tile(pictures[found.which[i]], number(distances[i])) for i in nearest]
    return sentence("Nearest in the album, by the Euclidean distance between feature vectors:") + tile_grid(
        tiles, N_SHOWN, "strips"
    )


def path_html(page: Page, found: Vectors, start: tuple[Array, Array], end: tuple[Array, Array]) -> str:
    """From your image to another one through pictures whose vectors lie between; start and end: picture and vector."""
    pictures = album.album(page.resources).pictures
    points = np.concatenate((start[1][None], found.values, end[1][None]))
    way = graphs.shortest_path(points, 0, len(points) - 1)
    inner = [pictures[found.which[stop - 1]] for stop in way.stops[1:-1]]
    captions = ["you", *(f"+ {number(step)}" for step in way.steps)]
    tiles = [Tile(picture, caption) for picture, caption in zip([start[0], *inner, end[0]], captions, strict=True)]
    steps = "1 step" if len(way.steps) == 1 else f"{len(way.steps)} steps"
    straight = float(np.linalg.norm(end[1] - start[1]))
    note = (
        f"A path to the chosen picture in {steps}, each to a neighbour (every picture is joined to its {way.k} "
        "nearest; the path with the least sum of squared steps wins). Its steps add up to "
        f"{number(float(way.steps.sum()))}; in a straight line, past no picture, it is {number(straight)}."
    )
    return sentence(note) + tile_grid(tiles, max(N_SHOWN, len(tiles)), "strips")


def _album_note(page: Page, found: Vectors, name: str) -> str:
    kinds = album.album(page.resources).kinds
    counts: dict[str, int] = {}
    for i in found.which:
        counts[kinds[i]] = counts.get(kinds[i], 0) + 1
    parts = ", ".join(f"{count} × {kind}" for kind, count in counts.items())
    size = f", seen at {album.LARGE_SIDE} pixels" if name in NETWORKS else ""
    known = {f"{entry.noun}s": entry.render for entry in DATASETS.values() if entry.noun in counts}  # each noun once
    rendered = [nouns for nouns, render in known.items() if render]
    decoded = [nouns for nouns, render in known.items() if not render]
    pieces = [title.lower() for title in PHOTOGRAPHS if title.lower() in counts]
    return (
        f"The album: {len(found.which):,} pictures ({parts}){size}. Drawn by this program: {_and(rendered)}. Decoded "
        f"from latent codes: {_and(decoded)}. Pieces of photographs that come with scikit-learn (CC BY 2.0): "
        f"{_and(pieces)}."
    )


def _and(words: list[str]) -> str:
    return " and ".join(words) or "none"


def prepare(page: Page, name: str, weights: str) -> None:
    """Look at the album with our own network before anybody asks for it."""
    if name == NETWORK:
        album.prepare(page.resources, name, weights == TRAINED)


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """The choice of a target above, three rows of pictures below."""
    samples = list(page.resources.samples())
    draw = gr.Number(0, precision=0, visible="hidden", elem_id="seed-path", elem_classes="kept")
    with gr.Row():
        target = gr.Dropdown(
            [*samples, ANOTHER],
            value=samples[-1],
            label="Path to",
            interactive=True,
            elem_id="path-to",
            elem_classes="kept",
        )
        again = gr.Button("Another picture")
    panel = gr.HTML(OPENING, elem_id="vector")
    beforehand = page.panel("features/layers").change  # the album is looked at while the first section is read
    beforehand(inputs=[page.network, page.weights], **listener(page, prepare))
    inputs: list[Any] = [page.door, page.network, page.weights, target, draw]
    changes = [due.change, target.input, draw.change]
    gr.on(changes, inputs=inputs, outputs=panel, **listener(page, refusing(show, ()), AT_ONCE))
    again.click(inputs=draw, outputs=[draw, target], **listener(page, next_draw))


def next_draw(page: Page, draw: float) -> tuple[float, str]:
    """Another picture of the album as the way's end."""
    return draw + 1, ANOTHER
