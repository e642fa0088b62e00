"""Images out of nothing: draws from N(0, I) and from densities fitted to the codes, and how real they look."""

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import latents
from latentdemo.codes.densities import SOURCES
from latentdemo.drawing import charts
from latentdemo.drawing.numerals import short
from latentdemo.drawing.pictures import sheet
from latentdemo.drawing.tiles import Tile, img, sentence, tile_grid
from latentdemo.pixels import images
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, again
from latentdemo.widgets import TITLES, Page, remember

TITLE = "Generate"
N_SAMPLES, COLUMNS = 16, 8
N_CELLS = 20  # of the plane, along each side
CELL_SCALE = 2
N_DOTS = 1500


@remember(8)
def show(page: Page, label: str, seed: int) -> str:
    """Sixteen pictures from each source through both decoders, with the measured numbers under each."""
    pair = page.resources.pair(label)
    halves = []
    for side in pair.sides:
        blocks = "".join(block(page, pair.side(side), side, source, seed) for source in SOURCES)
        halves.append(f'<section class="{side}"><h3>{TITLES[side]}</h3>{blocks}</section>')
    note = "Both sides get the same noise. " if len(halves) > 1 else ""
    note += (
        "Fréchet distance: lower is better. Precision: the share of samples that look "
        "real. Recall: the share of real images that could have been drawn. All three were measured once, on thousands "
        "of samples against test images, in the features of our own network for this data set. So the distance is no "
        "FID: compare it within one data set alone. Precision and recall count neighbours, and scattered samples have "
        "far neighbours: read all three together."
    )
    if not any(measured(page, pair.side(side)) for side in pair.sides):
        note = (
            "How real samples look is measured in the features of a classifier of the same images; there is none for "
            f"{page.resources.dataset(pair.vae).title}, so judge by eye."
        )
    return sentence(note) + f'<div class="halves">{"".join(halves)}</div>'


def block(page: Page, name: str, side: str, source: str, seed: int) -> str:
    """Sixteen samples of one model from one source."""
    codes = page.resources.gallery(name).densities[source].draw(N_SAMPLES, seed)
    pictures = latents.decode(page.resources.model(name), codes)
    grid = tile_grid([Tile(picture, "", side) for picture in pictures], COLUMNS, "samples")
    return f"<p><b>{SOURCES[source]}</b>: {quality(page, name, source)}</p>{grid}"


def measured(page: Page, name: str) -> bool:
    """Whether a model's samples were judged."""
    return any(key.endswith("frechet") for key in page.resources.card(name).metrics)


def quality(page: Page, name: str, source: str) -> str:
    """The stored measurements of one source's samples."""
    found = page.resources.card(name).metrics
    if f"{source} frechet" not in found:
        return "not measured"
    distance, precision, recall = (found[f"{source} {key}"] for key in ("frechet", "precision", "recall"))
    return f"Fréchet distance {short(distance)}, precision {precision:.2f}, recall {recall:.2f}"


@remember(8)
def planes(page: Page, label: str, dots: bool) -> str:
    """The plane of two-dimensional codes decoded as a grid on either side, real codes over it."""
    pair = plane_pair(page, label)
    if pair is None:
        return sentence("No pair of models here has a 2-D latent space.")
    halves = "".join(plane(page, pair.side(side), side, TITLES[side], dots) for side in pair.sides)
    note = (
        f"{pair.label}: the latent plane, every cell decoded at its middle. "
        + (f"Dots: latent codes of {N_DOTS:,} test images, coloured by class. " if dots else "")
        + "Each side shows a square that holds 99 % of its codes along either axis."
    )
    return sentence(note) + f'<div class="halves">{halves}</div>'


def plane_pair(page: Page, label: str) -> Pair | None:
    """The chosen pair if its codes have two numbers, else another one that has."""
    chosen = page.resources.pair(label)
    pairs = [chosen, *page.resources.pairs.values()]
    flat = [pair for pair in pairs if page.resources.card(pair.vae).shape.latent_dim == 2]
    return next((pair for pair in flat if pair.source == chosen.source), flat[0] if flat else None)


def plane(page: Page, name: str, side: str, title: str, dots: bool) -> str:
    """One model's plane, and which share of its cells holds no real code."""
    gallery = page.resources.gallery(name)
    low, high = square(gallery.codes)
    picture = decoded_plane(page, name, low, high)
    places = (gallery.codes - low) / (high - low)  # shares of the square
    inside = places[((places >= 0) & (places < 1)).all(axis=1)]
    held = len({(x, y) for x, y in (inside * N_CELLS).astype(int)})
    caption = (
        f"x {short(low[0])} … {short(high[0])}, y {short(low[1])} … {short(high[1])}; {1 - held / N_CELLS**2:.0%} of "
        f"the cells hold none of {len(inside):,} real codes"
    )
    labels = gallery.labels[:N_DOTS] if gallery.labels.ndim == 1 else None
    over = charts.dots(places[:N_DOTS], labels) if dots else ""
    shown = img(picture, caption, "hard")
    return (
        f'<section class="{side}"><h3>{title}</h3><figure class="plane"><div>{shown}{over}</div>'
        f"<figcaption>{caption}</figcaption></figure></section>"
    )


def square(codes: Array) -> tuple[Array, Array]:
    """Lower and upper corner, (2,) each, of the square around 99 % of the codes along either axis."""
    low, high = np.percentile(codes, (0.5, 99.5), axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return middle - half, middle + half


def decoded_plane(page: Page, name: str, low: Array, high: Array) -> Array:
    """Decoded middles of 20 × 20 cells, the second number of the code upwards: one picture (H, W, 3) uint8."""
    shares = (np.arange(N_CELLS) + 0.5) / N_CELLS
    xs, ys = (low[i] + shares * (high[i] - low[i]) for i in (0, 1))
    codes = np.stack(np.meshgrid(xs, ys[::-1]), axis=-1).reshape(-1, 2)
    pictures = latents.decode(page.resources.model(name), codes)
    large = sheet([images.rgb(picture) for picture in pictures], N_CELLS)
    return large.repeat(CELL_SCALE, axis=0).repeat(CELL_SCALE, axis=1)


def build(page: Page, due: gr.Textbox) -> None:
    """Samples above, the plane below."""
    seed = again(page, "Sample 16 more from each")
    sampled = gr.HTML(OPENING, elem_id="samples-of-models")
    gr.Markdown("### The whole plane")
    dots = gr.Checkbox(True, label="Codes of test images over it")
    plane_panel = gr.HTML(elem_id="planes")
    gr.on([due.change, seed.change], inputs=[page.pair, seed], outputs=sampled, **listener(page, show))
    gr.on([due.change, dots.input], inputs=[page.pair, dots], outputs=plane_panel, **listener(page, planes))
