"""The bar of the measuring stage: what it says, how long it expects, and which steps a model goes through."""

from dataclasses import replace
from pathlib import Path

import pytest

from latentdemo import evaluation
from latentdemo.store import checkpoints
from latentdemo.training import finish
from latentdemo.training.reports import measuring
from latentdemo.training.reports.measuring import SECONDS, Measuring


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(measuring.time, "monotonic", clock)
    return clock


def test_each_step_has_a_duration():
    assert tuple(SECONDS) == evaluation.STEPS


def test_a_log_has_a_line_for_each_step_with_the_time_that_is_left(clock: Clock, capsys: pytest.CaptureFixture[str]):
    steps = ["test images", "linear probes", "files"]  # 3, 30 and 1 seconds
    with Measuring("run", steps) as bar:
        bar.tell("test images")
        bar.tell("test images", "half")
        clock.now += 2 * 3 + measuring.PRIOR  # slower than expected
        bar.tell("linear probes")
        left = 31 / ((3 + measuring.PRIOR) / (6 + 2 * measuring.PRIOR))
        clock.now += 1e6
        assert 0.9 < bar.share() < 1  # a step that takes longer than expected does not end the bar
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "run  measuring: test images  about 34 s left",
        f"run  measuring: linear probes  about {left:.0f} s left",
    ]


def test_the_share_grows_with_time_and_steps(clock: Clock):
    shares = []
    with Measuring("run", list(SECONDS)) as bar:
        for step, seconds in SECONDS.items():
            bar.tell(step)
            shares.append(bar.share())
            clock.now += seconds / 2
            shares.append(bar.share())
            clock.now += seconds / 2
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1
    total = sum(SECONDS.values())
    assert shares[5] == pytest.approx((6 + 30) / total)  # half of the maps, at the expected speed


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("mnist-vae-2", ["test images", *evaluation.STEPS[1:5], "samples", "edits", "files"]),
        ("mnist-classifier", ["test images", "files"]),
        ("mnist-gan", ["test images", "samples", "files"]),
        ("cifar10-cnn", ["test images", "images for its channels", "files"]),
    ],
)
def test_the_steps_are_those_of_the_kind_of_model(name: str, wanted: list[str], tmp_path: Path):
    card = checkpoints.load_card(name)
    assert finish.steps_of(card, checkpoints.FOLDER) == wanted
    without = finish.steps_of(card, tmp_path)  # no judge there
    assert without == [step for step in wanted if step not in ("samples", "edits")]
    if name == "mnist-vae-2":
        denoiser = replace(card, training={**card.training, "corruption": "noise"})
        assert finish.steps_of(denoiser, checkpoints.FOLDER) == ["test images", "files"]
