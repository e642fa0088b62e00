"""Tab 5: one slider per latent dimension, all others held fixed."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.drawing.tiles import sentence
from latentdemo.tabs.asked import whole, word
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.tabs.perturb.betas import beta_rows
from latentdemo.tabs.perturb.meaning import matrix, spectrum
from latentdemo.tabs.perturb.steps import (
    CANVAS,
    LEGEND,
    N_IN_VIEW,
    SPAN,
    axes,
    clipped,
    max_dims,
    more_label,
    slider,
    sliders,
    steps_of,
)
from latentdemo.tabs.steering import Way, Words, steered, steering
from latentdemo.widgets import Page, live_panel, side_radio
from latentdemo.widgets.components import Numbers, Picture

TITLE = "Perturb"
QUESTION = "What does one latent dimension change when all others stay fixed?"
NEEDS = "pair"

N_STRIPS = 6
WALK = (
    "Walk: by chance; in σ, every slider stays distributed as N(0, 1), cut off at ±3. Loop: the slider moved last, "
    "from −3 to 3 and back."
)
FIRST_SIDE = "vae"
STARTS = ("Image", "Mean", "Random", "Reset")  # buttons, and words of `begin`
NEXT = "was => `%s ${1 + Number(was.split(' ')[1] ?? 0)}`"


def model_name(page: Page, label: str, side: str) -> str:
    """Name of the model on one side of a pair."""
    return page.resources.pair(label).side(side)


def canvas(page: Page, name: str, steps: Array, note: str = "") -> dict[str, Any]:
    """The canvas's value for a model and slider values."""
    gallery = page.resources.gallery(name)
    way = Way(gallery.origin, axes(gallery), steps.tolist(), SPAN)
    return steering(page, name, way, Words("Decoded picture of the sliders' code", note))


def explorers(page: Page, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the panels of `web/latent/perturb` are told: traversals, two dimensions, the way so far."""
    gallery = page.resources.gallery(name)
    names = [f"z{dimension}" for dimension in gallery.rank]
    note = (
        "The present code with one dimension moved from −3 to 3 standard deviations (σ): of the prior N(0, 1) for a "
        "VAE, of the codes for an autoencoder. Click a picture to go there; type a name for what a dimension changes."
    )
    rows = {"canvas": CANVAS, "names": names[:N_STRIPS], "note": note, "renamed": True}
    walk = {"canvas": CANVAS, "walk": {"n": len(names), "sd": 1.0}, "note": WALK}
    return rows, {"canvas": CANVAS, "names": names[:N_IN_VIEW], "unit": "σ"}, walk


def to_steps(page: Page, label: str, side: str, steps: Array, note: str = "") -> tuple[Any, ...]:
    """Canvas and sliders for slider values of this model, clipped to what sliders can show."""
    pair = page.resources.pair(label)
    name, values = pair.side(side), clipped(steps)
    bars = sliders(page, page.resources.gallery(name), values)
    return canvas(page, name, values, f"{note} {pair.instead(side)}".strip()), *bars


def reset(page: Page, label: str, side: str) -> tuple[Any, ...]:
    """All sliders to 0: the middle of the prior, or of an autoencoder's codes."""
    return to_steps(page, label, side, np.zeros(len(page.resources.gallery(model_name(page, label, side)).rank)))


def mean(page: Page, label: str, side: str) -> tuple[Any, ...]:
    """Sliders at the mean code of training images, which need not be the prior's."""
    gallery = page.resources.gallery(model_name(page, label, side))
    return to_steps(page, label, side, steps_of(gallery, gallery.mean))


def draw(page: Page, label: str, side: str, seed: int) -> tuple[Any, ...]:
    """Sliders drawn from N(0, 1)."""
    n = len(page.resources.gallery(model_name(page, label, side)).rank)
    return to_steps(page, label, side, np.random.default_rng(seed).standard_normal(n))


def from_image(page: Page, path: str | None, label: str, side: str) -> tuple[Any, ...]:
    """Sliders from the code of the visitor's picture."""
    name = model_name(page, label, side)
    steps = steps_of(page.resources.gallery(name), page.resources.encode(name, page.picture(path)))
    beyond = int((np.abs(steps) > SPAN).sum())
    lie = "lies" if beyond == 1 else "lie"
    note = f"{beyond} of its {len(steps)} dimensions {lie} beyond ±{SPAN:g} σ; that counts as ±{SPAN:g} σ."
    return to_steps(page, label, side, steps, note if beyond else "")


def begin(page: Page, path: str | None, label: str, side: str, start: str) -> tuple[Any, ...]:
    """Sliders at what was asked for: "image", "mean", "random" or "reset", and a number, new with each click."""
    kind, _, number = word("start", start).partition(" ")
    if not kind:  # the sliders have been set since, by another image or model
        return tuple(gr.skip() for _ in range(1 + max_dims(page)))
    if kind == "random":
        return draw(page, label, side, abs(whole("start", number)))
    if kind == "image":
        return from_image(page, path, label, side)
    return mean(page, label, side) if kind == "mean" else reset(page, label, side)


def show_world(page: Page, path: str | None, label: str, side: str) -> tuple[Any, ...]:
    """Everything on the tab, after another model was chosen."""
    name = model_name(page, label, side)
    gallery = page.resources.gallery(name)
    more = gr.Checkbox(label=more_label(gallery), visible=len(gallery.rank) > N_IN_VIEW)
    rows, pad, _ = explorers(page, name)
    told = spectrum(page, name), matrix(page, name), beta_rows(page, path, label)
    return rows, pad, *told, more, "", *from_image(page, path, label, side)


def follow_image(page: Page, path: str | None, label: str, side: str) -> tuple[Any, ...]:
    """What another picture changes."""
    return beta_rows(page, path, label), "", *from_image(page, path, label, side)


def perturb(page: Page, model: str, code: list[float]) -> tuple[Array, dict[str, Any]]:
    """Decode a code of D numbers by a model; numbers beyond ±100 or not finite are refused.

    Args:
        model: name of an autoencoder, "faces-vae" for example, whose codes have 32 numbers.
        code: D numbers; those that a VAE has learned lie near N(0, 1).
    """
    decoder, z = page.resources.decoder(model), np.array(code, np.float32)
    if not (np.abs(z) <= latents.CODE_LIMIT).all():
        raise ValueError(f"The code must be a list of numbers within ±{latents.CODE_LIMIT:g}.")
    picture = latents.decode(decoder, z[None])[0]
    return picture.squeeze(), {"model": model, "length": float(np.linalg.norm(z))}


def build(page: Page) -> None:
    """Sliders left, the picture they steer beside them, what each dimension does below."""
    name = model_name(page, page.first_pair, FIRST_SIDE)
    gallery = page.resources.gallery(name)
    start = clipped(steps_of(gallery, page.resources.encode(name, page.default)))
    bars: list[gr.Slider] = []
    with gr.Row(elem_classes="steering"):
        with gr.Column(scale=1, min_width=300):
            side = side_radio("Decoder of the", "perturb-side")
            with gr.Row():
                buttons = [gr.Button(title, min_width=60, size="sm") for title in STARTS]
            start_at = gr.Textbox(visible="hidden", elem_id="perturb-start", elem_classes="kept")
            with gr.Group(elem_classes="sliders"):
                bars += [slider(gallery, i, start) for i in range(N_IN_VIEW)]
            more = gr.Checkbox(
                label=more_label(gallery),
                visible=len(gallery.rank) > N_IN_VIEW,
                interactive=True,
                elem_id="all-dims",
                container=False,
            )
            gr.HTML(sentence(LEGEND), elem_classes="legend-note")
            with gr.Group(elem_classes="sliders", elem_id="other-dims"):  # shown by the page, so that all are there
                bars += [slider(gallery, i, start) for i in range(N_IN_VIEW, max(max_dims(page), len(gallery.rank)))]
        with gr.Column(scale=2, min_width=320, elem_classes="sticky"):
            picture = steered(canvas(page, name, start), CANVAS)
            followers = _sections(page, name)
    outputs = [picture, *bars]
    model = [page.pair, side]
    gr.on(
        [page.pair.change, side.input],
        inputs=[page.door, *model],
        outputs=[*followers, more, start_at, *outputs],
        **listener(page, show_world),
    )
    picked = [page.door, *model]
    page.panel("perturb").change(
        inputs=picked, outputs=[followers[-1], start_at, *outputs], **listener(page, follow_image)
    )
    for title, button in zip(STARTS, buttons, strict=True):
        button.click(fn=None, js=NEXT % title.lower(), inputs=start_at, outputs=start_at)
    start_at.change(inputs=[*picked, start_at], outputs=outputs, **listener(page, begin))
    endpoint(
        page,
        "perturb",
        perturb,
        [gr.Textbox(name, label="model", visible=False), Numbers(label="code", visible=False)],
        [Picture(format="png", visible=False), gr.JSON(visible=False)],
    )


def _sections(page: Page, name: str) -> list[gr.HTML]:
    """Tabs under the picture; those that change with the model, in the order of `show_world`."""
    rows, pad, past = explorers(page, name)
    with gr.Tabs():
        with gr.Tab("Traversals"):
            traversals = live_panel("latent/perturb", "traversals", rows)
        with gr.Tab("2-D grid"):
            two = live_panel("latent/perturb", "pad", pad, "two-dimensions")
        with gr.Tab("Disentanglement"):
            table = gr.HTML(matrix(page, name), elem_id="meaning")
        with gr.Tab("β comparison"):
            others = live_panel("latent/perturb", "betas", beta_rows(page, None, page.first_pair))
        with gr.Tab("Information per dimension"):
            bars = gr.HTML(spectrum(page, name), elem_id="spectrum")
        with gr.Tab("Difference"):
            live_panel("latent/perturb", "history", past)
        with gr.Tab("Export"):
            live_panel("latent/edit", "home", {"canvas": CANVAS, "name": "perturbed"}, "perturb-home")
    return [traversals, two, bars, table, others]
