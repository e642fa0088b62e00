"""Every layer between the image, its latent code and its reconstruction, and the loss with its numbers filled in."""

import gradio as gr
import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import passes
from latentdemo.codes.passes import LayerOutput, Pass
from latentdemo.drawing import charts
from latentdemo.drawing.markup import Markup
from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.palette import signed_colours
from latentdemo.drawing.pictures import sheet
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.models.learning import Likelihood
from latentdemo.pixels import images
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, instead, one_pass
from latentdemo.widgets import Page, side_radio

TITLE = "Layer by layer"
N_MAPS = 16  # of each layer's maps are drawn
COLUMNS = 8


def show(page: Page, path: str | None, label: str, side: str) -> str:
    """The loss, then the encoder's layers, the code, and the decoder's layers."""
    pair = page.resources.pair(label)
    name = pair.side(side)
    done = one_pass(page, name, path)
    first, last = passes.anatomy(page.resources.model(name), done.seen)
    shown = images.rgb(done.seen)
    start = Tile(shown, f"input: {_size(done.seen.transpose(2, 0, 1))} {_range(done.seen / 255)}")
    end = Tile(
        images.rgb(done.x_hat),
        f"reconstruction, as 8-bit: {_size(done.x_hat.transpose(2, 0, 1))} {_range(done.x_hat / 255)}",
    )
    encoder = [start, *(layer_tile(step) for step in first)]
    decoder = [*(layer_tile(step) for step in last), end]
    return (
        instead(pair, side)
        + loss_html(page, name, done)
        + Markup("<h3>Encoder</h3>")
        + tile_grid(encoder, COLUMNS, "layers")
        + code_chart(page, name, done)
        + Markup("<h3>Decoder</h3>")
        + tile_grid(decoder, COLUMNS, "layers")
        + sentence(
            "Signed colours: blue below 0, orange above, full at each layer's own largest magnitude. Of the feature "
            f"maps the first {N_MAPS} are drawn; a vector is folded into a block. A VAE's encoder ends in two numbers "
            "a latent dimension: first all means μ, then all log σ². Sizes are channels × height × width; after "
            "them, [min … max]."
        )
    )


def layer_tile(step: LayerOutput) -> Tile:
    """One layer's output as a picture, with its size and range."""
    return Tile(drawn(step.values), f"{step.name}: {_size(step.values)} {_range(step.values)}")


def drawn(values: Array) -> Array:
    """(C, H, W): the first maps in a square; (N,): its numbers in rows of a block. (H', W', 3) uint8."""
    limit = float(np.abs(values).max())
    if values.ndim == 1:
        side = int(np.ceil(np.sqrt(len(values))))
        block = np.zeros(side * -(-len(values) // side), np.float32)
        block[: len(values)] = values
        return signed_colours(block.reshape(-1, side), limit)
    maps = [signed_colours(values[i], limit) for i in range(min(N_MAPS, len(values)))]
    return sheet(maps, len(maps) if len(maps) < 4 else int(np.ceil(np.sqrt(len(maps)))))


def _size(values: Array) -> str:
    """ "1 × 28 × 28" as channels, height, width, or "256 numbers"."""
    if values.ndim == 1:
        return f"{len(values)} numbers"
    return " × ".join(map(str, values.shape))


def _range(values: Array) -> str:
    return f"[{short(values.min())} … {short(values.max())}]"


def code_chart(page: Page, name: str, done: Pass) -> str:
    """The code between the two networks."""
    order = page.resources.gallery(name).order
    names = [f"z{i}" for i in order]
    if done.sigma is None:
        drawn = charts.intervals(done.mu[order], np.zeros_like(done.mu), names, "var(--ae)")
        return charts.chart(drawn, f"The latent code z: one point in {len(done.mu)}-D latent space")
    title = f"The posterior of this image: {len(done.mu)} means μ, each with ± σ as a bar; grey is the prior's ± 1"
    return charts.chart(charts.intervals(done.mu[order], done.sigma[order], names, "var(--vae)"), title)


def loss_html(page: Page, name: str, done: Pass) -> str:
    """What training minimises, for this image."""
    card = page.resources.card(name)
    entry, beta = page.resources.dataset(name), float(card.training["beta"])
    found = passes.loss(page.resources.model(name), Likelihood.of(card.dataset, card.variance), beta, done)
    likelihood = "Bernoulli" if entry.likelihood == "bernoulli" else f"Gaussian, variance {card.variance:g}"
    weighted = f"; {entry.weight_note} count more, as in training" if entry.pixel_weight else ""
    how = f"−log p(x | z), {likelihood}, summed over {done.seen.size:,} values{weighted}"
    reconstruction = f"{_nats(found.reconstruction)} ({how})"
    if done.kl is None or done.sigma is None:
        return sentence(f"Loss of this image, in nats: {reconstruction}. A plain autoencoder has no KL term.")
    i = int(np.argmax(done.kl))
    mu, sigma = decimals(float(done.mu[i]), 4), decimals(float(done.sigma[i]), 4)
    mu = f"({mu})" if done.mu[i] < 0 else mu
    one = f"½ ({mu}² + {sigma}² − 1 − log {sigma}²) = {decimals(float(done.kl[i]), 2)}"
    return sentence(
        f"Loss of this image with z = μ, in nats: reconstruction + β · KL = {reconstruction} + {found.beta:g} · "
        f"{_nats(found.kl)} = {_nats(found.total)}."
    ) + sentence(
        f"KL = ½ Σ (μ² + σ² − 1 − log σ²) over {len(done.mu)} dimensions, largest for z{i}: {one}. Slides that print σ "
        "for σ², or turn a sign, have a slip; this form is Kingma and Welling's (2014, appendix B) and agrees with a "
        "numerical integral in our tests."
    )


def _nats(value: float) -> str:
    """Two decimals, so that the sum can be followed."""
    return decimals(value, 2)


def build(page: Page, due: gr.Textbox) -> None:
    """The choice of a side above, all layers below."""
    side = side_radio("Through the", "inside-side")
    panel = gr.HTML(OPENING, elem_id="inside")
    gr.on([due.change, side.input], inputs=[page.door, page.pair, side], outputs=panel, **listener(page, show))
