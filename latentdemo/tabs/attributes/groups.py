"""The two groups behind an attribute: how many, their mean pictures, and how far apart they lie along v."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.attributes import masks
from latentdemo.codes.gallery import Gallery
from latentdemo.drawing import charts
from latentdemo.drawing.numerals import number
from latentdemo.drawing.tiles import Coded, code_grid, sentence
from latentdemo.measuring.metrics import cohens_d
from latentdemo.widgets import Page

COLOURS = ("var(--lane0)", "var(--lane1)")


def along(gallery: Gallery, attribute: str, codes: Array) -> Array:
    """Where codes (N, D) lie along v: 0 at the centroid of those without the attribute, 1 at that of those with it."""
    row, v = gallery.centroids.row(attribute), gallery.centroids.vector(attribute)
    return (codes - gallery.centroids.absent[row]) @ v / max(float(v @ v), 1e-12)


def groups_html(page: Page, name: str, attribute: str, code: Array) -> str:
    """Counts, both centroids decoded, the histogram of both groups of test images along v, and where `code` stands."""
    gallery = page.resources.gallery(name)
    found = gallery.centroids
    row, length = found.row(attribute), float(np.linalg.norm(found.vector(attribute)))
    n_with, n_without = found.counts[row]
    tiles = [
        Coded(found.present[row], f"with: mean latent code of {n_with:,} training images"),
        Coded(found.absent[row], f"without: mean latent code of {n_without:,}"),
    ]
    note = f"Attribute vector v = centroid(with) − centroid(without), length ‖v‖ = {number(length)}. "
    note += " ".join(filter(None, [split_note(gallery, attribute), unsplit_note(gallery)]))
    return code_grid(name, tiles, 2, "centroids") + sentence(note) + _spread(gallery, attribute, code)


def value(threshold: float) -> str:
    """A threshold as it is shown: six digits, so that it stays between the values that it separates."""
    return f"{threshold:g}".replace("-", "−")


def split_note(gallery: Gallery, attribute: str) -> str:
    """Which images have an attribute, and which lack it."""
    if gallery.labels.ndim == 1:
        return f"With: class “{attribute}”. Without: all other classes."
    if attribute not in gallery.splits.thresholds:
        return ""
    has, lacks = gallery.splits.thresholds[attribute]
    missing = int(np.isnan(gallery.labels[:, gallery.names.index(attribute)]).sum())
    return (
        f"With: “{attribute}” above {value(has)}. Without: at most {value(lacks)}."
        + ("" if has == lacks else " Images between the two belong to neither side.")
        + (
            f" {missing:,} of {len(gallery.labels):,} test images have no value and belong to neither side."
            * (missing > 0)
        )
    )


def unsplit_note(gallery: Gallery) -> str:
    """Classes and columns that are no attributes, with the reason."""
    reasons = [f"“{name}” ({why})" for name, why in gallery.splits.unsplit.items()]
    return f"Not an attribute: {', '.join(reasons)}." if reasons else ""


def _spread(gallery: Gallery, attribute: str, code: Array) -> str:
    sides = masks(gallery.labels, gallery.names, gallery.splits.thresholds)
    has, lacks = sides.get(attribute, (np.zeros(0, bool),) * 2)
    if min(has.sum(), lacks.sum()) < 2:
        return sentence("Fewer than two test images are on one side, so there is no histogram.")
    place = along(gallery, attribute, gallery.codes)
    here = float(along(gallery, attribute, code[None])[0])
    groups = {f"with ({has.sum():,})": place[has], f"without ({lacks.sum():,})": place[lacks]}
    drawn = charts.histogram(groups, COLOURS, {"start image": here}, "along v: 0 without, 1 with")
    apart = cohens_d(place[has], place[lacks])
    words = (
        f"Test images along v. Cohen’s d = {number(round(apart, 2))}: the means lie so many (pooled) standard "
        f"deviations apart; the start image (all sliders at 0) is at {number(round(here, 2))}."
    )
    return charts.chart(drawn, f"Both groups of “{attribute}” along its vector") + sentence(words)
