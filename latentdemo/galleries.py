"""What is stored of an autoencoder's codes, ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy import ndarray as Array

from latentdemo import generation, latents
from latentdemo.attributes import Centroids, from_arrays
from latentdemo.generation import Density


@dataclass(frozen=True)
class Gallery:
    """What NAME.npz holds of an autoencoder.

    Attributes:
        codes: (n, D) of n test images.
        sigma: (m, D) posterior standard deviations of the first m of them; None for a plain autoencoder.
        labels: (n,) classes or (n, F) factors; names: theirs.
        coordinates: (n, 2) on the map.
        index: (n,) of the images in the test split.
        origin, unit: (D,) what "0" and "one standard deviation" mean for a code: 0 and 1 under a VAE's prior, the
            codes' own mean and spread for a plain autoencoder.
        mean, sd: (D,) of the codes of training images.
        kl: (D,) nats; order: dimensions from the most to the least informative.
        centroids: of the attributes.
        densities: of codes, by their name in generation.SOURCES.
        errors, distances: (101,) percentiles of the test images' MSE and of a code's distance to its nearest other one.
    """

    codes: Array
    sigma: Array | None
    labels: Array
    names: tuple[str, ...]
    coordinates: Array
    index: Array
    origin: Array
    unit: Array
    mean: Array
    sd: Array
    kl: Array
    order: Array
    centroids: Centroids
    densities: dict[str, Density]
    errors: Array
    distances: Array


def open_gallery(arrays: Mapping[str, Array], names: tuple[str, ...]) -> Gallery:
    """The gallery among a checkpoint's arrays; `names` are its card's."""
    mean, sd, kl = (arrays[key] for key in ("mean", "sd", "kl"))
    has_prior = "sigma" in arrays
    return Gallery(
        arrays["codes"].astype(np.float32),
        arrays.get("sigma"),
        arrays["labels"],
        names,
        arrays["coordinates"],
        arrays["index"],
        np.zeros_like(mean) if has_prior else mean,
        np.ones_like(sd) if has_prior else sd,
        mean,
        sd,
        kl,
        latents.ranking(kl, sd),
        from_arrays(arrays),
        {name: generation.from_arrays(name, arrays) for name in generation.SOURCES},
        arrays["error_percentiles"],
        arrays["distance_percentiles"],
    )
