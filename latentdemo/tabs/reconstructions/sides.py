"""What the sections share: the two sides of a pair, one image's pass through each, lanes, gauges, seeds."""

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import passes
from latentdemo.codes.passes import Gauge, Pass, gauge
from latentdemo.drawing.markup import Markup, html, join
from latentdemo.drawing.numerals import percentile
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.store.lineup import Pair
from latentdemo.widgets import SHORT, Page

OPENING = sentence("Running the models …")  # until the first answer comes


def one_pass(page: Page, name: str, path: str | None) -> Pass:
    """The visitor's picture through one model."""
    return passes.through(page.resources.model(name), page.resources.prepare(name, page.picture(path)))


def both(page: Page, pair: Pair, path: str | None) -> dict[str, Pass]:
    """The visitor's picture through the models of a pair, under "ae", if there is one, and "vae"."""
    return {side: one_pass(page, pair.side(side), path) for side in pair.sides}


def instead(pair: Pair, side: str) -> Markup:
    """A sentence where the autoencoder was asked for and the VAE is shown, for there is no other; else nothing."""
    text = pair.instead(side)
    return sentence(text) if text else Markup("")


def drawn_lots(page: Page, name: str, n: int, seed: int) -> Array:
    """Gallery indices (n,), or fewer from a small gallery; other ones for each seed."""
    size = len(page.resources.gallery(name).codes)
    return np.random.default_rng(seed).choice(size, min(n, size), replace=False)


def gallery_pictures(page: Page, name: str, index: Array) -> list[Array]:
    """Gallery pictures, (S, S, C) uint8 each."""
    return [page.resources.gallery_image(name, int(i)) for i in index]


def test_images(page: Page, name: str) -> str:
    """What the gallery's pictures are: the test images, or what was decoded from their codes."""
    if page.resources.shows_originals(name):
        return "test images"
    kept = "train with --gallery thumbnails" if page.resources.dataset(name).resizable else "see --data-dir"
    return f"test images, decoded from their latent codes (the images are not available; {kept})"


def lane(title: str, tiles: list[Tile]) -> Markup:
    """A row of pictures with its title to the left."""
    return html('<div class="lane"><b>{}</b>{}</div>', title, tile_grid(tiles, len(tiles), "strips"))


def gauges(page: Page, pair: Pair, done: dict[str, Pass]) -> Markup:
    """How unlike its own test images each model finds an image."""
    return join(
        gauge_html(SHORT[side], side, gauge(page.resources.gallery(pair.side(side)), one)) for side, one in done.items()
    )


def gauge_html(title: str, css: str, found: Gauge) -> Markup:
    """Two bars from 0 to 100 %: how many test images have a smaller error, how many codes a nearer neighbour."""
    rows = join(
        html(
            '<div><span>{}</span><i><b style="left:{:.1f}%"></b></i><em>{}</em></div>',
            text,
            share,
            percentile(share),
        )
        for text, share in (("smaller error", found.error), ("code nearer to others", found.place))
    )
    limit = f"{passes.FOREIGN:.0f} %"
    verdict = (
        f"Unlike what the {title} was trained on (beyond {limit}): {found.reason}."
        if found.foreign
        else f"By these two the {title} cannot tell it from its test images: neither lies beyond {limit}."
    )
    whole = '<div class="gauge {}" role="img" aria-label="{}">{}{}</div>'
    return html(whole, f"{css} foreign" if found.foreign else css, verdict, rows, sentence(verdict))


def again(key: str, title: str) -> gr.Number:
    """A button and the seed that it counts up, which is part of a link; panels listen to the seed's `.change`."""
    seed = gr.Number(0, precision=0, visible="hidden", elem_id=f"seed-{key}", elem_classes="kept")
    gr.Button(title).click(fn=None, js="n => n + 1", inputs=seed, outputs=seed)
    return seed
