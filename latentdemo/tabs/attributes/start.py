"""Which code attributes are added to, and which directions they are."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.gallery import Gallery
from latentdemo.drawing.numerals import number
from latentdemo.widgets import Page

MINE, PRIOR, GALLERY = "my image", "drawn from N(0, I)", "from the gallery"
OWN = "your own (from the map)"


def start_code(page: Page, path: str | None, name: str, source: str, which: float) -> Array:
    """The code that attributes are added to, (D,).

    Args:
        path: the visitor's picture.
        name: of the model.
        source: MINE, PRIOR or GALLERY.
        which: seed of the draw, or index in the gallery (taken modulo its size).
    """
    gallery, chosen = page.resources.gallery(name), int(which or 0)
    if source == MINE:
        return page.resources.encode(name, page.picture(path))
    if source == PRIOR:
        return np.random.default_rng(abs(chosen)).standard_normal(len(gallery.order)).astype(np.float32)
    return gallery.codes[chosen % len(gallery.codes)]


def start_note(page: Page, label: str, source: str, which: float) -> str:
    """Which image of the gallery, or which draw, attributes are added to: numbers wrap, and an empty one is 0.

    Args:
        source: PRIOR or GALLERY.
    """
    asked, n = int(which or 0), len(page.resources.gallery(page.resources.pair(label).vae).codes)
    found = {PRIOR: abs(asked), GALLERY: asked % n}[source]
    words = {PRIOR: f"Draw {found}.", GALLERY: f"Image {found} of 0 … {n - 1:,}."}[source]
    return words if found == asked else f"{words} {number(asked)} counts as {found}."


def attribute_names(page: Page, label: str) -> list[str]:
    """Attributes of a pair's data set, as on screen."""
    return page.resources.gallery(page.resources.pair(label).vae).centroids.names.tolist()


def slots(page: Page) -> int:
    """Sliders of the page: one for each attribute of whichever pair has most, and one for a visitor's own."""
    return 1 + max((len(attribute_names(page, label)) for label in page.resources.pairs), default=0)


def directions(gallery: Gallery, names: list[str], recipe: str, code: Array, n: int) -> Array:
    """What each of n sliders adds to a code at 1: (n, D); zeros without an attribute, and for the visitor's own."""
    out = np.zeros((n, len(code)), np.float32)
    for i, name in enumerate(names):
        out[i] = gallery.recipes.direction(name, recipe, code)
    return out
