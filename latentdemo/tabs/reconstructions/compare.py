"""The visitor's image through both models: what comes back, what is missing, and whether they know the like of it."""

from typing import Any

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.classifiers import tracing
from latentdemo.classifiers.judge import read_factors
from latentdemo.codes import latents, passes
from latentdemo.codes.passes import Pass, gauge
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.palette import VIRIDIS, ramp
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.models import MODELS
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store import lineup
from latentdemo.store.lineup import Pair
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions import sides
from latentdemo.tabs.reconstructions.sides import OPENING, both
from latentdemo.widgets import SHORT, TITLES, Page, side_radio, taken

TITLE = "AE vs VAE"
N_ROW = 10
LEAST_DETAIL = 1e-3  # mean square of a Laplacian below which shares of it say nothing
N_FACTORS = 3  # changes of a face that are named
TERMS = (
    "MSE: mean squared error. SSIM: structural similarity. KL: divergence of the posterior from the prior N(0, I); "
    "a nat is 1.44 bits."
)


UNREAD = "Factor and class readings are shown only for images like the training data."


def show(page: Page, path: str | None, label: str) -> str:
    """Input and reconstructions, their differences on one scale, what is missing, and the gauges."""
    pair = page.resources.pair(label)
    done = both(page, pair, path)
    seen = done["vae"].seen
    caption = f"What the models see: cropped and scaled to {seen.shape[1]} × {seen.shape[0]}, {seen.size:,} numbers"
    shown = [Tile(seen, caption)]
    for side, one in done.items():
        kl = "" if one.kl is None else f"; KL {decimals(float(one.kl.sum()), 1)} nats"
        text = f"{TITLES[side]}: MSE {short(one.mse)}, lower is better; SSIM {one.ssim:.3f}, 1 is equal{kl}"
        shown.append(Tile(one.x_hat, text, side))
    lost = sentence(missing(page, pair, done))
    terms = sentence(TERMS)
    below = html('<div class="lost">{}{}</div>', lost, differences(done))
    return tile_grid(shown, 3, "large compare") + terms + below + gauges(page, pair, done)


def differences(done: dict[str, Pass]) -> str:
    """|input − reconstruction| of either side, the largest of a pixel's channels, on one scale."""
    maps = {side: np.abs(one.seen.astype(int) - one.x_hat).max(axis=2) / 255 for side, one in done.items()}
    limit = max(float(values.max()) for values in maps.values()) or 1.0
    tiles = [
        Tile(
            ramp(VIRIDIS, maps[side] / limit),
            f"|input − reconstruction|, 0 (dark) … {short(limit)} (bright); at most {short(float(maps[side].max()))}",
            side,
        )
        for side in done
    ]
    return tile_grid(tiles, 2, "large differences")


def gauges(page: Page, pair: Pair, done: dict[str, Pass]) -> str:
    """How unlike the test images this image is, for each model."""
    note = (
        "Two bars for each model: the share of test images with a smaller error (MSE), and the share of gallery codes "
        "that lie nearer to their nearest neighbour than this code does."
    )
    return sentence(note) + html('<div class="halves">{}</div>', sides.gauges(page, pair, done))


def missing(page: Page, pair: Pair, done: dict[str, Pass]) -> str:
    """What the reconstructions lack: fine detail, and what a network that was trained apart reads off them."""
    whole = passes.detail(done["vae"].seen)
    parts = []
    for side, one in done.items():
        detail = passes.detail(one.x_hat)
        share = f" ({detail / whole:.0%})" if whole >= LEAST_DETAIL else ""
        parts.append(f"{SHORT[side]} {short(detail)}{share}")
    text = f"Fine detail (mean square of the Laplacian): input {short(whole)}, {', '.join(parts)}."
    judge = lineup.judge(page.resources.cards, pair.source)
    if judge is None:
        return text
    stands = [gauge(page.resources.gallery(pair.side(side)), one) for side, one in done.items()]
    return f"{text} {UNREAD if any(one.foreign for one in stands) else read_off(page, judge, done)}"


def read_off(page: Page, judge: str, done: dict[str, Pass]) -> str:
    """What a judge reads off input and reconstructions: a class and its share, or the factors that changed most."""
    card, model = page.resources.card(judge), page.resources.model(judge)
    pictures = np.stack([done["vae"].seen, *(one.x_hat for one in done.values())])
    if MODELS[card.kind].learns == "factors":
        read = read_factors(model, pictures) / model.target_sd.numpy()
        parts = [f"{SHORT[side]}: {_changed(card.names, read[i] - read[0])}" for i, side in enumerate(done, 1)]
        noun = page.resources.dataset(judge).noun
        head = f"Read by {judge}, a network trained separately. What changed most, in σ of the {noun}s: "
        return head + "; ".join(parts) + "."
    shares = tracing.probabilities(model, as_tensor(pictures))
    titles = ["input", *(SHORT[side] for side in done)]
    words = [f"{title} {card.names[row.argmax()]} ({row.max():.0%})" for title, row in zip(titles, shares, strict=True)]
    return f"Read by {judge}, a network trained separately: {', '.join(words)}."


def _changed(names: tuple[str, ...], change: Array) -> str:
    largest = np.argsort(-np.abs(change))[:N_FACTORS]
    return ", ".join(f"{names[i]} {'+' if change[i] > 0 else '−'}{decimals(abs(float(change[i])), 2)}" for i in largest)


def show_rows(page: Page, label: str, side: str, seed: int) -> str:
    """The same test images through models of every size, the truth below them."""
    pair = page.resources.pair(label)
    cards = page.resources.cards
    models = lineup.undamaged(cards, pair.source)
    (beta,) = (model.beta for model in models if model.name == pair.side(side))
    models = [model for model in models if model.beta == beta]
    chosen = sides.drawn_lots(page, models[-1].name, N_ROW, seed)
    originals = page.resources.shows_originals(pair.vae)
    truth = sides.gallery_pictures(page, pair.vae, chosen) if originals else []
    css, rows = side if side in pair.sides else "vae", []
    for model in models:
        made = latents.decode(page.resources.model(model.name), page.resources.gallery(model.name).codes[chosen])
        title = f"{model.latent_dim}-D"
        if originals:
            mean = np.mean([passes.pixel_errors(image, x_hat)[0] for image, x_hat in zip(truth, made, strict=True)])
            title += f", mean MSE {short(float(mean))}"
        rows.append(sides.lane(title, [Tile(picture, "", css) for picture in made]))
    if originals:
        rows.append(sides.lane("truth", [Tile(picture) for picture in truth]))
    lost = ": the fewer latent dimensions, the more is lost" if len(models) > 1 else ""
    truth_note = "" if originals else " So the truth is missing below them."
    text = (
        f"Ten pictures of the gallery through the {SHORT[css]}{lost}. The gallery holds "
        f"{sides.test_images(page, pair.vae)}.{truth_note}"
    )
    return sides.instead(pair, side) + sentence(text) + join(rows)


def take_test(page: Page, label: str, seed: int) -> tuple[Any, ...]:
    """Another picture of the gallery as the visitor's: the next seed, and what `taken` returns."""
    pair = page.resources.pair(label)
    index = int(sides.drawn_lots(page, pair.vae, 1, seed)[0])
    return seed + 1, *taken(page, page.resources.gallery_image(pair.vae, index), f"gallery {pair.vae} {index}")


def build(page: Page, due: gr.Textbox) -> None:
    """Pictures above, gauges and rows below."""
    seed = gr.State(1)
    mine = gr.HTML(OPENING, elem_id="reconstruction")
    with gr.Row():
        take = gr.Button("Take a picture of the gallery")
        side = side_radio("Rows through the", "compare-side")
        draw = sides.again("compare", "Ten other test images")
    rows = gr.HTML(elem_id="rows")
    due.change(inputs=[page.door, page.pair], outputs=mine, **listener(page, show))
    gr.on([due.change, side.input, draw.change], inputs=[page.pair, side, draw], outputs=rows,
          **listener(page, show_rows))  # fmt: skip
    take.click(inputs=[page.pair, seed], outputs=[seed, *page.came], **listener(page, take_test))
