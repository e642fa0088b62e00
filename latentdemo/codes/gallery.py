"""A checkpoint's arrays in; what is known of an autoencoder's codes, ready to be asked, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import densities, latents, projection, recipes
from latentdemo.codes.attributes import Centroids, Splits, from_arrays, splits_from_arrays, without_opposite
from latentdemo.codes.densities import Density
from latentdemo.codes.projection import Components
from latentdemo.codes.recipes import Recipes
from latentdemo.data import Dataset
from latentdemo.drawing.pictures import base64_of, data_uri, sheet


class Layout(NamedTuple):
    """Codes laid out in the plane.

    Attributes:
        title: on screen.
        places: (n, 2).
        kept: (n,) how many of a code's 15 nearest neighbours are among its 15 nearest there.
        trust: trustworthiness, at most 1.
        components: whose coordinates the places are; None: places are no linear function of the codes.
    """

    title: str
    places: Array
    kept: Array
    trust: float
    components: Components | None = None

    def place(self, codes: Array, code: Array) -> Array:
        """Where a new code (D,) lies among the laid out codes (n, D): exact by PCA, else by its neighbours: (2,)."""
        if self.components is not None:
            return self.components.project(code[None])[0]
        return projection.place(codes, self.places, code)


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """What NAME.npz holds of an autoencoder.

    Attributes:
        codes: (n, D) of n test images.
        sigma: (m, D) posterior standard deviations of the first m of them; None for a plain autoencoder.
        labels: (n,) classes or (n, F) factors; names: theirs.
        errors: (n,) MSE of the images' reconstructions.
        layouts: what each map of the codes is called, and the map.
        index: (n,) of the images in the test split.
        origin, unit: (D,) what "0" and "one standard deviation" mean for a code: 0 and 1 under a VAE's prior, the
            codes' own mean and spread for a plain autoencoder.
        mean, sd: (D,) mean and standard deviation of the codes of training images.
        kl: (D,) nats; effect: (D,) mean |change| of pixels, 0 … 1, by one standard deviation (`unit`).
        order: dimensions from the most to the least informative; rank: from the one that does most to the picture.
        factor_mean, factor_sd: (F,) of training images; of classes, of being of each.
        centroids: of the attributes; recipes: other vectors for them; splits: where labels are split into them.
        probe: `evaluation.probes.probe`'s sizes and scores.
        audit: the arrays of `evaluation.effects.judged_arrays`; empty where no judge reads factors.
        densities: of codes, by their name in densities.SOURCES.
        error_percentiles: (101,) of the test images' MSE.
        distance_percentiles: (101,) of a code's distance to its nearest other one.
    """

    codes: Array
    sigma: Array | None
    labels: Array
    names: tuple[str, ...]
    errors: Array
    layouts: tuple[Layout, ...]
    index: Array
    origin: Array
    unit: Array
    mean: Array
    sd: Array
    kl: Array
    effect: Array
    order: Array
    rank: Array
    factor_mean: Array
    factor_sd: Array
    centroids: Centroids
    recipes: Recipes
    splits: Splits
    probe: tuple[Array, Array]
    audit: dict[str, Array]
    densities: dict[str, Density]
    error_percentiles: Array
    distance_percentiles: Array


def open_gallery(arrays: Mapping[str, Array], names: tuple[str, ...], dataset: Dataset) -> Gallery:
    """The gallery among a checkpoint's arrays; `names` are its card's."""
    arrays = without_opposite(arrays)
    mean, sd, kl = (arrays[key] for key in ("mean", "sd", "kl"))
    has_prior = "sigma" in arrays
    found = from_arrays(arrays)
    return Gallery(
        codes=arrays["codes"].astype(np.float32),
        sigma=arrays.get("sigma"),
        labels=arrays["labels"],
        names=names,
        errors=arrays["errors"],
        layouts=_layouts(arrays),
        index=arrays["index"],
        origin=np.zeros_like(mean) if has_prior else mean,
        unit=np.ones_like(sd) if has_prior else sd,
        mean=mean,
        sd=sd,
        kl=kl,
        effect=arrays["effect_pixels"],
        order=latents.ranking(kl, sd),
        rank=latents.visible_ranking(kl, arrays["effect_pixels"]),
        factor_mean=arrays["factor_mean"],
        factor_sd=arrays["factor_sd"],
        centroids=found,
        recipes=recipes.from_arrays(arrays, found),
        splits=splits_from_arrays(arrays, names, dataset.thresholds, dataset.excluded),
        probe=(arrays["probe_sizes"], arrays["probe_scores"]),
        audit={key: value for key, value in arrays.items() if key.startswith(("audit_", "bias_", "effect_factors"))},
        densities={name: densities.from_arrays(name, arrays) for name in densities.SOURCES},
        error_percentiles=arrays["error_percentiles"],
        distance_percentiles=arrays["distance_percentiles"],
    )


def _layouts(arrays: Mapping[str, Array]) -> tuple[Layout, ...]:
    """UMAP first, or the codes themselves where they are places already.

    PCA is computed from the codes, not stored: its axes are the components themselves, of every checkpoint.
    """
    codes = arrays["codes"].astype(np.float32)
    components = projection.principal_components(codes)
    plane = codes.shape[1] == 2
    seeds = ((f"UMAP, seed {i}", places) for i, places in enumerate(arrays["map_seeds"], 1))
    places = [("the latent plane" if plane else "UMAP", arrays["coordinates"]), ("PCA", components.project(codes)),
              ("t-SNE", arrays["map_tsne"]), *seeds]  # fmt: skip
    found = [
        Layout(title, where.astype(np.float32), kept, float(trust), components if title == "PCA" else None)
        for (title, where), kept, trust in zip(places, arrays["map_kept"], arrays["map_trust"], strict=True)
    ]
    return (found[0], found[2]) if plane else tuple(found)


def world(gallery: Gallery) -> dict[str, Any]:
    """What `web/latent/map/known/world.js` draws: maps, and what is known of each of the n points.

    Returns:
        n; names; classes, whether labels are such; labels, base64 of (n,) little-endian uint16 or (n, F) float32;
        errors, base64 of (n,) float32; near, base64 of (n, k) little-endian uint16, indices of each code's k nearest
        others; layouts, of each its title, x and y (base64 of float32), kept (base64 of bytes), trust and components
        (mean, axes, explained; None unless it is PCA); mean and sd of the factors; order of the dimensions.
    """
    classes = gallery.labels.ndim == 1
    return {
        "n": len(gallery.codes),
        "names": list(gallery.names),
        "classes": classes,
        "labels": base64_of(gallery.labels.astype("<u2") if classes else gallery.labels),
        "errors": base64_of(gallery.errors),
        "near": base64_of(projection.neighbours(gallery.codes).astype("<u2")),
        "layouts": [
            {"title": one.title, "x": base64_of(one.places[:, 0]), "y": base64_of(one.places[:, 1]),
             "kept": base64_of(one.kept), "trust": round(one.trust, 4),
             "components": one.components and {key: value.tolist() for key, value in one.components._asdict().items()}}
            for one in gallery.layouts
        ],
        "mean": gallery.factor_mean.astype(float).round(6).tolist(),
        "sd": gallery.factor_sd.astype(float).round(6).tolist(),
        "order": gallery.rank.tolist(),
    }  # fmt: skip


def is_recorded(arrays: Mapping[str, Array]) -> bool:
    """Whether moments of a training are there that can be drawn: codes in the plane, of images with classes."""
    return "moment_codes" in arrays and arrays["moment_codes"].shape[2] == 2 and arrays["labels"].ndim == 1


def recorded_moments(arrays: Mapping[str, Array], names: tuple[str, ...]) -> dict[str, Any]:
    """What replay.js draws: m moments of n codes in the plane, 16 samples each, and losses.

    Returns:
        epochs (m,); labels (n,), indices of the classes' names; codes, base64 of (m, n, 2) little-endian float32;
        samples, the address of a PNG with a row of 16 pictures for each moment; losses (m, 3): MSE, KL and −ELBO in
        nats, None where the model has none.

    Raises:
        ValueError: nothing was recorded, or nothing that can be drawn.
    """
    if not is_recorded(arrays):
        raise ValueError("The training of this model was not recorded, or its codes do not lie in a plane.")
    codes, samples = arrays["moment_codes"], arrays["moment_samples"]
    rows = sheet(list(samples.reshape(-1, *samples.shape[2:])), samples.shape[1])
    losses = [[None if np.isnan(value) else round(float(value), 5) for value in row] for row in arrays["moment_losses"]]
    return {
        "epochs": arrays["moment_epochs"].round(4).tolist(),
        "labels": arrays["labels"][: codes.shape[1]].tolist(),
        "names": list(names),
        "codes": base64_of(codes),
        "samples": data_uri(rows, lossless=True),
        "losses": losses,
    }
