"""What each dimension carries and what it means: KL, pixels, and the factors that a judge reads."""

from numpy import ndarray as Array

from latentdemo.drawing import charts
from latentdemo.drawing.markup import join
from latentdemo.drawing.tiles import sentence
from latentdemo.tabs.perturb.steps import unused
from latentdemo.widgets import Page

N_ROWS = 16  # dimensions of the table
LIMIT = 2.0  # standard deviations at the ends of its colours
SCORES = (
    ("mig", "MIG", "how much more the best dimension knows of a factor than the second best (mutual information, as a "
     "share of the factor's entropy; Chen et al. 2018). It misses that a factor such as a hue on the colour wheel may "
     "need two dimensions."),
    ("dci disentanglement", "DCI", "whether each dimension helps to tell one factor only, by the importances of random "
     "forests (Eastwood & Williams 2018). It depends on the forests' size."),
    ("sap", "SAP", "R² of the best dimension's straight line less that of the second best (Kumar et al. 2018). It "
     "misses whatever is not a straight line."),
)  # fmt: skip


def spectrum(page: Page, name: str) -> str:
    """Bars, in the sliders' order, of what each dimension tells and of what one standard deviation of it changes."""
    gallery = page.resources.gallery(name)
    names = [f"z{dimension}" for dimension in gallery.rank]
    effect = charts.bars(100 * gallery.effect[gallery.rank], names, "% of a pixel", "var(--bar)")
    seen = charts.chart(effect, "Mean |change| of a pixel, in % of its range, by one σ of each dimension")
    if gallery.kl.any():
        drawn = charts.bars(gallery.kl[gallery.rank], names, "nats", "var(--vae)")
        told = "What each latent dimension carries: its KL to N(0, 1), mean over training images"
        words = sentence("The sliders stand in the order of the product of both.")
        return charts.chart(drawn, told) + seen + words
    drawn = charts.bars(gallery.unit[gallery.rank], names, "σ", "var(--ae)")
    return charts.chart(drawn, "Standard deviation σ of each latent dimension") + seen


def matrix(page: Page, name: str) -> str:
    """Which factors move with which dimension, as the judge reads them, and how far the model is disentangled."""
    gallery, card = page.resources.gallery(name), page.resources.card(name)
    if "effect_factors" not in gallery.audit:
        return sentence(
            "Nobody knows the factors of these images, so nothing can say what a dimension means; choose the faces, "
            "whose seventeen factors the renderer knows."
        )
    shown = [d for d in gallery.rank if not unused(gallery)[d]][:N_ROWS]
    moved: Array = gallery.audit["effect_factors"][shown]
    drawn = charts.heat(moved, [f"z{d}" for d in shown], gallery.names, LIMIT, "sd")
    title = (
        "Mean |change| of each factor when one dimension rises by one σ, in standard deviations of the data set, read "
        "by the network faces-factors"
    )
    words = join(
        sentence(f"{short} {card.metrics[key]:.2f}: {told}") for key, short, told in SCORES if key in card.metrics
    )
    return charts.chart(drawn, title) + words
