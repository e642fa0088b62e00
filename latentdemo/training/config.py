"""Settings of a training run."""

from dataclasses import dataclass

from latentdemo import data
from latentdemo.models import MODELS


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run.

    Attributes:
        name: of the checkpoint.
        model: key of MODELS.
        dataset: key of DATASETS.
        latent_dim: numbers in a code.
        beta: weight of the KL term, in units of the reconstruction term (both in nats).
        epochs, batch_size: batch_size is the global one, split over processes.
        learning_rate: peak of the one-cycle schedule.
        seed: of weights, order and noise; the same seed gives the same weights on the same machine.
        precision: "auto", "bf16" or "fp32".
        n_train: only so many training images, the same ones each time.
        data_dir: where data sets lie.
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
    data_dir: str | None = None

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"no model {self.model!r}; there are {', '.join(MODELS)}")
        if self.dataset not in data.DATASETS:
            raise ValueError(f"no data set {self.dataset!r}; there are {', '.join(data.DATASETS)}")
        if self.precision not in ("auto", "bf16", "fp32"):
            raise ValueError(f"precision is {self.precision!r}; it must be auto, bf16 or fp32")
        for field in ("epochs", "batch_size", "learning_rate", "latent_dim"):
            if getattr(self, field) <= 0:
                raise ValueError(f"{field} is {getattr(self, field)}; it must be above 0")
        least = {"seed": 0, "beta": 0, "n_train": self.batch_size}
        for field, limit in least.items():
            value = getattr(self, field)
            if value is not None and value < limit:
                raise ValueError(f"{field} is {value}; it must be at least {limit}")
