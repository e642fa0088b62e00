"""Tab 5: one slider per latent dimension, all others held fixed."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery
from latentdemo.drawing import charts
from latentdemo.drawing.numerals import number
from latentdemo.tabs.handlers import endpoint, listener
from latentdemo.tabs.steering import Way, Words, steered, steering, step_id
from latentdemo.widgets import Page, Picture, live_panel, side_radio

TITLE = "Perturb"
QUESTION = "What does one latent dimension change when all others stay fixed?"
NEEDS = "pair"

SPAN = 3.0  # prior standard deviations; beyond them the decoder has seen almost nothing
N_IN_VIEW, N_STRIPS = 8, 6
UNUSED_NATS = 0.01
FIRST_SIDE = "vae"
MORE = "All other latent dimensions"
CANVAS = "perturb-canvas"


def model_name(page: Page, label: str, side: str) -> str:
    """Name of the model on one side of a pair."""
    return page.resources.pair(label).side(side)


def axes(gallery: Gallery) -> Array:
    """One standard deviation along each dimension, most informative first: (D, D)."""
    return (np.eye(len(gallery.order)) * gallery.unit)[gallery.order]


def clipped(steps: Array) -> Array:
    """Slider values as a slider can show them: within ±3, two decimals, in doubles (a float32 would show its tail)."""
    return np.clip(steps.astype(float), -SPAN, SPAN).round(2)


def code_of(gallery: Gallery, steps: list[float]) -> Array:
    """Slider values, most informative dimension first, in standard deviations -> code (D,).

    Raises:
        ValueError: another number of steps than dimensions, or one that is not finite.
    """
    n = len(gallery.order)
    if len(steps) != n:
        raise ValueError(f"There are {len(steps)} steps; this model takes {n}.")
    if not np.isfinite(np.array(steps, float)).all():
        raise ValueError("A step is not a finite number.")
    return (gallery.origin + np.clip(steps, -SPAN, SPAN) @ axes(gallery)).astype(np.float32)


def steps_of(gallery: Gallery, code: Array) -> Array:
    """Code (D,) -> slider values in standard deviations, most informative dimension first; not clipped."""
    return ((code - gallery.origin) / gallery.unit)[gallery.order]


def slider_label(gallery: Gallery, rank: int) -> str:
    """Which dimension a slider moves, and what it carries."""
    dimension = int(gallery.order[rank])
    if not gallery.kl.any():
        return f"z{dimension}, σ {number(gallery.unit[dimension])}"
    nats = gallery.kl[dimension]
    return f"z{dimension}, {nats:.2f} nats" + (", unused: the decoder ignores it" if nats < UNUSED_NATS else "")


def sliders(page: Page, gallery: Gallery, steps: Array) -> list[Any]:
    """Updates of all sliders: those of this model's dimensions shown, with label and value."""
    n = len(gallery.order)
    return [
        gr.Slider(value=float(steps[i]), label=slider_label(gallery, i), visible=True)
        if i < n
        else gr.Slider(value=0, visible=False)
        for i in range(max_dims(page))
    ]


def max_dims(page: Page) -> int:
    """Sliders of the page: those in view, or as many as the largest code has dimensions."""
    sizes = [page.resources.card(pair.vae).shape.latent_dim for pair in page.resources.pairs.values()]
    return max(N_IN_VIEW, *sizes)


def canvas(page: Page, name: str, steps: Array, note: str = "") -> dict[str, Any]:
    """The canvas's value for a model and slider values."""
    gallery = page.resources.gallery(name)
    way = Way(gallery.origin, axes(gallery), steps.tolist(), SPAN)
    return steering(page, name, way, Words("Decoded picture of the sliders' code", note))


def explorers(page: Page, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the panels of `web/latent/perturb` are told: traversals, two dimensions, the way so far."""
    gallery = page.resources.gallery(name)
    names = [f"z{dimension}" for dimension in gallery.order]
    note = (
        "The present code with one dimension moved from −3 to 3 standard deviations (σ): of the prior N(0, 1) for a "
        "VAE, of the codes for an autoencoder. Click a picture to go there."
    )
    rows = {"canvas": CANVAS, "names": names[:N_STRIPS], "note": note}
    return rows, {"canvas": CANVAS, "names": names[:N_IN_VIEW]}, {"canvas": CANVAS}


def to_steps(page: Page, label: str, side: str, steps: Array, note: str = "") -> tuple[Any, ...]:
    """Canvas and sliders for slider values of this model, clipped to what sliders can show."""
    pair = page.resources.pair(label)
    name, values = pair.side(side), clipped(steps)
    bars = sliders(page, page.resources.gallery(name), values)
    return canvas(page, name, values, f"{note} {pair.instead(side)}".strip()), *bars


def reset(page: Page, label: str, side: str) -> tuple[Any, ...]:
    """All sliders to 0: the middle of the prior, or of an autoencoder's codes."""
    return to_steps(page, label, side, np.zeros(len(page.resources.gallery(model_name(page, label, side)).order)))


def draw(page: Page, label: str, side: str, seed: int) -> tuple[Any, ...]:
    """Sliders drawn from N(0, 1), and the next seed."""
    n = len(page.resources.gallery(model_name(page, label, side)).order)
    return int(seed) + 1, *to_steps(page, label, side, np.random.default_rng(int(seed)).standard_normal(n))


def from_image(page: Page, path: str | None, label: str, side: str) -> tuple[Any, ...]:
    """Sliders from the code of the visitor's picture."""
    name = model_name(page, label, side)
    steps = steps_of(page.resources.gallery(name), page.resources.encode(name, page.picture(path)))
    beyond = int((np.abs(steps) > SPAN).sum())
    note = f"{beyond} of its {len(steps)} dimensions lie beyond ±{SPAN:g} σ and were set to ±{SPAN:g} σ."
    return to_steps(page, label, side, steps, note if beyond else "")


def show_world(page: Page, path: str | None, label: str, side: str) -> tuple[Any, ...]:
    """Everything on the tab, after another model was chosen."""
    name = model_name(page, label, side)
    more = gr.Checkbox(visible=len(page.resources.gallery(name).order) > N_IN_VIEW)
    rows, pad, _ = explorers(page, name)
    return rows, pad, spectrum(page, name), more, *from_image(page, path, label, side)


def spectrum(page: Page, name: str) -> str:
    """Bars of what each dimension carries: KL for a VAE, standard deviation for an autoencoder."""
    gallery = page.resources.gallery(name)
    names = [f"z{dimension}" for dimension in gallery.order]
    if gallery.kl.any():
        drawn = charts.bars(gallery.kl[gallery.order], names, "nats", "var(--vae)")
        return charts.chart(drawn, "What each latent dimension carries: its KL to N(0, 1), mean over training images")
    drawn = charts.bars(gallery.unit[gallery.order], names, "σ", "var(--ae)")
    return charts.chart(drawn, "Standard deviation σ of each latent dimension")


def perturb(page: Page, model: str, code: list[float]) -> tuple[Array, dict[str, Any]]:
    """Decode a code of D numbers by a model; numbers beyond ±100 or not finite are refused."""
    decoder, z = page.resources.decoder(model), np.array(code, np.float32)
    if (np.abs(z) > latents.CODE_LIMIT).any():
        raise ValueError(f"The code must be a list of numbers within ±{latents.CODE_LIMIT:g}.")
    picture = latents.decode(decoder, z[None])[0]
    return picture.squeeze(), {"model": model, "length": float(np.linalg.norm(z))}


def build(page: Page) -> None:
    """Sliders left, the picture they steer beside them, what each dimension does below."""
    name = model_name(page, page.first_pair, FIRST_SIDE)
    gallery = page.resources.gallery(name)
    start = clipped(steps_of(gallery, page.resources.encode(name, page.default)))
    bars: list[gr.Slider] = []
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            side = side_radio("Decoder of the")
            with gr.Row():
                mine = gr.Button("From my image", min_width=90, size="sm")
                random = gr.Button("Random", min_width=90, size="sm")
                zero = gr.Button("Reset", min_width=90, size="sm")
            seed = gr.State(0)
            with gr.Group(elem_classes="sliders"):
                bars += [_slider(gallery, i, start) for i in range(N_IN_VIEW)]
            more = gr.Checkbox(label=MORE, visible=len(gallery.order) > N_IN_VIEW, elem_id="all-dims", container=False)
            with gr.Group(elem_classes="sliders", elem_id="other-dims"):  # shown by the page, so that all are there
                bars += [_slider(gallery, i, start) for i in range(N_IN_VIEW, max(max_dims(page), len(gallery.order)))]
        with gr.Column(scale=2, min_width=320, elem_classes="sticky"):
            picture = steered(canvas(page, name, start), CANVAS)
            told = explorers(page, name)
            with gr.Tabs():
                with gr.Tab("Traversals"):
                    rows = live_panel("latent/perturb", "traversals", told[0])
                with gr.Tab("Two dimensions"):
                    pad = live_panel("latent/perturb", "pad", told[1], "two-dimensions")
                with gr.Tab("Change"):
                    live_panel("latent/perturb", "history", told[2])
                with gr.Tab("What each carries"):
                    bar_figure = gr.HTML(spectrum(page, name), elem_id="spectrum")
    outputs = [picture, *bars]
    model = [page.pair, side]
    gr.on(
        [page.pair.change, side.input],
        inputs=[page.door, *model],
        outputs=[rows, pad, bar_figure, more, *outputs],
        **listener(page, show_world),
    )
    gr.on(
        [page.panel("perturb").change, mine.click],
        inputs=[page.door, *model],
        outputs=outputs,
        **listener(page, from_image),
    )
    random.click(inputs=[*model, seed], outputs=[seed, *outputs], **listener(page, draw))
    zero.click(inputs=model, outputs=outputs, **listener(page, reset))
    endpoint(
        page,
        "perturb",
        perturb,
        [gr.Textbox(name, label="model", visible=False), gr.JSON(label="code", visible=False)],
        [Picture(format="png", visible=False), gr.JSON(visible=False)],
    )


def _slider(gallery: Gallery, rank: int, start: Array) -> gr.Slider:
    there = rank < len(gallery.order)
    value, label = (float(start[rank]), slider_label(gallery, rank)) if there else (0.0, None)
    return gr.Slider(
        -SPAN,
        SPAN,
        value,
        step=0.01,
        label=label,
        interactive=True,
        visible=there,
        min_width=280,
        buttons=[],
        elem_id=step_id(CANVAS, rank),
    )
