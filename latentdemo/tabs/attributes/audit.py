"""What else an attribute vector moves: recipes side by side, read by the judge and beside the renderer's own edit."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.gallery import Gallery
from latentdemo.codes.recipes import TITLES
from latentdemo.drawing import charts
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.tiles import Coded, code_grid, sentence
from latentdemo.widgets import Page, remember

JUDGE = "faces-factors"
SHOWN = (-1.0, 1.0, 2.0)  # times the vector, of each recipe's pictures
CURVE = np.linspace(-3, 3, 7)  # as `evaluation.effects.CURVE`
STEP, N_EDITED, N_CURVE = 2.0, 500, 100  # as there
SPENT = 0.1  # of a vector's length: less is as good as nothing
NOTHING_LEFT = " Here next to nothing is left: the other vectors span what this model uses."
LIMIT = 0.5  # standard deviations at the ends of the heat-map's colours


def row_of(gallery: Gallery, recipe: str, attribute: str) -> dict[str, float]:
    """What editing by +`STEP` sd did to `N_EDITED` test faces without the attribute.

    Returns:
        own, its own mean change, and largest, the largest mean |change| of any other factor, in sd of the data set;
        reached, the share of faces whose attribute rose by 1 sd or more; leak, the mean |change| of the other factors
        for each sd of its own; cosine, of the change of pixels with the renderer's own.
    """
    r, a = gallery.recipes.names.index(recipe), gallery.centroids.row(attribute)
    column = gallery.names.index(attribute)
    own = float(gallery.audit["audit_mean"][r, a, column])
    others = np.delete(gallery.audit["audit_absolute"][r, a], column)
    return {
        "own": own,
        "reached": float(gallery.audit["audit_reached"][r, a]),
        "leak": float(others.mean()) / max(abs(own), 1e-9),
        "largest": float(others.max()),
        "cosine": float(gallery.audit["audit_cosine"][r, a]),
    }


def recipes_html(page: Page, name: str, attribute: str, code: Array) -> str:
    """The same image edited by each recipe, and what the recipes are."""
    gallery = page.resources.gallery(name)
    rows = []
    for recipe in gallery.recipes.names:
        v = gallery.recipes.direction(attribute, recipe, code)
        tiles = [Coded(code + s * v, f"{s:+g} · v".replace("-", "−")) for s in SHOWN]
        spent = np.linalg.norm(v) < SPENT * np.linalg.norm(gallery.centroids.vector(attribute))
        said = gallery.recipes.meaning(recipe) + (NOTHING_LEFT if spent else "")
        lane = '<div class="lane"><span><b>{}</b><br>{}</span>{}</div>'
        rows.append(html(lane, TITLES[recipe], said, code_grid(name, tiles, len(SHOWN))))
    return html('<div class="recipes">{}</div>', join(rows))


@remember(128)
def audit_html(page: Page, name: str, attribute: str, recipe: str) -> str:
    """The table of recipes for one attribute, the heat-map of one recipe, and how far the attribute can be driven."""
    gallery = page.resources.gallery(name)
    if not gallery.audit:
        return sentence(
            "No network reads attributes off these images, and nobody knows their truth: choose the faces, which are "
            f"drawn from known factors and read by {JUDGE}."
        )
    return _table(page, gallery, attribute) + _heat(gallery, recipe) + _curve(gallery, attribute)


def _table(page: Page, gallery: Gallery, attribute: str) -> str:
    head = ("recipe", "own change, sd", "rose by ≥ 1 sd", "others, per sd", "largest other, sd", "cosine")
    body = []
    for recipe in gallery.recipes.names:
        told = row_of(gallery, recipe, attribute)
        cells = (f"{told['own']:+.2f}", f"{told['reached']:.0%}", f"{told['leak']:.3f}",
                 f"{told['largest']:.2f}", f"{told['cosine']:.3f}")  # fmt: skip
        row = join(html("<td>{}</td>", cell) for cell in cells)
        body.append(html("<tr><th>{}</th>{}</tr>", TITLES[recipe], row))
    a, column = gallery.centroids.row(attribute), gallery.names.index(attribute)
    truth = gallery.audit["audit_absolute"][-1, a]
    r2 = page.resources.cards[JUDGE].metrics[f"r2 {attribute}"] if JUDGE in page.resources.cards else None
    read = f", which explains {r2:.1%} of that factor's variance (R²)" if r2 is not None else ""
    heads = join(html("<th>{}</th>", word) for word in head)
    table = html('<table class="matrix scores stacked"><tr>{}</tr>{}</table>', heads, join(body))
    return table + sentence(
        f"“{attribute}” added, by +{STEP:g} standard deviations (sd) of the dataset, to {N_EDITED} test faces without "
        f"it; mean |change| of the other factors, read by the network {JUDGE}{read}. When the renderer itself makes "
        "that edit, the largest mean |change| that the same network reads in another factor is "
        f"{np.delete(truth, column).max():.2f} sd. Cosine: of the "
        "change of pixels with the renderer's own, 1 if they are the same up to strength."
    )


def _heat(gallery: Gallery, recipe: str) -> str:
    r, names = gallery.recipes.names.index(recipe), gallery.centroids.names.tolist()
    columns = [gallery.names.index(name) for name in names]
    own = gallery.audit["audit_mean"][r, np.arange(len(names)), columns]
    values = gallery.audit["audit_mean"][r] / np.where(np.abs(own) > 1e-9, own, 1)[:, None]
    drawn = charts.heat(values, names, list(gallery.names), LIMIT, "sd")
    leak = np.mean([row_of(gallery, recipe, name)["leak"] for name in names])
    title = (
        f"{TITLES[recipe]}: when the attribute on the left rises by one sd, how much the factor above moves on average "
        f"(signed). Mean |change| over all others: {leak:.3f} sd"
    )
    return charts.chart(drawn, title)


def _curve(gallery: Gallery, attribute: str) -> str:
    curve = gallery.audit["audit_curve"][gallery.centroids.row(attribute)]
    drawn = charts.line(CURVE, curve, f"change of “{attribute}”, sd", "strength (times v)")
    return charts.chart(
        drawn,
        f"What the judge reads of “{attribute}” at each strength, mean of {N_CURVE} faces without it, by the recipe "
        f"“{TITLES[gallery.recipes.best]}”. A straight line would be an edit that adds up; where it bends, or turns "
        "back, a step more no longer does what it says.",
    )
