"""Moments of a training: which steps, what is kept, and that a stopped run loses none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentdemo import data, evaluation, training
from latentdemo.codes import latents
from latentdemo.data.imageset import ImageSet
from latentdemo.store import checkpoints
from latentdemo.training import TrainConfig, moments
from latentdemo.training.loop import Loop
from latentdemo.training.state import load_state, save_state

QUICK = TrainConfig("quick", "vae", "mnist", latent_dim=2, epochs=2, batch_size=64, precision="fp32", moments=4)


@pytest.fixture(scope="module")
def digits(mnist_dir: Path) -> tuple[ImageSet, ImageSet]:
    return data.load("mnist", "train", mnist_dir), data.load("mnist", "test", mnist_dir)


def test_moments_grow_apart_from_the_start_to_the_end():
    steps = moments.moment_steps(7020, 12)
    assert len(steps) == 12 and steps[0] == 0 and steps[1] == 23 and steps[-1] == 7020
    ratios = np.diff(np.log(steps[1:]))
    assert ratios.std() < 0.03
    assert moments.moment_steps(7020, 0) == [] and moments.moment_steps(3, 12) == [0, 1, 2, 3]


def test_what_is_kept_is_what_the_model_does_at_that_step(digits: tuple[ImageSet, ImageSet]):
    train, test = digits
    loop = Loop(QUICK, train)
    for step in range(loop.total_steps + 1):
        moments.record(loop, test)
        if step < loop.total_steps:
            loop.advance()
    assert loop.model.training  # measured in eval mode, and put back
    kept = moments.arrays(loop.moments, loop.steps_per_epoch)
    assert kept["moment_epochs"].tolist() == [0, 0.1, 0.4, 2]
    loop.model.eval()
    index = evaluation.gallery_index(len(test.images))
    np.testing.assert_allclose(
        kept["moment_codes"][-1], latents.encode(loop.model, test.images[index]).mu, atol=2e-3, rtol=1e-3
    )
    z = torch.randn(moments.N_SAMPLES, 2, generator=torch.Generator().manual_seed(0)).numpy()
    np.testing.assert_array_equal(kept["moment_samples"][-1], latents.decode(loop.model, z))
    mse, kl, elbo = kept["moment_losses"][-1]
    measured = evaluation.pixel_metrics(loop.model, "mnist", ImageSet(test.images[index], test.labels, ()))
    assert (mse, kl, elbo) == pytest.approx(
        (measured["mse"], measured["kl_nats"], measured["negative_elbo_nats"]), rel=1e-5
    )
    assert kept["moment_losses"][0, 0] > mse  # it has learned something


def test_the_gallerys_first_images_are_followed(digits: tuple[ImageSet, ImageSet], monkeypatch: pytest.MonkeyPatch):
    train, test = digits
    monkeypatch.setattr(moments, "N_CODES", 10)
    loop = Loop(QUICK, train)
    moments.record(loop, test)
    loop.model.eval()
    first = test.images[evaluation.gallery_index(len(test.images))[:10]]
    np.testing.assert_allclose(loop.moments[0]["codes"], latents.encode(loop.model, first).mu, atol=2e-3, rtol=1e-3)


def test_recording_changes_no_weight(digits: tuple[ImageSet, ImageSet]):
    train, test = digits
    watched, alone = Loop(QUICK, train), Loop(QUICK, train)
    for _ in range(5):
        moments.record(watched, test)
        watched.advance()
        alone.advance()
    for a, b in zip(watched.model.state_dict().values(), alone.model.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_a_resumed_run_keeps_its_moments(digits: tuple[ImageSet, ImageSet], tmp_path: Path):
    train, test = digits
    loop = Loop(QUICK, train)
    moments.record(loop, test)
    loop.advance()
    save_state(loop, tmp_path / "state.safetensors")
    resumed = Loop(QUICK, train)
    load_state(resumed, tmp_path / "state.safetensors")
    assert list(resumed.moments) == [0]
    for key, value in loop.moments[0].items():
        assert torch.equal(resumed.moments[0][key], value)


def test_a_checkpoint_holds_the_moments_that_were_asked_for(mnist_dir: Path, tmp_path: Path):
    config = replace(QUICK, epochs=1, data_dir=str(mnist_dir), model="ae")
    training.fit(config, folder=tmp_path, runs=tmp_path / "runs")
    arrays = checkpoints.load_arrays("quick", tmp_path)
    assert len(arrays["moment_epochs"]) == len(arrays["moment_codes"]) == 4
    assert np.isnan(arrays["moment_losses"][:, 1:]).all()  # an autoencoder has no KL
    assert moments.arrays({}, 10) == {}
