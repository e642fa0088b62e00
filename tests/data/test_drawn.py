from pathlib import Path

import numpy as np
import pytest

from latentdemo import data
from latentdemo.data import drawn
from latentdemo.data.drawn import Drawings


def stroke(seed: int) -> np.ndarray:
    picture = np.zeros((28, 28, 1), np.uint8)
    picture[6:22, 8 + seed % 8 : 12 + seed % 8] = 255
    return picture


def test_drawings_become_a_folder_that_is_read_as_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawn, "WANTED", {"train": 40, "test": 18})
    kept = Drawings()
    for i in range(15):
        kept.add(stroke(i), i % 3)
    kept.write(tmp_path)
    train, test = (data.load("folder", split, tmp_path, image_size=28) for split in ("train", "test"))
    assert len(train.images) == 40 and len(test.images) == 18 and train.names == ("0", "1", "2")
    assert len({image.tobytes() for image in train.images}) > 30  # copies are moved and turned
    assert {int(image.sum()) > 0 for image in train.images} == {True}


def test_every_digit_is_learned_and_the_test_has_other_drawings():
    kept = [(stroke(i), digit) for i, digit in enumerate([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 0, 0, 0, 0])]
    parts = drawn.split(kept)
    assert {digit for _, digit in parts["train"]} == set(range(10))
    assert [digit for _, digit in parts["test"]] == [0, 0, 1]  # the first and the sixth 0, the first 1
    assert len(parts["train"]) + len(parts["test"]) == len(kept)
    ids = [[id(picture) for picture, _ in part] for part in parts.values()]
    assert not set(ids[0]) & set(ids[1])


def test_all_that_were_given_are_counted_and_the_newest_come_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawn, "MOST_DRAWN", 3)
    drawings = Drawings()
    for value in range(1, 6):
        drawings.add(np.full((28, 28, 1), value, np.uint8), 1)
    assert (drawings.given, len(drawings)) == (5, 3)
    assert [int(picture.max()) for picture in drawings.latest(2)] == [5, 4]


def test_the_oldest_go_and_nonsense_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawn, "MOST_DRAWN", 4)
    kept = Drawings()
    for i in range(6):
        kept.add(stroke(i), i)
    assert [drawing.digit for drawing in kept._kept] == [2, 3, 4, 5]
    with pytest.raises(ValueError, match="4 digits were drawn; a training needs 12"):
        kept.write(tmp_path)
    for picture, digit, sentence in (
        (stroke(0)[:20], 1, "28 × 28"),
        (stroke(0), 10, "10 is no digit"),
        (np.zeros((28, 28, 1), np.uint8), 1, "Nothing is drawn"),
    ):
        with pytest.raises(ValueError, match=sentence):
            kept.add(picture, digit)
