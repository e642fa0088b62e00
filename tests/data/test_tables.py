import logging
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo import data
from latentdemo.codes.attributes import masks, splits
from latentdemo.data import tables

CELEBA = "3\nSmiling Eyeglasses\n000.png  1 -1\n001.png -1  1\n002.png  1  1\n"


def test_celebas_form():
    table = tables.read(CELEBA, "list_attr_celeba.txt")
    assert table.names == ("Smiling", "Eyeglasses") and table.rows["001.png"] == (0.0, 1.0)
    assert table.row("deep/down/002.png") == (1.0, 1.0) and table.row("other.png") is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_plain_csv(delimiter: str):
    lines = ["\ufefffile,happy,age", "a/1.png,yes,30.5", '"b/2.png",no,41', ""]
    table = tables.read("\r\n".join(line.replace(",", delimiter) for line in lines), "x.csv")
    assert table == tables.Table(("happy", "age"), {"a/1.png": (1.0, 30.5), "b/2.png": (0.0, 41.0)})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("file,a\n", "a row for each image"),
        ("file\n1.png\n", "a head of 1 to"),
        ("file,a,a\n1.png,1,2\n", "different names"),
        ("file,a\n1.png,maybe\n", "1.png has 'maybe'"),
        ("file,a\n1.png,\n", "1.png has ''"),
        ("file,a\n1.png,1,2\n", "another length than the head: 1.png"),
        ("file,a\n1.png,inf\n", "1.png has 'inf'"),
        ("file,a\n1.png,1e39\n", "1.png has '1e39'"),
        ("file,a\n1.png,1\n1.png,0\n", "names an image twice"),
    ],
)
def test_what_is_no_table_is_told(text: str, sentence: str):
    with pytest.raises(ValueError, match=r"x\.csv") as error:
        tables.read(text, "x.csv")
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("a/b.CSV", True),
        ("list_attr_celeba.txt", True),
        ("notes.txt", False),
        ("list_eval.txt", False),
        ("a.png", False),
    ],
)
def test_which_files_are_tables(name: str, yes: bool):
    assert tables.is_table(name) is yes


def fill(root: Path, n: int = 40) -> Path:
    rows = ["image,bright,wide"]
    for i in range(n):
        name = f"{i:03d}.png"
        place = root / ("a/deep" if i % 2 else "b") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((20, 30, 3), i, np.uint8)).save(place)
        if i != 7:
            rows.append(f"{name},{i % 2},{i / n}")
    (root / "attributes.csv").write_text("\n".join(rows))
    (root / "notes.csv").write_text("what,when\nhttp://x/000.png,never\n")
    return root


def test_a_table_beside_images_makes_them_factors(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "latentdemo"):
        train, test = (data.load("folder", split, fill(tmp_path), image_size=16) for split in data.SPLITS)
    assert "1 images stand in no row" in caplog.text
    assert train.names == test.names == ("bright", "wide")
    both = np.concatenate([train.images[:, 0, 0, 0], test.images[:, 0, 0, 0]])
    labels = np.concatenate([train.labels, test.labels])
    assert sorted(both.tolist()) == [i for i in range(40) if i != 7] and len(test.images) > 0
    np.testing.assert_allclose(labels[:, 0], both % 2)
    np.testing.assert_allclose(labels[:, 1], both / 40, atol=1e-6)
    has, lacks = masks(train.labels, train.names, splits(train.labels, train.names).thresholds)["bright"]
    assert has.sum() + lacks.sum() == len(train.labels)


def test_a_table_in_a_zip(tmp_path: Path):
    fill(tmp_path / "set")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for file in sorted((tmp_path / "set").rglob("*.*")):
            archive.write(file, str(file.relative_to(tmp_path)))
    found = data.load("folder", "train", tmp_path / "set.zip", image_size=16)
    assert found.labels.shape == (len(found.images), 2)


def test_a_bad_table_is_told_and_another_csv_is_left_alone(tmp_path: Path):
    fill(tmp_path)
    (tmp_path / "attributes.csv").write_text("image,bright\n000.png,often\n")
    with pytest.raises(ValueError, match=r"attributes\.csv cannot be read: 000\.png has 'often'"):
        data.load("folder", "train", tmp_path, image_size=16)
    (tmp_path / "attributes.csv").unlink()
    assert data.load("folder", "train", tmp_path, image_size=16).names == ("a", "b")
