"""What a step in latent space does to a picture: in pixels, in a judge's readings, and beside the renderer's truth."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo import data
from latentdemo.classifiers.judge import read_factors
from latentdemo.codes import attributes, latents, recipes
from latentdemo.codes.recipes import Recipes
from latentdemo.data import faces
from latentdemo.data.imageset import ImageSet
from latentdemo.measuring import disentanglement
from latentdemo.models.protocols import EncoderDecoder, FactorReader

N_STEPPED = 200  # codes that are moved along each dimension
N_EDITED, N_COMPARED, N_CURVE = 500, 300, 100  # faces that are edited, compared with the renderer's, drawn as a curve
N_BIASED = 5000  # faces of each biased population
CURVE = np.linspace(-3, 3, 7)  # times the attribute vector
STEP = 2.0  # standard deviations of the attribute's factor, by which faces are edited
BIASED = ("smile", "glasses")
CORRELATIONS = (0.0, 0.5, 0.9)
BIAS_SEED = 7
MIN_FACTORS = 16  # images with all values, of which disentanglement is measured


def pixel_effects(model: EncoderDecoder, codes: Array, unit: Array) -> Array:
    """What one standard deviation of each dimension changes: mean |change| of pixels (0 … 1) over codes (N, D): (D,).

    Args:
        unit: (D,) one standard deviation: of the prior, or of the codes.
    """
    before = latents.decode(model, codes[:N_STEPPED]).astype(np.float32)
    return np.array([np.abs(after - before).mean() / 255 for after in _stepped(model, codes, unit)], np.float32)


def _stepped(model: EncoderDecoder, codes: Array, unit: Array) -> Iterator[Array]:
    """Pictures of the first codes, each dimension in turn raised by its unit."""
    for step in np.diag(unit).astype(np.float32):
        yield latents.decode(model, codes[:N_STEPPED] + step)


class Audited(NamedTuple):
    """What editing did to faces without an attribute, R recipes, A attributes, F factors; the judge's readings.

    Attributes:
        mean: (R + 1, A, F) mean change in standard deviations of each factor; the last row is the renderer's own edit.
        absolute: (R + 1, A, F) mean |change|.
        reached: (R, A) share of the faces whose attribute rose by one standard deviation or more.
        cosine: (R, A) mean cosine, over faces as those without it are on average, of decode(z + v) − decode(z) with
            the renderer's own change of pixels to what those with it are on average.
        curve: (A, 7) mean of the attribute's own change, at −3 … 3 times the best recipe's vector.
    """

    mean: Array
    absolute: Array
    reached: Array
    cosine: Array
    curve: Array


class Faces(NamedTuple):
    """Faces before an edit, as a model and the renderer draw them."""

    factors: Array
    codes: Array
    decoded: Array
    rendered: Array


class Auditor:
    """Edits faces and has them read."""

    def __init__(self, model: EncoderDecoder, reader: FactorReader, sd: Array, found: Recipes) -> None:
        self.model, self.reader, self.sd, self.found = model, reader, sd, found

    def edited(self, start: Faces, attribute: str, recipe: str, times: float) -> Array:
        """Pictures of codes to which an attribute was added so many times, (N, S, S, C) uint8."""
        v = np.stack([self.found.direction(attribute, recipe, code) for code in start.codes])
        return latents.decode(self.model, start.codes + times * v)

    def change(self, before: Array, after: Array) -> Array:
        """What the judge reads off pictures less what it read before, in standard deviations: (N, F)."""
        return (read_factors(self.reader, after) - read_factors(self.reader, before)) / self.sd

    def start(self, factors: Array) -> Faces:
        """Rendered, encoded, decoded."""
        pictures = faces.render(factors)
        codes = latents.encode(self.model, pictures).mu
        return Faces(factors, codes, latents.decode(self.model, codes), pictures)

    def audit(self, labels: Array) -> Audited:
        """Every attribute by every recipe, on the first 500 faces of `labels` (N, 17) that lack it."""
        names, used = self.found.names, [str(name) for name in self.found.centroids.names]
        shape = (len(names), len(used))
        mean, absolute = (np.zeros((shape[0] + 1, shape[1], labels.shape[1]), np.float32) for _ in range(2))
        reached, cosine, curve = np.zeros(shape, np.float32), np.zeros(shape, np.float32), []
        sorts = _sides(labels)
        for a, name in enumerate(used):
            has, lacks = sorts[name]
            column = faces.factor_index(name)
            gap = (labels[has, column].mean() - labels[lacks, column].mean()) / self.sd[column]
            begin = self.start(labels[lacks][:N_EDITED])
            rendered = faces.render(_raised(begin.factors, column, STEP * self.sd[column]))
            edits = (self.edited(begin, name, recipe, STEP / gap) for recipe in names)
            whole = [*(self.change(begin.decoded, after) for after in edits), self.change(begin.rendered, rendered)]
            reached[:, a] = [(read[:, column] >= 1).mean() for read in whole[:-1]]
            cosine[:, a] = self.cosines(labels, name)
            mean[:, a] = [read.mean(axis=0) for read in whole]
            absolute[:, a] = [np.abs(read).mean(axis=0) for read in whole]
            few = Faces(*(part[:N_CURVE] for part in begin))
            curve.append([
                self.change(few.decoded, self.edited(few, name, self.found.best, times))[:, column].mean()
                for times in CURVE
            ])  # fmt: skip
        return Audited(mean, absolute, reached, cosine, np.array(curve, np.float32))

    def cosines(self, labels: Array, name: str) -> list[float]:
        """Of one attribute, by each recipe: see `Audited.cosine`."""
        column, (has, lacks) = faces.factor_index(name), _sides(labels)[name]
        without, with_ = labels[:N_COMPARED].copy(), labels[:N_COMPARED].copy()
        without[:, column], with_[:, column] = labels[lacks, column].mean(), labels[has, column].mean()
        begin, truth = self.start(without), faces.render(with_)
        edits = (self.edited(begin, name, recipe, 1) for recipe in self.found.names)
        return [float(cosines(begin.decoded, after, begin.rendered, truth).mean()) for after in edits]


def _sides(labels: Array) -> dict[str, tuple[Array, Array]]:
    """Which rendered faces (N, 17) have each attribute and which lack it."""
    return attributes.masks(labels, faces.NAMES, faces.THRESHOLDS)


def _raised(factors: Array, column: int, by: float) -> Array:
    """Factors with one of them raised, within its range."""
    out = factors.copy()
    out[:, column] = np.minimum(out[:, column] + by, faces.FACTORS[faces.NAMES[column]].high)
    return out


def cosines(before: Array, after: Array, truth_before: Array, truth_after: Array) -> Array:
    """Cosine of one change of pixels with another, image by image: (N, S, S, C) uint8 four times -> (N,)."""
    change, truth = (
        (b.astype(np.float32) - a).reshape(len(a), -1) for a, b in ((before, after), (truth_before, truth_after))
    )
    norms = np.linalg.norm(truth, axis=1) * np.linalg.norm(change, axis=1)
    return (truth * change).sum(axis=1) / np.maximum(norms, 1e-9)


def dimension_factors(model: EncoderDecoder, reader: FactorReader, codes: Array, unit: Array, sd: Array) -> Array:
    """Mean |change| of each factor's reading, in its standard deviations, when a dimension rises by one: (D, F)."""
    before = read_factors(reader, latents.decode(model, codes[:N_STEPPED]))
    readings = (read_factors(reader, after) for after in _stepped(model, codes, unit))
    return np.array([(np.abs(after - before) / sd).mean(axis=0) for after in readings], np.float32)


def biased_vectors(model: EncoderDecoder, seed: int = BIAS_SEED) -> dict[str, Array]:
    """The smile vector of populations in which smiles and glasses go together, by centroids as they are and balanced.

    The encoder is the same for all; only which faces were labelled differs.

    Returns:
        bias_raw, bias_balanced (3, D) vectors; bias_counts (3, 2, 2) faces without and with a smile, without and with
        glasses; for the correlations 0, 0.5 and 0.9.
    """
    raw, balanced, counts = [], [], []
    for r in CORRELATIONS:
        labels = faces.sample_factors(N_BIASED, seed, {BIASED: r})
        codes = latents.encode(model, faces.render(labels)).mu
        sorts = _sides(labels)
        raw.append(attributes.centroid_vector(codes, *sorts["smile"]))
        with_, without = recipes.balancing_weights(labels, sorts, "smile")
        balanced.append((with_ - without) @ codes)
        counts.append(
            [[(smile & glasses).sum() for glasses in sorts["glasses"][::-1]] for smile in sorts["smile"][::-1]]
        )
    return {"bias_raw": np.array(raw, np.float32), "bias_balanced": np.array(balanced, np.float32),
            "bias_counts": np.array(counts)}  # fmt: skip


def biased_changes(auditor: Auditor, found: dict[str, Array], labels: Array) -> Array:
    """What each biased vector, added once, does to smile and glasses of faces with neither; (3, 2, 2).

    Args:
        found: what `biased_vectors` returns.
        labels: (N, 17) of faces to choose from.
    """
    sorts = _sides(labels)
    begin = auditor.start(labels[sorts["smile"][1] & sorts["glasses"][1]][:N_EDITED])
    columns = [faces.factor_index(name) for name in BIASED]
    out = np.zeros((len(CORRELATIONS), 2, 2), np.float32)
    for k in range(len(CORRELATIONS)):
        for side, key in enumerate(("bias_raw", "bias_balanced")):
            after = latents.decode(auditor.model, begin.codes + found[key][k])
            out[k, side] = auditor.change(begin.decoded, after)[:, columns].mean(axis=0)
    return out


def judged_arrays(
    model: EncoderDecoder, judge: Any, dataset: str, test: ImageSet, arrays: dict[str, Array]
) -> dict[str, Array]:
    """What a judge that reads factors says of a model's directions; nothing where it reads none or nothing renders.

    Returns:
        effect_factors (D, F); audit_mean, audit_absolute, audit_reached, audit_cosine, audit_curve as of `Audited`;
        bias_raw, bias_balanced, bias_counts, bias_changes.
    """
    if data.DATASETS[dataset].render is None or not hasattr(judge, "read"):
        return {}
    sd = arrays["factor_sd"]
    found = recipes.from_arrays(arrays, attributes.from_arrays(arrays))
    auditor = Auditor(model, judge, sd, found)
    unit = np.ones_like(arrays["sd"]) if "sigma" in arrays else arrays["sd"]
    audited = auditor.audit(test.labels)._asdict()
    biased = biased_vectors(model)
    return {
        "effect_factors": dimension_factors(model, judge, arrays["codes"], unit, sd),
        **{f"audit_{key}": value for key, value in audited.items()},
        **biased,
        "bias_changes": biased_changes(auditor, biased, test.labels),
    }


def factor_metrics(arrays: dict[str, Array]) -> dict[str, float]:
    """MIG, DCI and SAP of the gallery's codes, where its labels are factors; else nothing."""
    labels, codes = arrays["labels"], arrays["codes"]
    if labels.ndim == 1 or codes.shape[1] < 2:
        return {}
    whole, varies = attributes.complete(labels)
    codes, varied = codes[whole], labels[whole][:, varies]
    if varied.shape[1] < 2 or len(varied) < MIN_FACTORS or (varied.std(axis=0) == 0).any():
        return {}
    found = disentanglement.dci(codes, varied, 0)
    return {"mig": disentanglement.mig(codes, varied), "sap": disentanglement.sap(codes, varied),
            **{f"dci {key}": value for key, value in found._asdict().items()}}  # fmt: skip
