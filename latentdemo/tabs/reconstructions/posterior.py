"""The probabilistic step: the posterior is a distribution, and what the KL term keeps it from becoming."""

from typing import Any

import gradio as gr
import numpy as np

from latentdemo import data
from latentdemo.drawing import charts
from latentdemo.drawing.markup import Markup, html, join
from latentdemo.drawing.numerals import short
from latentdemo.drawing.tiles import sentence
from latentdemo.measuring.metrics import ACTIVE_VARIANCE
from latentdemo.store import lineup
from latentdemo.store.lineup import Trained
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, both
from latentdemo.widgets import Page, live_panel, remember

TITLE = "Posterior"
PLANE = 2  # dimensions that can be drawn as they are


def show(page: Page, path: str | None, label: str) -> tuple[str, dict[str, Any]]:
    """μ and σ of this image as a chart, and what `web/reconstructions/draws/posterior.js` draws from.

    Returns:
        the chart; vae, mu, sigma (D,), and ae with its code z (D,), None where there is no autoencoder.
    """
    pair = page.resources.pair(label)
    done = both(page, pair, path)
    vae, order = done["vae"], page.resources.gallery(pair.vae).order
    sigma = vae.sigma
    assert sigma is not None  # a VAE's
    drawn = charts.intervals(vae.mu[order], sigma[order], [f"z{i}" for i in order], "var(--vae)")
    chart = charts.chart(
        drawn,
        "Posterior of this image: mean μ ± standard deviation σ of each latent dimension; grey is the prior's ± 1",
    )
    z = done["ae"].mu.tolist() if "ae" in done else None
    return chart, {"vae": pair.vae, "mu": vae.mu.tolist(), "sigma": sigma.tolist(), "ae": pair.ae, "z": z}


@remember(4)
def prevents(page: Page, label: str) -> str:
    """Codes of the same images under nearly no KL term and under β = 1."""
    dataset = page.resources.pair(label).source
    vaes = [model for model in lineup.undamaged(page.resources.cards, dataset) if model.beta is not None]
    planes = [model for model in _planes(page, dataset) if model.beta is not None and model.beta <= 1]
    drawn = join(_cloud(page, model) for model in planes)
    rows = [_statistics(page, model) for model in vaes]
    table = join(html("<tr>{}</tr>", join(html("<td>{}</td>", cell) for cell in row)) for row in rows)
    heads = ("model", "median σ", "standard deviation of μ", "nearest other code, in σ")
    head = join(html("<th>{}</th>", cell) for cell in heads)
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
        + html('<div class="halves">{}</div>', drawn)
        + html('<table class="matrix facts"><tr>{}</tr>{}</table>', head, table)
        + sentence(note)
    )


def _planes(page: Page, dataset: str) -> list[Trained]:
    """The models of two dimensions, of this data set or of another one that has some."""
    for one in dict.fromkeys([dataset, *(pair.source for pair in page.resources.pairs.values())]):
        found = [model for model in lineup.undamaged(page.resources.cards, one) if model.latent_dim == PLANE]
        if found:
            return found
    return []


def _cloud(page: Page, model: Trained) -> Markup:
    gallery = page.resources.gallery(model.name)
    assert gallery.sigma is not None  # a VAE's
    n = len(gallery.sigma)
    what = data.dataset_of(page.resources.card(model.name).source).title
    title = f"{what} · 2-D, β = {model.beta:g}: μ ± σ of {n} test images; the circle is the prior's σ = 1"
    labels = gallery.labels[:n] if gallery.labels.ndim == 1 else None
    return charts.chart(charts.cloud(gallery.codes[:n], gallery.sigma, labels, gallery.names), title)


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
    chart = gr.HTML(OPENING, elem_id="posterior")
    draws = live_panel("reconstructions/draws", "posterior", elem_id="draws")
    gr.Markdown("### What the KL term prevents")
    clouds = gr.HTML(elem_id="prevents")
    due.change(inputs=[page.door, page.pair], outputs=[chart, draws], **listener(page, show))
    due.change(inputs=page.pair, outputs=clouds, **listener(page, prevents))
