import json
from pathlib import Path

import numpy as np
import pytest
import torch

import latentdemo
from latentdemo.store.resources import Resources

ROOT = Path(__file__).parent.parent


def test_an_autoencoder_from_a_notebook_is_the_apps(resources: Resources):
    vae = latentdemo.load("faces-vae")
    picture = resources.gallery_image("faces-vae", 3)
    code = vae.encode(picture)
    np.testing.assert_allclose(code, resources.encode("faces-vae", picture), atol=1e-5)
    with torch.inference_mode():
        direct = vae.model.decode(torch.from_numpy(code)[None])[0].permute(1, 2, 0).numpy()
    assert np.abs(vae.decode(code) / 255 - direct).max() <= 0.5 / 255 + 1e-6
    both = vae.encode(np.stack([picture, picture[:, ::-1]]))
    assert both.shape == (2, 32) and vae.decode(both).shape == (2, 64, 64, 3)
    moved = code + 1.5 * vae.gallery.centroids.vector("smile") - vae.gallery.centroids.vector("hair length")
    np.testing.assert_array_equal(vae.edit(picture, smile=1.5, hair_length=-1), vae.decode(moved))


def test_a_grey_picture_and_a_path_go_in(tmp_path: Path, resources: Resources):
    from PIL import Image

    vae, picture = latentdemo.load("mnist-vae-16"), resources.gallery_image("mnist-vae-16", 0)
    Image.fromarray(picture[:, :, 0]).save(tmp_path / "digit.png")
    np.testing.assert_allclose(vae.encode(tmp_path / "digit.png"), vae.encode(picture[:, :, 0]))


def test_refusals_name_what_there_is():
    with pytest.raises(ValueError, match=r"no checkpoint 'nope' .*faces-vae"):
        latentdemo.load("nope")
    with pytest.raises(ValueError, match=r"cifar10-cnn makes no codes; there are .*faces-vae"):
        latentdemo.load("cifar10-cnn")
    vae = latentdemo.load("mnist-vae-2")
    with pytest.raises(ValueError, match=r"takes \(N, 2\)"):
        vae.decode(np.zeros(3))
    with pytest.raises(ValueError, match=r"pictures are uint8"):
        vae.encode(np.zeros((28, 28)))
    with pytest.raises(ValueError, match=r"no attribute 'smile'; there are 0, 1"):
        vae.edit(np.zeros((28, 28), np.uint8), smile=1)
    assert "faces-vae" in latentdemo.names() and "cifar10-cnn" not in latentdemo.names()
    with pytest.raises(AttributeError):
        latentdemo.nothing  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told = json.loads((ROOT / "docs" / "notebook.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in told["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 5 and told["nbformat"] == 4
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "notebook", "exec"), names)
    assert names["shapes"].card.metrics["mse"] < 0.02  # pyright: ignore[reportAttributeAccessIssue]
