"""What a run begins with that does not begin at random: the body of a trained classifier, below a new head."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from latentdemo.classifiers import pretrained
from latentdemo.models import RESNET
from latentdemo.store import checkpoints
from latentdemo.training.config import TrainConfig

HEAD = "head"  # the last layer of every classifier: its classes are not the new ones


@dataclass(frozen=True)
class Start:
    """A trained body.

    Attributes:
        name: of the checkpoint, or of torchvision's network.
        weights: by name, without the head's.
        channels: of the images that it takes.
        sha256: of the file that holds it.
    """

    name: str
    weights: dict[str, Tensor]
    channels: int
    sha256: str

    def enter(self, model: Any, frozen: bool) -> None:
        """Put the body into a model; a frozen one is not trained, and its normalisations keep their statistics.

        Raises:
            ValueError: it does not fit.
        """
        for name, weight in self.weights.items():
            wanted = model.state_dict().get(name)
            if wanted is None or wanted.shape != weight.shape:
                raise ValueError(f"the body of {self.name} does not fit: {name} is {tuple(weight.shape)}")
        model.load_state_dict(self.weights, strict=False)
        if frozen:
            freeze(model)


def freeze(model: Any) -> None:
    """Leave all of a classifier but its head as it is."""
    for name, part in model.named_children():
        if name != HEAD:
            part.requires_grad_(False).eval()


def start_of(config: TrainConfig, folder: Path, weights_dir: Path | None = None) -> Start | None:
    """What a run begins with; None: with random weights.

    Args:
        config: of the run.
        folder: of checkpoints.
        weights_dir: of torchvision's weights, read and downloaded to; None: torchvision's own cache.

    Raises:
        ValueError: the checkpoint is missing, damaged or of another kind.
        FileNotFoundError: torchvision's weights are not here and cannot be fetched.
    """
    if config.begin is None:
        return None
    if config.model == RESNET:
        return _from_torchvision(config.begin, weights_dir or pretrained.default_folder())
    folder = checkpoints.home(config.begin, folder)
    card = checkpoints.verify(config.begin, folder)
    if card.kind != config.model:
        raise ValueError(f"{config.begin} is {card.kind}; {config.model} begins with another {config.model}")
    state = checkpoints.load(config.begin, folder).state_dict()
    return Start(config.begin, body(state), card.shape.channels, card.sha256["safetensors"])


def _from_torchvision(name: str, folder: Path) -> Start:
    pretrained.fetch(name, folder)
    state = pretrained.load(name, folder).model.get_submodule("model").state_dict()
    body = {f"body.{key}": tensor for key, tensor in state.items() if not key.startswith("fc.")}
    digest = hashlib.sha256(pretrained.weights_path(name, folder).read_bytes()).hexdigest()
    return Start(name, body, 3, digest)


def body(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A classifier's weights without its head's."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(f"{HEAD}.")}
