"""What codes are good for: a linear model on few labelled codes, beside the same on pixels and on their PCA."""

from typing import Any

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes.attributes import complete
from latentdemo.data.imageset import ImageSet

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)  # labelled images
SEEDS = 3
N_TEST, N_PCA = 2000, 10_000
SIDE = 32  # pixels: larger images are averaged down to it, or the pixels' own probe takes hours
FEATURES = ("codes", "pixels", "PCA of the pixels")
MAX_ITERATIONS = 10_000  # of logistic regression, which converges after some hundred
ALPHAS = (0.1, 1, 10, 100, 1000, 10_000)


def pixel_vectors(images: Array) -> Array:
    """(N, S, S, C) uint8 -> (N, P) float32 in 0 … 1, of at most 32 pixels a side where S is a multiple of it."""
    n, side, _, channels = images.shape
    x = images.astype(np.float32) / 255
    if side > SIDE and side % SIDE == 0:
        x = x.reshape(n, SIDE, side // SIDE, SIDE, side // SIDE, channels).mean(axis=(2, 4))
    return x.reshape(n, -1)


def drawn(labels: Array, n: int, seed: int) -> Array:
    """Indices of n labelled images, of classes in turn: (n,)."""
    order = np.random.default_rng(seed).permutation(len(labels))
    if labels.ndim == 2:
        return order[:n]
    turn = np.zeros(len(labels), int)
    for k in np.unique(labels):
        members = order[labels[order] == k]
        turn[members] = np.arange(len(members))
    return order[np.argsort(turn[order], kind="stable")][:n]


def score(features: Array, labels: Array, test: Array, truth: Array) -> float:
    """How well a linear model of features (N, P) tells what is unseen: share of right classes, or mean R² of factors.

    Logistic regression for classes (N,); for factors (N, F) ridge regression, its penalty chosen by leaving one out.
    The solver sees features of mean 0 and, over all of them, variance 1, so that it converges; the penalty of logistic
    regression is that of the weights of unscaled features, ½‖w‖².
    """
    from sklearn.linear_model import LogisticRegression, RidgeCV  # seconds to import; at training time alone
    from sklearn.metrics import r2_score

    centre, scale = features.mean(axis=0), max(float(features.std()), 1e-9)
    if labels.ndim == 1:
        model: Any = LogisticRegression(C=scale**2, max_iter=MAX_ITERATIONS).fit((features - centre) / scale, labels)
        return float(model.score((test - centre) / scale, truth))
    model = RidgeCV(ALPHAS, alpha_per_target=True).fit((features - centre) / scale, labels)
    return float(r2_score(truth, model.predict((test - centre) / scale)))


def _with_values(codes: Array, train: ImageSet, test_codes: Array, test: ImageSet) -> tuple[Any, ...]:
    """The arguments of `probe` without images that lack a value, and without factors that do not vary."""
    (known, varies), unseen = complete(train.labels), np.isfinite(test.labels)
    shown = unseen[:, varies].all(axis=1)
    names = tuple(name for name, one in zip(train.names, varies, strict=True) if one)
    few, some = (ImageSet(whole.images[rows], whole.labels[rows][:, varies], names)
                 for whole, rows in ((train, known), (test, shown)))  # fmt: skip
    return codes[known], few, test_codes[shown], some


def probe(codes: Array, train: ImageSet, test_codes: Array, test: ImageSet) -> dict[str, Array]:
    """Curves over the number of labelled images.

    Args:
        codes, train: (N, D) codes of training images, and those images; all of them count, unlabelled, for the PCA.
        test_codes, test: the same of test images.

    Returns:
        probe_sizes (k,); probe_scores (3, k, 3): of FEATURES, for each size and seed, on at most 2,000 test images.
        k is 0 where there is nothing to tell apart. Images without a value in some column do not count.
    """
    from sklearn.decomposition import PCA

    if train.labels.ndim == 2:
        codes, train, test_codes, test = _with_values(codes, train, test_codes, test)
    labels, truth = train.labels, test.labels[:N_TEST]
    enough = 2 if labels.ndim == 2 else len(np.unique(labels))
    usable = enough > 1 and len(truth) > 1 and truth.shape[-1] > 0
    sizes = [n for n in SIZES if enough <= n <= len(labels)] if usable else []
    if not sizes:
        return {"probe_sizes": np.zeros(0, int), "probe_scores": np.zeros((len(FEATURES), 0, SEEDS), np.float32)}
    x, y = pixel_vectors(train.images), pixel_vectors(test.images[:N_TEST])
    pca = PCA(min(codes.shape[1], *x.shape), random_state=0).fit(x[:N_PCA])
    sources = [(codes, test_codes[:N_TEST]), (x, y), (pca.transform(x), pca.transform(y))]
    out = np.zeros((len(sources), len(sizes), SEEDS), np.float32)
    for i, (known, unseen) in enumerate(sources):
        for j, n in enumerate(sizes):
            for seed in range(SEEDS):
                few = drawn(labels, n, seed)
                out[i, j, seed] = score(known[few], labels[few], unseen, truth)
    return {"probe_sizes": np.array(sizes, int), "probe_scores": out}
