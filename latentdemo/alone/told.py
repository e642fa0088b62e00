"""What the panels of a page without a server are told, by the tabs' own handlers, for the first sample picture."""

from typing import Any

from numpy import ndarray as Array

from latentdemo.drawing.pictures import data_uri
from latentdemo.tabs import attributes, kernels, latent_map, perturb
from latentdemo.tabs.attributes.parts import WALK, panels, slider_label, slider_titles
from latentdemo.tabs.attributes.start import GALLERY
from latentdemo.tabs.perturb.steps import LEGEND, clipped, steps_of
from latentdemo.tabs.perturb.steps import slider_label as step_label
from latentdemo.tabs.reconstructions import between, machine
from latentdemo.widgets import Page

N_TARGETS = 6  # images that a walk can go to


def told(page: Page, labels: list[str]) -> dict[str, Any]:
    """Everything that `web/alone/page.js` hands to the panels, as JSON.

    Returns:
        samples: pictures by name, as PNG addresses, and the pair each asks for; kernels: `tabs.kernels.stage`; pairs:
        by label, see `pair_told`; titles and sentences of the tabs for the guide are in the page itself.
    """
    samples = page.resources.samples()
    return {
        "samples": {
            name: {"src": data_uri(sample.picture, lossless=True), "dataset": sample.dataset}
            for name, sample in samples.items()
        },
        "kernels": kernels.stage(page, None),
        "pairs": {label: pair_told(page, label) for label in labels},
    }


def pair_told(page: Page, label: str) -> dict[str, Any]:
    """One pair's values: of the machine, the map, the sliders of dimensions and attributes, and the walk's targets."""
    pair = page.resources.pair(label)
    gallery, shape = page.resources.gallery(pair.vae), page.resources.card(pair.vae).shape
    start = clipped(steps_of(gallery, page.resources.encode(pair.vae, page.default)))
    rows, pad, past = perturb.explorers(page, pair.vae)
    return {
        "dataset": page.resources.card(pair.vae).dataset,
        "vae": pair.vae,
        "side": shape.image_size,
        "channels": shape.channels,
        "drawn": page.resources.dataset(pair.vae).drawn,
        "machine": machine.show(page, None, label),
        "map": latent_map.map_value(page, None, label),
        "perturb": {
            "canvas": perturb.canvas(page, pair.vae, start),
            "labels": [step_label(gallery, i) for i in range(len(gallery.rank))],
            "legend": LEGEND,
            "rows": rows,
            "pad": pad,
            "history": past,
        },
        "attributes": attributes_told(page, label),
        "between": {"targets": targets_told(page, pair.vae), "n": between.N_STEPS},
    }


def attributes_told(page: Page, label: str) -> dict[str, Any]:
    """The canvas with the first attribute added, its sliders, strips, pad and history."""
    titles, steps = slider_titles(page, label), attributes.first_steps(page, label)
    names = attributes.attribute_names(page, label)
    wish = attributes.Wish.of(page, label, ("raw", names[0] if names else "", GALLERY, 0, *steps))
    canvas = attributes.picture(page, None, label, wish)
    rows, pad, _ = panels(page, label)
    n = len(names)
    canvas |= {"directions": canvas["directions"][:n], "steps": canvas["steps"][:n]}
    return {
        "canvas": canvas,
        "labels": [slider_label(titles, i, len(steps)) for i in range(n)],
        "rows": rows,
        "pad": pad,
        "history": WALK,
    }


def targets_told(page: Page, name: str) -> list[dict[str, Any]]:
    """Gallery pictures to walk to, with their codes."""
    gallery = page.resources.gallery(name)
    pictures: list[Array] = [page.resources.gallery_image(name, i) for i in range(min(N_TARGETS, len(gallery.codes)))]
    return [
        {
            "src": data_uri(picture, lossless=True),
            "code": page.resources.encode(name, picture).astype(float).round(5).tolist(),
        }
        for picture in pictures
    ]
