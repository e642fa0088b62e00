"""Every checkpoint that is shipped: its floors, and its numbers measured again."""

import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from latentdemo import data, evaluation
from latentdemo.codes.attributes import from_arrays
from latentdemo.data import faces
from latentdemo.data.faces import populations
from latentdemo.evaluation import generators
from latentdemo.store import checkpoints
from latentdemo.training.config import TrainConfig
from latentdemo.training.recipes import RECIPES

FLOORS = {  # metric -> (at most) or, for scores, (at least)
    "faces-vae": {"mse": 0.0012, "ssim": 0.91, "r2 smile": 0.85, "r2 glasses": 0.85, "r2 beard": 0.85,
                  "smile cosine": 0.80},
    "faces-ae": {"mse": 0.0011},
    "faces-vae-beta-0.01": {"mse": 0.0008},
    "faces-vae-beta-30": {"mse": 0.0045, "r2 glasses": 0.9},
    "faces-denoiser": {"psnr noise repaired": 26, "psnr holes repaired": 26, "psnr grey repaired": 26},
    "mnist-vae-16": {"negative_elbo_nats": 95, "mse": 0.0066},
    "mnist-vae-16-beta-0.01": {"mse": 0.0066},
    "mnist-vae-16-beta-10": {"mse": 0.04},
    "mnist-ae-16": {"mse": 0.0050},
    "mnist-vae-5": {"negative_elbo_nats": 113},
    "mnist-ae-5": {"mse": 0.0205},
    "mnist-vae-2": {"negative_elbo_nats": 143},
    "mnist-vae-2-beta-0.01": {"mse": 0.042},
    "mnist-vae-2-beta-10": {"mse": 0.06},
    "mnist-ae-2": {"mse": 0.042},
    "mnist-denoiser": {"psnr noise repaired": 21, "psnr holes repaired": 20},
    "mnist-classifier": {"accuracy": 0.995},
    "mnist-mlp": {"accuracy": 0.978},
    "mnist-cnn": {"accuracy": 0.978},
    "cifar10-cnn": {"accuracy": 0.885},
    "mnist-from-cifar10": {"accuracy": 0.99},
    "mnist-mlp-shift": {"accuracy": 0.96},
    "mnist-mlp-rotation": {"accuracy": 0.97},
    "mnist-mlp-flip": {"accuracy": 0.96},
    "mnist-diffusion-16": {"frechet": 8, "precision": 0.9, "recall": 0.75},
    "mnist-diffusion-2": {"frechet": 206},  # of N(0, I) through the same decoder: 206.9
    "faces-diffusion": {"frechet": 4.0, "precision": 0.95, "recall": 0.7},
    "mnist-gan": {"frechet": 8, "precision": 0.8, "recall": 0.85},
    "faces-gan": {"frechet": 6.5, "precision": 0.95, "recall": 0.45},
    "mnist-gan-collapsed": {"precision": 0.2},
    "mnist-vqvae": {"mse": 0.0030, "perplexity": 20},
    "faces-vqvae": {"mse": 0.0017, "perplexity": 60},
    "mnist-vqvae-prior": {"bits": 160},
    "faces-vqvae-prior": {"bits": 145, "frechet": 6.5, "precision": 0.95, "recall": 0.45},
    "faces-factors": {"r2 smile": 0.97, "r2 glasses": 0.97, "r2 hair colour": 0.97, "r2 azimuth": 0.97},
}  # fmt: skip
SMALLER_IS_BETTER = ("mse", "negative_elbo_nats", "frechet", "bits")
FACES = ["faces-vae", "faces-ae", "faces-vae-beta-0.01", "faces-vae-beta-30"]
DATA = os.environ.get("LATENTDEMO_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="set LATENTDEMO_DATA to the folder with MNIST and CIFAR-10")


@pytest.mark.parametrize("name", FLOORS)
def test_floors(name: str):
    metrics = checkpoints.verify(name).metrics
    for metric, floor in FLOORS[name].items():
        if metric in SMALLER_IS_BETTER:
            assert metrics[metric] <= floor, metric
        else:
            assert metrics[metric] >= floor, metric


def test_everything_shipped_has_a_recipe_a_licence_and_a_small_size():
    assert set(checkpoints.names()) == set(RECIPES) == set(FLOORS)
    for name in RECIPES:
        card = checkpoints.load_card(name)
        assert card.licence and card.dataset == RECIPES[name].dataset and card.training["seed"] == RECIPES[name].seed
        recipe = {**asdict(RECIPES[name]), "data_dir": None, "precision": None}
        known = {name: value for name, value in card.training.items() if name in recipe}  # of what was counted beside
        trained = asdict(TrainConfig(**known))  # settings that came later have their defaults
        assert {**trained, "data_dir": None, "precision": None} == recipe
    assert sum(path.stat().st_size for path in checkpoints.FOLDER.iterdir()) <= 100e6


def test_the_two_that_are_compared_on_shifted_digits_are_equally_right():
    dense, conv = (checkpoints.load_card(name).metrics["accuracy"] for name in ("mnist-mlp", "mnist-cnn"))
    assert abs(dense - conv) <= 0.003
    for name in ("mnist-mlp", "mnist-cnn"):
        arrays = checkpoints.load_arrays(name)
        assert arrays["shift_accuracy"][8] == pytest.approx(checkpoints.load_card(name).metrics["accuracy"], abs=1e-6)
        assert arrays["shift_accuracy"].shape == arrays["shift_ink"].shape == (17,) and arrays["n_test"] == 10_000


def check(name: str, measured: dict[str, float], tolerance: float = 2e-3) -> None:
    stored = checkpoints.load_card(name).metrics
    for metric, value in measured.items():
        assert value == pytest.approx(stored[metric], rel=tolerance, abs=1e-6), metric


def face_numbers(test: data.ImageSet) -> dict[str, dict[str, float]]:
    """What is measured on faces, for one model of each kind."""
    model, reader = checkpoints.load("faces-vae"), checkpoints.load("faces-factors")
    smile = from_arrays(checkpoints.load_arrays("faces-vae")).vector("smile")
    return {
        "faces-vae": evaluation.pixel_metrics(model, "faces", test)
        | evaluation.face_metrics(model, reader, test, smile),
        "faces-factors": evaluation.read_quality(reader, test),
        "faces-denoiser": evaluation.repair_metrics(checkpoints.load("faces-denoiser"), test),
    }


@pytest.mark.slow
def test_numbers_of_some_faces_are_near_what_the_cards_say():
    for name, measured in face_numbers(data.load("faces", "test", n=300)).items():
        check(name, measured, tolerance=0.015)


def generator_numbers(name: str, test: data.ImageSet) -> dict[str, float]:
    """All metrics of a generator."""
    card, model = checkpoints.load_card(name), checkpoints.load(name)
    of = checkpoints.load(card.training["of"]) if card.training["of"] else None
    found = generators.own_metrics(card.kind, model, of, test)
    if "frechet" in card.metrics:
        judge = checkpoints.load(data.DATASETS[card.dataset].judge)
        found |= generators.judged_samples(card.kind, model, of, judge, test)
    return found


GENERATORS = [name for name in RECIPES if RECIPES[name].model in ("diffusion", "gan", "vqvae", "transformer")]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in GENERATORS if RECIPES[name].dataset == "faces"])
def test_numbers_of_generators_of_faces_are_what_the_cards_say(name: str, test_faces: data.ImageSet):
    check(name, generator_numbers(name, test_faces), tolerance=0.01)


@pytest.mark.slow
@needs_data
@pytest.mark.parametrize("name", [name for name in GENERATORS if RECIPES[name].dataset == "mnist"])
def test_numbers_of_generators_of_digits_are_what_the_cards_say(name: str):
    check(name, generator_numbers(name, data.load("mnist", "test", DATA)), tolerance=0.01)


@pytest.fixture(scope="module")
def test_faces() -> data.ImageSet:
    return data.load("faces", "test")


@pytest.mark.slow
def test_numbers_of_faces_are_what_the_cards_say(test_faces: data.ImageSet):
    for name, measured in face_numbers(test_faces).items():
        check(name, measured)


@pytest.mark.slow
@pytest.mark.parametrize("name", FACES[1:])
def test_pixels_and_smiles_are_what_the_card_says(name: str, test_faces: data.ImageSet):
    model, reader = checkpoints.load(name), checkpoints.load("faces-factors")
    check(name, evaluation.pixel_metrics(model, "faces", test_faces))
    vector = from_arrays(checkpoints.load_arrays(name)).vector("smile")
    check(name, evaluation.face_metrics(model, reader, test_faces, vector))


@pytest.mark.slow
@pytest.mark.parametrize("name", FACES)
def test_samples_of_faces_are_what_the_card_says(name: str, test_faces: data.ImageSet):
    judge = checkpoints.load("faces-factors")
    arrays = checkpoints.load_arrays(name)
    check(name, evaluation.sample_metrics(checkpoints.load(name), judge, test_faces, arrays))


@pytest.mark.slow
@pytest.mark.parametrize("name", FACES)
def test_the_audit_is_what_the_models_do(name: str, test_faces: data.ImageSet):
    arrays, reader = checkpoints.load_arrays(name), checkpoints.load("faces-factors")
    found = evaluation.judged_arrays(checkpoints.load(name), reader, "faces", test_faces, arrays)
    for key, values in found.items():
        np.testing.assert_allclose(values, arrays[key], rtol=0.02, atol=0.02, err_msg=key)


def test_the_prior_is_where_a_vaes_codes_are_and_an_autoencoders_are_not():
    for size in ("faces", "mnist-16", "mnist-5", "mnist-2"):
        dataset, _, dims = size.partition("-")
        ae, vae = (
            checkpoints.load_card("-".join(filter(None, (dataset, kind, dims)))).metrics for kind in ("ae", "vae")
        )
        assert vae["prior frechet"] < ae["prior frechet"] / 2
        assert ae["mixture frechet"] < ae["prior frechet"] / 2  # a density fitted to the codes closes most of the gap


@pytest.mark.slow
@needs_data
@pytest.mark.parametrize("name", [name for name in FLOORS if not name.startswith("faces") and name not in GENERATORS])
def test_metrics_on_public_data_are_what_the_card_says(name: str):
    card = checkpoints.load_card(name)
    test = data.load(card.dataset, "test", Path(DATA or ""))
    check(
        name, evaluation.measure(card.kind, checkpoints.load(name), card.dataset, test.in_channels(card.shape.channels))
    )


@pytest.mark.parametrize("name", FACES)
def test_the_gallery_holds_the_codes_of_its_images(name: str):
    arrays = checkpoints.load_arrays(name)
    few = arrays["index"][:20]
    factors = faces.sample_factors(populations.N_FACES["test"], populations.SEED["test"])[few]
    np.testing.assert_array_equal(arrays["labels"][:20], factors)
    codes = evaluation.latents.encode(checkpoints.load(name), faces.render(factors)).mu
    np.testing.assert_allclose(arrays["codes"][:20], codes, atol=1e-3)
    assert len(arrays["codes"]) == len(arrays["coordinates"]) == len(arrays["errors"]) == evaluation.GALLERY_SIZE
