"""Generators through the same loop as all others: trained on little, resumed, measured, refused."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentdemo import data, training
from latentdemo.codes import latents
from latentdemo.store import checkpoints
from latentdemo.trainer import configs, parser
from latentdemo.training import TrainConfig
from latentdemo.training.loop import Loop
from latentdemo.training.material import Source, indices, source_of
from latentdemo.training.state import load_state, save_state

SHARED = {"epochs": 2, "batch_size": 64, "precision": "fp32"}
ORDER = (  # what learns from another one comes behind it
    TrainConfig("judge", "small-cnn", "mnist", learning_rate=0.1, **{**SHARED, "epochs": 1}),
    TrainConfig("vae", "vae", "mnist", 2, **SHARED),
    TrainConfig("noise", "diffusion", "mnist", 2, of="vae", **SHARED),
    TrainConfig("game", "gan", "mnist", 3, moments=3, **SHARED),
    TrainConfig("book", "vqvae", "mnist", 4, entries=8, **SHARED),
    TrainConfig("writer", "transformer", "mnist", 4, of="book", **SHARED),
)


@pytest.fixture(scope="module")
def trained(mnist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("generators")
    dataset = data.DATASETS["mnist"]
    data.DATASETS["mnist"] = replace(dataset, judge="judge")
    for config in ORDER:
        assert training.fit(replace(config, data_dir=str(mnist_dir)), folder=out, runs=out / "runs") is not None
    data.DATASETS["mnist"] = dataset
    yield out


def run(loop: Loop, steps: int) -> torch.Tensor:
    for _ in range(steps):
        loop.advance()
    return torch.cat([value.flatten().float() for value in loop.learner.state_dict().values()])


def critic_of(loop: Loop) -> list[torch.Tensor]:
    """The critic's weights, and what the optimiser keeps of them."""
    weights = list(loop.learner.critic.parameters())
    kept = [value for weight in weights for value in loop.optimiser.state.get(weight, {}).values()]
    return [torch.as_tensor(value).detach().clone() for value in (*weights, *kept)]


def test_a_resting_critic_does_not_change(mnist_dir: Path):
    config = TrainConfig("game", "gan", "mnist", 3, critic_every=3, penalty=2.0, **{**SHARED, "epochs": 3})
    loop, moved, penalised = Loop(config, data.load("mnist", "train", mnist_dir)), [], []
    for step in range(26):
        before = critic_of(loop)
        generator = next(loop.learner.live.parameters()).detach().clone()
        terms = loop.advance()
        after = critic_of(loop)
        same = [torch.equal(one, two) for one, two in zip(before, after, strict=step > 0)]
        assert all(same) or not any(same[:1])
        moved.append(not all(same))
        rest = 0.0 if step % 3 else float(terms["critic"])
        penalised.append(float(terms["loss"].detach()) - rest - float(terms["generator"]) > 1e-4)
        assert not torch.equal(generator, next(loop.learner.live.parameters()))
    assert [step for step in range(26) if moved[step]] == list(range(0, 26, 3))
    assert [step for step in range(26) if penalised[step]] == [0, 24]  # every eighth step of the critic


@pytest.mark.parametrize("config", ORDER[2:], ids=lambda config: config.model)
def test_a_resumed_run_equals_one_that_was_not_interrupted(
    config: TrainConfig, trained: Path, mnist_dir: Path, tmp_path: Path
):
    train, source = data.load("mnist", "train", mnist_dir), source_of(config, trained)
    whole = run(Loop(config, train, source), 7)
    stopped = Loop(config, train, source)
    run(stopped, 3)
    stopped.cpu_seconds = 12.5
    save_state(stopped, tmp_path / "state.safetensors")
    resumed = Loop(config, train, source)
    load_state(resumed, tmp_path / "state.safetensors")
    assert resumed.step == 3 and resumed.cpu_seconds == 12.5
    torch.testing.assert_close(run(resumed, 4), whole, atol=1e-5, rtol=1e-4)


def test_cards_and_arrays_are_whole_and_say_what_was_learned(trained: Path):
    for config in ORDER[2:]:
        card = checkpoints.verify(config.name, trained)
        assert card.kind == config.model and card.training["cpu_seconds"] >= 0
        assert checkpoints.load(config.name, trained) is not None
        made = config.model != "vqvae"
        assert ("frechet" in card.metrics) == made == ("sample_ms" in card.training)
        if config.of:
            assert card.training["of_weights"] == checkpoints.load_card(config.of, trained).sha256["safetensors"]
    assert checkpoints.load_card("noise", trained).shape.told == 10
    assert checkpoints.load_card("writer", trained).shape.entries == 8
    book = checkpoints.load_arrays("book", trained)
    assert book["usage"].sum() == 120 * 49 and book["grids"].shape == (120, 7, 7) and book["grids"].max() < 8
    game = checkpoints.load_arrays("game", trained)
    assert game["moment_samples"].shape == (3, 16, 28, 28, 1) and game["moment_losses"].shape == (3, 2)
    assert np.isnan(game["moment_losses"][0]).all() and np.isfinite(game["moment_losses"][1:]).all()
    assert game["class_counts"].sum() == 2000
    noise = checkpoints.load_arrays("noise", trained)
    assert noise["cloud"].shape == (26, 500, 2) and noise["cloud_steps"][0] == 200 and noise["cloud_steps"][-1] == 0


def test_codes_are_those_of_the_other_network(trained: Path, mnist_dir: Path):
    train = data.load("mnist", "train", mnist_dir)
    for name, config in (("vae", ORDER[2]), ("book", ORDER[5])):
        source = source_of(config, trained)
        assert isinstance(source, Source)
        found = Loop(config, train, source).x
        model = checkpoints.load(name, trained)
        wanted = latents.encode(model, train.images).mu if name == "vae" else indices(model, train.images)
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("config", ORDER[2:], ids=lambda config: config.model)
def test_a_picture_of_progress_is_written(config: TrainConfig, trained: Path):
    from PIL import Image

    with Image.open(trained / "runs" / config.name / "samples.png") as picture:
        assert picture.size == (8 * 28, (2 if config.model == "vqvae" else 4) * 28)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "diffusion", "of": None}, "say which with --of NAME"),
        ({"model": "gan", "of": "vae"}, "of is 'vae'; gan learns from images"),
        ({"model": "vqvae", "of": None, "entries": 257}, "entries is 257; it must be at most 256"),
        ({"model": "vqvae", "of": None, "entries": 1}, "entries is 1; it must be at least 2"),
        ({"model": "gan", "of": None, "critic_every": 0}, "critic_every is 0; it must be at least 1"),
        ({"model": "gan", "of": None, "penalty": -1.0}, "penalty is -1.0; it must be at least 0"),
        ({"model": "vqvae", "of": None, "moments": 5}, "moments is 5; of vqvae none are kept"),
    ],
)
def test_settings_that_cannot_be(given: dict, message: str):
    with pytest.raises(ValueError, match=message):
        replace(ORDER[2], **given)


def test_another_network_than_it_learns_of_is_refused(trained: Path):
    with pytest.raises(ValueError, match="transformer learns the codes of vqvae; vae is vae"):
        source_of(replace(ORDER[5], of="vae"), trained)
    with pytest.raises(ValueError, match="vae was trained on mnist, not on faces"):
        source_of(replace(ORDER[2], dataset="faces"), trained)
    with pytest.raises(checkpoints.CheckpointError, match="nobody"):
        source_of(replace(ORDER[2], of="nobody"), trained)


def test_the_command_takes_the_data_set_and_the_name_from_the_other_network(trained: Path):
    (config,) = configs(parser().parse_args(["diffusion", "--of", "vae", "--out", str(trained)]))
    assert (config.dataset, config.name, config.of) == ("mnist", "vae-diffusion", "vae")
    (config,) = configs(parser().parse_args(["vqvae", "--dataset", "mnist", "--entries", "16"]))
    assert (config.name, config.entries) == ("mnist-vqvae", 16)
    (config,) = configs(parser().parse_args(["gan", "--dataset", "mnist", "--critic-every", "3"]))
    assert (config.name, config.critic_every) == ("mnist-gan-16", 3)
