import subprocess
import sys

import pytest
import torch

from latentdemo.data.torchvision_shim import torchvision

PROGRAM = """
from latentdemo.data.torchvision_shim import torchvision
import torch
original = torch.library.register_fake
models, datasets = torchvision().models, torchvision().datasets
extractor = models.feature_extraction.create_feature_extractor(models.resnet18(weights=None).eval(), ["layer1"])
assert extractor(torch.zeros(1, 3, 64, 64))["layer1"].shape == (1, 64, 16, 16)
assert datasets.MNIST.resources and torch.library.register_fake is original
"""


@pytest.mark.slow
def test_models_and_data_sets_work_beside_any_torch():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_torch_is_left_as_it_was():
    before = torch.library.register_fake
    torchvision()
    assert torch.library.register_fake is before
