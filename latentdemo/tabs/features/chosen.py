"""The network that the tab looks into, and how a picture is put before it."""

from dataclasses import dataclass

import gradio as gr
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo.classifiers.pretrained import NETWORKS, Network, is_whole
from latentdemo.drawing.tiles import sentence
from latentdemo.pixels import images
from latentdemo.pixels.tensors import as_tensor
from latentdemo.store.resources import CLASSIFIER_TITLE
from latentdemo.widgets import Page

NETWORK = "cifar10-cnn"
TRAINED, RANDOM = "trained", "random"
OPENING = sentence("Looking into the network …")  # until the first answer comes
SIDE = 224  # pixels: longest side of what the maps are computed on


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkPage(Page):
    """What the sections of this tab are given: the page, and the tab's own controls.

    Attributes:
        network: key of the chosen network.
        weights: trained or random.
    """

    network: gr.Dropdown
    weights: gr.Radio


def titles(page: Page) -> dict[str, str]:
    """Key -> title of the networks that can be looked into."""
    shipped = {NETWORK: CLASSIFIER_TITLE} if NETWORK in page.resources.cards else {}
    own = {name: name for name in page.resources.own_classifiers()}
    return shipped | own | {key: entry.title for key, entry in NETWORKS.items()}


def default(page: Page) -> tuple[str, str]:
    """Network and weights to start with: a classifier that is here, else torchvision's smallest network.

    Its weights are random if they have not been downloaded: nothing is fetched without a click.
    """
    name = next(iter(titles(page)))
    if name not in NETWORKS:
        return name, TRAINED
    name = min(NETWORKS, key=lambda key: NETWORKS[key].megabytes)
    return name, TRAINED if is_whole(name, page.resources.shelf.folder) else RANDOM


def network_of(page: Page, name: str, weights: str) -> Network:
    """The chosen network; ValueError or FileNotFoundError say why it is not to be had."""
    return page.resources.classifier(name, weights == TRAINED)


def enlarged(network: Network, picture: Array) -> Tensor:
    """What the maps are computed on: the whole picture, (1, C, H, W) in [0, 1], its longer side 224 pixels."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = [max(network.smallest, round(n * scale)) for n in (height, width)]
    x = as_tensor((images.grey if network.channels == 1 else images.rgb)(picture)[None])
    return torch.nn.functional.interpolate(x, size, mode="bilinear", antialias=True)


def square(network: Network, picture: Array) -> Tensor:
    """What is classified: the middle square at the size of the training images, (1, C, S, S) in [0, 1]."""
    return as_tensor(images.fit(picture, network.side, network.channels)[None])


def layer_title(network: Network, index: int) -> str:
    """ "convolution, 3 × 3" and the like."""
    layer = network.layers[index]
    if layer.kind == "sum":
        return "residual sum"
    return f"{layer.kind}, {layer.kernel} × {layer.kernel}"
