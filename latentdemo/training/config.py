"""Settings of a training run."""

import math
import re
from dataclasses import dataclass

from latentdemo import data
from latentdemo.models import MODELS
from latentdemo.models.parts import MOST_ENTRIES, WIDTHS
from latentdemo.pixels import corruption
from latentdemo.training.augmenting import AUGMENTATIONS

GALLERIES = ("codes", "thumbnails")  # what a checkpoint stores of the gallery's images
RECONSTRUCTING = ("pixels", "grids")  # what models learn whose loss has a likelihood of pixels
RECORDED = ("pixels", "critic")  # what models learn whose training can be replayed


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run.

    Attributes:
        name: of the checkpoint.
        model: key of MODELS.
        dataset: key of DATASETS.
        latent_dim: dimensions of the latent space.
        beta: weight of the KL term, in units of the reconstruction term (both in nats).
        epochs, batch_size: batch_size is the global one, split over processes.
        learning_rate: peak of the one-cycle schedule.
        seed: of weights, order and noise; the same seed gives the same weights on the same machine.
        precision: "bf16", "fp32", or "auto": bf16 where the processor or GPU computes it, see `loop.fast_bf16`.
        n_train: only so many training images, the same ones each time.
        corruption: what a denoising autoencoder is to undo, one of corruption.CHOICES; None: nothing.
        penalty: weight γ of the critic's gradient penalty R1 (gan).
        critic_every: steps of the generator for one of the critic (gan).
        entries: of the codebook (vqvae).
        begin: checkpoint whose body a classifier begins with, or "resnet18" (torchvision's); None: random weights.
        freeze: train the head alone.
        augment: how training images are changed by chance, one of augmenting.AUGMENTATIONS; None: as the data set says.
        of: checkpoint whose codes are learned (diffusion, transformer).
        moments: at how many points of the run codes, samples and losses are kept, to be replayed; 0: none.
        data_dir: where data sets lie.
        gallery: what the app shows as the gallery of an own folder: "codes", which it decodes, or "thumbnails": the
            checkpoint then contains up to 5,000 of the owner's test images.
        variance: of a pixel under the Gaussian likelihood; None: the dataset's, or see `estimated`.
        image_size: side of a folder's images, a key of WIDTHS; None: the data set's own.
    """

    name: str
    model: str
    dataset: str
    latent_dim: int = 16
    beta: float = 1.0
    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 3e-3
    seed: int = 0
    precision: str = "auto"
    n_train: int | None = None
    corruption: str | None = None
    penalty: float = 1.0
    critic_every: int = 1
    entries: int = 64
    begin: str | None = None
    freeze: bool = False
    augment: str | None = None
    of: str | None = None
    moments: int = 0
    data_dir: str | None = None
    gallery: str = "codes"
    variance: float | None = None
    image_size: int | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_source()
        self._check_variance()
        if self.entries > MOST_ENTRIES:
            raise ValueError(f"entries is {self.entries}; it must be at most {MOST_ENTRIES}")
        for field in ("epochs", "batch_size", "learning_rate", "latent_dim"):
            if not 0 < getattr(self, field) < math.inf:
                raise ValueError(f"{field} is {getattr(self, field)}; it must be above 0")
        least = {
            "seed": 0,
            "beta": 0,
            "moments": 0,
            "penalty": 0,
            "critic_every": 1,
            "entries": 2,
            "n_train": self.batch_size,
        }
        for field, limit in least.items():
            value = getattr(self, field)
            if value is not None and not limit <= value < math.inf:
                raise ValueError(f"{field} is {value}; it must be at least {limit}")

    def _check_source(self) -> None:
        if self.gallery not in GALLERIES:
            raise ValueError(f"gallery is {self.gallery[:80]!r}; expected {' or '.join(GALLERIES)}")
        kept = data.DATASETS[self.dataset].resizable and MODELS[self.model].learns == "pixels" and not self.corruption
        if self.gallery != GALLERIES[0] and not kept:
            raise ValueError(f"gallery is {self.gallery!r}; only an ae or a vae trained on a folder keeps thumbnails")
        if MODELS[self.model].of and self.of is None:
            raise ValueError(f"{self.model} learns the codes of another model; say which with --of NAME")
        labels = MODELS[self.model].learns == "labels"
        for field in ("begin", "augment"):
            if getattr(self, field) is not None and not labels:
                raise ValueError(f"{field} is {getattr(self, field)[:80]!r}; {self.model} tells no classes apart")
        if self.freeze and self.begin is None:
            raise ValueError("freeze leaves a trained body as it is; say which with --from NAME")
        if self.of is not None and not MODELS[self.model].of:
            raise ValueError(f"of is {self.of[:80]!r}; {self.model} learns from images")

    def _check_variance(self) -> None:
        if self.variance is None:
            return
        if MODELS[self.model].learns not in RECONSTRUCTING or data.DATASETS[self.dataset].likelihood != "gaussian":
            raise ValueError(
                f"variance is {self.variance}; {self.model} on {self.dataset} has no Gaussian likelihood of pixels"
            )
        if not data.MIN_VARIANCE <= self.variance <= 1:
            raise ValueError(f"variance is {self.variance}; expected {data.MIN_VARIANCE}–1, for pixels in 0–1")

    def _check_names(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,79}", self.name) or self.name.endswith("."):
            raise ValueError(f"name is {self.name[:80]!r}; it must be of letters, digits, dots, - and _")
        if self.image_size not in (None, *WIDTHS):
            raise ValueError(f"image_size is {self.image_size}; there are networks for {', '.join(map(str, WIDTHS))}")
        known = {"model": MODELS, "data set": data.DATASETS, "corruption": (None, *corruption.CHOICES),
                 "augmentation": (None, *AUGMENTATIONS)}  # fmt: skip
        settings = (self.model, self.dataset, self.corruption, self.augment)
        for what, given in zip(known, settings, strict=True):
            if given not in known[what]:
                raise ValueError(f"no {what} {given!r}; there are {', '.join(filter(None, known[what]))}")
        if self.precision not in ("auto", "bf16", "fp32"):
            raise ValueError(f"precision is {self.precision!r}; it must be auto, bf16 or fp32")
        if self.moments and MODELS[self.model].learns not in RECORDED:
            raise ValueError(f"moments is {self.moments}; of {self.model} none are kept")
        if self.corruption and MODELS[self.model].learns != "pixels":
            raise ValueError(f"corruption is {self.corruption!r}; {self.model} undoes none, autoencoders do")
