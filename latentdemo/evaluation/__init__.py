"""A finished model and its data in; the metrics and arrays of its checkpoint out. Tests compute them again."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy import ndarray as Array

from latentdemo import data
from latentdemo.classifiers import shifts, visualisation
from latentdemo.classifiers.judge import feature_vectors
from latentdemo.codes import attributes, latents, projection, recipes
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation.effects import factor_metrics, judged_arrays, pixel_effects
from latentdemo.evaluation.factors import face_metrics, read_quality
from latentdemo.evaluation.pixels import image_errors, pixel_metrics, repair_metrics
from latentdemo.evaluation.probes import probe
from latentdemo.evaluation.samples import fitted_densities, percentiles, sample_metrics
from latentdemo.models import CHANNEL_IMAGES, MODELS, SHIFT_CURVES
from latentdemo.models.protocols import Classifier, EncoderDecoder
from latentdemo.pixels import motion
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store.checkpoints import Card
from latentdemo.store.schema.arrays import THUMBNAILS

__all__ = [
    "face_metrics",
    "factor_metrics",
    "image_errors",
    "judged_arrays",
    "judged_metrics",
    "pixel_metrics",
    "read_quality",
    "repair_metrics",
    "sample_metrics",
]
GALLERY_SIZE, GALLERY_SEED = 5000, 0
MAP_SEEDS = (1, 2)  # beside the map's own: what stays and what turns
N_STATISTICS = 20_000  # training images behind centroids, densities and each dimension's mean and standard deviation
N_SIGMA = 500  # of the gallery's first images, whose posterior is kept whole
BATCH = 500
STEPS = (  # what a finished training still has to do, as its progress bar names it
    "test images",
    "codes",
    "maps of the codes (UMAP, t-SNE, PCA)",
    "densities of the codes",
    "linear probes",
    "images for its channels",
    "samples",
    "edits",
    "files",
)
Tell = Callable[[str, str], None]  # is told which of STEPS goes on, and how far it is, in words or ""


def gallery_index(n: int) -> Array:
    """Which of n test images stand in the gallery: 5,000 of them (or all), in a fixed random order."""
    return np.random.default_rng(GALLERY_SEED).permutation(n)[:GALLERY_SIZE]


def measure(kind: str, model: Any, dataset: str, test: ImageSet, variance: float | None = None) -> dict[str, float]:
    """The metrics of a model on a test split; which ones depends on what it learns. Variance: see `pixel_metrics`."""
    learns = MODELS[kind].learns
    if learns == "labels":
        return {"accuracy": accuracy(model, test)}
    if learns == "factors":
        return read_quality(model, test)
    return pixel_metrics(model, dataset, test, variance) | repair_metrics(model, test)


def judged_metrics(
    model: EncoderDecoder, judge: Any, dataset: str, test: ImageSet, arrays: dict[str, Array]
) -> dict[str, float]:
    """What the data set's judge says of an autoencoder: of its samples, and of pictures drawn from known factors."""
    found, edited = sample_metrics(model, judge, test, arrays), data.DATASETS[dataset].edited
    if edited:
        found |= face_metrics(model, judge, test, attributes.from_arrays(arrays).vector(edited))
    return found


@torch.inference_mode()
def accuracy(model: Classifier, test: ImageSet) -> float:
    """Share of test images whose largest logit is that of their class."""
    right = 0
    for i in range(0, len(test.images), BATCH):
        guesses = model(as_tensor(test.images[i : i + BATCH])).argmax(1).numpy()
        right += int((guesses == test.labels[i : i + BATCH]).sum())
    return right / len(test.images)


def arrays_of(
    card: Card, model: Any, train: ImageSet, test: ImageSet, tell: Tell = lambda step, far: None
) -> dict[str, Array]:
    """The arrays of NAME.npz: `gallery_arrays` of an autoencoder, of a denoising one nothing.

    With `gallery` "thumbnails" also thumbnails (n, S, S, C) uint8, the gallery's images as the model sees them.

    Of a data set's judge: index (n,) of the gallery in the test split and features (n, F) float16 of its images. Of
    another classifier what its kind says is stored of it: `visualisation.sheets`, or `shift_arrays`.
    """
    kind = MODELS[card.kind]
    if kind.learns == "pixels":
        if card.training["corruption"]:
            return {}
        arrays = gallery_arrays(model, train, test, card.dataset, tell)
        kept = {THUMBNAILS: test.images[arrays["index"]]} if card.training.get("gallery") == THUMBNAILS else {}
        return arrays | kept
    if card.name == data.DATASETS[card.dataset].judge:
        index = gallery_index(len(test.images))
        return {"index": index, "features": feature_vectors(model, test.images[index]).astype(np.float16)}
    if kind.stores == CHANNEL_IMAGES:
        return visualisation.sheets(model, tell=partial(tell, "images for its channels"))
    if kind.stores == SHIFT_CURVES:
        return shift_arrays(model, test)
    return {}


def shift_arrays(model: Classifier, test: ImageSet) -> dict[str, Array]:
    """What moving, turning and mirroring test images does to a classifier's accuracy.

    Returns:
        shift_accuracy, shift_ink (17,), moved by −8 … 8 pixels; turn_accuracy (13,), turned by −45 … 45 degrees;
        mirror_accuracy (); n_test (), images that all this was measured on.
    """
    given = (model, test.images, test.labels)
    return {"shift_accuracy": shifts.accuracy_curve(*given), "shift_ink": shifts.ink_curve(test.images),
            "turn_accuracy": shifts.turn_curve(*given), "n_test": np.array(len(test.images)),
            "mirror_accuracy": shifts.accuracies(*given, [motion.mirror])[0]}  # fmt: skip


def gallery_arrays(
    model: EncoderDecoder, train: ImageSet, test: ImageSet, dataset: str, tell: Tell = lambda step, far: None
) -> dict[str, Array]:
    """What the app asks of an autoencoder's codes.

    Returns:
        index (n,) of the gallery in the test split, labels, codes (n, D), errors (n,) their images' MSE; with a
        posterior sigma (500, D) of the first codes; mean, sd, kl (D,) over training images; factor_mean, factor_sd (F,)
        of their factors; effect_pixels (D,); what `map_arrays`, `recipes.fit` and `probe` return; the attributes'
        names, present, absent, counts; densities fitted to training codes; the 0th to 100th percentile of the test
        images' MSE (error_percentiles) and of a gallery code's distance to its nearest other one
        (distance_percentiles).
    """
    tell("codes", "")
    index = gallery_index(len(test.images))
    here = ImageSet(test.images[index], test.labels[index], test.names)
    shown, few = latents.encode(model, here.images), train.some(N_STATISTICS)
    known = latents.encode(model, few.images)
    errors = image_errors(model, test.images)
    statistics = code_statistics(model, known, shown)
    tell(STEPS[2], "")
    maps = map_arrays(shown.mu, GALLERY_SEED)
    tell("densities of the codes", "")
    fitted = fitted_densities(known.mu, GALLERY_SEED)
    tell("linear probes", "")
    return {
        "index": index,
        "labels": here.labels,
        "codes": shown.mu,
        "errors": errors[index],
        **statistics,
        **maps,
        **label_arrays(known.mu, few, dataset),
        **fitted,
        **probe(known.mu, few, shown.mu, here),
        "error_percentiles": percentiles(errors),
        "distance_percentiles": percentiles(latents.nearest_other(shown.mu)),
    }


def code_statistics(model: EncoderDecoder, known: latents.Encoded, shown: latents.Encoded) -> dict[str, Array]:
    """mean, sd, kl (D,) of training images' codes; effect_pixels (D,), with a posterior sigma, of the gallery's."""
    mean, sd = known.mu.mean(axis=0), known.mu.std(axis=0)
    sigma = {} if shown.logvar is None else {"sigma": np.exp(0.5 * shown.logvar[:N_SIGMA])}
    effect = pixel_effects(model, shown.mu, np.ones_like(sd) if sigma else sd)
    return {**sigma, "mean": mean, "sd": sd, "kl": latents.dimension_kl(known), "effect_pixels": effect}


def label_arrays(codes: Array, known: ImageSet, dataset: str) -> dict[str, Array]:
    """What labels of training images say of their codes (N, D): factor_mean, factor_sd, attributes and recipes."""
    entry = data.DATASETS[dataset]
    split = attributes.splits(known.labels, known.names, entry.thresholds, entry.excluded)
    sides = attributes.masks(known.labels, known.names, split.thresholds)
    found = attributes.centroids(codes, sides)
    factors = known.labels if known.labels.ndim == 2 else np.eye(len(known.names), dtype=np.float32)[known.labels]
    mean, sd = attributes.statistics(factors)
    return {
        "factor_mean": mean.astype(np.float32),
        "factor_sd": sd.astype(np.float32),
        "attribute_names": found.names,
        "attribute_present": found.present,
        "attribute_absent": found.absent,
        "attribute_counts": found.counts,
        **attributes.split_arrays(split),
        **recipes.fit(codes, known.labels, known.names, sides),
    }


def map_arrays(codes: Array, seed: int) -> dict[str, Array]:
    """Codes (n, D) laid out in the plane, and what each layout keeps of their neighbourhoods.

    Returns:
        coordinates (n, 2), UMAP's or 2-D codes themselves; map_tsne (n, 2); map_seeds (2, n, 2), UMAP begun
        otherwise and turned onto `coordinates`; map_kept (5, n) how many of a code's 15 nearest neighbours are among
        its 15 nearest there, map_trust (5,) trustworthiness: of coordinates, PCA, t-SNE and both seeds.
    """
    first = projection.fit_map(codes, seed)
    tsne = projection.aligned(projection.fit_tsne(codes, seed), first)
    others = [projection.aligned(projection.fit_map(codes, seed + other), first) for other in MAP_SEEDS]
    layouts = [first, projection.fit_pca(codes), tsne, *others]
    return {
        "coordinates": first,
        "map_tsne": tsne,
        "map_seeds": np.array(others),
        "map_kept": np.array([projection.kept(codes, layout) for layout in layouts]),
        "map_trust": np.array([projection.trust(codes, layout) for layout in layouts], np.float32),
    }
