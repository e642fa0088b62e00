"""What the tab is laid out of: sliders, and the sections under the picture."""

from typing import Any

import gradio as gr

from latentdemo.codes.recipes import TITLES
from latentdemo.tabs.attributes.groups import value
from latentdemo.tabs.attributes.start import OWN, attribute_names
from latentdemo.tabs.steering import step_id
from latentdemo.widgets import Page, live_panel, live_value

YES_NO = (0.5, 0.5)  # thresholds of a column of 0 and 1
SPAN = 3.0  # times the attribute vector
N_IN_VIEW, N_STRIPS = 4, 5
CANVAS, LABEL = "attribute-canvas", "Picture with the attributes added"
WALK = {
    "canvas": CANVAS,
    "walk": {"n": N_IN_VIEW, "sd": 0.5},
    "note": "Walk: by chance, the first four sliders, each distributed as N(0, ¼), cut off at ±3. Loop: the slider "
    "moved last, from −3 to 3 times its vector and back.",
    "base": "origin",  # what a change is measured from: the start image, all sliders at 0
}
HOME = {"canvas": CANVAS, "name": "attribute", "base": "origin"}  # what `web/latent/edit/home.js` takes home
NOTE = (
    "Each row: one attribute, from −3 to 3 times its vector, with the other sliders as they are. "
    "Click a picture to go there. Green on a slider: how far the code stays as near to real codes as 99 % of these are "
    "to each other; no green where the start image itself is further away."
)


def slider_titles(page: Page, label: str) -> list[str]:
    """Attributes as sliders name them: classes with their noun, columns with the value they are split at."""
    name = page.resources.pair(label).vae
    gallery, entry, names = page.resources.gallery(name), page.resources.dataset(name), attribute_names(page, label)
    if gallery.labels.ndim == 1:
        return [f"{entry.noun} {title}" for title in names]
    own = {title: pair for title, pair in gallery.splits.thresholds.items() if title not in entry.thresholds}
    return [f"{title} > {value(own[title][0])}" if own.get(title, YES_NO) != YES_NO else title for title in names]


def slider_label(names: list[str], i: int, n: int) -> str | None:
    """What the i-th of n sliders adds."""
    return OWN if i == n - 1 else names[i] if i < len(names) else None


def panels(page: Page, label: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What panels of the page are told of a pair's attributes: strips, two attributes, A − B + C."""
    names, name = attribute_names(page, label), page.resources.pair(label).vae
    gallery = page.resources.gallery(name)
    means = [
        {"name": f"mean {word} {attribute}", "code": codes[i].astype(float).round(5).tolist()}
        for i, attribute in enumerate(names)
        for word, codes in (("with", gallery.centroids.present), ("without", gallery.centroids.absent))
    ]
    titles = slider_titles(page, label)
    rows = {"canvas": CANVAS, "names": titles[:N_STRIPS], "note": NOTE, "renamed": False}
    sum_of = {"model": name, "real": page.resources.shows_originals(name), "n": len(gallery.codes), "means": means,
              "usual": float(gallery.distance_percentiles[50])}  # fmt: skip
    return rows, {"canvas": CANVAS, "names": titles, "unit": "v"}, sum_of


def recipe_choices(page: Page, label: str) -> list[tuple[str, str]]:
    """Recipes to choose from, as on screen and as in code."""
    found = page.resources.gallery(page.resources.pair(label).vae).recipes.names
    return [(TITLES[recipe], recipe) for recipe in found]


def slider(names: list[str], steps: tuple[float, ...], i: int) -> gr.Slider:
    """The i-th slider of the page, hidden where there is no such attribute."""
    return gr.Slider(
        -SPAN,
        SPAN,
        steps[i],
        step=0.01,
        label=slider_label(names, i, len(steps)),
        interactive=True,
        visible=i < len(names) or i == len(steps) - 1,
        min_width=240,
        buttons=[],
        elem_id=step_id(CANVAS, i),
    )


def sections(page: Page, label: str, written: tuple[str, str, str, str]) -> tuple[list[gr.HTML], list[gr.HTML]]:
    """Tabs under the picture: those that Python writes, then those that work in the page and are told of a pair.

    Args:
        written: groups, recipes, audit and bias, as HTML.
    """
    rows, pair, sum_of = panels(page, label)
    groups, recipes, audit, bias = written
    live_value("latent/edit/extra", {"canvas": CANVAS})
    with gr.Tabs():
        with gr.Tab("Edit"):
            strips = live_panel("latent/perturb", "traversals", rows, "attribute-strips")
        with gr.Tab("Arithmetic"):
            sums = live_panel("latent/edit", "arithmetic", sum_of)
        with gr.Tab("2-D grid"):
            pad = live_panel("latent/perturb", "pad", pair, "two-attributes")
        with gr.Tab("Centroids"):
            first = gr.HTML(groups, elem_id="attribute-groups")
        with gr.Tab("Entanglement"):
            third = gr.HTML(audit, elem_id="attribute-audit")
        with gr.Tab("Direction methods"):
            second = gr.HTML(recipes, elem_id="attribute-recipes")
        with gr.Tab("Dataset bias"):
            fourth = gr.HTML(bias, elem_id="attribute-bias")
        with gr.Tab("Difference"):
            live_panel("latent/perturb", "history", WALK, "attribute-history")
        with gr.Tab("Export"):
            live_panel("latent/edit", "home", HOME, "attribute-home")
    return [first, second, third, fourth], [strips, pad, sums]
