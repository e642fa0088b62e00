"""Fixtures that several tests share: the shipped checkpoints, a page, small data sets in the public formats."""

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: as when serving; two workers share the cores

import numpy as np
import pytest
import torch
from torch import nn
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from latentdemo.classifiers.tracing import Traced
from latentdemo.models import Shape, build
from latentdemo.store.resources import Resources

if TYPE_CHECKING:
    from latentdemo.widgets import Page

BROWSER = "tests/browser/"


class OneBrowser(LoadFileScheduling):
    """A worker takes a file at a time; all of Chromium's are one, for they share a browser and a server."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser:
    return OneBrowser(config, log)


@pytest.fixture(scope="session")
def resources() -> Resources:
    return Resources()


@pytest.fixture(scope="session")
def page(resources: Resources) -> "Page":
    import gradio as gr  # seconds: the tests of the pure rooms do without

    from latentdemo import dashboard

    with gr.Blocks():
        return dashboard.build_door(resources)


@pytest.fixture(scope="session")
def traced() -> Traced:
    """An untrained CNN whose normalisations are not the identity."""
    torch.manual_seed(0)
    model = build("cnn", Shape(32, 3, 10)).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):  # not the identity
            module.running_mean.normal_(0, 0.1)  # pyright: ignore[reportOptionalMemberAccess]
            module.weight.data.uniform_(0.5, 1.5)
    return Traced(model)


def write_idx(path: Path, values: np.ndarray) -> None:
    """MNIST's own format: 0, 0, type 8 (uint8), number of axes, their sizes, the values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes())


def digits_like(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) of one bright square each, whose row gives the label."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n).astype(np.uint8)
    images = np.zeros((n, 28, 28), np.uint8)
    for image, label, column in zip(images, labels, rng.integers(2, 20, n), strict=True):
        image[2 * label : 2 * label + 6, column : column + 6] = 255
    return images, labels


@pytest.fixture(scope="session")
def mnist_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small MNIST and FashionMNIST files in torchvision's layout."""
    root = tmp_path_factory.mktemp("data")
    for name in ("MNIST", "FashionMNIST"):
        for split, n, seed in (("train", 640, 0), ("t10k", 120, 1)):
            images, labels = digits_like(n, seed)
            write_idx(root / name / "raw" / f"{split}-images-idx3-ubyte", images)
            write_idx(root / name / "raw" / f"{split}-labels-idx1-ubyte", labels)
    return root
