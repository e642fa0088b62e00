"""Tab 4: every point is an image, every place can be decoded."""

from typing import Any

import gradio as gr

from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery
from latentdemo.codes.passes import pixel_errors
from latentdemo.drawing.pictures import data_uri
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.tabs.latent_map.probe import probe_chart
from latentdemo.tabs.steering import foreign_note
from latentdemo.widgets import Page, live_panel
from latentdemo.widgets.components import Door

TITLE = "Latent map"
QUESTION = "Where does each image lie in latent space, and what lies next to it?"
NEEDS = "pair"

N_NEIGHBOURS = 8
CLASSES = "class"
BESIDE = (  # tabs beside the map, and the panels of `web/latent/beside`
    ("Neighbours", "chosen"),
    ("Selection", "group"),
    ("Projection quality", "trust"),
    ("Map path and latent path", "walk"),
    ("Refit", "refit"),
)


def first_colour(page: Page, name: str, gallery: Gallery) -> str:
    """What points are coloured by at first: the class, or the factor by which the map is ordered most."""
    return CLASSES if gallery.labels.ndim == 1 else page.resources.dataset(name).colour_first or gallery.names[0]


def map_value(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/latent/map/map.js` is told: which model's points, and the visitor's image among them."""
    name = page.resources.pair(label).vae
    entry, image = page.resources.dataset(name), page.resources.prepare(name, page.picture(path))
    code = page.resources.encode(name, image)
    x_hat = latents.decode(page.resources.model(name), code[None])[0]
    return {
        "model": name,
        "first": first_colour(page, name, page.resources.gallery(name)),
        "drawn": entry.drawn,
        "you": {
            "code": code.astype(float).round(5).tolist(),
            "image": data_uri(image, lossless=True),
            "mse": pixel_errors(image, x_hat)[0],
            "note": foreign_note(page, path, name),
        },
    }


def show(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """The map with the visitor's image on it."""
    return map_value(page, path, label)


def show_world(page: Page, path: str | None, label: str) -> tuple[dict[str, Any], str]:
    """Everything on the tab, after another pair of models was chosen."""
    return map_value(page, path, label), probe_chart(page, label)


def map_api(page: Page, image: str | None, pair: str) -> dict[str, Any]:
    """Where an image lies on a pair's maps, its VAE code, and its eight nearest gallery images.

    `place` is on the first map: the code itself where it has two dimensions, else UMAP's, estimated from the nearest
    codes. `pca` is the exact projection on the two principal components of the gallery's codes; None in two dimensions.

    Args:
        image: to look at: an address that begins with http, or an uploaded file; none: the first sample.
        pair: models, as "Faces · 32-D" or by the name of their VAE, "faces-vae"; "": the first ones.
    """
    found = page.resources.pair(pair or page.first_pair)
    gallery = page.resources.gallery(found.vae)
    code = page.resources.encode(found.vae, page.picture(image))
    near, distances = latents.nearest(gallery.codes, code, N_NEIGHBOURS)
    place = code if len(code) == 2 else gallery.layouts[0].place(gallery.codes, code)
    pca = next((one.place(gallery.codes, code).tolist() for one in gallery.layouts if one.components), None)
    return {"place": place.tolist(), "pca": pca, "code": code.tolist(), "neighbours": near.tolist(),
            "distances": distances.tolist(), "pair": found.label}  # fmt: skip


def build(page: Page) -> None:
    """The map large; what is chosen on it, and questions to it, beside it."""
    first = page.first_pair
    with gr.Row():
        with gr.Column(scale=5, min_width=380):
            points = live_panel("latent/map", "map", show(page, None, first))
        with gr.Column(scale=4, min_width=330), gr.Tabs():
            for title, panel in BESIDE:
                with gr.Tab(title):
                    live_panel("latent/beside", panel, elem_id=f"map-{panel}")
            with gr.Tab("Linear probe"):
                curves = gr.HTML(probe_chart(page, first), elem_id="map-probe")
            with gr.Tab("Export"):
                live_panel("latent/edit", "home", {"from": "map", "name": "place"}, "map-home")
    inputs = [page.door, page.pair]
    page.panel("latent_map").change(inputs=inputs, outputs=points, **listener(page, show))
    page.pair.change(inputs=inputs, outputs=[points, curves], **listener(page, show_world))
    endpoint(
        page,
        "map",
        map_api,
        [Door(label="image", visible=False), gr.Textbox("", label="pair", visible=False)],
        [gr.JSON(visible=False)],
    )
