import json
from pathlib import Path

import pytest

from latentdemo.store.checkpoints import CheckpointError
from latentdemo.store.studies import NORMALISATION, TRANSFER, Course, Normalisation, Task, Transfer
from latentdemo.studies import STUDIES

TASK = Task(title="a", note="b", n_test=9, accuracy=[[[0.5, 0.6]], [[0.7, 0.8]]])
FOUND = Transfer(sizes=[10], methods=["x", "y"], tasks=[TASK])
COURSE = Course(kind="cnn", rate=0.1, loss=[2.0, 1.5], mean=[0.0, 0.1], sd=[1.0, 1.1], accuracy=None)


def test_what_is_stored_comes_back(tmp_path: Path):
    TRANSFER.save(FOUND, tmp_path)
    assert TRANSFER.load(tmp_path) == FOUND
    runs = Normalisation(dataset="mnist", layer="conv3", steps=2, batch_size=8, n_test=5, courses=[COURSE])
    NORMALISATION.save(runs, tmp_path)
    assert NORMALISATION.load(tmp_path) == runs


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_a_missing_one_names_the_command_that_makes_it(study, tmp_path: Path):
    with pytest.raises(CheckpointError, match=f"missing; make it with: python train.py --study {study.shelf.name}"):
        study.shelf.load(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [{"sizes": []}, {"methods": ["x"]}, {"sizes": [10, 20]}, {"more": 1}, {"tasks": []},
     {"tasks": [{"title": "a", "note": "b", "n_test": 9, "accuracy": [[[0.5, 0.6]], [[0.7]]]}]},
     {"tasks": [{"title": "a", "note": "b", "n_test": 0, "accuracy": [[[0.5]], [[0.7]]]}]},
     {"tasks": [{"title": "a", "note": "b", "n_test": 9, "accuracy": [[["0.5"]], [[0.7]]]}]}],
)  # fmt: skip
def test_a_damaged_one_is_named(changes: dict, tmp_path: Path):
    path = TRANSFER.save(FOUND, tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(CheckpointError, match=r"studies/transfer\.json is damaged"):
        TRANSFER.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"sizes": NaN}', "[" * 100_000])
def test_hostile_bytes_are_refused(text: str, tmp_path: Path):
    path = TRANSFER.save(FOUND, tmp_path)
    path.write_text(text)
    with pytest.raises(CheckpointError, match="is damaged"):
        TRANSFER.load(tmp_path)


def test_curves_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="not equally long"):
        Course(kind="cnn", rate=0.1, loss=[2.0], mean=[0.0, 0.1], sd=[1.0, 1.1], accuracy=0.5)
