"""What is said of an image that a model never met the like of."""

from latentdemo.codes.passes import gauge, through
from latentdemo.widgets import Page


def foreign_note(page: Page, path: str | None, name: str) -> str:
    """What to think of edits of the visitor's image: a sentence where it is unlike what the model learned from."""
    gallery, model = page.resources.gallery(name), page.resources.model(name)
    found = gauge(gallery, through(model, page.resources.prepare(name, page.picture(path))))
    if not found.foreign:
        return ""
    entry = page.resources.dataset(name)
    return (
        f"Your image is unlike the {entry.noun}s this model learned from: its error is above that of "
        f"{found.error:.0f} % of the test images, its code lies further from all real ones than {found.place:.0f} % of "
        "these do from each other. What would help is a model of such images: train.py --dataset folder, or celeba for "
        "photographs of faces; it then stands in the list of models, with its own attributes."
    )
