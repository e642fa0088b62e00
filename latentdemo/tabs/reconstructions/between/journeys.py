"""Paths from one image to another: through pixels, through codes, and through the codes of real images."""

import io
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array
from PIL import Image

from latentdemo.classifiers.judge import distances, feature_vectors
from latentdemo.codes import graphs, latents
from latentdemo.drawing.pictures import sheet
from latentdemo.store import lineup
from latentdemo.store.resources import Resources

LANES = {
    "fade": "Pixels faded",
    "lerp": "Latent codes, straight (lerp)",
    "slerp": "Latent codes, great circle (slerp)",
    "real": "Through real codes",
}
N_STEPS = 33
SAME = 1e-3  # codes nearer than that are one image's
N_SPACING = 500  # real images whose distance to their nearest other one is looked at
GIF_SIDE = 192  # pixels, of a lane at most: pictures are enlarged in whole steps
GIF_MILLISECONDS = 90


class Journey(NamedTuple):
    """Four paths from a to b.

    Attributes:
        frames: for each key of LANES (33, S, S, C) uint8.
        codes: for each of LANES but "fade" (33, D).
        stops: gallery indices that the way through real codes passes between its ends.
    """

    frames: dict[str, Array]
    codes: dict[str, Array]
    stops: list[int]


def journey(resources: Resources, name: str, a: Array, b: Array) -> Journey:
    """From image a to image b, (S, S, C) uint8 each as the model sees them, in 33 even steps.

    Faded pixels begin and end with the images, the other lanes with their reconstructions.
    """
    model, gallery = resources.model(name), resources.gallery(name)
    z = latents.encode(model, np.stack([a, b])).mu
    times = np.linspace(0, 1, N_STEPS)
    points = np.concatenate([z[:1], gallery.codes, z[1:]])
    way = graphs.shortest_path(points, 0, len(points) - 1)
    codes = {
        "lerp": np.stack([latents.lerp(z[0], z[1], t) for t in times]),
        "slerp": np.stack([latents.slerp(z[0], z[1], t) for t in times]),
        "real": along(points[way.stops], N_STEPS),
    }
    fade = np.stack([latents.lerp(a.astype(np.float64), b, t) for t in times])
    frames = {"fade": (fade + 0.5).astype(np.uint8)}
    frames |= {lane: latents.decode(model, values) for lane, values in codes.items()}
    passed = [stop - 1 for stop in way.stops[1:-1]]
    apart = [np.linalg.norm(z - gallery.codes[stop], axis=1).min() > SAME for stop in passed]
    return Journey(frames, codes, [stop for stop, new in zip(passed, apart, strict=True) if new])


def along(stops: Array, n: int) -> Array:
    """n points (n, D) at even distances along the straight pieces between stops (m, D), m > 1, both ends included."""
    lengths = np.linalg.norm(np.diff(stops, axis=0), axis=1)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.linspace(0, reached[-1], n)
    return np.stack([np.interp(places, reached, stops[:, i]) for i in range(stops.shape[1])], axis=1)


def reality(resources: Resources, dataset: str, pictures: Array) -> Array | None:
    """Distance of each of (n, S, S, C) uint8 pictures to the nearest gallery image, in the judge's features: (n,).

    None without a judge.
    """
    judge = lineup.judge(resources.cards, dataset)
    if judge is None:
        return None
    seen = feature_vectors(resources.model(judge), pictures)
    return distances(seen, resources.arrays(judge)["features"]).min(axis=1)


def usual_distance(resources: Resources, dataset: str) -> float | None:
    """Median distance of a real image to the nearest other real one, in the judge's features; None without a judge."""
    judge = lineup.judge(resources.cards, dataset)
    return None if judge is None else resources.once(_usual, judge)


def _usual(resources: Resources, judge: str) -> float:
    features = resources.arrays(judge)["features"]
    nearest = np.sort(distances(features[:N_SPACING], features), axis=1)[:, 1]  # the first: itself
    return float(np.median(nearest))


def gif(frames: dict[str, Array]) -> bytes:
    """The lanes side by side as an animated GIF that goes there and back for ever."""
    lanes = list(frames.values())
    side = lanes[0].shape[1]
    scale = max(1, GIF_SIDE // side)
    rows = [sheet([lane[step] for lane in lanes], len(lanes)).squeeze() for step in range(N_STEPS)]
    palette = [Image.fromarray(row).quantize(256) for row in rows]  # before they are enlarged: ten times as fast
    there = [row.resize((scale * row.width, scale * row.height), Image.Resampling.NEAREST) for row in palette]
    pictures = [*there, *there[-2:0:-1]]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=GIF_MILLISECONDS, loop=0)
    return buffer.getvalue()
