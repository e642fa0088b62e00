"""What a loop learns from, in memory: images as they are, or what another checkpoint makes of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.codes import latents
from latentdemo.models import MODELS, Shape
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store import checkpoints
from latentdemo.training.config import TrainConfig

BATCH = 500


def material(images: Array) -> Tensor:
    """(N, H, W, C) uint8 -> (N, C, H, W) uint8, channels last in memory."""
    return torch.from_numpy(images).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Source:
    """A trained network whose codes another one learns.

    Attributes:
        card: of its checkpoint.
        model: in eval mode.
    """

    card: checkpoints.Card
    model: Any

    @property
    def shape(self) -> Shape:
        """What it was built from."""
        return self.card.shape

    def codes(self, images: Array) -> Tensor:
        """(N, H, W, C) uint8 -> codes or posterior means (N, D) float32; of discrete codes, indices (N, g, g) int64."""
        if MODELS[self.card.kind].learns == "pixels":
            return torch.from_numpy(latents.encode(self.model, images).mu)
        return indices(self.model, images)


@torch.inference_mode()
def indices(model: Any, images: Array) -> Tensor:
    """(N, H, W, C) uint8 -> (N, g, g) int64, in batches."""
    return torch.cat([model.indices(as_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)])


def source_of(config: TrainConfig, folder: Path) -> Source | None:
    """The checkpoint that a run learns from, if its kind of model wants one.

    Raises:
        ValueError: it is missing, damaged, of another kind or of another data set.
    """
    wanted = MODELS[config.model].of
    if not wanted or config.of is None:
        return None
    folder = checkpoints.home(config.of, folder)
    card = checkpoints.verify(config.of, folder)
    if MODELS[card.kind].learns != wanted or card.training.get("corruption"):
        kinds = " or ".join(name for name, kind in MODELS.items() if kind.learns == wanted)
        raise ValueError(f"{config.model} learns the codes of {kinds}; {config.of} is {card.kind}")
    if card.dataset != config.dataset:
        raise ValueError(f"{config.of} was trained on {card.dataset}, not on {config.dataset}")
    return Source(card, checkpoints.load(config.of, folder))
