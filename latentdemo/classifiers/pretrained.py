"""NETWORKS: torchvision's classics, fetched on demand, and the form in which every classifier is looked into."""

import pickle
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from latentdemo.classifiers.tracing import Layer, Traced, input_channels, layers, vector_node
from latentdemo.data.download import Report, download, is_right
from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models import seeded

RANDOM_SEED = 0
MOST_KEPT = 3  # large networks in memory
SIDE = 224  # pixels: what ImageNet's classifiers were trained on


@dataclass(frozen=True)
class Pretrained:
    """One entry of NETWORKS.

    Attributes:
        title: on screen.
        build: name of torchvision's function.
        weights: name of torchvision's weights for it.
        megabytes: size of their file.
        source: paper.
    """

    title: str
    build: str
    weights: str
    megabytes: int
    source: str


NETWORKS: dict[str, Pretrained] = {
    "alexnet": Pretrained("AlexNet", "alexnet", "AlexNet_Weights.IMAGENET1K_V1", 233, "Krizhevsky 2014"),
    "vgg16": Pretrained("VGG16", "vgg16", "VGG16_Weights.IMAGENET1K_V1", 528, "Simonyan and Zisserman 2015"),
    "resnet18": Pretrained("ResNet18", "resnet18", "ResNet18_Weights.IMAGENET1K_V1", 45, "He et al. 2016"),
}


class Network(NamedTuple):
    """A network that can be looked into.

    Attributes:
        title: on screen.
        model: (B, C, H, W) in [0, 1] -> logits; eval mode, no gradients for its weights.
        traced: its graph.
        layers: those with feature maps, from the input on.
        vector: node of the image as a vector.
        names: of the classes.
        side: pixels of the square that it classifies.
        smallest: pixels; no side of an image may be shorter.
        channels: C, 3 or, for a network of grey images, 1.
    """

    title: str
    model: nn.Module
    traced: Traced
    layers: list[Layer]
    vector: str
    names: tuple[str, ...]
    side: int
    smallest: int
    channels: int

    def layer(self, name: str) -> Layer:
        """A layer by its name; ValueError names those there are."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"no layer {str(name)[:40]!r}; there are {', '.join(layer.name for layer in self.layers)}")


def open_up(title: str, model: nn.Module, names: tuple[str, ...], side: int, smallest: int) -> Network:
    """Trace a model that takes images in [0, 1] and gives logits."""
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    traced = Traced(model)
    found, channels = layers(traced), input_channels(traced)
    return Network(title, model, traced, found, vector_node(traced), names, side, smallest, channels)


class Normalised(nn.Module):
    """A network of torchvision's, with the normalisation of its inputs inside."""

    mean: Tensor
    sd: Tensor

    def __init__(self, model: nn.Module, mean: list[float], sd: list[float]) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1))
        self.register_buffer("sd", torch.tensor(sd).view(3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 3, H, W) in [0, 1] -> logits (B, 1000)."""
        return self.model((x - self.mean) / self.sd)


def default_folder() -> Path:
    """Where torchvision itself keeps weights that it has fetched."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def _file(name: str) -> tuple[str, str]:
    """Address and SHA-256 prefix of a network's weights; the prefix is part of the file's name."""
    url = torchvision().models.get_weight(NETWORKS[name].weights).url
    return url, Path(url).stem.rpartition("-")[2]


def weights_path(name: str, folder: Path) -> Path:
    """Where a network's weights lie or would lie."""
    return folder / Path(_file(name)[0]).name


def fetch(name: str, folder: Path, report: Report | None = None) -> None:
    """Fetch a network's weights into a folder unless they are there.

    Args:
        name: a key of NETWORKS.
        folder: see `default_folder`.
        report: told the bytes that are here, and those of the whole.

    Raises:
        FileNotFoundError: no network; says which file to put where.
        ValueError: the file that came is another one.
    """
    url, prefix = _file(name)
    path = weights_path(name, folder)
    try:
        download([url], path, prefix, report)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{url} cannot be reached from this machine; download it on another one and save it as {path.resolve()}, "
            "or name the folder that has it with --weights-dir."
        ) from None
    except OSError as error:
        why = error.strerror or error
        raise OSError(f"{folder} cannot be written ({why}); choose another folder with --weights-dir") from None


def is_whole(name: str, folder: Path) -> bool:
    """Whether a network's weights lie in a folder, undamaged."""
    path = weights_path(name, folder)
    return path.exists() and is_right(path, _file(name)[1])


def load(name: str, folder: Path, trained: bool = True) -> Network:
    """A network of NETWORKS.

    Args:
        name: its key.
        folder: where its weights lie.
        trained: False for torchvision's own random initialisation (seed 0); nothing is read then.

    Raises:
        FileNotFoundError: the weights are not there; says what to do.
        ValueError: the file is damaged or of another network.
    """
    entry, models = NETWORKS[name], torchvision().models
    weights = models.get_weight(entry.weights)
    with seeded(RANDOM_SEED):
        network = getattr(models, entry.build)(weights=None)
    if trained:
        network.load_state_dict(_read(name, folder))
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False  # else a map before its ReLU is overwritten by the one behind it
    preset = weights.transforms()
    model = Normalised(network, list(preset.mean), list(preset.std))
    names = tuple(weights.meta["categories"])
    title = entry.title if trained else f"{entry.title} with random weights"
    return open_up(title, model, names, SIDE, max(weights.meta["min_size"]))


class Shelf:
    """The last few networks that were asked for; trained and random, they may take half a gigabyte each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._lock = folder, threading.Lock()
        self._kept: OrderedDict[tuple[str, bool], Network] = OrderedDict()

    def get(self, name: str, trained: bool) -> Network:
        """`load`, or what it gave before; one network is loaded at a time."""
        with self._lock:
            if (name, trained) not in self._kept:
                self._kept[name, trained] = load(name, self.folder, trained)
            self._kept.move_to_end((name, trained))
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[name, trained]

    def has(self, name: str) -> bool:
        """Whether a trained network is at hand."""
        return (name, True) in self._kept


def _read(name: str, folder: Path) -> dict[str, Tensor]:
    """The weights in a file of torchvision's, checked against the checksum in its name before it is opened."""
    path, prefix = weights_path(name, folder), _file(name)[1]
    if not path.exists():
        raise FileNotFoundError(
            f"The weights of {NETWORKS[name].title} are missing; download them, or save {path.name} in {folder} "
            "(--weights-dir)."
        )
    if not is_right(path, prefix):
        raise ValueError(f"{path} is damaged or another file; download it again.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise ValueError(f"{path} cannot be read; delete it and download it again.") from error
