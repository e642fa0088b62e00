import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo import data
from latentdemo.codes.attributes import masks, splits
from latentdemo.data import tables

CELEBA = "3\nSmiling Eyeglasses\n000.png  1 -1\n001.png -1  1\n002.png  1  1\n"
PATHS = ["000.png", "001.png", "002.png"]


def read(text: str | bytes, name: str = "x.csv", paths: Sequence[str] = ("1.png", "2.png")) -> tables.Table:
    data = text.encode() if isinstance(text, str) else text
    table, problems = tables.read([name], lambda _: data, paths, ("train", "test"))
    assert table is not None, problems
    return table


def test_celebas_form():
    table = read(CELEBA, "list_attr_celeba.txt", PATHS)
    assert table.names == ("Smiling", "Eyeglasses")
    np.testing.assert_array_equal(table.labels, [[1, 0], [0, 1], [1, 1]])
    assert read(CELEBA, "list_attr_celeba.txt", [*PATHS, "other.png"]).has_row.tolist() == [True, True, True, False]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_plain_csv(delimiter: str, encoding: str):
    lines = ["file,glücklich,age", "a/1.png,yes,30.5", '"b/2.png",no,41', ""]
    text = "\r\n".join(line.replace(",", delimiter) for line in lines)
    table = read(text.encode(encoding), paths=["a/1.png", "b/2.png"])
    assert table.names == ("glücklich", "age")
    np.testing.assert_array_equal(table.labels, [[1, 30.5], [0, 41]])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("année,âgé,école", "cp1252"), ("año,señal,niño", "latin-1"), ("größe,lächelt,süß", "mac_roman"),
     ("uśmiech,wąsy,żółty", "cp1250"), ("улыбка,возраст,очки", "cp1251"), ("微笑,年龄,眼镜", "gb18030")],
)  # fmt: skip
def test_older_encodings(text: str, encoding: str):
    rows = "".join(f"{i}.png,{i % 2},{i},1\n" for i in range(20))
    table = read(f"image,{text}\n{rows}".encode(encoding), paths=[f"{i}.png" for i in range(20)])
    assert table.names == tuple(text.split(","))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("file,a\n", "a row for each image"),
        ("file\n1.png\n", "has 1 columns; it needs"),
        ("file,a,a\n1.png,1,2\n", "different names"),
        ("file,a\n1.png,maybe\n", "1.png has 'maybe' in the column 'a'"),
        ("file,a\n1.png,\n", "1.png has ''"),
        ("file,a\n1.png,1,2\n", "longer than the header of 2 columns: 1.png"),
        ("file,a\n1.png,1,2,3\n", "longer than the header of 2 columns"),
        ('file,"a\n1.png,1\n2.png,0\n', "It has no names; the images are"),
        (f"file,{'a' * 140_000}\n1.png,1\n", "field larger than field limit"),
        ("file,a\n1.png,inf\n", "1.png has 'inf'"),
        ("file,a\n1.png,1e39\n", "1.png has '1e39'"),
        ("file,a\n1.png,1\n2.png,often\n", "2.png has 'often'"),
        ("file,a\n1.png,1\n1.png,0\n", "names twice the image 1.png"),
        ("file,a\n1.png,1\n./1.PNG,0\n", "both name the image 1.png"),
        ("1.png,1\n2.png,0\n", "begins with the row of 1.png; add a first line"),
        ("file,a\n7.png,1\n8.png,0\n9.png,1\n10.png,1\n", "'file' matches 0 of 2. It has '7.png', '8.png', '9.png' …"),
    ],
)
def test_what_is_no_table_is_refused(text: str, sentence: str):
    with pytest.raises(ValueError, match=r"x\.csv") as error:
        table, problems = tables.read(["x.csv"], lambda _: text.encode(), ["1.png", "2.png"], ())
        assert table is None
        raise ValueError(problems[0])
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("a/b.CSV", True),
        ("b.tsv", True),
        ("list_attr_celeba.txt", True),
        ("notes.txt", False),
        ("list_eval.txt", False),
        ("a.png", False),
    ],
)
def test_which_files_are_tables(name: str, yes: bool):
    assert tables.is_table(name) is yes


IMAGES = [f"images/f{i:03d}.png" for i in range(40)]


@pytest.mark.parametrize(
    "cell",
    ["f{i:03d}.png", "f{i:03d}", "F{i:03d}.PNG", "f{i:03d}.jpg", "./f{i:03d}.png", "images/f{i:03d}.png",
     "/home/me/old/images/f{i:03d}.png", "/elsewhere/f{i:03d}.png", "C:\\pics\\images\\f{i:03d}.png",
     "images\\f{i:03d}.png", "../images/f{i:03d}.png", " f{i:03d}.png ", '"f{i:03d}.png"'],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{n},{cell},{s}", "{cell},{s},{n}", "{s},{n},{cell}"])
def test_names_of_images_in_any_form_and_column(cell: str, form: str):
    header = form.format(n="height", cell="image", s="smile")
    rows = [form.format(n=150 + i % 7, cell=cell.format(i=i), s=i % 2) for i in range(40)]
    table = read("\n".join([header, *rows]), paths=IMAGES)
    assert set(table.names) == {"height", "smile"} and table.complete.all()
    np.testing.assert_array_equal(table.labels[:, table.names.index("smile")], np.arange(40) % 2)


def test_an_index_column_and_numbers_for_names():
    rows = [f"{i},{i:03d}.png,{i % 2}" for i in range(40)]
    table = read("\n".join([",image,smile", *rows]), paths=[f"{i:03d}.png" for i in range(40)])
    assert table.names == ("smile",) and table.complete.all()
    rows = [f"{i},{(7 * i) % 40},{i % 2}" for i in range(40)]  # ids in another order than the index
    table = read("\n".join([",id,smile", *rows]), paths=[f"{i:03d}.png" for i in range(40)])
    assert all(table.labels[(7 * i) % 40, 0] == i % 2 for i in range(40))
    rows = [f"x{i}.png,{i}" for i in range(40)]  # the numbers are no names while there are names of files
    with pytest.raises(ValueError, match=r"'image' matches 0 of 40"):
        read("\n".join(["image,age", *rows]), paths=[f"{i:03d}.png" for i in range(40)])


def test_composed_and_decomposed_names_are_one():
    import unicodedata

    composed, split_up = unicodedata.normalize("NFC", "Bär 1.png"), unicodedata.normalize("NFD", "Bär 1.png")
    for path, cell in ((composed, split_up), (split_up, composed)):
        assert read(f"image,a\n{cell},1\n", paths=[tables.normalised(path)]).has_row.all()


def test_folders_tell_files_of_one_name_apart():
    paths = ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]
    for prefix in ("", "/home/me/set/"):
        rows = [f"{prefix}{path},{i}" for i, path in enumerate(paths)]
        assert read("\n".join(["image,n", *rows]), paths=paths).labels[:, 0].tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match=r"the row '1\.png' for 2 images: a/1\.png and b/1\.png; write their folders"):
        read("image,n\n1.png,1\n2.png,2\n", paths=paths)
    table = read("image,n\na/1.png,5\nc/1.png,6\n", paths=["a/1.png", "a/2.png"])  # c/ is not here
    assert table.labels[0, 0] == 5 and not table.has_row[1] and "1 rows name no image" in table.notes[0]
    assert read("image,n\n1.png,3\n2.png,4\n", "b/x.csv", paths).has_row.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("cells", "delimiter", "values"),
    [
        (["1,50", "2,25"], ";", [1.5, 2.25]),
        (['"1,5"', '"2,25"'], ",", [1.5, 2.25]),
        (['"1,500"', '"12,250"'], ",", [1500, 12250]),
        (["1,500", "12,250"], ";", [1.5, 12.25]),
        (["1.500,5", "2,5"], ";", [1500.5, 2.5]),
        (["−1", "1"], ",", [0, 1]),
        (["-1", "+1"], ",", [0, 1]),
        (["WAHR", "falsch"], ";", [1, 0]),
        (["2", "1"], ",", [2, 1]),
        (["1e3", ".5"], ",", [1000, 0.5]),
    ],
)
def test_numbers_as_people_write_them(cells: list[str], delimiter: str, values: list[float]):
    rows = [delimiter.join((f"{i}.png", cell, str(i))) for i, cell in enumerate(cells, 1)]
    table = read("\n".join([delimiter.join(("image", "a", "b")), *rows]))
    np.testing.assert_allclose(table.labels[:, 0], values)


def test_excels_line_about_the_separator():
    assert read("sep=;\nimage;a, in cm;b\n1.png;1,5;2\n2.png;2;3\n").names == ("a, in cm", "b")
    assert read("sep=,\nimage,a\n1.png,1\n2.png,0\n").names == ("a",)
    assert read('"image","a,b"\n"1.png","1"\n"2.png","0"\n').names == ("a,b",)
    assert read("image;a;;\n1.png;1;;\n2.png;0;;\n").names == ("a",)


def test_spaces_between_cells():
    assert read("image smile\n1.png 1\n2.png 0\n").names == ("smile",)
    assert read("2\nsmile\n1.png 1\n2.png -1\n", "list_attr.txt").labels.tolist() == [[1], [0]]


def test_empty_cells_leave_images_out_and_empty_columns_are_named():
    rows = [f"{i}.png,{'' if i % 10 == 0 else i % 2},{'NA' if i % 3 else 1},{i}" for i in range(40)]
    table = read("\n".join(["image,smile,rare,age", *rows]), paths=[f"{i}.png" for i in range(40)])
    assert table.names == ("smile", "age") and table.complete.sum() == 36 and table.gaps() == "smile: 4"
    assert any("'rare' is not used: 26 of 40 cells are empty" in note for note in table.notes)


def test_words():
    paths = [f"{i}.png" for i in range(12)]
    for words in (("cat", "dog"), ("cat", "dog", "bird")):
        rows = [f"{i}.png,{words[i % len(words)]}" for i in range(12)]
        table = read("\n".join(["image,animal", *rows]), paths=paths)
        assert table.names == tuple(sorted(words)) and table.labels.dtype == np.int64
        assert [table.names[i] for i in table.labels] == [words[i % len(words)] for i in range(12)]
    rows = [f"{i}.png,{'mf'[i % 2]},{i},by {i}" for i in range(12)]
    table = read("\n".join(["image,gender,age,comment", *rows]), paths=paths)
    assert table.names == ("gender = m", "age") and table.labels[:2, 0].tolist() == [1, 0]
    assert any("'comment' is not used: text with 12 different values" in note for note in table.notes)
    paths = [f"{i}.png" for i in range(22)]
    rows = [f"{i}.png,{i % 11}" for i in range(22)]
    assert read("\n".join(["image,label", *rows]), paths=paths).names == tuple(map(str, range(11)))


def test_several_tables_become_one_and_must_agree():
    paths = [f"{part}/{i}.png" for part in ("train", "test") for i in range(4)]
    files = {
        f"{part}/labels.csv": "image,a\n" + "".join(f"{i}.png,{i}\n" for i in range(4)) for part in ("train", "test")
    }
    files["more.csv"] = "image;b\n" + "".join(f"{path};{i},5\n" for i, path in enumerate(paths))
    files["other.csv"] = "what,when\nx,y\n"
    table, problems = tables.read(files, lambda name: files[name].encode(), paths, ())
    assert table is not None and table.names == ("a", "b") and table.complete.all()
    assert table.labels[:, 0].tolist() == [0, 1, 2, 3] * 2 and table.labels[7, 1] == 7.5
    assert len(problems) == 1 and problems[0].startswith("other.csv does not name the images")
    files["more.csv"] = "image,a\ntrain/1.png,9\n"
    with pytest.raises(
        ValueError, match=r"has '1' as 'a' of train/1\.png.*has '9'|has '9' as 'a'.*has '1'; correct one"
    ):
        tables.read(files, lambda name: files[name].encode(), paths, ())


def test_a_contradiction_stops_whatever_the_order_of_the_tables():
    paths = [f"{i}.png" for i in range(4)]
    rows = [f"{path},{i}" for i, path in enumerate(paths)]
    files = {"a.csv": "image,a\nx.png,1\ny.png,2", "b.csv": "\n".join(["image,a", *rows])}
    files["c.csv"] = "image,z,a\n0.png,5,0\n1.png,5,9"
    with pytest.raises(ValueError, match=r"c\.csv has '9' as 'a' of 1\.png, another table has '1'"):
        tables.read(files, lambda name: files[name].encode(), paths, ())
    files["c.txt"] = files.pop("c.csv")  # a text that is not a table: nothing of it is used
    table, _ = tables.read(files, lambda name: files[name].encode(), paths, ())
    assert table is not None and table.names == ("a",) and table.labels[:, 0].tolist() == [0, 1, 2, 3]


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
    assert "1 image (1 .png: a/deep/007.png) without a row in the table" in caplog.text
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
