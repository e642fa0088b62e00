"""One model's eyes on another's world: faces through a model of digits, digits through a model of faces."""

import gradio as gr

from latentdemo import data
from latentdemo.codes import passes
from latentdemo.codes.passes import gauge
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.numerals import percentile, short
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import (
    OPENING,
    again,
    both,
    drawn_lots,
    gallery_pictures,
    gauges,
    lane,
    test_images,
)
from latentdemo.widgets import SHORT, TITLES, Page, remember

TITLE = "Out of distribution"
N_SHOWN = 8
SEED = 4


def show(page: Page, path: str | None, label: str) -> str:
    """The visitor's image through the chosen pair and the largest one of every other data set, with a gauge each."""
    parts = []
    for pair in worlds(page, label):
        done = both(page, pair, path)
        tiles = [Tile(done["vae"].seen, "what they see")]
        tiles += [Tile(one.x_hat, f"{SHORT[side]}: MSE {short(one.mse)}", side) for side, one in done.items()]
        section = "<section><h3>Through {}</h3>{}{}</section>"
        parts.append(html(section, pair.label, tile_grid(tiles, 3, "world"), gauges(page, pair, done)))
    return html('<div class="halves">{}</div>', join(parts))


def worlds(page: Page, label: str) -> list[Pair]:
    """A pair for each data set: the chosen one, else the one with the largest code; if none is whole, a VAE alone."""
    found: dict[str, Pair] = {}
    for pair in sorted(page.resources.pairs.values(), key=lambda pair: pair.ae is None):
        found.setdefault(pair.source, pair)
    chosen = page.resources.pair(label)
    return list((found | {chosen.source: chosen}).values())


def _title(pair: Pair) -> str:
    return data.dataset_of(pair.source).title


@remember(4)
def exchange(page: Page, label: str, seed: int) -> str:
    """Test images of each world through the models of the other ones."""
    pairs = worlds(page, label)
    parts = [_through(page, eyes, world, seed) for eyes in pairs for world in pairs if eyes is not world]
    note = (
        "Trained on one data set, used on another: whatever comes in, the decoder answers with what it has learned to "
        "draw. Below each reconstruction: the share of the model's own test images that have a smaller error."
    )
    return sentence(note) + join(parts)


def _through(page: Page, eyes: Pair, world: Pair, seed: int) -> str:
    pictures = gallery_pictures(page, world.vae, drawn_lots(page, world.vae, N_SHOWN, SEED + seed))
    seen = [page.resources.prepare(eyes.vae, picture) for picture in pictures]
    rows = [lane("what it sees", [Tile(picture) for picture in seen])]
    for side in eyes.sides:
        name = eyes.side(side)
        model, gallery = page.resources.model(name), page.resources.gallery(name)
        done = [passes.through(model, picture) for picture in seen]
        tiles = [Tile(one.x_hat, percentile(gauge(gallery, one).error), side) for one in done]
        rows.append(lane(TITLES[side], tiles))
    head = html("<h3>{} through {}</h3>", _title(world), eyes.label)
    return head + sentence(f"Shown: {test_images(page, world.vae)}.") + join(rows)


def build(page: Page, due: gr.Textbox) -> None:
    """The visitor's image above, test images below."""
    mine = gr.HTML(OPENING, elem_id="foreign")
    seed = again("foreign", "Others")
    others = gr.HTML(elem_id="exchange")
    due.change(inputs=[page.door, page.pair], outputs=mine, **listener(page, show))
    gr.on([due.change, seed.change], inputs=[page.pair, seed], outputs=others, **listener(page, exchange))
