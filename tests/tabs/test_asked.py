from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from latentdemo.tabs import asked


@pytest.mark.parametrize("value", [2, 2.0, "2", " 2 ", "2.0", "+2"])
def test_numbers_may_be_sent_as_text(value: Any):
    assert asked.number("stride", value) == 2.0 and asked.whole("stride", value) == 2
    assert isinstance(asked.whole("stride", value), int)


def test_a_true_minus_is_one_and_fractions_are_no_whole_numbers():
    assert asked.number("strength", "−1.5") == -1.5
    with pytest.raises(ValueError, match=r"^strength takes a whole number; 1\.5 is none\.$"):
        asked.whole("strength", 1.5)


ODD = [
    None,
    "",
    "x",
    True,
    False,
    [],
    [1],
    {},
    {"a": 1},
    float("nan"),
    float("inf"),
    "nan",
    "-inf",
    "1e999",
    10**400,
    b"1",
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_refused_in_a_short_sentence(value: Any):
    for read in (asked.number, asked.whole):
        with pytest.raises(ValueError, match=r"^stride takes a (whole )?number; ") as caught:
            read("stride", value)
        assert len(str(caught.value)) < 100


def test_words():
    assert asked.word("name", None) == "" and asked.word("name", "smile") == "smile"
    for value in (3, [], {}, True, "x" * 2001):
        with pytest.raises(ValueError, match=r"^name takes a text of at most 2000 characters; ") as caught:
            asked.word("name", value)
        assert len(str(caught.value)) < 120


def test_lists_of_numbers():
    assert asked.numbers("code", [1, "2", 0.5]) == [1.0, 2.0, 0.5]
    for value in (None, "12", 3, {"a": 1}, [0.0] * 2001, [[1]], [None]):
        with pytest.raises(ValueError, match=r"^code"):
            asked.numbers("code", value)


def test_arguments_are_read_as_annotated():
    def handler(page: str, image: str | None, stride: int, strength: float, name: str, code: list[float]) -> tuple:
        """What it does."""
        return page, image, stride, strength, name, code

    careful = asked.taking(handler)
    assert careful("p", None, "3", "0.5", None, ["1"]) == ("p", None, 3, 0.5, "", [1.0])
    assert careful.__doc__ == "What it does."
    with pytest.raises(ValueError, match=r"^stride takes a whole number; \[\] is none\.$"):
        careful("p", None, [], 1, "x", [])


@pytest.mark.parametrize(
    "data", [None, [], "x", 3, {}, {"index": None}, {"index": "1"}, {"index": True}, {"index": 1e9}]
)
def test_events_that_tell_nothing_are_refused(data: Any):
    event: Any = SimpleNamespace(_data=data)
    with pytest.raises(ValueError, match="click again"):
        asked.picked(event)


def test_which_tile_was_clicked():
    assert asked.picked(gr.EventData(None, {"index": 4})) == 4
    assert asked.told(gr.EventData(None, {"x": 1})) == {"x": 1}
