"""Ways from one image to another: through pixels, through codes, and through the codes of real images."""

import io
from typing import NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array
from PIL import Image

from latentdemo import evaluation, figures, graphs, latents, lineup
from latentdemo.resources import Resources

LANES = {
    "fade": "Pixels faded",
    "lerp": "Codes, straight",
    "slerp": "Codes, great circle",
    "real": "Through real codes",
}
N_STEPS = 33
N_SPACING = 500  # real images whose distance to their nearest other one is looked at
GIF_SCALE = {28: 6, 64: 3}  # pixels of the screen to one of the picture, by the picture's side
GIF_MILLISECONDS = 90


class Journey(NamedTuple):
    """Four ways from a to b.

    Attributes:
        frames: for each key of LANES (33, S, S, C) uint8.
        codes: for each of LANES but "fade" (33, D).
        stops: gallery indices that the way through real codes passes.
    """

    frames: dict[str, Array]
    codes: dict[str, Array]
    stops: list[int]


def journey(resources: Resources, name: str, a: Array, b: Array) -> Journey:
    """From image a to image b, (S, S, C) uint8 each as the model sees them, in 33 even steps.

    Faded pixels begin and end with the images, the other lanes with their copies.
    """
    model, gallery = resources.model(name), resources.gallery(name)
    z = latents.encode(model, np.stack([a, b])).mu
    times = np.linspace(0, 1, N_STEPS)
    points = np.concatenate([z[:1], gallery.codes, z[1:]])
    way = graphs.shortest_way(points, 0, len(points) - 1)
    codes = {
        "lerp": np.stack([latents.lerp(z[0], z[1], t) for t in times]),
        "slerp": np.stack([latents.slerp(z[0], z[1], t) for t in times]),
        "real": along(points[way.stops], N_STEPS),
    }
    fade = np.stack([latents.lerp(a.astype(np.float64), b, t) for t in times])
    frames = {"fade": (fade + 0.5).astype(np.uint8)}
    frames |= {lane: latents.decode(model, values) for lane, values in codes.items()}
    return Journey(frames, codes, [stop - 1 for stop in way.stops[1:-1]])


def along(stops: Array, n: int) -> Array:
    """n points (n, D) at even distances along the straight pieces between stops (m, D), m > 1, both ends included."""
    lengths = np.linalg.norm(np.diff(stops, axis=0), axis=1)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.linspace(0, reached[-1], n)
    return np.stack([np.interp(places, reached, stops[:, i]) for i in range(stops.shape[1])], axis=1)


class Reality(NamedTuple):
    """The nearest real image of each of some pictures, as a judge sees them.

    Attributes:
        distances: (n,) in the judge's features.
        nearest: (n,) gallery indices.
    """

    distances: Array
    nearest: Array


def reality(resources: Resources, dataset: str, pictures: Array) -> Reality | None:
    """Distance of (n, S, S, C) uint8 pictures to the gallery's images in the judge's features; None without a judge."""
    judge = lineup.judge(resources.cards, dataset)
    if judge is None:
        return None
    seen = evaluation.features(resources.model(judge), pictures)
    return _nearest(seen, resources.arrays(judge)["features"].astype(np.float32))


def usual_distance(resources: Resources, dataset: str) -> float | None:
    """Median distance of a real image to the nearest other real one, in the judge's features; None without a judge."""
    judge = lineup.judge(resources.cards, dataset)
    if judge is None:
        return None
    return resources.once("usual distance", dataset, lambda: _usual(resources.arrays(judge)["features"]))


def _usual(features: Array) -> float:
    x = torch.from_numpy(features.astype(np.float32))
    return float(torch.cdist(x[:N_SPACING], x).kthvalue(2, dim=1).values.median())  # the first one is the image itself


def _nearest(points: Array, others: Array) -> Reality:
    distances, nearest = torch.cdist(torch.from_numpy(points), torch.from_numpy(others)).min(dim=1)
    return Reality(distances.numpy(), nearest.numpy())


def gif(frames: dict[str, Array]) -> bytes:
    """The lanes side by side as an animated GIF that goes there and back for ever."""
    lanes = list(frames.values())
    scale = GIF_SCALE.get(lanes[0].shape[1], 1)
    pictures = []
    for step in [*range(N_STEPS), *range(N_STEPS - 2, 0, -1)]:
        row = figures.sheet([lane[step] for lane in lanes], len(lanes))
        large = row.repeat(scale, axis=0).repeat(scale, axis=1)
        pictures.append(Image.fromarray(large.squeeze()))
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=GIF_MILLISECONDS, loop=0)
    return buffer.getvalue()
