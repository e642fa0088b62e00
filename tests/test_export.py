from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from latentdemo import export
from latentdemo.store.resources import Resources


@pytest.mark.parametrize("name", ["faces-vae", "mnist-ae-2"])
def test_the_files_give_what_torch_gives(name: str, tmp_path: Path, resources: Resources, capsys):
    assert export.main([name, "--out", str(tmp_path)]) == 0
    encoder, decoder = (onnxruntime.InferenceSession(path) for path in capsys.readouterr().out.split())
    model, shape = resources.model(name), resources.card(name).shape
    size = (3, shape.channels, shape.image_size, shape.image_size)
    images = np.random.default_rng(0).random(size, dtype=np.float32)
    with torch.inference_mode():
        mu, logvar = model.encode(torch.from_numpy(images))
        made = model.decode(mu)
    found = encoder.run(None, {"image": images})
    assert [output.name for output in encoder.get_outputs()] == (["mu"] if logvar is None else ["mu", "logvar"])
    np.testing.assert_allclose(np.asarray(found[0]), mu, atol=1e-4)
    if logvar is not None:
        np.testing.assert_allclose(np.asarray(found[1]), logvar, atol=1e-4)
    (pictures,) = decoder.run(None, {"z": mu.numpy()})
    np.testing.assert_allclose(np.asarray(pictures), made, atol=1e-4)


def test_refusals(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    import sys

    for name, sentence in (("nope", "no checkpoint 'nope'"), ("cifar10-cnn", "cifar10-cnn is no autoencoder")):
        assert export.main([name, "--out", str(tmp_path)]) == 1
        assert sentence in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert export.main(["mnist-vae-2", "--out", str(tmp_path)]) == 1
    assert "pip install onnx" in capsys.readouterr().err
