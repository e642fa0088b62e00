"""What the sections share: the two sides of a pair, one image's pass through each, and the gauge of the unfamiliar."""

import html

from numpy import ndarray as Array

from latentdemo import figures, passes
from latentdemo.figures import number
from latentdemo.lineup import Pair
from latentdemo.passes import Gauge, Pass
from latentdemo.widgets import Page

OPENING = figures.sentence("Running the models …")  # until the first answer comes
SIDES = (("ae", "Autoencoder"), ("vae", "Variational autoencoder"))
SHORT = {"ae": "autoencoder", "vae": "VAE"}


def one_pass(page: Page, name: str, path: str | None) -> Pass:
    """The visitor's picture through one model."""
    return passes.through(page.resources.model(name), page.resources.prepare(name, page.picture(path)))


def both(page: Page, pair: Pair, path: str | None) -> dict[str, Pass]:
    """The visitor's picture through both models of a pair, under "ae" and "vae"."""
    return {side: one_pass(page, getattr(pair, side), path) for side, _ in SIDES}


def gallery_truth(page: Page, name: str, index: list[int]) -> list[Array]:
    """Gallery pictures, (S, S, C) uint8 each."""
    return [page.resources.gallery_image(name, i) for i in index]


def gauge_html(title: str, css: str, found: Gauge) -> str:
    """Two bars from 0 to 100 % of the test images: how many have a smaller error, how many a nearer neighbour."""
    rows = "".join(
        f'<div><span>{text}</span><i><b style="left:{share:.1f}%"></b></i><em>{share:.0f} %</em></div>'
        for text, share in (("smaller error", found.error), ("code nearer to others", found.place))
    )
    verdict = (
        f"The {title} has hardly met the like: beyond {passes.FOREIGN:.0f} % of test images."
        if found.foreign
        else f"For the {title} this is no unusual image."
    )
    return (
        f'<div class="gauge {css}{" foreign" if found.foreign else ""}" role="img" aria-label="{html.escape(verdict)}">'
        f"{rows}{figures.sentence(verdict)}</div>"
    )


def short(value: float) -> str:
    """A number with three significant digits."""
    return number(float(f"{value:.3g}"))
