"""Tab 4: every point is an image, every place can be decoded."""

import html
from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents, projection
from latentdemo.codes.gallery import Gallery
from latentdemo.codes.passes import pixel_errors
from latentdemo.drawing.numerals import number
from latentdemo.drawing.pictures import base64_of
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.tabs import asked
from latentdemo.tabs.handlers import endpoint, listener, still
from latentdemo.widgets import Door, Page, live_panel

TITLE = "Latent map"
QUESTION = "Where does each image lie in latent space, and what lies next to it?"
NEEDS = "pair"

N_NEIGHBOURS = 8
YOURS = -1  # stands for the visitor's own image where a gallery index is meant
CLASSES = "class"
GLYPH_LENGTH = 2  # characters that fit on a point


def map_value(page: Page, path: str | None, label: str, colour_by: str) -> dict[str, Any]:
    """What `web/latent/map/map.js` needs to draw the map: places, colours, and where the visitor's image lies."""
    name = page.resources.pair(label).vae
    gallery = page.resources.gallery(name)
    code = page.resources.encode(name, page.picture(path))
    you = projection.place(gallery.codes, gallery.coordinates, code)
    return {
        "model": name,
        "x": base64_of(gallery.coordinates[:, 0]),
        "y": base64_of(gallery.coordinates[:, 1]),
        "you": you.tolist(),
        **_colours(gallery, colour_by),
    }


def _colours(gallery: Gallery, colour_by: str) -> dict[str, Any]:
    """Classes as colours and letters, a factor as a share of its range on viridis."""
    if gallery.labels.ndim == 1:
        return {"colour": base64_of(gallery.labels.astype("u1")), "glyphs": glyphs(gallery.names)}
    values = gallery.labels[:, factor_index(gallery, colour_by)]
    share = (values - values.min()) / max(float(np.ptp(values)), 1e-9)
    return {"colour": base64_of((share * 255).round().astype("u1")), "glyphs": None}


def glyphs(names: tuple[str, ...]) -> list[str]:
    """What classes are drawn as: short names themselves, of others two letters; their number where these are taken."""
    short = [name[:GLYPH_LENGTH] for name in names]
    return [glyph if short.count(glyph) == 1 else str(i) for i, glyph in enumerate(short)]


def _class_legend(gallery: Gallery, noun: str) -> str:
    """What the glyphs of the classes mean."""
    drawn = glyphs(gallery.names)
    if drawn == list(gallery.names):
        return f"Each point is drawn as the class of its {noun}."
    words = ", ".join(
        f"<b>{html.escape(glyph)}</b> {html.escape(name)}" for glyph, name in zip(drawn, gallery.names, strict=True)
    )
    return f"Each point is drawn as two letters of its class: {words}."


def factor_index(gallery: Gallery, name: str) -> int:
    """Column of a factor; ValueError names those there are."""
    if name not in gallery.names:
        raise ValueError(f"No factor {str(name)[:40]!r}; there are {', '.join(gallery.names)}.")
    return gallery.names.index(name)


def legend(page: Page, label: str, colour_by: str) -> str:
    """What the colours mean, and what the map is."""
    name = page.resources.pair(label).vae
    gallery, dims = page.resources.gallery(name), page.resources.card(name).shape.latent_dim
    how = "the 2-D latent codes themselves" if dims == 2 else f"a UMAP projection of the {dims}-D latent codes"
    if gallery.labels.ndim == 1:
        meaning = _class_legend(gallery, page.resources.dataset(name).noun)
    else:
        values = gallery.labels[:, factor_index(gallery, colour_by)]
        low, high = (number(round(float(end), 2)) for end in (values.min(), values.max()))
        meaning = f'<span class="scale"></span> {html.escape(colour_by)}: {low} (dark) … {high} (bright).'
    return (
        f'<p class="note">{len(gallery.codes)} test images, placed by {how}. {meaning} ✕ is your image'
        f"{', placed at the weighted mean of its 15 nearest neighbours' if dims > 2 else ''}. "
        "Point at a place to see what lies there, click for its neighbours, drag to move, turn the wheel to zoom, "
        "press 0 for the whole map.</p>"
    )


def choices(page: Page, label: str) -> list[str]:
    """What points can be coloured by, first the factor by which the map is ordered most."""
    pair = page.resources.pair(label)
    gallery, first = page.resources.gallery(pair.vae), page.resources.dataset(pair.vae).colour_first
    return [CLASSES] if gallery.labels.ndim == 1 else sorted(gallery.names, key=first.__ne__)


def show_world(page: Page, path: str | None, label: str) -> tuple[Any, ...]:
    """Everything on the tab, after another pair of models was chosen."""
    colour_by = choices(page, label)[0]
    value = map_value(page, path, label, colour_by)
    dropdown = gr.Dropdown(choices(page, label), value=colour_by)
    return dropdown, value, legend(page, label, colour_by), inspect(page, path, label, YOURS)


def show(page: Page, path: str | None, label: str, colour_by: str) -> tuple[dict[str, Any], str, str]:
    """The map with the visitor's image on it, and that image's neighbours."""
    colour_by = still(colour_by, choices(page, label))
    value = map_value(page, path, label, colour_by)
    return value, legend(page, label, colour_by), inspect(page, path, label, YOURS)


def pick(page: Page, event: gr.EventData, path: str | None, label: str) -> str:
    """What lies where the map was clicked: a point, or a place between points."""
    data = asked.told(event)
    if data.get("index") is not None:
        return inspect(page, path, label, asked.picked(event))
    return inspect_place(page, label, (asked.number("x", data.get("x")), asked.number("y", data.get("y"))))


def inspect(page: Page, path: str | None, label: str, index: int) -> str:
    """An image of the gallery (or the visitor's), its reconstruction and the eight images with the nearest codes."""
    name = page.resources.pair(label).vae
    gallery, own = page.resources.gallery(name), index == YOURS
    image = page.resources.prepare(name, page.picture(path)) if own else page.resources.gallery_image(name, index)
    code = page.resources.encode(name, image) if own else gallery.codes[index]
    x_hat = latents.decode(page.resources.model(name), code[None])[0]
    shown = own or page.resources.shows_originals(name)
    mse = f", MSE {pixel_errors(image, x_hat)[0]:.4f}" if shown else ""
    title = "your image" if own else f"image {index}{describe(gallery, index)}" + ("" if shown else ", decoded")
    items = [Tile(image, title), Tile(x_hat, f"its reconstruction{mse}", "vae")]
    near, distances = latents.nearest(gallery.codes, code, N_NEIGHBOURS + 1)
    keep = near != index
    return tile_grid(items, 2) + _neighbours(page, name, near[keep], distances[keep])


def _neighbours(page: Page, name: str, near: Array, distances: Array) -> str:
    tiles = [
        Tile(page.resources.gallery_image(name, int(i)), number(round(float(distance), 4)))
        for i, distance in zip(near[:N_NEIGHBOURS], distances[:N_NEIGHBOURS], strict=True)
    ]
    note = sentence(
        "Its eight nearest neighbours in latent space; below each, the Euclidean distance between the codes."
    )
    return note + tile_grid(tiles, 4)


def describe(gallery: Gallery, index: int) -> str:
    """The class of an image, in brackets; nothing for factors."""
    return f" ({gallery.names[gallery.labels[index]]})" if gallery.labels.ndim == 1 else ""


def inspect_place(page: Page, label: str, place: tuple[float, float]) -> str:
    """A place between the points: the code that its neighbours on the map suggest, decoded."""
    name = page.resources.pair(label).vae
    gallery = page.resources.gallery(name)
    if not np.isfinite(place).all():
        raise ValueError(f"The place {place} is not on the map.")
    two = gallery.codes.shape[1] == 2
    code = (
        np.array(place, np.float32) if two else projection.code_at(gallery.codes, gallery.coordinates, np.array(place))
    )
    picture = latents.decode(page.resources.model(name), code[None])[0]
    how = "this very code" if two else "the weighted mean of the codes of the 15 nearest points"
    near, distances = latents.nearest(gallery.codes, code, N_NEIGHBOURS)
    tiles = tile_grid([Tile(picture, f"decoded: {how}", "vae")], 2)
    return tiles + _neighbours(page, name, near, distances)


def map_api(page: Page, image: str | None, pair: str) -> dict[str, Any]:
    """Where an image lies on a pair's map, its VAE code, and its eight nearest gallery images."""
    found = page.resources.pair(pair or page.first_pair)
    gallery = page.resources.gallery(found.vae)
    code = page.resources.encode(found.vae, page.picture(image))
    near, distances = latents.nearest(gallery.codes, code, N_NEIGHBOURS)
    place = projection.place(gallery.codes, gallery.coordinates, code)
    return {"place": place.tolist(), "code": code.tolist(), "neighbours": near.tolist(),
            "distances": distances.tolist(), "pair": found.label}  # fmt: skip


def build(page: Page) -> None:
    """The map large, what was clicked beside it."""
    first = page.first_pair
    options = choices(page, first)
    value, meaning, found = show(page, None, first, options[0])
    with gr.Row():
        with gr.Column(scale=3, min_width=380):
            colour_by = gr.Dropdown(
                options,
                value=options[0],
                label="Colour by",
                interactive=True,
                allow_custom_value=True,
            )
            points = live_panel("latent/map", "map", value)
            note = gr.HTML(meaning)
        with gr.Column(scale=2, min_width=300):
            chosen = gr.HTML(found, elem_id="map-chosen")
    inputs = [page.door, page.pair]
    gr.on(
        [page.panel("latent_map").change, colour_by.input],
        inputs=[*inputs, colour_by],
        outputs=[points, note, chosen],
        **listener(page, show),
    )
    page.pair.change(inputs=inputs, outputs=[colour_by, points, note, chosen], **listener(page, show_world))
    points.select(inputs=inputs, outputs=chosen, **listener(page, pick))
    endpoint(
        page,
        "map",
        map_api,
        [Door(label="image", visible=False), gr.Textbox("", label="pair", visible=False)],
        [gr.JSON(visible=False)],
    )
