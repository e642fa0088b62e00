"""The table of contents: the visitor's picture on the left, one tab per entry of TABS on the right."""

import time
from types import ModuleType
from typing import Any

import gradio as gr
from gradio import themes

from latentdemo import figures
from latentdemo.resources import Resources
from latentdemo.tabs import TABS
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import STATIC, Door, Page, accept, drawing, shown

SCRIPTS = ("page.js", "panels.js", "arithmetic.js", "paint.js", "numbergrid.js", "camera.js", "stage.js", "loupe.js",
           "benchcode.js", "benchwords.js", "bench.js", "chain.js", "channels.js", "shift.js", "transposed.js",
           "dense.js", "between.js", "triangle.js", "replay.js")  # fmt: skip
QUIET, QUIET_DARK, ACCENT, ACCENT_DARK = "#52525b", "#d4d4d8", "#1d4ed8", "#1e40af"


def forget(page: Page) -> float:
    """The door was emptied: all tabs go back to the default picture; a number that is new each time."""
    return accept(page, None)[1]


def take_sample(page: Page, event: gr.SelectData, label: str) -> tuple[Any, float, Any]:
    """The sample picture that was clicked; the models change to those of faces or digits that it asks for."""
    samples = list(page.resources.samples().items())
    name, picture = samples[int(event.index) % len(samples)]
    wanted = {"Face": "faces", "Digit": "mnist"}.get(name.split()[0])
    return shown(picture), time.time(), models_for(page, wanted, label)


def models_for(page: Page, dataset: str | None, label: str) -> Any:
    """The radio's update to the first pair of a data set, none if the chosen pair is of it or there is none."""
    fitting = [name for name, pair in page.resources.pairs.items() if pair.dataset == dataset]
    return gr.Radio(value=fitting[0]) if fitting and label not in fitting else gr.skip()


def take_drawing(page: Page, event: gr.EventData, label: str) -> tuple[Any, float, Any]:
    """What was drawn on the pad; the models change to digits unless they are."""
    data = event._data or {}
    picture = drawing(str(data.get("png", "")))
    return shown(picture), time.time(), models_for(page, "mnist", label)


def page_look() -> dict[str, Any]:
    """Theme, styles and scripts, for `launch`."""
    theme = themes.Default(
        font=["Atkinson Hyperlegible", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        primary_hue="blue",
    ).set(
        body_text_color_subdued=QUIET,
        body_text_color_subdued_dark=QUIET_DARK,
        block_info_text_color=QUIET,
        block_info_text_color_dark=QUIET_DARK,
        button_primary_background_fill=ACCENT,
        button_primary_background_fill_dark=ACCENT,
        button_primary_background_fill_hover=ACCENT_DARK,
        button_primary_text_color="#fff",
        button_primary_text_color_dark="#fff",
    )
    style = STATIC.joinpath("page.css").read_text()
    scripts = "".join(f"<script>{STATIC.joinpath(name).read_text()}</script>" for name in SCRIPTS)
    return {"theme": theme, "head": f"<style>{style}</style>{scripts}"}


def build_dashboard(resources: Resources) -> gr.Blocks:
    """The whole page. Tabs whose models are missing say so; the others work."""
    with gr.Blocks(title="latentdemo", fill_width=True, analytics_enabled=False) as demo:
        if resources.problems:
            gr.HTML("".join(figures.problem(problem) for problem in resources.problems))
        with gr.Row():
            with gr.Column(scale=1, min_width=220, elem_classes="door"):
                page = build_door(resources)
            with gr.Column(scale=4, min_width=320), gr.Tabs():
                for tab in TABS:
                    build_tab(tab, page)
        page.watch_panels()
    return demo


def build_tab(tab: ModuleType, page: Page) -> None:
    """One tab: its question, then its panels; without its models, a sentence."""
    with page.tab(tab.__name__.rpartition(".")[2], tab.TITLE):
        gr.Markdown(tab.QUESTION, elem_classes="question")
        if page.resources.offers(tab.NEEDS):
            tab.build(page)
        else:
            gr.HTML(figures.problem("This tab's models are missing; rebuild them with: python train.py --all"))


def build_door(resources: Resources) -> Page:
    """The visitor's picture, samples, a drawing pad, and the choice of models."""
    samples = resources.samples()
    default = next(iter(samples.values()))
    gr.Markdown("# latentdemo\nYour image:")
    door = Door(
        shown(default),
        sources=["upload", "webcam", "clipboard"],
        format="png",  # lossless: numbers on screen are those of the picture
        label="Your image",
        show_label=False,
        height=230,
        buttons=["fullscreen", "download"],
        interactive=True,
        elem_id="door",
    )
    arrived = gr.State(0.0)
    gallery = gr.Gallery(
        [shown(picture) for picture in samples.values()],
        label="Samples: " + ", ".join(samples),
        show_label=False,
        columns=3,
        height="auto",
        allow_preview=False,
        buttons=[],
        interactive=False,
        elem_id="samples",
    )
    with gr.Accordion("Draw a digit", open=False):
        pad = gr.HTML(
            html_template='<canvas class="pad" width="280" height="280" aria-label="Drawing pad"></canvas>'
            '<button class="clear">Clear</button>',
            js_on_load="latentdemo.pad(element, trigger)",
            elem_id="pad",
        )
    labels = list(resources.pairs)
    pair = gr.Radio(labels, value=labels[0] if labels else None, label="Models", elem_id="pair")
    page = Page(resources, door, arrived, pair, default)
    door.upload(inputs=door, outputs=[door, arrived], **listener(page, accept))
    door.clear(outputs=arrived, **listener(page, forget))
    gallery.select(inputs=pair, outputs=[door, arrived, pair], **listener(page, take_sample))
    pad.input(inputs=pair, outputs=[door, arrived, pair], **listener(page, take_drawing))
    return page
