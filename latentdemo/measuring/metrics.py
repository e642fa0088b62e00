"""How good a model is: pixel errors, structural similarity, active units, explained variance."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray as Array
from torch import Tensor

SSIM_SIZE, SSIM_SIGMA = 11, 1.5  # window in pixels
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2  # for a dynamic range of 1
ACTIVE_VARIANCE = 0.01
N_PCA = 2000  # images behind `pca_error`; more change it by a few percent


def mse(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean squared error of each image: (B, C, H, W) twice -> (B,), averaged over pixels and channels."""
    return (x - x_hat).square().mean(dim=(1, 2, 3))


def psnr(x: Tensor, x_hat: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image, in dB: −10 log10(MSE) for values in [0, 1]; (B,), at most 120."""
    return -10 * mse(x, x_hat).clamp_min(1e-12).log10()


def ssim(x: Tensor, x_hat: Tensor) -> Tensor:
    """Structural similarity of each image pair, 1 for equal ones.

    Args:
        x, x_hat: (B, C, H, W) in [0, 1], sides of at least 11 pixels.

    Returns:
        (B,) in [−1, 1], averaged over the places where the window fits and over channels.

    Source:
        Wang et al. 2004, eq. 13; Gaussian window 11 × 11, sigma 1.5, K1 = 0.01, K2 = 0.03.
    """
    if min(x.shape[2:]) < SSIM_SIZE:
        raise ValueError(f"images of {x.shape[3]} × {x.shape[2]} pixels; SSIM needs at least {SSIM_SIZE}")
    mean_x, mean_y = _window(x), _window(x_hat)
    variance_x, variance_y = _window(x * x) - mean_x**2, _window(x_hat * x_hat) - mean_y**2
    covariance = _window(x * x_hat) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + SSIM_C1) / (mean_x**2 + mean_y**2 + SSIM_C1)
    structure = (2 * covariance + SSIM_C2) / (variance_x + variance_y + SSIM_C2)
    return (luminance * structure).mean(dim=(1, 2, 3))


def _window(x: Tensor) -> Tensor:
    """Gaussian mean around every pixel where the window fits."""
    offsets = torch.arange(SSIM_SIZE, dtype=x.dtype) - SSIM_SIZE // 2
    weights = torch.exp(-(offsets**2) / (2 * SSIM_SIGMA**2))
    weights = (weights / weights.sum()).expand(x.shape[1], 1, 1, -1)
    rows = F.conv2d(x, weights, groups=x.shape[1])
    return F.conv2d(rows, weights.transpose(2, 3), groups=x.shape[1])


def pca_error(images: Array, n_components: int) -> float:
    """Mean squared error of PCA, the best linear autoencoder, on images that it was not fitted to.

    Of at most N_PCA images, evenly spread, every other one fits the components; the rest measure them.

    Args:
        images: (N, H, W, C) uint8, N of at least 4.
        n_components: at most as many as the fitted images allow are used.

    Returns:
        Averaged over images, pixels and channels, for values in [0, 1].
    """
    chosen = images[np.linspace(0, len(images) - 1, min(len(images), N_PCA)).astype(int)]
    fitted, held_out = (chosen[i::2].reshape(len(chosen[i::2]), -1) / np.float32(255) for i in (0, 1))
    mean = fitted.mean(axis=0)
    fitted, held_out = fitted - mean, held_out - mean
    variances, scores = np.linalg.eigh((fitted @ fitted.T).astype(np.float64))  # smaller than the covariance of pixels
    kept = variances > max(variances[-1], 0) * 1e-9
    kept[: max(0, len(kept) - n_components)] = False
    axes = (fitted.T @ scores[:, kept].astype(np.float32)) / np.sqrt(variances[kept]).astype(np.float32)
    return float(np.square(held_out - (held_out @ axes) @ axes.T).mean())


def sharpness(images: Array) -> Array:
    """Variance of the Laplacian of each image's grey values: the more edges and grain, the larger; noise is "sharp".

    Args:
        images: (N, H, W, C) uint8, sides of at least 3 pixels; grey is the mean of the channels, in [0, 1].

    Returns:
        (N,), over the places where the 3×3 kernel (0 1 0 / 1 −4 1 / 0 1 0) fits.

    Source:
        Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy", eq. 7.
    """
    grey = images.astype(np.float32).mean(axis=3) / 255
    middle = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return (around - 4 * middle).var(axis=(1, 2))


def active_units(codes: Array) -> int:
    """Dimensions whose posterior mean varies over the data: Var mu_j > 0.01 (Burda et al. 2016, arXiv:1509.00519).

    Args:
        codes: (N, D) posterior means. For a plain autoencoder the count means nothing.
    """
    return int((codes.var(axis=0) > ACTIVE_VARIANCE).sum())


def percentile(table: Array, value: float) -> float:
    """Which share of the values behind a table (101,) of their 0th to 100th percentiles is smaller, in percent.

    Linear between the percentiles; 0 below the smallest, 100 above the largest.
    """
    return float(np.interp(value, table, np.arange(len(table)), left=0, right=100))


def r_squared(truth: Array, estimate: Array) -> Array:
    """Explained variance 1 − Σ(truth − estimate)² / Σ(truth − mean)², per column: (N, F) twice -> (F,).

    0 for a column that is constant: it has no variance to explain.
    """
    residual = ((truth - estimate) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    return np.where(total > 0, 1 - residual / np.where(total > 0, total, 1), 0)


def cohens_d(a: Array, b: Array) -> float:
    """How far apart two groups of numbers lie: difference of their means over their pooled standard deviation.

    Args:
        a, b: (N,) and (M,), two numbers or more each.

    Source:
        Cohen 1988: pooled variance with N + M − 2 degrees of freedom.
    """
    n, m = len(a), len(b)
    pooled = ((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2)
    return float((a.mean() - b.mean()) / np.sqrt(max(float(pooled), 1e-24)))
