"""A checkpoint's arrays in; what is known of an autoencoder's codes, ready to be asked, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import densities, latents
from latentdemo.codes.attributes import Centroids, from_arrays
from latentdemo.codes.densities import Density
from latentdemo.drawing.pictures import base64_of, data_uri, sheet


@dataclass(frozen=True, kw_only=True)
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
        sd: (D,) standard deviation of the codes of training images.
        kl: (D,) nats; order: dimensions from the most to the least informative.
        centroids: of the attributes.
        densities: of codes, by their name in densities.SOURCES.
        error_percentiles: (101,) of the test images' MSE.
        distance_percentiles: (101,) of a code's distance to its nearest other one.
    """

    codes: Array
    sigma: Array | None
    labels: Array
    names: tuple[str, ...]
    coordinates: Array
    index: Array
    origin: Array
    unit: Array
    sd: Array
    kl: Array
    order: Array
    centroids: Centroids
    densities: dict[str, Density]
    error_percentiles: Array
    distance_percentiles: Array


def open_gallery(arrays: Mapping[str, Array], names: tuple[str, ...]) -> Gallery:
    """The gallery among a checkpoint's arrays; `names` are its card's."""
    mean, sd, kl = (arrays[key] for key in ("mean", "sd", "kl"))
    has_prior = "sigma" in arrays
    return Gallery(
        codes=arrays["codes"].astype(np.float32),
        sigma=arrays.get("sigma"),
        labels=arrays["labels"],
        names=names,
        coordinates=arrays["coordinates"],
        index=arrays["index"],
        origin=np.zeros_like(mean) if has_prior else mean,
        unit=np.ones_like(sd) if has_prior else sd,
        sd=sd,
        kl=kl,
        order=latents.ranking(kl, sd),
        centroids=from_arrays(arrays),
        densities={name: densities.from_arrays(name, arrays) for name in densities.SOURCES},
        error_percentiles=arrays["error_percentiles"],
        distance_percentiles=arrays["distance_percentiles"],
    )


def is_recorded(arrays: Mapping[str, Array]) -> bool:
    """Whether moments of a training are there that can be drawn: codes in the plane, of images with classes."""
    return "moment_codes" in arrays and arrays["moment_codes"].shape[2] == 2 and arrays["labels"].ndim == 1


def recorded_moments(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """What replay.js draws: m moments of n codes in the plane, 16 samples each, and losses.

    Returns:
        epochs (m,); labels (n,); codes, base64 of (m, n, 2) little-endian float32; samples, the address of a PNG with a
        row of 16 pictures for each moment; losses (m, 3): MSE, KL and −ELBO in nats, None where the model has none.

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
        "codes": base64_of(codes),
        "samples": data_uri(rows, lossless=True),
        "losses": losses,
    }
