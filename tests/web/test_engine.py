"""The engine's two kernels against torch, for every network that can be built; the compiled one against its source."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from latentdemo.codes import latents
from latentdemo.models import MODELS, Shape, build
from latentdemo.models.packing import pack
from latentdemo.models.parts import WIDTHS
from tests.web.node import ASC, ROOT, node, tool

KERNEL = ROOT / "latentdemo" / "web" / "engine" / "kernel" / "kernel.wasm"
N = 3  # codes and images of each
CASES = {  # every size; grey and colour; latent dimensions on either side of a multiple of four
    f"{kind}-{size}-{channels}-{dims}": (kind, Shape(size, channels, dims))
    for (size, channels, dims), kind in zip(
        ((16, 1, 1), (28, 1, 2), (28, 3, 5), (32, 3, 16), (48, 1, 33), (64, 3, 32), (96, 3, 7), (128, 1, 4)),
        ("vae", "ae", "vae", "ae", "vae", "vae", "ae", "vae"),
        strict=True,
    )
}


def untrained(kind: str, shape: Shape) -> nn.Module:
    """A model whose normalisations are not the identity."""
    torch.manual_seed(shape.image_size)
    model = build(kind, shape).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)  # pyright: ignore[reportOptionalMemberAccess]
            module.running_var.uniform_(0.5, 2)  # pyright: ignore[reportOptionalMemberAccess]
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    model.decoder[-1].weight.data *= 20  # pictures from black to white
    return model


def test_every_size_is_tried():
    assert {shape.image_size for _, shape in CASES.values()} == set(WIDTHS)


@pytest.mark.parametrize("way", ["wasm", "plain"])
def test_both_kernels_compute_what_torch_computes(way: str, tmp_path: Path):
    rng = np.random.default_rng(0)
    asked = {}
    for name, (kind, shape) in CASES.items():
        model = untrained(kind, shape)
        codes = rng.standard_normal((N, shape.latent_dim)).astype(np.float32)
        images = rng.integers(0, 256, (N, shape.image_size, shape.image_size, shape.channels), np.uint8)
        (tmp_path / f"{name}.packed").write_bytes(pack(model, shape, MODELS[kind].regularised))  # type: ignore[arg-type]
        codes.tofile(tmp_path / f"{name}.codes")
        images.tofile(tmp_path / f"{name}.images")
        asked[name] = model, codes, images
    done = node("tests/web/engine.js", way, str(tmp_path))
    assert done.returncode == 0, done.stderr
    for name, (model, codes, images) in asked.items():
        wanted = latents.decode(model, codes)
        pixels = np.fromfile(tmp_path / f"{name}.pixels", np.uint8).reshape(wanted.shape)
        assert np.abs(pixels.astype(int) - wanted).max() <= 1 and wanted.std() > 1, name
        encoded = latents.encode(model, images)
        for key, oracle in (("mu", encoded.mu), ("logvar", encoded.logvar)):
            found = np.fromfile(tmp_path / f"{name}.{key}", np.float32)
            assert (len(found) == 0) == (oracle is None), name
            if oracle is not None:
                np.testing.assert_allclose(found.reshape(oracle.shape), oracle, atol=2e-3 * oracle.std() + 1e-5)


def test_the_compiled_kernel_is_its_sources(tmp_path: Path):
    made = tmp_path / "kernel.wasm"
    options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"]
    done = tool(ASC, "latentdemo/web/engine/kernel/kernel.ts", *options, "-o", str(made))
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert made.read_bytes() == KERNEL.read_bytes()
    source = KERNEL.with_suffix(".ts").read_text()
    assert all(option in source for option in options)  # the command stands in its head


def test_the_engine_is_small():
    import gzip

    files = [path for path in KERNEL.parents[1].rglob("*.*") if path.suffix != ".ts"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= 10_000
