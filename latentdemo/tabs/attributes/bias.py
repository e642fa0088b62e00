"""What a biased selection of labelled images does to an attribute vector, and what balancing mends."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.attributes import masks
from latentdemo.codes.gallery import Gallery
from latentdemo.drawing.markup import html, join
from latentdemo.drawing.numerals import decimals
from latentdemo.drawing.tiles import Coded, code_grid, sentence
from latentdemo.tabs.attributes.audit import JUDGE
from latentdemo.widgets import Page, remember

CORRELATIONS = (0.0, 0.5, 0.9)  # as `evaluation.effects.CORRELATIONS`
N_BIASED, N_EDITED = 5000, 500  # as there
WORDS = (
    "Who labelled what, and how many of each, is inside every vector: if nearly all who smile in the labelled images "
    "wear glasses, “add a smile” adds glasses. Equal numbers of samples for each combination, or weights that make "
    "them equal, mend it; more of the same images do not."
)


@remember(16)
def bias_html(page: Page, name: str) -> str:
    """Three selections of labelled faces, the smile vector of each, as it is and balanced, on a face with neither."""
    gallery = page.resources.gallery(name)
    if "bias_raw" not in gallery.audit:
        return sentence(
            "This needs images whose attributes can be made to go together at will; choose the faces, which are drawn "
            "from known factors."
        )
    sorts = masks(gallery.labels, gallery.names, gallery.splits.thresholds)
    code = gallery.codes[int(np.flatnonzero(sorts["smile"][1] & sorts["glasses"][1])[0])]
    columns = join(_column(gallery, name, k, r, code) for k, r in enumerate(CORRELATIONS))
    rs = f"{', '.join(f'{r:g}' for r in CORRELATIONS[:-1])} and {CORRELATIONS[-1]:g}"
    said = sentence(
        f"Three selections of {N_BIASED:,} labelled faces each, drawn with a correlation r of {rs} between the "
        "quantiles of smile and glasses. The tables count the faces that clearly have or lack both; φ is the "
        "correlation of the two yes-or-no labels in the table. The encoder is the same: only which faces were labelled "
        "differs. Below, the smile vector of each, added once to a gallery face with neither. The numbers are means "
        f"over {N_EDITED} such faces, read by the network {JUDGE}, and the cosine with the unbiased vector."
    )
    return said + html('<div class="biased">{}</div>', columns) + sentence(WORDS)


def _column(gallery: Gallery, name: str, k: int, r: float, code: Array) -> str:
    counts, changes, cosines = gallery.audit["bias_counts"][k], gallery.audit["bias_changes"][k], likeness(gallery)[k]
    tiles = [
        Coded(
            code + gallery.audit[key][k],
            f"{title}: smile {signed(moved[0])} sd, glasses {signed(moved[1])} sd, cosine {cosine:.2f}",
        )
        for key, title, moved, cosine in zip(
            ("bias_raw", "bias_balanced"), ("centroids", "balanced"), changes, cosines, strict=True
        )
    ]
    share = counts[1, 1] / max(1, counts[1].sum())
    rows = join(
        html("<tr><th>{}</th>{}</tr>", word, join(html("<td>{:,}</td>", int(n)) for n in pair))
        for word, pair in zip(("no smile", "smile"), counts, strict=True)
    )
    heads = "<tr><th></th><th>no glasses</th><th>glasses</th></tr>"
    title = html("<b>φ = {}</b> (r = {:g}): {:.0%} of those who smile wear glasses", decimals(phi(counts), 2), r, share)
    section = '<section><p class="note">{}</p><table class="matrix scores">' + heads + "{}</table>{}</section>"
    return html(section, title, rows, code_grid(name, tiles, 1))


def phi(counts: Array) -> float:
    """Correlation of two yes-or-no labels, from their counts (2, 2): without and with the one by the other.

    Source:
        Yule 1912, "On the methods of measuring association between two attributes"; the Pearson correlation of 0 and 1.
    """
    (a, b), (c, d) = counts.astype(float)
    return float((a * d - b * c) / max(1.0, np.sqrt((a + b) * (c + d) * (a + c) * (b + d))))


def signed(value: float) -> str:
    """+1.90, −0.05; never −0.00."""
    return f"{round(float(value), 2) + 0.0:+.2f}".replace("-", "−")


def likeness(gallery: Gallery) -> Array:
    """Cosine of each biased smile vector with the unbiased one, centroids and balanced: (3, 2)."""
    first = gallery.audit["bias_raw"][0]
    both = np.stack([gallery.audit["bias_raw"], gallery.audit["bias_balanced"]], axis=1)
    return both @ first / (np.linalg.norm(both, axis=2) * np.linalg.norm(first))
