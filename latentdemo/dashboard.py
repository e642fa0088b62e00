"""The table of contents: the visitor's picture on the left, one tab per entry of TABS on the right."""

import time
from types import ModuleType
from typing import Any

import gradio as gr
from gradio import themes

from latentdemo.data import DATASETS
from latentdemo.drawing import palette, tiles
from latentdemo.drawing.markup import Markup, as_json, escape, html, join
from latentdemo.drawing.tiles import problem
from latentdemo.options import TRAIN_COMMAND
from latentdemo.pixels import convolution, images, kernels
from latentdemo.store.resources import Resources
from latentdemo.tabs import TABS, guide, sections
from latentdemo.tabs.asked import picked, told, whole, word
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import PLOTLY, TOAST_SECONDS, Page, accept, live_panel, shown, taken
from latentdemo.widgets.components import Door
from latentdemo.widgets.fallback import fallback

STYLES = ("page", "latent", "room", "shell")
DRAWN = next(name for name, entry in DATASETS.items() if entry.drawn)  # what the pad is for


def forget(page: Page) -> tuple[float, None, str]:
    """The door was emptied: all tabs go back to the default picture, and say so; a number that is new each time."""
    first = next(iter(page.resources.samples()))
    gr.Info(escape(f"The image was removed; the tabs show the first sample ({first})."), duration=TOAST_SECONDS)
    return time.time(), None, ""


def take_sample(page: Page, event: gr.EventData, label: str) -> tuple[Any, ...]:
    """The sample picture that was clicked; the models change to those of the data set that it asks for."""
    names = list(page.resources.samples())
    return _sample(page, names[picked(event) % len(names)], label)


def _sample(page: Page, name: str, label: str) -> tuple[Any, ...]:
    chosen = page.resources.samples()[name]
    return *taken(page, chosen.picture, f"sample {name}"), models_for(page, chosen.dataset, label)


def take_wish(page: Page, asked: str, label: str) -> tuple[Any, ...]:
    """The picture that a link names: a sample (of no such name: the first one), or one of a model's gallery."""
    kind, _, rest = word("image", asked).partition(" ")[2].partition(" ")  # behind a number, new each time
    if kind == "gallery":
        model, _, number = rest.rpartition(" ")
        picture = page.resources.gallery_image(model, whole("image", number))
        return *taken(page, picture, f"{kind} {rest}"), gr.skip()
    if kind != "sample":
        return tuple(gr.skip() for _ in range(len(page.came) + 1))
    samples = page.resources.samples()
    return _sample(page, rest if rest in samples else next(iter(samples)), label)


def models_for(page: Page, dataset: str | None, label: str) -> Any:
    """Label of the first pair of a data set; nothing changes if the chosen pair is of it or there is none."""
    fitting = [name for name, pair in page.resources.pairs.items() if pair.source == dataset]
    return fitting[0] if fitting and label not in fitting else gr.skip()


def take_drawing(page: Page, event: gr.EventData, label: str) -> tuple[Any, ...]:
    """What was drawn on the pad; the models change to those of such drawings unless they are."""
    picture = images.drawing(str(told(event).get("png", "")))
    return *taken(page, picture), models_for(page, DRAWN, label)


def page_look() -> dict[str, Any]:
    """Theme, styles and scripts, for `launch`."""
    theme = themes.Default(
        font=["Atkinson Hyperlegible", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        primary_hue="blue",
        text_size=themes.Size(
            xxs="var(--small)",
            xs="var(--small)",
            sm="var(--small)",
            md="var(--size)",
            lg="var(--size)",
            xl="var(--lead)",
            xxl="var(--title)",
            name="text",
        ),
    ).set(**theme_variables())
    head = html(
        '<style>{}</style>{}{}<script type="module" src="look/main.js"></script>',
        Markup(palette.css()),
        join(html('<link rel="stylesheet" href="look/{}.css">', name) for name in STYLES),
        as_json("shared", shared()),
    )
    return {"theme": theme, "head": head}


def theme_variables() -> dict[str, str]:
    """Gradio's variables in terms of the project's own, which follow the light or dark page by themselves."""
    both = {
        "body_background_fill": "var(--ground)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--quiet)",
        "block_background_fill": "var(--paper)",
        "block_border_color": "var(--rule)",
        "block_label_background_fill": "var(--paper)",
        "block_label_text_color": "var(--quiet)",
        "block_title_text_color": "var(--quiet)",
        "block_info_text_color": "var(--quiet)",
        "border_color_primary": "var(--rule)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--ground)",
        "input_background_fill": "var(--paper)",
        "input_border_color": "var(--rule)",
        "button_primary_background_fill": palette.BUTTON,
        "button_primary_background_fill_hover": palette.BUTTON_DARK,
        "button_primary_text_color": "#fff",
        "button_secondary_background_fill": "var(--paper)",
        "button_secondary_background_fill_hover": "var(--tint)",
        "button_secondary_border_color": "var(--rule)",
        "button_secondary_text_color": "var(--ink)",
        "checkbox_label_background_fill": "var(--paper)",
        "checkbox_label_background_fill_selected": "var(--tint)",
        "checkbox_label_text_color": "var(--ink)",
        "checkbox_label_text_color_selected": "var(--ink)",
        "slider_color": "var(--accent)",
    }
    sizes = {"block_radius": "10px", "input_radius": "8px", "button_large_radius": "8px", "layout_gap": "12px"}
    return sizes | both | {f"{name}_dark": value for name, value in both.items()}


def shared() -> dict[str, Any]:
    """What Python and the page both know, as the page is told it: see `web/core/shared.js`."""
    return {
        "signed": palette.SIGNED.astype(int).tolist(),
        "viridis": palette.VIRIDIS.astype(int).tolist(),
        "classes": palette.CLASSES,
        "you": palette.VARIABLES["you"][0],
        "luma": images.LUMA.tolist(),
        "plotly": PLOTLY,
        "hard": tiles.HARD,
        "outside": list(convolution.PADDINGS),
        "former": sections.FORMER,
        "most": {
            "stride": convolution.MAX_STRIDE,
            "padding": convolution.MAX_PADDING,
            "value": kernels.MAX_VALUE,
            "kernel": kernels.MAX_SIZE,
        },
    }


def build_dashboard(resources: Resources) -> gr.Blocks:
    """The whole page. Tabs whose models are missing say so; the others work."""
    with gr.Blocks(title="latentdemo", fill_width=True, analytics_enabled=False) as demo:
        if resources.problems:
            gr.HTML(join(problem(text) for text in resources.problems))
        with gr.Row(elem_classes="whole"):
            with gr.Column(scale=1, min_width=220, elem_classes="door"):
                page = build_door(resources)
            with gr.Column(scale=4, min_width=320), gr.Tabs(elem_id="tabs"):
                for tab in TABS:
                    build_tab(tab, page)
        page.watch_panels()
        live_panel("lesson", "lesson")
        titles = {tab.__name__.rpartition(".")[2]: tab.TITLE for tab in TABS}
        live_panel("lesson", "guide", guide.tabs_told(titles))
    return demo


def offer(demo: gr.Blocks, resources: Resources) -> None:
    """Let pages that are opened from now on offer the models that are here by now; open ones ask for them."""
    pair = next(block for block in demo.blocks.values() if block.elem_id == "pair")
    assert isinstance(pair, gr.Dropdown)
    pair.choices = [(label, label) for label in resources.pairs]
    demo.config = demo.get_config_file()


def bare_page(resources: Resources) -> Page:
    """A page with a door and no tabs: what handlers need where nothing is served."""
    with gr.Blocks():
        return build_door(resources)


def build_tab(tab: ModuleType, page: Page) -> None:
    """One tab: its question, then its panels; without its models, a sentence."""
    with page.tab(tab.__name__.rpartition(".")[2], tab.TITLE):
        gr.Markdown(tab.QUESTION, elem_classes="question")
        if page.resources.offers(tab.NEEDS):
            with fallback(page, tab.TITLE):
                tab.build(page)
        else:
            command = "--all" if tab.NEEDS == "pair" else f"--shipped {tab.NEEDS}"
            gr.HTML(problem(f"This tab's models are missing; rebuild them with: {TRAIN_COMMAND} {command}"))


def build_door(resources: Resources) -> Page:
    """The visitor's picture, samples, a drawing pad, and the choice of models."""
    samples = resources.samples()
    default = next(iter(samples.values())).picture
    live_panel("page", "bar")
    door = Door(
        shown(default),
        sources=["upload", "webcam", "clipboard"],
        webcam_options=gr.WebcamOptions(mirror=False),  # a mirrored 7 would be read as a 5
        format="png",  # lossless: numbers on screen are those of the picture
        label="Your image",
        show_label=False,
        height=230,
        buttons=["fullscreen", "download"],
        interactive=True,
        elem_id="door",
    )
    arrived, stands = gr.State(0.0), gr.State(None)
    gallery = gr.Gallery(
        [shown(sample.picture) for sample in samples.values()],
        label="Samples: " + ", ".join(samples),
        show_label=False,
        columns=3,
        height="auto",
        allow_preview=False,
        buttons=[],
        interactive=False,
        elem_id="samples",
    )
    with gr.Accordion(f"Draw a {DATASETS[DRAWN].noun}", open=False):
        pad = live_panel("page", "pad")
    labels = list(resources.pairs)
    first = labels[0] if labels else None
    pair = gr.Dropdown(labels, value=first, label="Models", info="D: latent dimensions", elem_id="pair")
    wish = gr.Textbox(visible="hidden", elem_id="door-told")
    asked = gr.Textbox(visible="hidden", elem_id="door-asked")  # another one: what is told asks for nothing
    page = Page(resources, door, arrived, stands, wish, pair, default)
    door.upload(inputs=[door, stands], outputs=page.came, **listener(page, accept))
    door.clear(outputs=[arrived, stands, wish], **listener(page, forget))
    asked.change(inputs=[asked, pair], outputs=[*page.came, pair], **listener(page, take_wish))
    gallery.select(inputs=pair, outputs=[*page.came, pair], **listener(page, take_sample))
    pad.input(inputs=pair, outputs=[*page.came, pair], **listener(page, take_drawing))
    return page
