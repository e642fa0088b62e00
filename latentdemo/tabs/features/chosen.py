"""The network that the tab looks into, and how a picture is put before it."""

from typing import NamedTuple

import gradio as gr
import torch
from numpy import ndarray as Array
from torch import Tensor

from latentdemo import figures, images, latents
from latentdemo.networks import NETWORKS, Classifier
from latentdemo.resources import CLASSIFIER_TITLE
from latentdemo.widgets import Page

NETWORK = "cifar10-cnn"
TRAINED, RANDOM = "trained", "random"
OPENING = figures.sentence("Looking into the network …")  # until the first answer comes
SIDE = 224  # pixels: longest side of what the maps are computed on


class Chosen(NamedTuple):
    """The tab's own controls.

    Attributes:
        name: key of the network.
        weights: trained or random.
    """

    name: gr.Dropdown
    weights: gr.Radio


def titles(page: Page) -> dict[str, str]:
    """Key -> title of the networks that can be looked into."""
    return {NETWORK: CLASSIFIER_TITLE} | {key: entry.title for key, entry in NETWORKS.items()}


def network_of(page: Page, name: str, weights: str) -> Classifier:
    """The chosen network; ValueError or FileNotFoundError say why it is not to be had."""
    return page.resources.classifier(name, weights == TRAINED)


def enlarged(network: Classifier, picture: Array) -> Tensor:
    """What the maps are computed on: the whole picture, (1, 3, H, W) in [0, 1], its longer side 224 pixels."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = [max(network.smallest, round(n * scale)) for n in (height, width)]
    x = latents.as_tensor(images.rgb(picture)[None])
    return torch.nn.functional.interpolate(x, size, mode="bilinear", antialias=True)


def square(network: Classifier, picture: Array) -> Tensor:
    """What is classified: the middle square at the size of the training images, (1, 3, S, S) in [0, 1]."""
    return latents.as_tensor(images.fit(picture, network.side, 3)[None])


def layer_title(network: Classifier, index: int) -> str:
    """ "convolution, 3 × 3" and the like."""
    layer = network.layers[index]
    if layer.kind == "sum":
        return "residual sum"
    return f"{layer.kind}, {layer.kernel} × {layer.kernel}"
