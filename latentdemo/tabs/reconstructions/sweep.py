"""One image through every size of code and every β: blur, disentanglement and posterior collapse, to be clicked."""

import gradio as gr
import numpy as np

from latentdemo import data
from latentdemo.codes import latents
from latentdemo.codes.densities import PRIOR, standard_normal
from latentdemo.codes.gallery import Gallery
from latentdemo.drawing import charts
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.numerals import decimals, short
from latentdemo.drawing.tiles import Coded, Tile, code_grid, sentence, tile_grid
from latentdemo.measuring.metrics import ACTIVE_VARIANCE
from latentdemo.store import lineup
from latentdemo.store.lineup import Trained
from latentdemo.tabs.asked import picked
from latentdemo.tabs.handlers import listener
from latentdemo.tabs.reconstructions.sides import OPENING, one_pass
from latentdemo.widgets import Page, pickable

TITLE = "Latent size and β"
N_DIMENSIONS, N_SAMPLES, N_DRAWS = 5, 10, 3
REACH = 2.0  # standard deviations of the codes to either side
STEPS = np.linspace(-REACH, REACH, 7)
FIRST = -1  # stands for the chosen pair's own VAE


def models_of(page: Page, label: str) -> list[Trained]:
    """The autoencoders of the chosen pair's data set, all sizes and all β."""
    return lineup.undamaged(page.resources.cards, page.resources.pair(label).source)


def show(page: Page, path: str | None, label: str, choice: int) -> tuple[str, str]:
    """The grid of reconstructions, and what is known of the chosen model."""
    models = models_of(page, label)
    chosen = _chosen(page, label, models, choice)
    return grid(page, path, models, chosen), describe(page, path, models[chosen])


def pick(page: Page, event: gr.EventData, path: str | None, label: str) -> tuple[int, str, str]:
    """The model whose cell was clicked."""
    index = picked(event)
    return index, *show(page, path, label, index)


def _chosen(page: Page, label: str, models: list[Trained], choice: int) -> int:
    """Index of a model that there is."""
    own = [i for i, model in enumerate(models) if model.name == page.resources.pair(label).vae]
    return choice if 0 <= choice < len(models) else own[0]


def title_of(model: Trained) -> str:
    """ "5-D, β = 1" and the like."""
    kind = "autoencoder" if model.beta is None else f"β = {model.beta:g}"
    return f"{model.latent_dim}-D, {kind}"


def grid(page: Page, path: str | None, models: list[Trained], chosen: int) -> str:
    """Rows of rising size, the plain autoencoder first, then VAEs of rising β."""
    rows: dict[int, list[int]] = {}
    for i, model in enumerate(models):
        rows.setdefault(model.latent_dim, []).append(i)
    betas = sorted({model.beta for model in models if model.beta is not None})
    columns: dict[float | None, int] = {None: 1} | {beta: column for column, beta in enumerate(betas, 2)}
    parts = []
    for members in rows.values():
        tiles = []
        for i in members:
            done = one_pass(page, models[i].name, path)
            kl = "" if done.kl is None else f", KL {decimals(float(done.kl.sum()), 1)} nats"
            tiles.append(
                Tile(
                    done.x_hat,
                    f"{title_of(models[i])}: MSE {short(done.mse)}{kl}",
                    f"{_side(models[i])} column-{columns[models[i].beta]}",
                )
            )
        parts.append(tile_grid(tiles, len(columns), "sweep pick", chosen, members))
    down = "more latent dimensions downwards, " if len(rows) > 1 else ""
    note = f"Your image through each model: {down}a larger weight β of the KL term to the right. Click one."
    same = draws(page, models) if len(rows) == 1 else ""
    return sentence(note) + join(parts) + same


def draws(page: Page, models: list[Trained]) -> str:
    """The same codes from N(0, I) through models of one size, a column each."""
    z = standard_normal(models[0].latent_dim).draw(N_DRAWS, 0)
    made = [latents.decode(page.resources.model(model.name), z) for model in models]
    tiles = [Tile(made[column][row], "", _side(model)) for row in range(N_DRAWS) for column, model in enumerate(models)]
    return sentence("The same draws from the prior N(0, I) through each:") + tile_grid(tiles, len(models), "sweep")


def _side(model: Trained) -> str:
    return "ae" if model.beta is None else "vae"


def describe(page: Page, path: str | None, model: Trained) -> str:
    """Measured quality, what each dimension carries, what the first ones do, and samples."""
    gallery = page.resources.gallery(model.name)
    shown = gallery.order[:N_DIMENSIONS]
    middle = page.resources.encode(model.name, page.picture(path))
    moved = [middle + np.outer(STEPS, np.eye(model.latent_dim)[i] * gallery.sd[i]) for i in shown]
    strips = [Coded(code) for code in np.concatenate(moved)]
    samples = [Coded(code) for code in gallery.densities[PRIOR].draw(N_SAMPLES, 0)]
    rows = ", ".join(f"z{i}" for i in shown)
    return (
        html("<h3>{}</h3>", title_of(model))
        + sentence(_quality(page, model))
        + _chart(gallery, model)
        + sentence(
            f"Your image with one latent dimension moved by −{REACH:g} … {REACH:g} σ (standard deviations of the "
            f"codes), a row each for {rows}:"
        )
        + code_grid(model.name, strips, len(STEPS), "strips")
        + sentence("Ten draws from the prior N(0, I), decoded:")
        + code_grid(model.name, samples, N_SAMPLES, "strips")
    )


def _quality(page: Page, model: Trained) -> str:
    """What was measured over all test images."""
    card = page.resources.card(model.name)
    found = card.metrics
    text = f"{data.dataset_of(card.source).title}, all test images: MSE {short(found['mse'])}, SSIM {found['ssim']:.3f}"
    if model.beta is None:
        return text + ". No KL term: nothing says where the codes lie, or how far apart."
    active = int(found["active_units"])
    dead = "all have" if active == 0 else "the others have"
    collapsed = "" if active == model.latent_dim else f"; {dead} collapsed to the prior: they carry nothing"
    return (
        f"{text}, KL {found['kl_nats']:.1f} nats, {active} of {model.latent_dim} dimensions active (variance of μ "
        f"above {ACTIVE_VARIANCE:g}; Burda et al. 2016){collapsed}."
    )


def _chart(gallery: Gallery, model: Trained) -> str:
    names = [f"z{i}" for i in gallery.order]
    if model.beta is None:
        drawn = charts.bars(gallery.sd[gallery.order], names, "σ", "var(--ae)")
        return charts.chart(drawn, "Standard deviation σ of each latent dimension")
    drawn = charts.bars(gallery.kl[gallery.order], names, "nats", "var(--vae)")
    return charts.chart(drawn, "KL of each latent dimension to the prior N(0, 1), in nats")


def build(page: Page, due: gr.Textbox) -> None:
    """The grid left, the chosen model right."""
    choice = gr.State(FIRST)
    with gr.Row():
        with gr.Column(scale=1, min_width=460):
            cells = pickable(OPENING, "sweep")
        with gr.Column(scale=1, min_width=460):
            chosen = gr.HTML(elem_id="sweep-chosen")
    inputs = [page.door, page.pair]
    due.change(inputs=[*inputs, choice], outputs=[cells, chosen], **listener(page, show))
    cells.select(inputs=inputs, outputs=[choice, cells, chosen], **listener(page, pick))
