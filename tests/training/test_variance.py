"""The variance of the pixels in the loss: estimated, set, kept on the card, shown."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from latentdemo import dashboard, data, training
from latentdemo.data.imageset import ImageSet
from latentdemo.evaluation import pixel_metrics
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources
from latentdemo.tabs.reconstructions import inside, machine, sides
from latentdemo.trainer import configs, main, parser
from latentdemo.training import TrainConfig, preflight
from latentdemo.training.loop import Loop
from latentdemo.training.state import load_state, save_state

CONFIG = TrainConfig("own", "vae", "folder", latent_dim=3, epochs=1, batch_size=16, precision="fp32", image_size=16)


def pictures(n: int) -> np.ndarray:
    """Smooth random images (n, 16, 16, 3) uint8."""
    coarse = np.random.default_rng(0).integers(40, 216, (n, 4, 4, 3)).astype(np.uint8)
    return np.stack([np.asarray(Image.fromarray(image).resize((16, 16))) for image in coarse])


TRAIN = ImageSet(pictures(96), np.arange(96) % 2, ("a", "b"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checkpoint of a VAE trained on 160 images of two classes."""
    root = tmp_path_factory.mktemp("variance")
    for i, image in enumerate(pictures(200)):
        path = root / "images" / ("train" if i < 160 else "test") / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    assert training.fit(replace(CONFIG, data_dir=str(root / "images")), folder=root / "out", runs=root / "runs")
    return root


@pytest.mark.parametrize("dataset", ["folder", "celeba"])
@pytest.mark.parametrize("model", ["vae", "ae", "vqvae"])
def test_photographs_get_the_error_of_pca(dataset: str, model: str):
    x = TRAIN.images.reshape(96, -1) / 255
    oracle = PCA(3, svd_solver="full").fit(x[::2])
    error = np.square(x[1::2] - oracle.inverse_transform(oracle.transform(x[1::2]))).mean()
    size = 16 if dataset == "folder" else None
    config = preflight.estimated(replace(CONFIG, dataset=dataset, model=model, image_size=size), TRAIN)
    assert config.variance == float(f"{error:.2g}") and 0.001 < error < 0.05
    assert Loop(config, TRAIN).learner.setting.likelihood.variance == config.variance


def test_a_given_variance_and_fixed_ones_stay():
    given = replace(CONFIG, variance=0.02)
    assert preflight.estimated(given, TRAIN) == given
    for name, dataset in data.DATASETS.items():
        assert dataset.estimates_variance == (name in ("folder", "celeba"))
    for fixed in (replace(CONFIG, dataset="faces", image_size=None), replace(CONFIG, model="cnn")):
        assert preflight.estimated(fixed, TRAIN) == fixed
    blank = TRAIN._replace(images=np.zeros_like(TRAIN.images))
    assert preflight.estimated(CONFIG, blank).variance == data.MIN_VARIANCE


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"variance": 0.0}, r"variance is 0\.0; expected 1e-05–1"),
        ({"variance": float("nan")}, "variance is nan; expected"),
        ({"variance": 1.5}, r"variance is 1\.5; expected"),
        ({"variance": 0.1, "dataset": "mnist", "image_size": None}, "vae on mnist has no Gaussian likelihood"),
        ({"variance": 0.1, "model": "cnn"}, "cnn on folder has no Gaussian likelihood"),
    ],
)
def test_variances_that_cannot_be_are_refused(changes: dict, sentence: str):
    with pytest.raises(ValueError, match=sentence):
        replace(CONFIG, **changes)


def test_the_option_sets_it(capsys: pytest.CaptureFixture[str]):
    options = ["vae", "--dataset", "folder", "--data-dir", "x", "--variance"]
    assert configs(parser().parse_args([*options, "0.01"]))[0].variance == 0.01
    assert main([*options, "2"]) == 1
    assert "variance is 2.0; expected 1e-05–1" in capsys.readouterr().err


def test_it_is_printed_and_kept_on_the_card(trained: Path, capsys: pytest.CaptureFixture[str]):
    card = checkpoints.load_card("own", trained / "out")
    train, test = (data.load("folder", split, trained / "images", image_size=16) for split in data.SPLITS)
    estimate = preflight.estimated(CONFIG, train).variance
    assert card.variance == card.training["variance"] == estimate
    found = pixel_metrics(checkpoints.load("own", trained / "out"), "folder", test, estimate)
    assert card.metrics["negative_elbo_nats"] == pytest.approx(found["negative_elbo_nats"], rel=1e-4)
    fixed = pixel_metrics(checkpoints.load("own", trained / "out"), "folder", test)
    assert abs(fixed["negative_elbo_nats"] - found["negative_elbo_nats"]) > 100
    config = replace(CONFIG, name="again", data_dir=str(trained / "images"))
    training.fit(replace(config, variance=0.03), folder=trained / "other", runs=trained / "runs")
    assert "again  variance of a pixel in the loss: 0.03\n" in capsys.readouterr().err
    assert checkpoints.load_card("again", trained / "other").variance == 0.03


def shown(folder: Path) -> Iterator[str]:
    """What *Inside* and *Machine* show of the only pair's variance."""
    resources = Resources(folder)
    assert resources.problems == []
    label = next(iter(resources.pairs))
    with gr.Blocks():
        page = dashboard.build_door(resources)
    yield inside.loss_html(page, "own", sides.one_pass(page, "own", None))
    yield from (f"variance {side['variance']:g}," for side in machine.show(page, None, label)["sides"])


def test_screens_show_the_cards_variance_and_that_of_older_cards(trained: Path):
    card = checkpoints.load_card("own", trained / "out")
    for text in shown(trained / "out"):
        assert f"variance {card.variance:g}," in text
    path = trained / "out" / "own.json"
    fields = json.loads(path.read_text())
    fields["training"].pop("variance")  # as before there was one
    path.write_text(json.dumps(fields))
    texts = list(shown(trained / "out"))
    path.write_text(json.dumps({**fields, "training": {**fields["training"], "variance": card.variance}}))
    assert len(texts) == 2 and all("variance 0.08," in text for text in texts)


def test_a_run_from_before_goes_on_with_its_own_variance(tmp_path: Path):
    path = tmp_path / "state.safetensors"
    save_state(Loop(CONFIG, TRAIN), path)
    with pytest.raises(ValueError, match="another variance; use the same settings"):
        load_state(Loop(preflight.estimated(CONFIG, TRAIN), TRAIN), path)
    load_state(Loop(replace(CONFIG, variance=0.08), TRAIN), path)
