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
        ({"steps": [{"do": "\ud800"}]}, "step 1: do has half a character"),
        (
            {"steps": [{"ask": {"kind": "point", "question": "?", "on": "\udfff", "answer": [0, 0, 1, 1]}}]},
            "1: on has half",
        ),
        (
            {"steps": [{"ask": {"kind": "choice", "question": "?", "options": ["a", "\ud800"], "answer": 0}}]},
            "half a char",
        ),
        ({"steps": [{"link": "https://example.com/page"}]}, "step 1: the link 'https://example.com/page' has nothing"),
        ({"steps": [{"link": "https://example.com/page#"}]}, "has nothing behind a '#'"),
        ({"steps": [{"do": [[[]]]}]}, "step 1: do must be a text"),
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


def test_every_step_with_a_problem_is_listed(tmp_path: Path):
    steps = [{"do": "x"}, {"aks": {}}, {"do": "x", "ask": {"kind": "essay"}}, {}]
    (tmp_path / "bad.json").write_text(json.dumps({"steps": steps}))
    found = lessons.read(tmp_path)
    assert not found.whole
    assert [re.match(r"bad\.json: step \d", text)[0][-1] for text in found.problems] == ["2", "3", "4"]  # type: ignore


TARGETS = lessons.Targets(
    ["kernels", "kernels/convolution", "perturb", "perturb/size-beta"],
    {"kernels/kernel": "kernels/convolution"},
    ["Face 1", "Digit 7"],
    ["Faces · 32-D"],
    lambda name: {"faces-vae": 60}[name] if name == "faces-vae" else lessons_error(name),
)


def lessons_error(name: str) -> int:
    raise ValueError(f"No model {name!r}; there are faces-vae.")


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("", None),
        ("tab=kernels", None),
        ("tab=kernels/convolution&image=sample+Face+1&models=Faces+%C2%B7+32-D&bench.preset=Blur", None),
        ("tab=kernels/kernel", None),
        ("tab=perturb/size-beta&models=faces-32-d&image=gallery+faces-vae+59", None),
        ("hide=kernels/convolution,bench.preset&lock=perturb/size-beta", None),
        ("tab=kernel", "names the tab 'kernel'; there are kernels, perturb"),
        ("tab=kernels/blur", "names the section 'kernels/blur'; there are kernels/convolution"),
        ("tab=nowhere/blur", "names the section 'nowhere/blur'; there are kernels, perturb"),
        ("hide=kernels/blur", "names the section 'kernels/blur'"),
        ("image=sample+Face+9", "names the sample 'Face 9'; there are Face 1, Digit 7"),
        ("image=Face+1", "image is 'Face 1'; expected 'sample NAME' or 'gallery MODEL NUMBER'"),
        ("image=gallery+faces-vae+60", "names gallery image 60; faces-vae has 0–59"),
        ("image=gallery+faces-vae+-1", "expected 'sample NAME'"),
        ("image=gallery+cats-vae+1", "names a gallery of the model 'cats-vae': No model 'cats-vae'"),
        ("models=Cats", "names the models 'Cats'; there are Faces · 32-D"),
        ("kernels", "has 'kernels', which is not KEY=VALUE"),
    ],
)
def test_links_to_nothing_are_problems(tmp_path: Path, link: str, sentence: str | None):
    (tmp_path / "a.json").write_text(json.dumps({"steps": [{"do": "x"}, {"do": "x", "link": link}]}))
    found = lessons.read(tmp_path, TARGETS)
    assert list(found.whole) == ["a"]  # it can be opened, as far as its links go
    if sentence is None:
        assert not found.problems
    else:
        (problem,) = found.problems
        assert problem.startswith("a.json: step 2: the link") and sentence in problem


def test_titles_are_written_as_the_page_writes_them():
    script = (lessons.FOLDER.parent / "latentdemo" / "web" / "link" / "tabs.js").read_text("utf-8")
    assert all(part in script for part in ('replaceAll("β", "beta")', 'replaceAll("−", "-")', "/[^a-z0-9]+/g"))
    titles = {
        "Size × β": "size-beta",
        "A−B+C": "a-b-c",
        "Latent map": "latent-map",
        "β": "beta",
        "2-D grid": "2-d-grid",
    }
    assert {title: lessons.slug(title) for title in titles} == titles


def test_what_is_not_a_file_is_a_problem_and_stops_no_vote(tmp_path: Path):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "nothing.json").symlink_to(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe.json")
    found = lessons.read(tmp_path)
    assert found.problems == [f"{name}.json: it is not a file" for name in ("folder", "nothing", "pipe")]
    assert lessons.questions(tmp_path) == {}


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
    links = (
        "http://127.0.0.1:7860/?x=1#tab=kernels",
        "#tab=kernels",
        "?tab=kernels",
        "https://x.hf.space/?tab=kernels",
    )
    text = json.dumps({"steps": [{"link": link} for link in links]})
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / f"{encoding}.json").write_bytes(text.encode(encoding))
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.json")).write_text("{")
    found = lessons.read(tmp_path)
    json.dumps(found._asdict(), ensure_ascii=False).encode()
    assert len(found.whole) == 2 and len(found.problems) == 1
    assert all(step["link"] == "tab=kernels" for lesson in found.whole.values() for step in lesson["steps"])
