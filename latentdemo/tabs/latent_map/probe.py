"""What codes are good for: how well few labels teach a linear model on them, beside the same on pixels."""

from latentdemo.drawing import charts
from latentdemo.drawing.tiles import problem, sentence
from latentdemo.widgets import Page

FEATURES = ("latent codes", "pixels", "PCA of the pixels")  # in the order of `evaluation.probes.FEATURES`
N_TEST = 2000  # as `evaluation.probes.N_TEST`, at most
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
    side = page.resources.card(name).shape.image_size
    pixels = "pixels (averaged to 32 × 32)" if side > 32 and side % 32 == 0 else "pixels"
    model = "Logistic regression" if classes else "Ridge regression, its penalty chosen by leaving one out,"
    means = scores.mean(axis=2)
    at = min(2, len(sizes) - 1)
    ahead = sizes[means[1] > means[0]]
    overtaken = f"From {int(ahead[0]):,} labels on the pixels themselves tell more. " if len(ahead) else ""
    words = (
        f"{model} on {dims} latent numbers, on {pixels}, and on the first {dims} principal components of these (or as "
        f"many as there are); on {min(N_TEST, len(gallery.codes)):,} unseen {noun}s. The VAE saw no label. With "
        f"{int(sizes[at]):,} labels: codes {means[0, at]:.2f}, pixels {means[1, at]:.2f}, PCA {means[2, at]:.2f}. "
        f"{overtaken}The band is the range over three draws of the labelled images."
    )
    return charts.chart(drawn, f"What {noun}s a linear model tells, over the number of labelled ones") + sentence(words)
