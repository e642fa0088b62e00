from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from latentdemo.classifiers import tracing, visualisation
from latentdemo.classifiers.tracing import Traced
from latentdemo.drawing.pictures import unpack
from latentdemo.models import Shape, build
from latentdemo.store.resources import Resources


@pytest.fixture(scope="module")
def traced(resources: Resources) -> Traced:
    return resources.classifier("cifar10-cnn").traced


def test_the_image_excites_its_own_channel_far_more_than_it_did_and_than_others_do(traced: Traced):
    channels, node = [1, 5, 9], "conv3.1"
    history = list(visualisation.ascend(traced, node, channels, 32, steps=24))
    assert [step for step, _ in history] == list(range(1, 25))
    first, last = history[0][1], history[-1][1]
    assert last.shape == (3, 3, 32, 32) and last.min() >= 0 and last.max() <= 1
    before, after = (tracing.activations(traced, x, [node])[node].mean((2, 3))[:, channels] for x in (first, last))
    spread = float(before.std())
    assert (after.diag() > before.diag() + spread).all()
    assert (after.argmax(0) == torch.arange(3)).all()  # each channel is excited most by its own image


def test_the_same_seed_draws_the_same(traced: Traced):
    one, other = (
        [x for _, x in visualisation.ascend(traced, "conv1.1", [3], 16, seed=4, steps=3)][-1] for _ in range(2)
    )
    assert torch.equal(one, other)


def test_a_drawing_that_is_stopped_leaves_no_thread_without_gradients(traced: Traced):
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        drawing = visualisation.ascend(traced, "conv1.1", [3], 16)
        first.submit(next, drawing).result()
        second.submit(drawing.close).result()  # pyright: ignore[reportAttributeAccessIssue]
        assert not first.submit(torch.is_inference_mode_enabled).result()
        assert first.submit(torch.is_grad_enabled).result()


def test_the_penalty_keeps_the_image_near_grey(traced: Traced, monkeypatch: pytest.MonkeyPatch):
    def distance(penalty: float) -> float:
        monkeypatch.setattr(visualisation, "PENALTY", penalty)
        *_, (_, images) = visualisation.ascend(traced, "conv3.1", [2], 24, steps=16)
        return float((images - 0.5).square().mean())

    assert distance(1000.0) < 0.5 * distance(0.0)


def test_stored_sheets_hold_every_channel(traced: Traced):
    sheets = visualisation.sheets(traced.model, side=16, steps=1)
    shown = [layer for layer in tracing.layers(traced) if layer.kind != "pooling"]
    assert set(sheets) == {f"seeks {layer.before}" for layer in shown}
    pictures = unpack(sheets["seeks conv2.1"], 16)
    assert len(pictures) == 64 and pictures[0].shape == (16, 16, 3)


def test_shipped_sheets_excite_their_channels(resources: Resources, traced: Traced):
    pictures = unpack(resources.arrays("cifar10-cnn")["seeks conv3.1"], visualisation.STORED_SIDE)
    x = torch.from_numpy(np.stack(pictures[:16])).permute(0, 3, 1, 2) / 255
    excited = tracing.activations(traced, x, ["conv3.1"])["conv3.1"].mean((2, 3))[:, :16]
    assert (excited.argmax(0) == torch.arange(16)).float().mean() >= 0.9


def test_waves_are_weighted_by_one_over_their_frequency_down_to_the_slowest():
    scale = visualisation._spectrum(8).numpy()
    down, right = np.fft.fftfreq(8), np.fft.rfftfreq(8)
    frequency = np.sqrt(down[:, None] ** 2 + right[None] ** 2)
    oracle = 1 / np.where(frequency < 1 / 8, 1 / 8, frequency)  # the mean counts as the slowest wave, not without end
    np.testing.assert_allclose(scale, oracle, rtol=1e-6)


def test_a_network_of_grey_images_is_drawn_for_in_grey():
    torch.manual_seed(0)
    traced = Traced(build("cnn", Shape(28, 1, 10)).eval())
    assert visualisation.input_channels(traced) == 1
    *_, (step, x) = visualisation.ascend(traced, "conv1.1", [0, 1], 16, steps=2)
    assert step == 2 and x.shape == (2, 1, 16, 16) and 0 <= float(x.min()) <= float(x.max()) <= 1
