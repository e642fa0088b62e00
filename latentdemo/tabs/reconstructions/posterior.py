"""The probabilistic step: the posterior is a distribution, and what the KL term keeps it from becoming."""

import gradio as gr
import numpy as np

from latentdemo import data
from latentdemo.codes import latents, passes
from latentdemo.drawing import charts
from latentdemo.drawing.numerals import short
from latentdemo.drawing.palette import unsigned_colours
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.measuring.metrics import ACTIVE_VARIANCE
from latentdemo.store import lineup
from latentdemo.store.lineup import Trained
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, again, both
from latentdemo.widgets import Page, remember

TITLE = "Posterior"
N_DRAWS, COLUMNS = 12, 7  # to a row, with the map of differences at the end
PLANE = 2  # dimensions that can be drawn as they are


def show(page: Page, path: str | None, label: str, seed: int) -> str:
    """μ and σ of this image, twelve decodings of its posterior, and the one of the autoencoder, if there is one."""
    pair = page.resources.pair(label)
    done = both(page, pair, path)
    vae, order = done["vae"], page.resources.gallery(pair.vae).order
    sigma = vae.sigma
    assert sigma is not None  # a VAE's
    chart = charts.interval_chart(
        vae.mu[order],
        sigma[order],
        [f"z{i}" for i in order],
        "Posterior of this image: mean μ ± standard deviation σ of each latent dimension; grey is the prior's ± 1",
        "vae",
    )
    codes = passes.redraw(vae, N_DRAWS, seed)
    drawn = latents.decode(page.resources.model(pair.vae), codes)
    spread = float(np.mean([passes.pixel_errors(vae.x_hat, copy)[0] for copy in drawn]))
    differ = drawn.std(axis=0).mean(axis=2) / 255
    where = Tile(unsigned_colours(differ))
    draws = tile_grid([*(Tile(picture, "", "vae") for picture in drawn), where], COLUMNS, "draws")
    draws += sentence(f"Last: where they differ, σ of a pixel, 0 (dark) … {short(differ.max())} (bright).")
    beside = ""
    if "ae" in done:
        point = tile_grid([Tile(done["ae"].x_hat, "one code, one reconstruction", "ae")], 1, "draws")
        beside = f'<section class="ae"><h3>Autoencoder</h3>{point}</section>'
    known = int((sigma < 0.5).sum())
    text = (
        f"Twelve draws z = μ + σ · ε, each with a new ε from N(0, I). Mean squared difference to decode(μ): "
        f"{short(spread)}. "
        f"σ is below 0.5 in {known} of {len(sigma)} latent dimensions: these the image decides."
    )
    return (
        chart
        + sentence(text)
        + f'<div class="beside"><section class="vae"><h3>Variational autoencoder</h3>{draws}</section>{beside}</div>'
    )


@remember(4)
def prevents(page: Page, label: str) -> str:
    """Codes of the same images under nearly no KL term and under β = 1."""
    dataset = page.resources.pair(label).source
    vaes = [model for model in lineup.undamaged(page.resources.cards, dataset) if model.beta is not None]
    planes = [model for model in _planes(page, dataset) if model.beta is not None and model.beta <= 1]
    drawn = "".join(_cloud(page, model) for model in planes)
    rows = [_statistics(page, model) for model in vaes]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(
        f"<th>{cell}</th>" for cell in ("model", "median σ", "standard deviation of μ", "nearest other code, in σ")
    )
    text = "The less the KL term counts, the smaller σ becomes, and the further the codes can drift apart." + (
        " Compare the scales, the circle and the table." if planes and len(rows) > 1 else ""
    )
    note = (
        "Medians over test images and active dimensions (variance of μ above 0.01). The standard deviation of μ is "
        "taken over training images. The distance is the root of the sum of (Δμ / σ)²."
    )
    if any("none is active" in row for row in rows):
        note += (
            " A VAE without active dimensions has collapsed: whatever the image, its posterior is the prior N(0, I), "
            "and the decoder makes one mean picture of every code."
        )
    return (
        sentence(text)
        + f'<div class="halves">{drawn}</div>'
        + f'<table class="matrix facts"><tr>{head}</tr>{table}</table>'
        + sentence(note)
    )


def _planes(page: Page, dataset: str) -> list[Trained]:
    """The models of two dimensions, of this data set or of another one that has some."""
    for one in dict.fromkeys([dataset, *(pair.source for pair in page.resources.pairs.values())]):
        found = [model for model in lineup.undamaged(page.resources.cards, one) if model.latent_dim == PLANE]
        if found:
            return found
    return []


def _cloud(page: Page, model: Trained) -> str:
    gallery = page.resources.gallery(model.name)
    assert gallery.sigma is not None  # a VAE's
    n = len(gallery.sigma)
    what = data.dataset_of(page.resources.card(model.name).source).title
    title = f"{what} · 2-D, β = {model.beta:g}: μ ± σ of {n} test images; the circle is the prior's σ = 1"
    labels = gallery.labels[:n] if gallery.labels.ndim == 1 else None
    return charts.cloud(gallery.codes[:n], gallery.sigma, labels, title)


def _statistics(page: Page, model: Trained) -> list[str]:
    """Size and β, σ, standard deviation of μ, and how many σ away the nearest other code lies."""
    gallery = page.resources.gallery(model.name)
    assert gallery.sigma is not None  # a VAE's
    n = len(gallery.sigma)
    away = nearest_in_sigma(gallery.codes[:n], gallery.sigma)
    active = gallery.sd**2 > ACTIVE_VARIANCE
    size = f"{model.latent_dim}-D, β = {model.beta:g}"
    if not active.any():
        return [size, "none is active", "none is active", short(np.median(away))]
    values = (np.median(gallery.sigma[:, active]), np.median(gallery.sd[active]), np.median(away))
    return [size, *(short(value) for value in values)]


def nearest_in_sigma(mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Distance from each code to the nearest other mean, in its own standard deviations: (n, D) twice -> (n,)."""
    scaled = ((mu[:, None] - mu[None]) / sigma[:, None]) ** 2
    distance = np.sqrt(scaled.sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    return distance.min(axis=1)


def build(page: Page, due: gr.Textbox) -> None:
    """This image above, all images below."""
    seed = again(page, "Draw ε again")
    panel = gr.HTML(OPENING, elem_id="posterior")
    gr.Markdown("### What the KL term prevents")
    clouds = gr.HTML(elem_id="prevents")
    gr.on([due.change, seed.change], inputs=[page.door, page.pair, seed], outputs=panel, **listener(page, show))
    due.change(inputs=page.pair, outputs=clouds, **listener(page, prevents))
