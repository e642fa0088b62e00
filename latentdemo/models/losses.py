"""What training minimises: sums over pixels and dimensions, means over the batch, in nats."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def kl_to_standard_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, exp(logvar)) || N(0, I)), in nats.

    Args:
        mu: (B, D) posterior means.
        logvar: (B, D) log variances, so sigma = exp(logvar / 2).

    Returns:
        Scalar: summed over D, averaged over B.

    Source:
        Kingma & Welling 2014 (arXiv:1312.6114), appendix B: ½ Σ (mu² + sigma² − 1 − log sigma²).
    """
    return kl_per_dimension(mu, logvar).sum(1).mean()


def kl_per_dimension(mu: Tensor, logvar: Tensor) -> Tensor:
    """The summands of `kl_to_standard_normal`: (B, D) nats, each >= 0."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def bernoulli_nll(logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x | x_hat) with p(pixel) = x_hat^x (1 − x_hat)^(1 − x), x_hat = sigmoid(logits), in nats.

    For 0 < x < 1 this is the cross entropy that the literature reports for grey digits; it is no density there.

    Args:
        logits: (B, C, H, W), any real number.
        x: (B, C, H, W) in [0, 1].

    Returns:
        Scalar: summed over pixels, averaged over B.
    """
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


def gaussian_nll(x_hat: Tensor, x: Tensor, variance: float, weight: Tensor | None = None) -> Tensor:
    """−log N(x; x_hat, variance · I), in nats; with weights a weighted sum of the pixels' terms.

    Args:
        x_hat, x: (B, C, H, W).
        variance: of every pixel, > 0; fixed, not learned.
        weight: (H, W), mean 1, how much each pixel counts; None: 1 everywhere.

    Returns:
        Scalar: summed over pixels, averaged over B. The constant ½ log(2π variance) per pixel is included.
    """
    square = (x_hat - x).square() / (2 * variance) + 0.5 * math.log(2 * math.pi * variance)
    if weight is not None:
        square = square * weight
    return square.sum() / len(x)


def reparameterise(mu: Tensor, logvar: Tensor, epsilon: Tensor) -> Tensor:
    """z = mu + sigma · epsilon, all (B, D): gradients reach mu and sigma past the randomness (Kingma & Welling 2.4)."""
    return mu + torch.exp(0.5 * logvar) * epsilon
