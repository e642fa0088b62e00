import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

from latentdemo.pixels.convolution import convolve, output_size, transposed_convolve
from latentdemo.pixels.kernels import EXAMPLES, KERNELS, TRANSPOSED
from latentdemo.store import lessons
from latentdemo.store.resources import Resources

OURS = lessons.read(lessons.FOLDER)


def question(lesson: str, step: int) -> dict[str, Any]:
    ask = OURS.whole[lesson]["steps"][step - 1]["ask"]
    assert ask is not None
    return ask


def test_ours_are_whole_and_every_step_shows_something():
    assert len(OURS.whole) == 6 and not OURS.problems
    for lesson in OURS.whole.values():
        for step in lesson["steps"]:
            assert step["do"] and step["notice"] and parse_qs(step["link"])["tab"]


def test_links_name_what_there_is(resources: Resources):
    for lesson in OURS.whole.values():
        for step in lesson["steps"]:
            told = {key: values[0] for key, values in parse_qs(step["link"]).items()}
            assert told.get("models", "Faces · 32-D") in resources.pairs
            kind, _, name = told.get("image", "sample Face 1").partition(" ")
            assert kind == "sample" and name in resources.samples()
            assert told.get("bench.preset", "Blur") in KERNELS
            assert told.get("bench.example", EXAMPLES[0].name) in [example.name for example in EXAMPLES]


def test_answers_that_are_numbers_are_what_is_computed(resources: Resources):
    digit = resources.samples()["Digit 7"].picture
    assert question("1-numbers", 1)["answer"] == digit.size
    by_name = {example.name: example for example in EXAMPLES}
    first = by_name["8 × 8, Sobel x"]
    image, kernel = (np.array(values, np.float32) for values in (first.image, first.kernel))
    assert question("2-convolution", 1)["answer"] == convolve(image[:, :, None], kernel)[0, 0, 0]
    for step, name in ((2, "5 × 5 of zeros and ones"), (3, "5 × 5, padded by one")):
        one = by_name[name]
        size = output_size(len(one.image), len(one.kernel), one.stride, one.padding, 1)
        assert question("2-convolution", step)["answer"] == size
    last = TRANSPOSED[0]
    whole = transposed_convolve(np.array(last.image, np.float32), np.array(last.kernel, np.float32))
    assert question("2-convolution", 6)["answer"] == whole[1, 1]
    metrics = {name: resources.card(name).metrics for name in ("mnist-vae-2", "mnist-vae-16", "faces-vae")}
    asked = question("4-autoencoder", 2)
    assert abs(asked["answer"] - metrics["mnist-vae-2"]["mse"]) < 0.0005
    assert f"{metrics['mnist-vae-16']['mse']:.4f}" in asked["question"]
    assert question("5-vae", 3)["answer"] == metrics["faces-vae"]["active_units"]
    gallery = resources.gallery("faces-vae")
    assert question("6-latent-space", 3)["answer"] == int((gallery.kl < 0.01).sum())
    kept = 100 * gallery.layouts[0].kept.mean() / 15
    assert abs(question("6-latent-space", 2)["answer"] - kept) < 0.6


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], 'must be {"title"'),
        ({"steps": []}, "it has 0 steps"),
        ({"steps": [1]}, "step 1 must be"),
        ({"steps": [{"do": 5}]}, "step 1: do must be a text"),
        ({"steps": [{"ask": {"kind": "essay"}}]}, "the kind of a question is one of choice, number, point"),
        ({"steps": [{"ask": {"kind": "choice", "options": ["a"], "answer": 0}}]}, "there are 2 to 8 options"),
        ({"steps": [{"ask": {"kind": "choice", "options": ["a", "b"], "answer": 2}}]}, "number of one, from 0"),
        ({"steps": [{"ask": {"kind": "choice", "options": ["a", "b"], "answer": True}}]}, "must say its 'answer'"),
        ({"steps": [{"ask": {"kind": "number", "least": 0, "most": 1, "answer": 2, "within": 0}}]}, "between least"),
        ({"steps": [{"ask": {"kind": "point", "on": "#x", "answer": [0, 0, 2, 1]}}]}, "shares of the picture"),
        ({"steps": [{"ask": {"kind": "point", "on": "#x", "answer": [0.5, 0, 0.5, 1]}}]}, "shares of the picture"),
        ({"steps": [{"ask": {"kind": "point", "on": "", "answer": [0, 0, 1, 1]}}]}, "on is a selector"),
        ({"steps": [{"ask": {"kind": []}}]}, "the kind of a question"),
        (
            {"steps": [{"ask": {"kind": "number", "least": 0, "most": 1, "answer": 0, "within": float("nan")}}]},
            "NaN is",
        ),
        ({"steps": [{"ask": {"kind": "number", "least": 0, "most": 10**400, "answer": 0, "within": 0}}]}, "its 'most'"),
        ({"steps": [{"do": "\ud800"}]}, "surrogates not allowed"),
        ({"steps": [{"do": "x"}] * 61}, "it has 61 steps"),
        ({"steps": [{"do": "x", "aks": {}}]}, "step 1: the key 'aks' is unknown"),
        ({"steps": [{"do": "x"}, {"do": " "}]}, "step 2 is empty"),
        ({"steps": [{"ask": {"kind": "choice", "options": ["a", "b"], "answer": 1}}]}, "the question is missing"),
        (
            {"steps": [{"ask": {"kind": "number", "least": 0, "most": 1, "answer": 0, "within": -1}}]},
            "within is -1; it must be at least 0",
        ),
    ],
)
def test_a_broken_lesson_is_told_and_harms_no_other(tmp_path: Path, told: Any, sentence: str):
    (tmp_path / "bad.json").write_text(json.dumps(told))
    (tmp_path / "good.json").write_text(json.dumps({"steps": [{"do": "Look."}]}))
    found = lessons.read(tmp_path)
    assert list(found.whole) == ["good"] and found.whole["good"]["title"] == "good"
    assert len(found.problems) == 1 and sentence in found.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_lesson_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str):
    text = (lessons.FOLDER / f"{next(iter(OURS.whole))}.json").read_text("utf-8")
    (tmp_path / "a.json").write_text(text, encoding)
    found = lessons.read(tmp_path)
    assert not found.problems and list(found.whole.values()) == [next(iter(OURS.whole.values()))]


def test_a_file_that_is_no_text_or_too_long_is_told(tmp_path: Path):
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.json").write_bytes(b" " * (lessons.LARGEST + 1))
    (tmp_path / "c.json").write_text("[" * 100_000)
    found = lessons.read(tmp_path)
    assert not found.whole and [re.findall(r"\w\.json", text)[0] for text in found.problems] == [
        "a.json",
        "b.json",
        "c.json",
    ]
    assert lessons.read(tmp_path / "none") == lessons.Lessons({}, [])


def test_names_and_encodings_of_any_kind_are_answered(tmp_path: Path):
    text = json.dumps({"steps": [{"link": "http://127.0.0.1:7860/?x=1#tab=kernels"}]})
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / f"{encoding}.json").write_bytes(text.encode(encoding))
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.json")).write_text("{")
    found = lessons.read(tmp_path)
    json.dumps(found._asdict(), ensure_ascii=False).encode()
    assert len(found.whole) == 2 and len(found.problems) == 1
    assert all(lesson["steps"][0]["link"] == "tab=kernels" for lesson in found.whole.values())
