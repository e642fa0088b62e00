"""Tab 6: v = centroid(with) − centroid(without); add a smile, take off the glasses."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.drawing.numerals import number, short
from latentdemo.drawing.tiles import Coded, code_grid, problem, sentence
from latentdemo.tabs.handlers import endpoint, listener, still
from latentdemo.tabs.steering import Way, Words, steered, steering, step_id
from latentdemo.widgets import Door, Page, Picture

TITLE = "Attributes"
QUESTION = "Can a direction in latent space mean something, such as a smile?"
NEEDS = "pair"

SPAN, STEPS = 3.0, np.linspace(-3, 3, 7)  # times the attribute vector
MINE, PRIOR, GALLERY = "my image", "drawn from N(0, I)", "from the gallery"
FIRST_STRENGTH = 1.0
CANVAS, LABEL = "attribute-canvas", "Picture with the attribute added"


def start_code(page: Page, path: str | None, name: str, source: str, which: float) -> Array:
    """The code that the attribute is added to, (D,).

    Args:
        path: the visitor's picture.
        name: of the model.
        source: MINE, PRIOR or GALLERY.
        which: seed of the draw, or index in the gallery (taken modulo its size).
    """
    gallery, number = page.resources.gallery(name), int(which or 0)
    if source == MINE:
        return page.resources.encode(name, page.picture(path))
    if source == PRIOR:
        return np.random.default_rng(abs(number)).standard_normal(len(gallery.order)).astype(np.float32)
    return gallery.codes[number % len(gallery.codes)]


def start_note(page: Page, label: str, source: str, which: float) -> str:
    """Which image of the gallery, or which draw, the attribute is added to: numbers wrap, and an empty one is 0."""
    asked, n = int(which or 0), len(page.resources.gallery(page.resources.pair(label).vae).codes)
    found = {MINE: asked, PRIOR: abs(asked), GALLERY: asked % n}[source]
    words = {MINE: "", PRIOR: f"Draw {found}.", GALLERY: f"Image {found} of 0 … {n - 1:,}."}[source]
    return words if found == asked else f"{words} {number(asked)} counts as {found}."


def show(
    page: Page, path: str | None, label: str, attribute: str, source: str, which: float, strength: float
) -> tuple[dict[str, Any], str, str]:
    """Canvas, strip of strengths, and the two centroids; of an attribute that this pair lacks, the first it has."""
    name, said = page.resources.pair(label).vae, start_note(page, label, source, which)
    if not attribute_names(page, label):
        return without(page, name, start_code(page, path, name, source, which), said)
    attribute = still(attribute, attribute_names(page, label))
    gallery = page.resources.gallery(name)
    z, v = start_code(page, path, name, source, which), gallery.centroids.vector(attribute)
    value = steering(page, name, Way(z, v[None], [clipped(strength)], SPAN), Words(LABEL, said))
    return value, strip_html(page, name, z, v), centroids_html(page, name, attribute)


def without(page: Page, name: str, z: Array, said: str) -> tuple[dict[str, Any], str, str]:
    """What is left where all images are of one class: the image alone, and the mean of all codes."""
    gallery = page.resources.gallery(name)
    told = problem(
        f"All images of {page.resources.dataset(name).title} are of one class ({', '.join(gallery.names)}). An "
        "attribute is what some images have and others lack; train on images of two classes or more to get one."
    )
    mean = Coded(gallery.codes.mean(axis=0), f"mean latent code of {len(gallery.codes)} test images, decoded")
    tiles = code_grid(name, [mean], 2)
    return steering(page, name, Way(z, np.zeros((1, len(z))), [0.0], SPAN), Words(LABEL, said)), told, tiles


def strip_html(page: Page, name: str, z: Array, v: Array) -> str:
    """z + step · v for steps from −3 to 3, each with its distance to the nearest code of a real image."""
    gallery, codes = page.resources.gallery(name), z + STEPS[:, None] * v
    far = [latents.nearest(gallery.codes, code, 1)[1][0] for code in codes]
    tiles = [
        Coded(code, f"{number(step)} · v, {short(distance)} away")
        for code, step, distance in zip(codes, STEPS, far, strict=True)
    ]
    note = (
        "Away: distance from the latent code to the nearest code of a gallery image. Gallery images lie "
        f"{short(gallery.distance_percentiles[50])} from their nearest neighbour (median). Far beyond that "
        "the decoder guesses."
    )
    return code_grid(name, tiles, len(STEPS), "strips") + sentence(note)


def arrive(page: Page, path: str | None, label: str, attribute: str, source: str, *rest: float) -> tuple[Any, ...]:
    """A new picture is what the attribute is added to from then on."""
    return MINE, *show(page, path, label, attribute, MINE, *rest)


def clipped(strength: float) -> float:
    """Strength within ±3. ValueError if it is not finite."""
    if strength is None or not np.isfinite(strength):
        raise ValueError(f"The strength is {strength}; it must be a number within ±{SPAN:g}.")
    return float(np.clip(strength, -SPAN, SPAN))


def centroids_html(page: Page, name: str, attribute: str) -> str:
    """The two mean codes, decoded, with the number of images behind each."""
    found = page.resources.gallery(name).centroids
    row = found.row(attribute)
    both = np.stack([found.present[row], found.absent[row]])
    n_with, n_without = found.counts[row]
    length = float(np.linalg.norm(found.vector(attribute)))
    tiles = [
        Coded(both[0], f"with: mean latent code of {n_with} training images"),
        Coded(both[1], f"without: mean latent code of {n_without}"),
    ]
    note = f"Attribute vector v = centroid(with) − centroid(without), length ‖v‖ = {number(length)}."
    return code_grid(name, tiles, 2) + sentence(note)


def show_world(page: Page, path: str | None, label: str, source: str, which: float, strength: float) -> tuple[Any, ...]:
    """Everything on the tab, after another pair of models was chosen."""
    names = attribute_names(page, label)
    return gr.Dropdown(names, value=names[0] if names else None), *show(page, path, label, "", source, which, strength)


def attribute_names(page: Page, label: str) -> list[str]:
    """Attributes of a pair's data set, as on screen."""
    return page.resources.gallery(page.resources.pair(label).vae).centroids.names.tolist()


def another(
    page: Page, path: str | None, label: str, attribute: str, source: str, which: float, strength: float
) -> tuple[Any, ...]:
    """The next draw or gallery image; from the visitor's image on to a draw."""
    source = PRIOR if source == MINE else source
    following = int(which or 0) + 1
    return source, following, *show(page, path, label, attribute, source, following, strength)


def attribute(page: Page, image: str | None, name: str, strength: float, pair: str) -> tuple[Array, dict[str, Any]]:
    """Add an attribute to an image: decode(encode(image) + strength · v), strength clipped to ±3."""
    found = page.resources.pair(pair or page.first_pair)
    v = page.resources.gallery(found.vae).centroids.vector(name)
    z = page.resources.encode(found.vae, page.picture(image)) + clipped(strength) * v
    picture = latents.decode(page.resources.model(found.vae), z[None])[0]
    return picture.squeeze(), {"attribute": name, "strength": clipped(strength), "code": z.tolist()}


def build(page: Page) -> None:
    """Controls left, the picture right, the strip and the centroids below."""
    names = attribute_names(page, page.first_pair)
    first = names[0] if names else None
    value, strip_now, centroids_now = show(page, None, page.first_pair, first or "", GALLERY, 0, FIRST_STRENGTH)
    with gr.Row():
        with gr.Column(scale=1, min_width=280):
            chosen = gr.Dropdown(names, value=first, label="Attribute", interactive=True, allow_custom_value=True)
            strength = gr.Slider(
                -SPAN,
                SPAN,
                FIRST_STRENGTH,
                step=0.01,
                label="Strength (times v)",
                interactive=True,
                buttons=[],
                elem_id=step_id(CANVAS, 0),
            )
            source = gr.Radio([MINE, PRIOR, GALLERY], value=GALLERY, label="Added to an image")
            with gr.Row():
                which = gr.Number(0, label="Which one", precision=0, min_width=90)
                following = gr.Button("Another", min_width=90)
            centroids = gr.HTML(centroids_now, elem_id="centroids")
        with gr.Column(scale=1, min_width=320):
            picture = steered(value, CANVAS)
    strip = gr.HTML(strip_now)
    controls = [chosen, source, which, strength]
    outputs = [picture, strip, centroids]
    inputs = [page.door, page.pair, *controls]
    page.panel("attributes").change(inputs=inputs, outputs=[source, *outputs], **listener(page, arrive))
    gr.on([chosen.input, source.input, which.input], inputs=inputs, outputs=outputs, **listener(page, show))
    following.click(inputs=inputs, outputs=[source, which, *outputs], **listener(page, another))
    page.pair.change(
        inputs=[page.door, page.pair, source, which, strength],
        outputs=[chosen, *outputs],
        **listener(page, show_world),
    )
    endpoint(
        page,
        "attribute",
        attribute,
        [
            Door(label="image", visible=False),
            gr.Textbox("smile", label="name", visible=False),
            gr.Number(1, label="strength", visible=False),
            gr.Textbox("", label="pair", visible=False),
        ],
        [Picture(format="png", visible=False), gr.JSON(visible=False)],
    )
