"""Curves of many small trainings, in studies/NAME.json beside the checkpoints; read with suspicion."""

from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from latentdemo.options import TRAIN_COMMAND
from latentdemo.store.checkpoints import CheckpointError
from latentdemo.store.files import write_atomically

PLACE = "studies"


class Strict(BaseModel):
    """Nothing unknown, nothing converted, no number that is none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Task(Strict):
    """One curve for each method.

    Attributes:
        title: what is learned, after what.
        note: what had been learned before.
        n_test: test images.
        accuracy: [methods][sizes][seeds] shares of test images told right.
    """

    title: str
    note: str
    n_test: int = Field(ge=1)
    accuracy: list[list[list[float]]]


class Transfer(Strict):
    """Accuracy by the number of labelled images, for several methods."""

    sizes: list[int] = Field(min_length=1)
    methods: list[str] = Field(min_length=1)
    tasks: list[Task] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Transfer":
        runs = {len(runs) for task in self.tasks for curve in task.accuracy for runs in curve}
        lengths = {len(curve) for task in self.tasks for curve in task.accuracy}
        if {len(task.accuracy) for task in self.tasks} != {len(self.methods)} or lengths != {len(self.sizes)}:
            raise ValueError("there is not a number for each method and size")
        if len(runs) != 1 or 0 in runs:
            raise ValueError("there are not as many seeds everywhere")
        return self


class Course(Strict):
    """One training, step by step.

    Attributes:
        kind: key of MODELS.
        rate: peak of the learning rate.
        loss: of each step, nats: cross entropy with label smoothing 0.1, mean over the batch.
        mean, sd: at each step, of what a layer's ReLU gets, over batch, place and channel.
        accuracy: share of test images told right at the end; None if the loss was no number any more before it.
    """

    kind: str
    rate: float
    loss: list[float]
    mean: list[float]
    sd: list[float]
    accuracy: float | None

    @model_validator(mode="after")
    def _whole(self) -> "Course":
        if not len(self.loss) == len(self.mean) == len(self.sd):
            raise ValueError("curves are not equally long")
        return self


class Normalisation(Strict):
    """The same network with and without batch normalisation."""

    dataset: str
    layer: str
    steps: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    n_test: int = Field(ge=1)
    courses: list[Course] = Field(min_length=1)


S = TypeVar("S", bound=Strict)


class Shelf(Generic[S]):
    """Where one study lies."""

    def __init__(self, name: str, form: type[S]) -> None:
        self.name, self.form = name, form

    def save(self, found: S, folder: Path) -> Path:
        """Write it into a folder of checkpoints; the file is replaced whole or not at all."""
        path = folder / PLACE / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, found.model_dump_json().encode())
        return path

    def load(self, *folders: Path) -> S:
        """The study in the last of these folders that has it.

        Raises:
            CheckpointError: the file is missing or damaged; says which command makes it.
        """
        paths = [folder / PLACE / f"{self.name}.json" for folder in folders]
        path = next((path for path in reversed(paths) if path.exists()), paths[-1])
        again = f"make it with: {TRAIN_COMMAND} --study {self.name}"
        try:
            return self.form.model_validate_json(path.read_bytes())
        except OSError:
            raise CheckpointError(f"{PLACE}/{path.name} is missing; {again}") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"][:3])
            raise CheckpointError(f"{PLACE}/{path.name} is damaged ({where}: {first['msg'][:80]}); {again}") from None


TRANSFER = Shelf("transfer", Transfer)
NORMALISATION = Shelf("normalisation", Normalisation)
