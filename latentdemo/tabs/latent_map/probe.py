"""What codes are good for: how well few labels teach a linear model on them, beside the same on pixels."""

from latentdemo.drawing import charts
from latentdemo.drawing.tiles import problem, sentence
from latentdemo.widgets import Page

FEATURES = ("latent codes", "pixels", "PCA of the pixels")  # in the order of `evaluation.probes.FEATURES`
COLOURS = ("var(--vae)", "var(--line)", "var(--ae)")


def probe_chart(page: Page, label: str) -> str:
    """Curves over the number of labelled images, and what they say."""
    name = page.resources.pair(label).vae
    gallery, dims = page.resources.gallery(name), page.resources.card(name).shape.latent_dim
    sizes, scores = gallery.probe
    if not len(sizes):
        return problem("There is nothing to tell apart: these images have one class, or too few of them are labelled.")
    classes = gallery.labels.ndim == 1
    what = "share of right classes" if classes else "R², mean of all factors"
    drawn = charts.curves(sizes, scores, FEATURES, COLOURS, what)
    noun = page.resources.dataset(name).noun
    pixels = "pixels" if page.resources.card(name).shape.image_size <= 32 else "pixels (averaged to 32 × 32)"
    model = "Logistic regression" if classes else "Ridge regression, its penalty chosen by leaving one out,"
    few = scores[:, 2 if len(sizes) > 2 else -1].mean(axis=1)
    n = int(sizes[2 if len(sizes) > 2 else -1])
    words = (
        f"{model} on {dims} latent numbers, on {pixels}, and on the first {dims} principal components of these; on "
        f"2,000 unseen {noun}s. The VAE saw no label. With {n} labels: codes {few[0]:.2f}, pixels {few[1]:.2f}, PCA "
        f"{few[2]:.2f}. The band is the range over three draws of the labelled images."
    )
    return charts.chart(drawn, f"What {noun}s a linear model tells, over the number of labelled ones") + sentence(words)
