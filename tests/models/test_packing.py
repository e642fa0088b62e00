import json
import struct

import numpy as np
import pytest
import torch
from torch import nn

from latentdemo.models import Shape, build, packing
from latentdemo.models.packing import pack
from latentdemo.models.vae import VariationalAutoencoder
from latentdemo.store import checkpoints

SMALL = Shape(16, 1, 3)


def small() -> VariationalAutoencoder:
    torch.manual_seed(0)
    return build("vae", SMALL).eval()


def parts(file: bytes) -> tuple[dict, np.ndarray]:
    (length,) = struct.unpack("<I", file[:4])
    return json.loads(file[4 : 4 + length]), np.frombuffer(file[4 + length :], "<f2")


def test_the_head_tells_what_the_numbers_are():
    head, numbers = parts(pack(small(), SMALL, True))
    assert {key: head[key] for key in ("side", "channels", "latent_dim", "regularised", "given")} == {
        "side": 16, "channels": 1, "latent_dim": 3, "regularised": True, "given": None,
    }  # fmt: skip
    assert [step["op"] for step in head["encoder"]] == ["down", "down", "dense", "dense"]
    assert [step["op"] for step in head["decoder"]] == ["dense", "dense", "up", "up", "smooth"]
    assert [step["side"] for step in head["decoder"]] == [4, 4, 8, 16, 16]
    assert [step["silu"] for step in head["decoder"]] == [True, False, True, True, False]
    weights = 32 * 16 + 64 * 32 * 16 + 256 * 1024 + 6 * 256  # encoder
    weights += 256 * 4 + 1024 * 256 + 64 * 32 * 16 + 32 * 16 * 16 + 16 * 9  # three latent dimensions take four places
    biases = 32 + 64 + 256 + 6 + 256 + 1024 + 32 + 16 + 1
    assert len(numbers) == weights + biases


def test_a_convolution_and_its_normalisation_are_one():
    torch.manual_seed(1)
    layer, norm = nn.Conv2d(3, 5, 4, 2, 1, bias=False), nn.BatchNorm2d(5).eval()
    assert norm.running_mean is not None and norm.running_var is not None
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    norm.weight.data.normal_()
    norm.bias.data.normal_()
    x = torch.randn(2, 3, 8, 8)
    filters, bias = packing._folded(layer.weight, None, norm)
    oracle = norm(layer(x))
    folded = nn.functional.conv2d(x.double(), filters, bias, 2, 1)
    torch.testing.assert_close(folded.float(), oracle, atol=1e-5, rtol=1e-5)


def test_a_transposed_convolution_is_four_of_two_by_two():
    torch.manual_seed(2)
    layer = nn.ConvTranspose2d(3, 5, 4, 2, 1, bias=False)
    x = torch.randn(1, 3, 6, 6)
    oracle = layer(x)[0]
    border = nn.functional.pad(x, (1, 1, 1, 1))
    phases = packing._phases(layer.weight.transpose(0, 1))
    for down in (0, 1):
        for right in (0, 1):
            kernel = phases[2 * down + right].permute(0, 3, 1, 2)
            part = nn.functional.conv2d(border[:, :, down:, right:], kernel)[0, :, :6, :6]
            torch.testing.assert_close(part, oracle[:, down::2, right::2], atol=1e-5, rtol=1e-5)


def test_what_the_engine_cannot_run_is_refused():
    model = small()
    model.decoder.append(nn.Tanh())
    with pytest.raises(ValueError, match="the engine has no step for Tanh"):
        pack(model, SMALL, True)
    model = small()
    with torch.no_grad():
        model.encoder[-1].weight[0, 0] = 1e6  # type: ignore[index]
    with pytest.raises(ValueError, match=r"a weight of 1e\+06 is beyond what half precision holds"):
        pack(model, SMALL, True)


def test_files_of_shipped_models_are_as_small_as_promised():
    for name in ("faces-vae", "mnist-vae-16"):
        card = checkpoints.load_card(name)
        assert len(pack(checkpoints.load(name), card.shape, True)) < 3.5e6
