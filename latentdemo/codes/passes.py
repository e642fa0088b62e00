"""One image through one model: its code, its reconstruction, every layer between them, and what the numbers say."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.codes import latents
from latentdemo.codes.gallery import Gallery
from latentdemo.drawing.numerals import percentile
from latentdemo.measuring import metrics
from latentdemo.models.learning import Likelihood
from latentdemo.models.losses import kl_per_dimension
from latentdemo.models.protocols import EncoderDecoder, LayeredAutoencoder
from latentdemo.pixels.tensors import as_tensor

OWN = 1e-5  # codes as near as that, relative to their size, are the same image's
FOREIGN = 99.0  # percentile of the test set beyond which an image counts as unlike it


class Pass(NamedTuple):
    """An image that went through a model.

    Attributes:
        seen: (S, S, C) uint8, what the model got.
        mu: (D,) its code, or the posterior's mean.
        logvar: (D,) log variances of the posterior; None for a plain autoencoder.
        x_hat: (S, S, C) uint8, its reconstruction decode(mu).
        mse: mean over pixels and channels, values 0 … 1.
        ssim: structural similarity.
        kl: (D,) nats of KL(N(mu, sigma²) || N(0, 1)), summing up to this image's KL; None for a plain autoencoder.
    """

    seen: Array
    mu: Array
    logvar: Array | None
    x_hat: Array
    mse: float
    ssim: float
    kl: Array | None

    @property
    def sigma(self) -> Array | None:
        """(D,) standard deviations of the posterior; None for a plain autoencoder."""
        return None if self.logvar is None else np.exp(0.5 * self.logvar)


def pixel_errors(truth: Array, x_hat: Array) -> tuple[float, float]:
    """MSE (mean over pixels and channels, values 0 … 1) and SSIM of two (S, S, C) uint8 images."""
    pair = as_tensor(truth[None]), as_tensor(x_hat[None])
    return float(metrics.mse(*pair)), float(metrics.ssim(*pair))


def through(model: EncoderDecoder, seen: Array) -> Pass:
    """Encode and decode one (S, S, C) uint8 image."""
    encoded = latents.encode(model, seen[None])
    x_hat = latents.decode(model, encoded.mu)[0]
    if encoded.logvar is None:
        return Pass(seen, encoded.mu[0], None, x_hat, *pixel_errors(seen, x_hat), None)
    kl = kl_per_dimension(torch.from_numpy(encoded.mu), torch.from_numpy(encoded.logvar))[0].numpy()
    return Pass(seen, encoded.mu[0], encoded.logvar[0], x_hat, *pixel_errors(seen, x_hat), kl)


def detail(image: Array) -> float:
    """How much fine detail an image has: mean square of its Laplacian (0 1 0 / 1 −4 1 / 0 1 0), values 0 … 1."""
    x = image.astype(np.int32)  # whole numbers: a ramp has none at all
    around = x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:]
    return float(((around - 4 * x[1:-1, 1:-1]) ** 2).mean() / 255**2)


class Gauge(NamedTuple):
    """How unlike a model's test images one image is.

    Attributes:
        error: percentile of its MSE among those of the test images.
        distance: from its code to the nearest code of the gallery.
        place: percentile of that distance among those of the gallery's codes to their nearest other ones.
    """

    error: float
    distance: float
    place: float

    @property
    def foreign(self) -> bool:
        """Whether either percentile lies beyond 99."""
        return max(self.error, self.place) > FOREIGN

    @property
    def reason(self) -> str:
        """Which percentiles lie beyond 99, as part of a sentence; "" if neither does."""
        error = f"its error is above that of {percentile(self.error, FOREIGN)} of the test images"
        place = (
            f"its code lies further from all real ones than {percentile(self.place, FOREIGN)} of these "
            "do from each other"
        )
        beyond = ((error, self.error), (place, self.place))
        return ", and ".join(words for words, value in beyond if value > FOREIGN)


def gauge(gallery: Gallery, done: Pass) -> Gauge:
    """Where an image stands among the test images by its error and by its code."""
    distances = latents.nearest(gallery.codes, done.mu, 2)[1]
    own = distances[0] < OWN * (1 + np.abs(done.mu).max())  # the image stands in the gallery itself
    distance = float(distances[-1 if own else 0])
    return Gauge(
        metrics.percentile(gallery.error_percentiles, done.mse),
        distance,
        metrics.percentile(gallery.distance_percentiles, distance),
    )


class LayerOutput(NamedTuple):
    """One layer's output.

    Attributes:
        name: the layer's class and, of a convolution, its kernel and stride.
        values: (C, H, W) or (N,) float32.
    """

    name: str
    values: Array


@torch.inference_mode()
def anatomy(model: LayeredAutoencoder, seen: Array) -> tuple[list[LayerOutput], list[LayerOutput]]:
    """Outputs of every layer, from an (S, S, C) uint8 image to its code, and from the code (a VAE's mean) to x_hat.

    The last step of the encoder is what it puts out: for a VAE 2·D numbers, means before log variances; the last one
    of the decoder is the sigmoid of its logits.
    """
    x = as_tensor(seen[None])
    first = _outputs(model.encoder, x)
    last = _outputs(model.decoder, model.encode(x)[0])
    return first, [*last, LayerOutput("Sigmoid", torch.sigmoid(torch.from_numpy(last[-1].values)).numpy())]


def _outputs(layers: Any, x: Tensor) -> list[LayerOutput]:
    out = []
    for layer in layers:
        x = layer(x)
        out.append(LayerOutput(_title(layer), x[0].contiguous().numpy()))
    return out


def _title(layer: Any) -> str:
    """ "Conv2d 4 × 4, stride 2" and the like."""
    name = type(layer).__name__
    if not hasattr(layer, "kernel_size"):
        return name
    return f"{name} {layer.kernel_size[0]} × {layer.kernel_size[1]}, stride {layer.stride[0]}"


class Loss(NamedTuple):
    """The training loss of one image, with z = mu.

    Attributes:
        reconstruction: −log p(x | z) in nats, summed over pixels, weighted as in training.
        kl: nats, summed over dimensions; 0 for a plain autoencoder.
        beta: its weight; 0 for a plain autoencoder.
    """

    reconstruction: float
    kl: float
    beta: float

    @property
    def total(self) -> float:
        """reconstruction + beta · KL."""
        return self.reconstruction + self.beta * self.kl


@torch.inference_mode()
def loss(model: LayeredAutoencoder, likelihood: Likelihood, beta: float, done: Pass) -> Loss:
    """What training minimised, for one image, with the code's mean; beta counts only where there is a posterior."""
    x = as_tensor(done.seen[None])
    logits = model.decode_logits(torch.from_numpy(done.mu[None]))
    reconstruction = float(likelihood.nll(logits, x))
    if done.kl is None:
        return Loss(reconstruction, 0.0, 0.0)
    return Loss(reconstruction, float(done.kl.sum()), beta)
