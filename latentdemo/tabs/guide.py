"""What each tab is for, in three sentences, and a picture of it that the shipped models make."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray as Array
from PIL import Image

from latentdemo.classifiers import tracing
from latentdemo.codes import diffusion, latents
from latentdemo.drawing.palette import VIRIDIS, ramp, signed_colours, unsigned_colours
from latentdemo.pixels import convolution, images
from latentdemo.pixels.kernels import KERNELS
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store import lineup
from latentdemo.store.resources import Resources

SIDE, GAP = 160, 8  # pixels of a picture, and between two
NETWORK, LAYERS = "cifar10-cnn", ("conv1.2", "conv2.2", "pool2")
KERNEL, ATTRIBUTE = "Sobel x", "smile"
DOT = 2  # pixels
SEED, FEW_STEPS = 3, 20  # of a way out of noise
SENTENCES = {
    "kernels": (
        "An image is numbers, and a small matrix, the kernel, is laid over every place of them.",
        "Move over the image to read its numbers; under Convolution, over the result to see neighbours times kernel.",
        "Change a number of the kernel there and see what it now looks for.",
    ),
    "features": (
        "In a trained network the kernels were not made by hand: training found them.",
        "Each layer makes maps, bright where its kernels find what they look for, first edges, later shapes.",
        "Click a map for its kernel, for how far it sees, and for an image that excites it most.",
    ),
    "reconstructions": (
        "An autoencoder squeezes an image into a few numbers, its code, and draws it again from these.",
        "A variational one gives a range of codes instead of one, so that the codes between also mean something.",
        "Both stand side by side here: draw on the image, drag the code, and watch what is lost.",
    ),
    "latent_map": (
        "Every point is an image, placed so that images with similar codes lie together.",
        "Point at it to see it, or between points to see what the decoder makes of that place.",
        "Draw around a group to learn what its images have in common.",
    ),
    "perturb": (
        "One slider for each number of the code: move one, and all others stay as they are.",
        "The one above does most to the picture; those that do nothing are folded away.",
        "The picture is made in your browser while you drag.",
    ),
    "attributes": (
        "Take the mean code of faces that smile, less that of faces that do not: that difference is a smile.",
        "Add it to any face, more or less of it, or take it away.",
        "Then look what else has changed: vectors seldom do one thing alone.",
    ),
    "generators": (
        "Four more ideas that fill the same kind of decoder with new images, from better codes to a critic.",
        "All are drawn with the same seeds and judged by the same numbers: sort the table by any of them.",
        "Then open each: watch images come out of noise, a game, or a grid of numbered parts.",
    ),
}


def tabs_told(titles: dict[str, str]) -> dict[str, Any]:
    """What `web/lesson/guide.js` is told of the tabs, by key and title."""
    return {
        "tabs": [
            {"title": title, "sentences": SENTENCES[key], "picture": f"pixels/glance/{key}"}
            for key, title in titles.items()
        ]
    }


def glance(resources: Resources, key: str) -> Array:
    """(H, W, 3) uint8: what a tab does, at a glance. ValueError for another key; a blank picture without its models."""
    if key not in GLANCES:
        raise ValueError(f"No tab {key[:20]!r}; there are {', '.join(GLANCES)}.")
    try:
        return beside(GLANCES[key](resources))
    except (ValueError, KeyError, StopIteration):  # its models are not there
        return np.full((SIDE, SIDE, 3), 255, np.uint8)


def beside(pictures: list[Array]) -> Array:
    """Pictures of equal size in a row, with white between them."""
    gap = np.full((SIDE, GAP, 3), 255, np.uint8)
    parts = [part for picture in pictures for part in (_sized(picture), gap)]
    return np.concatenate(parts[:-1], axis=1)


def _sized(picture: Array) -> Array:
    """(H, W, C) uint8 -> (SIDE, SIDE, 3) uint8, pixels kept where it is enlarged much."""
    how = Image.Resampling.NEAREST if picture.shape[0] <= SIDE // 4 else Image.Resampling.BICUBIC
    return np.array(Image.fromarray(images.rgb(picture)).resize((SIDE, SIDE), how))


def _first(resources: Resources) -> Array:
    return next(iter(resources.samples().values())).picture


def _kernels(resources: Resources) -> list[Array]:
    grey = images.to_float(images.grey(_first(resources)))
    found = convolution.convolve(grey, KERNELS[KERNEL].array, padding=1)[:, :, 0]
    return [images.grey(_first(resources)), signed_colours(found)]


def _features(resources: Resources) -> list[Array]:
    model = resources.classifier(NETWORK)
    x = as_tensor(images.rgb(_sized(_first(resources)))[None])
    found = tracing.activations(model.traced, x, list(LAYERS))
    maps = [found[layer][0].numpy() for layer in LAYERS]
    return [_first(resources), *(unsigned_colours(one[one.max(axis=(1, 2)).argmax()]) for one in maps)]


def _pair(resources: Resources) -> Any:
    return next(iter(resources.pairs.values()))


def _reconstructions(resources: Resources) -> list[Array]:
    pair = _pair(resources)
    seen = resources.prepare(pair.vae, _first(resources))
    made = [resources.model(pair.side(side)) for side in pair.sides]
    return [seen, *(latents.decode(model, latents.encode(model, seen[None]).mu)[0] for model in made)]


def _map(resources: Resources) -> list[Array]:
    gallery = resources.gallery(_pair(resources).vae)
    places, labels = gallery.layouts[0].places, gallery.labels
    first = resources.dataset(_pair(resources).vae).colour_first
    values = labels if labels.ndim == 1 else labels[:, gallery.names.index(first or gallery.names[0])]
    low, high = (np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else (0, 1)
    colours = ramp(VIRIDIS, np.nan_to_num((values - low) / ((high - low) or 1)))
    low, high = np.percentile(places, 1, axis=0), np.percentile(places, 99, axis=0)
    at = (((places - low) / (high - low)) * (SIDE * 2 - 2 * DOT)).astype(int)
    out = np.full((SIDE * 2, SIDE * 2, 3), 255, np.uint8)
    for (x, y), colour in zip(at, colours, strict=True):
        if 0 <= x < SIDE * 2 - DOT and 0 <= y < SIDE * 2 - DOT:
            out[y : y + DOT, x : x + DOT] = colour
    return [out[::-1]]


def _perturb(resources: Resources) -> list[Array]:
    name = _pair(resources).vae
    gallery, z = resources.gallery(name), resources.encode(name, _first(resources))
    first = int(gallery.rank[0])
    codes = np.stack([z] * 4)
    codes[:, first] = gallery.origin[first] + gallery.unit[first] * np.linspace(-2.5, 2.5, 4)
    return list(latents.decode(resources.model(name), codes))


def _attributes(resources: Resources) -> list[Array]:
    name = _pair(resources).vae
    gallery = resources.gallery(name)
    attribute = ATTRIBUTE if ATTRIBUTE in gallery.names else gallery.names[0]
    steps = np.array([-1.0, 0.0, 1.0, 2.0], np.float32)[:, None]
    return list(latents.decode(resources.model(name), gallery.codes[0] + steps * gallery.centroids.vector(attribute)))


def _generators(resources: Resources) -> list[Array]:
    name = lineup.generators(resources.cards, _pair(resources)).diffusion or ""
    of = resources.model(str(resources.card(name).training["of"]))
    model = resources.model(name)
    way = [z for _, z in diffusion.walk(model, diffusion.noise(model, 1, SEED), SEED, n_steps=FEW_STEPS)]
    return list(
        latents.decode(of, np.concatenate([way[i] for i in (0, FEW_STEPS // 2, 3 * FEW_STEPS // 4, FEW_STEPS)]))
    )


GLANCES: dict[str, Callable[[Resources], list[Array]]] = {
    "kernels": _kernels,
    "features": _features,
    "reconstructions": _reconstructions,
    "latent_map": _map,
    "perturb": _perturb,
    "attributes": _attributes,
    "generators": _generators,
}
