"""The fields of NAME.json come in; ValueError unless they are a card that every panel can use."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from latentdemo import data
from latentdemo.data.faces import FACTORS
from latentdemo.models import MODELS, Kind, Shape
from latentdemo.pixels import corruption
from latentdemo.store.schema.shipped import SHIPPED
from latentdemo.store.text import brief, check_text

MAX_NAME, MAX_TEXT, MAX_NAMES = 200, 2000, 1024
MAX_METRIC = 1e12
NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]{0,78}[\w-])?")  # of a checkpoint: a file's name on every system
ABOVE_ZERO = ("mse", "draw_mse", "bits")  # metrics of which logarithms are drawn
WITHIN_ONE = ("accuracy", "precision", "recall")
MEASURED = {  # metrics that a kind's panels show
    "labels": ("accuracy",),
    "grids": ("mse", "bits"),
    "indices": ("bits",),
}


def _check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{brief(name)} is not a name of 1–80 letters, digits, dots, hyphens and underscores")
    return name


Name = Annotated[str, AfterValidator(_check_name)]
Label = Annotated[str, AfterValidator(lambda text: check_text(text, MAX_NAME))]
Prose = Annotated[str, AfterValidator(lambda text: check_text(text, MAX_TEXT, multiline=True))]
Digest = Annotated[str, Field(max_length=128)]
Positive = Annotated[FiniteFloat, Field(ge=0)]
Count = Annotated[int, Field(ge=0, lt=1 << 53)]  # exact in JavaScript


class Strict(BaseModel):
    """Converts nothing and refuses NaN and infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sizes(Strict):
    """Fields of `models.Shape`, which checks the others' limits."""

    image_size: int = Field(ge=1, le=1024)
    channels: int
    latent_dim: int
    told: int = 0
    entries: int = 0


class Source(Strict):
    """A folder of images."""

    name: Annotated[str, AfterValidator(lambda text: check_text(text, 80))]
    fingerprint: Annotated[str, AfterValidator(lambda text: check_text(text, 80))]


class Training(Strict):
    """Settings that the app shows or compares; others may be numbers or texts."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, bool | int | FiniteFloat | Prose | dict[str, FiniteFloat] | None]  # pyright: ignore[reportIncompatibleVariableOverride]
    seed: int = Field(0, ge=0, lt=1 << 63)
    epochs: int = Field(1, ge=1, lt=1 << 53)
    beta: Positive | None = None
    variance: Annotated[FiniteFloat, Field(ge=data.MIN_VARIANCE)] | None = None
    corruption: str | None = None
    penalty: Positive | None = None
    critic_every: int | None = Field(None, ge=1, lt=1 << 53)
    begin: Name | None = None
    begin_weights: Digest | None = None
    of: Name | None = None
    of_weights: Digest | None = None
    source: Source | None = None
    augment: Label | None = None
    freeze: bool | None = None
    sample_ms: Positive | None = None
    cpu_seconds: Positive | None = None
    changes: Any = None  # what a class set while it trained


class Fields(Strict):
    """All fields of a card."""

    name: Name
    kind: Literal[tuple(MODELS)]  # pyright: ignore[reportInvalidTypeForm]
    shape: Sizes
    dataset: Literal[tuple(data.DATASETS)]  # pyright: ignore[reportInvalidTypeForm]
    training: Training
    metrics: dict[Label, FiniteFloat]
    names: list[Label] = Field(min_length=1, max_length=MAX_NAMES)
    licence: Prose
    sha256: dict[str, Digest]
    format: int


def check_card(fields: Any) -> None:
    """Check the fields of NAME.json, one by one and against each other.

    Raises:
        ValueError: names the first field that is wrong.
    """
    try:
        card = Fields.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(brief(part)[1:-1] if isinstance(part, str) else str(part) for part in first["loc"][:3])
        raise ValueError(f"{where or 'card'}: {first['msg'][:200]}") from None
    if SHIPPED.get(card.name, card.kind) != card.kind:
        raise ValueError(f"kind: it is {card.kind}; {card.name} is a shipped name, of a {SHIPPED[card.name]}")
    if card.name in SHIPPED and card.name.partition("-")[0] != card.dataset:
        raise ValueError(f"dataset: it is {card.dataset}; {card.name} is a shipped name, of another dataset")
    _check_names(card)
    kind = MODELS[card.kind]
    _check_shape(card, kind)
    _check_training(card, kind, fields["training"])
    _check_metrics(card, kind)


def _check_names(card: Fields) -> None:
    """Classes or factors: distinct, and those of the renderer where images are drawn."""
    for i, name in enumerate(card.names):
        if name in card.names[:i]:
            raise ValueError(f"names: {brief(name)} occurs twice")
    if data.DATASETS[card.dataset].render is not None and card.names != list(FACTORS):
        raise ValueError(f"names: they are not the {len(FACTORS)} factors of {card.dataset}, in their order")


def _check_shape(card: Fields, kind: Kind) -> None:
    shape, entry, n = Shape(**card.shape.model_dump()), data.DATASETS[card.dataset], len(card.names)
    if not entry.resizable and shape.image_size != entry.image_size:
        raise ValueError(f"shape: image_size is {shape.image_size}; {card.dataset} has {entry.image_size}")
    if entry.channels and not kind.classifies and shape.channels != entry.channels:
        raise ValueError(f"shape: channels is {shape.channels}; {card.dataset} has {entry.channels}")
    if kind.classifies and shape.latent_dim != n:
        raise ValueError(f"shape: latent_dim is {shape.latent_dim}, with {n} names; it must be their number")
    if shape.told not in ((0, n) if kind.learns == "noise" else (0,)):
        raise ValueError(f"shape: told is {shape.told}; expected 0 or, for diffusion, {n} (the names)")
    discrete = kind.learns in ("grids", "indices")
    if bool(shape.entries) != discrete:
        raise ValueError(f"shape: entries is {shape.entries}; only discrete codes have entries")
    if (kind.learns == "factors") and entry.render is None:
        raise ValueError(f"kind: {card.kind} reads factors; {card.dataset} has none")


def _check_training(card: Fields, kind: Kind, training: Mapping[str, Any]) -> None:
    """Settings without which a kind's panels cannot be drawn."""
    needed = {"pixels": ("beta", "corruption"), "critic": ("penalty", "critic_every")}.get(kind.learns, ())
    if kind.of:
        needed = ("of", "of_weights")
    for name in needed:
        if name not in training or (training[name] is None and name != "corruption"):
            raise ValueError(f"training: {name} is missing")
    if kind.learns == "pixels" and card.training.corruption not in (None, *corruption.CHOICES):
        choices = ", ".join(corruption.CHOICES)
        raise ValueError(f"training: corruption is {brief(card.training.corruption)}; there are {choices}")


def _check_metrics(card: Fields, kind: Kind) -> None:
    needed = MEASURED.get(kind.learns, ())
    if kind.learns == "factors":
        needed = tuple(f"r2 {name}" for name in card.names)
    for name in needed:
        if name not in card.metrics:
            raise ValueError(f"metrics: {brief(name)} is missing")
    for name, value in card.metrics.items():
        low, high = (0, 1) if name.split()[-1] in WITHIN_ONE else (-MAX_METRIC, MAX_METRIC)
        if not low <= value <= high or (name in ABOVE_ZERO and value <= 0):
            raise ValueError(f"metrics: {brief(name)} is {value:.3g}, which it cannot be")
