"""Tab 6: v = centroid(with) − centroid(without); add a smile, take off the glasses."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.codes.recipes import RAW
from latentdemo.drawing.tiles import problem
from latentdemo.tabs.attributes.audit import audit_html, recipes_html
from latentdemo.tabs.attributes.bias import bias_html
from latentdemo.tabs.attributes.groups import groups_html, unsplit_note
from latentdemo.tabs.attributes.parts import (
    CANVAS,
    LABEL,
    N_IN_VIEW,
    SPAN,
    panels,
    recipe_choices,
    sections,
    slider,
    slider_label,
    slider_titles,
)
from latentdemo.tabs.attributes.start import (
    GALLERY,
    MINE,
    PRIOR,
    attribute_names,
    directions,
    slots,
    start_code,
    start_note,
)
from latentdemo.tabs.handlers import endpoint, listener, still
from latentdemo.tabs.steering import Way, Words, foreign_note, steered, steering
from latentdemo.widgets import Page
from latentdemo.widgets.components import Door, Picture

TITLE = "Attributes"
QUESTION = "Can a direction in latent space mean something, such as a smile?"
NEEDS = "pair"

MORE = "All other attributes"


class Wish(NamedTuple):
    """What stands in the tab's controls.

    Attributes:
        recipe: a key of recipes.TITLES.
        attribute: the one that is looked at closer.
        source, which: where the start comes from, see `start_code`.
        steps: of all sliders.
    """

    recipe: str
    attribute: str
    source: str
    which: float
    steps: tuple[float, ...]

    @classmethod
    def of(cls, page: Page, label: str, controls: tuple[Any, ...]) -> "Wish":
        """Controls in the order of their inputs; what another pair of models had is replaced by what this one has."""
        recipe, attribute, source, which, *steps = controls
        recipe = still(recipe, list(page.resources.gallery(page.resources.pair(label).vae).recipes.names))
        names = attribute_names(page, label)
        attribute = still(attribute, names) if names else ""
        return cls(recipe, attribute, source, which, tuple(clipped(value) for value in steps))


def first_steps(page: Page, label: str) -> tuple[float, ...]:
    """All sliders at 0, or one at 1 where the dataset names an attribute to show first."""
    first = page.resources.dataset(page.resources.pair(label).vae).first_attribute
    strengths = [float(name == first) for name in attribute_names(page, label)]
    return (*strengths, *[0.0] * (slots(page) - len(strengths)))


def clipped(strength: float | None) -> float:
    """A slider's value within ±3; an empty one is 0."""
    return float(np.clip(strength or 0, -SPAN, SPAN))


def picture(page: Page, path: str | None, label: str, wish: Wish) -> dict[str, Any]:
    """The canvas's value: the code at the start, and what each slider adds."""
    name = page.resources.pair(label).vae
    gallery, z = page.resources.gallery(name), start_code(page, path, name, wish.source, wish.which)
    along = directions(gallery, attribute_names(page, label), wish.recipe, z, slots(page))
    mine = wish.source == MINE
    note = foreign_note(page, path, name) if mine else start_note(page, label, wish.source, wish.which)
    own = (int(wish.which or 0) % len(gallery.codes),) if wish.source == GALLERY else ()
    return steering(page, name, Way(z, along, list(wish.steps), SPAN), Words(LABEL, note, own))


def closer(page: Page, path: str | None, label: str, wish: Wish) -> tuple[str, str, str, str]:
    """The panels about one attribute: both groups, recipes, audit, bias."""
    name = page.resources.pair(label).vae
    if not wish.attribute:
        gallery, title = page.resources.gallery(name), page.resources.dataset(name).title
        one = f"All images of {title} are of one class ({', '.join(gallery.names)})"
        same = f"No factor of {title} differs between its images"
        told = problem(
            f"{one if gallery.labels.ndim == 1 else same}. An attribute is what some images have and others lack; "
            f"train on images that differ to get one. {unsplit_note(page.resources.gallery(name))}"
        )
        return told, told, told, told
    z = start_code(page, path, name, wish.source, wish.which)
    return (
        groups_html(page, name, wish.attribute, z),
        recipes_html(page, name, wish.attribute, z),
        audit_html(page, name, wish.attribute, wish.recipe),
        bias_html(page, name),
    )


def show(page: Page, path: str | None, label: str, *controls: Any) -> tuple[Any, ...]:
    """Canvas and panels, the sliders as they stand."""
    wish = Wish.of(page, label, controls)
    number_shown = gr.Number(visible=True if wish.source != MINE else "hidden")
    return number_shown, picture(page, path, label, wish), *closer(page, path, label, wish)


def arrive(page: Page, path: str | None, label: str, *controls: Any) -> tuple[Any, ...]:
    """Another picture of the visitor came: attributes are added to it."""
    _, attribute, _, which, *steps = controls
    return MINE, *show(page, path, label, controls[0], attribute, MINE, which, *steps)


def another(page: Page, path: str | None, label: str, *controls: Any) -> tuple[Any, ...]:
    """The next draw or gallery image; from the visitor's image on to a draw."""
    recipe, attribute, source, which, *steps = controls
    source, following = PRIOR if source == MINE else source, int(which or 0) + 1
    return source, following, *show(page, path, label, recipe, attribute, source, following, *steps)


def show_world(page: Page, path: str | None, label: str, *controls: Any) -> tuple[Any, ...]:
    """Everything on the tab, after another pair of models was chosen."""
    names, titles, steps = attribute_names(page, label), slider_titles(page, label), first_steps(page, label)
    _, _, source, which, *_ = controls
    bars = [
        gr.Slider(
            value=steps[i], label=slider_label(titles, i, len(steps)), visible=i < len(names) or i == len(steps) - 1
        )
        for i in range(len(steps))
    ]
    return (
        gr.Dropdown(recipe_choices(page, label), value=RAW),
        gr.Dropdown(names, value=names[0] if names else None),
        gr.Checkbox(visible=len(names) > N_IN_VIEW),
        *panels(page, label),
        *bars,
        *show(page, path, label, RAW, names[0] if names else "", source, which, *steps),
    )


def attribute(page: Page, image: str | None, name: str, strength: float, pair: str) -> tuple[Array, dict[str, Any]]:
    """Add an attribute to an image: decode(encode(image) + strength · v), strength clipped to ±3.

    Args:
        image: an address that begins with http, or an uploaded file; none: the first sample.
        name: of the attribute: smile, glasses, beard …; of digits 0 to 9.
        strength: times its vector, −3 to 3.
        pair: models, as "Faces · 32-D" or by the name of their VAE, "faces-vae"; "": the first ones.
    """
    found = page.resources.pair(pair or page.first_pair)
    v = page.resources.gallery(found.vae).centroids.vector(name)
    z = page.resources.encode(found.vae, page.picture(image)) + clipped(strength) * v
    made = latents.decode(page.resources.model(found.vae), z[None])[0]
    return made.squeeze(), {"attribute": name, "strength": clipped(strength), "code": z.tolist()}


def build(page: Page) -> None:
    """Sliders left, the picture right, beneath it what else there is to ask of an attribute."""
    label = page.first_pair
    names, titles, steps = attribute_names(page, label), slider_titles(page, label), first_steps(page, label)
    wish = Wish.of(page, label, (RAW, names[0] if names else "", GALLERY, 0, *steps))
    bars: list[gr.Slider] = []
    with gr.Row(elem_classes="steering"):
        with gr.Column(scale=2, min_width=260):
            source = gr.Radio(
                [MINE, PRIOR, GALLERY],
                value=GALLERY,
                label="Added to an image",
                elem_id="attribute-source",
                elem_classes="kept",
            )
            with gr.Row():
                which = gr.Number(
                    0, label="Which one", precision=0, min_width=90, elem_id="attribute-which", elem_classes="kept"
                )
                following = gr.Button("Another", min_width=90)
            with gr.Group(elem_classes="sliders"):
                bars += [slider(titles, steps, i) for i in range(min(N_IN_VIEW, len(steps) - 1))]
            more = gr.Checkbox(
                label=MORE,
                visible=len(names) > N_IN_VIEW,
                interactive=True,
                elem_id="all-attributes",
                container=False,
            )
            with gr.Group(elem_classes="sliders", elem_id="other-attributes"):  # shown by the page: all are there
                bars += [slider(titles, steps, i) for i in range(len(bars), len(steps) - 1)]
            with gr.Group(elem_classes="sliders"):
                bars.append(slider(titles, steps, len(steps) - 1))
            recipe = _choice(recipe_choices(page, label), RAW, "Vectors by", "attribute-recipe")
            chosen = _choice(names, wish.attribute, "Look closer at", "attribute-closer")
        with gr.Column(scale=5, min_width=320, elem_classes="sticky"):
            canvas = steered(picture(page, None, label, wish), CANVAS)
            outputs, told = sections(page, label, closer(page, None, label, wish))
    controls = [recipe, chosen, source, which, *bars]
    inputs, outputs = [page.door, page.pair, *controls], [which, canvas, *outputs]
    page.panel("attributes").change(inputs=inputs, outputs=[source, *outputs], **listener(page, arrive))
    gr.on(
        [recipe.input, chosen.input, source.input, which.input], inputs=inputs, outputs=outputs, **listener(page, show)
    )
    following.click(inputs=inputs, outputs=[source, which, *outputs], **listener(page, another))
    page.pair.change(
        inputs=inputs, outputs=[recipe, chosen, more, *told, *bars, *outputs], **listener(page, show_world)
    )
    _endpoint(page)


def _choice(choices: list[Any], value: str, label: str, elem_id: str) -> gr.Dropdown:
    """Of choices that change with the models: see `still`."""
    return gr.Dropdown(choices, value=value, label=label, interactive=True, allow_custom_value=True, elem_id=elem_id)


def _endpoint(page: Page) -> None:
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
