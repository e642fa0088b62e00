"""The same slider in models of one size that were trained with another β: one thing turns, or everything."""

from typing import Any

from latentdemo.drawing.numerals import number
from latentdemo.store import lineup
from latentdemo.tabs.perturb.steps import SPAN, axes, clipped, steps_of
from latentdemo.widgets import Page

MOST_NAMES = 8  # dimensions to choose from


def beta_rows(page: Page, path: str | None, label: str) -> dict[str, Any]:
    """What `web/latent/perturb/betas.js` shows: VAEs of one size on the same images, and the code in each."""
    pair = page.resources.pair(label)
    size = page.resources.card(pair.vae).shape.latent_dim
    models = [
        model
        for model in lineup.undamaged(page.resources.cards, pair.source)
        if model.latent_dim == size and model.beta is not None
    ]
    picture = page.picture(path)
    rows = []
    for model in models:
        gallery = page.resources.gallery(model.name)
        steps = clipped(steps_of(gallery, page.resources.encode(model.name, picture)))
        rows.append({
            "model": model.name,
            "title": f"β = {number(float(model.beta or 0))}",
            "origin": gallery.origin.astype(float).round(5).tolist(),
            "directions": axes(gallery).round(5).tolist(),
            "steps": steps.tolist(),
            "names": [f"z{d}" for d in gallery.rank[:MOST_NAMES]],
        })  # fmt: skip
    return {"rows": rows, "span": SPAN}
