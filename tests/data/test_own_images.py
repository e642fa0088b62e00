"""Folders and zips as people have them: what is read, what is named as left out, and the split."""

import io
import json
import logging
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo.data.folder import Folder, load_folder, read_folder
from latentdemo.data.folder.arranging import divide
from latentdemo.trainer import main

RNG = np.random.default_rng(0)


def write(path: Path, kind: str | None = None, mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(0, 256, (20, 20, 3), np.uint8)).convert(mode).save(path, kind)


def classes(root: Path, n: int = 20, names: tuple[str, ...] = ("a", "b")) -> Path:
    for name in names:
        for i in range(n):
            write(root / name / f"{i:03d}.png")
    return root


def counts(read: Folder) -> dict[str, tuple[int, int]]:
    found = [np.bincount(split.labels, minlength=len(split.names)).tolist() for split in (read.train, read.test)]
    return dict(zip(read.train.names, zip(*found, strict=True), strict=True))


def total(root: Path) -> dict[str, int]:
    return {name: sum(both) for name, both in counts(read_folder(root, 16)).items()}


@pytest.mark.parametrize(
    ("ending", "kind", "mode"),
    [("pgm", "PPM", "L"), ("pnm", "PPM", "RGB"), ("jfif", "JPEG", "RGB"), ("jpe", "JPEG", "RGB"), ("JPG", "JPEG", "L"),
     ("apng", "PNG", "RGB"), ("avif", "AVIF", "RGB"), ("HEIC", "HEIF", "RGB"), ("heif", "HEIF", "RGB")],
)  # fmt: skip
def test_a_class_in_any_readable_format_is_read(tmp_path: Path, ending: str, kind: str, mode: str):
    from pillow_heif import register_heif_opener

    register_heif_opener()
    classes(tmp_path, 20, ("a",))
    for i in range(20):
        write(tmp_path / "b" / f"{i:03d}.{ending}", kind, mode)
    assert total(tmp_path) == {"a": 20, "b": 20}


def test_a_class_in_a_format_that_is_not_read_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    classes(tmp_path)
    for name in ("a", "c"):
        for i in range(10):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"x{i}.JXL").write_bytes(b"\xff\x0a")
    with pytest.raises(
        ValueError, match=r"no file of the class 'c' of .* can be read: 20 images \(20 \.jxl: a/x0\.JXL"
    ):
        read_folder(tmp_path, 16)
    for file in (tmp_path / "c").iterdir():
        file.unlink()
    with caplog.at_level(logging.INFO, "latentdemo"):
        assert total(tmp_path) == {"a": 20, "b": 20}
        read_folder(tmp_path, 16)
    (message,) = caplog.messages  # once
    assert message.startswith("10 images (10 .jxl: a/x0.JXL") and "convert to PNG or JPEG" in message
    classes(tmp_path, 1, ("d",))
    (tmp_path / "d" / "000.png").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"no image of the class 'd' of .* can be read"):
        read_folder(tmp_path, 16)


def test_files_without_a_class_and_other_files_are_reported(tmp_path: Path):
    classes(tmp_path)
    write(tmp_path / "cover.png")
    for name in ("notes.txt", "a/captions.json", "b/README"):
        (tmp_path / name).write_text("x")
    report = read_folder(tmp_path, 16).report
    assert report.left_out == ("1 image (1 .png: cover.png) in no class sub-folder",)
    assert sorted(report.ignored.split(", ")) == ["1 .json", "1 .txt", "1 without ending"]


@pytest.mark.parametrize("outer", ["set", "set/inner", "Bär"])
@pytest.mark.parametrize("cover", ["", "cover.png", "{}/cover.png"])
def test_folders_around_everything_are_no_class(tmp_path: Path, outer: str, cover: str):
    classes(tmp_path / outer)
    if cover:
        write(tmp_path / cover.format(outer))
    assert total(tmp_path) == {"a": 20, "b": 20}


def test_one_grey_file_with_transparency_leaves_a_grey_set_grey(tmp_path: Path):
    for i in range(20):
        write(tmp_path / "a" / f"{i}.png", mode="L")
        write(tmp_path / "b" / f"{i}.png", mode="L")
    write(tmp_path / "a" / "x.png", mode="LA")
    Image.fromarray(np.arange(100, dtype=np.uint8).reshape(10, 10)).convert("RGB").quantize(100).save(
        tmp_path / "b/x.gif"
    )
    assert read_folder(tmp_path, 16).train.images.shape[3] == 1
    write(tmp_path / "a" / "y.png", mode="RGBA")
    assert read_folder(tmp_path, 16).train.images.shape[3] == 3


def packed(root: Path, path: Path, backslashes: bool = False, flag: bool = True, form: str = "") -> Path:
    """A zip of a folder: with backslashes, or with names in UTF-8 that are not marked as such."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(root.rglob("*.*")):
            name = str(file.relative_to(root))
            name = unicodedata.normalize("NFD", name) if form == "NFD" else name
            archive.writestr(name.replace("/", "\\") if backslashes else name, file.read_bytes())
    data = path.read_bytes()
    if not flag:
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            parts = data.split(signature)
            data = signature.join([parts[0], *(_cleared(part, offset - 4) for part in parts[1:])])
        path.write_bytes(data)
    return path


def _cleared(part: bytes, offset: int) -> bytes:
    """A zip's header without the flag for UTF-8."""
    return part[: offset + 1] + bytes([part[offset + 1] & ~0x08]) + part[offset + 2 :]


@pytest.mark.parametrize("backslashes", [False, True])
@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("form", ["", "NFD"])
def test_zips_of_other_programs(tmp_path: Path, backslashes: bool, flag: bool, form: str):
    classes(tmp_path / "set" / "outer", 20, ("Bär", "Fuchs"))
    path = packed(tmp_path / "set", tmp_path / "set.zip", backslashes, flag, form)
    if not flag:
        assert any("├" in info.filename or "╠" in info.filename for info in zipfile.ZipFile(path).infolist())
    assert total(path) == {"Bär": 20, "Fuchs": 20}


def test_a_zip_in_a_dos_encoding(tmp_path: Path):
    classes(tmp_path / "set", 20, ("Bar", "Fuchs"))
    path = packed(tmp_path / "set", tmp_path / "set.zip")
    path.write_bytes(path.read_bytes().replace(b"Bar/", b"B\x84r/"))  # code page 437
    assert total(path) == {"Bär": 20, "Fuchs": 20}


def test_train_without_test_holds_out_a_tenth_and_test_without_train_is_refused(tmp_path: Path):
    classes(tmp_path / "set" / "train", 100)
    assert counts(read_folder(tmp_path / "set", 16)) == {"a": (90, 10), "b": (90, 10)}
    (tmp_path / "set" / "train").rename(tmp_path / "set" / "test")
    with pytest.raises(ValueError, match="has test images alone; put training images into train/CLASS"):
        load_folder(tmp_path / "set", "train", 16)
    assert len(load_folder(tmp_path / "set", "test", 16).images) == 200


def test_splits_below_the_classes(tmp_path: Path):
    for name in ("cat", "dog"):
        for part, n in (("train", 20), ("val", 5)):
            for i in range(n):
                write(tmp_path / name / part / f"{i}.png")
    assert counts(read_folder(tmp_path, 16)) == {"cat": (20, 5), "dog": (20, 5)}


@pytest.mark.parametrize("sizes", [(100, 100), (160, 40), (30, 30), (150, 10, 5), (997, 3), (20, 12), (500, 333, 167)])
def test_a_tenth_at_least_sixteen_and_of_each_class_the_same_share(sizes: tuple[int, ...]):
    strata = [f"c{k}" for k, n in enumerate(sizes) for _ in range(n)]
    keys = [f"{name}/{i}.png" for i, name in enumerate(strata)]
    chosen, n = divide(strata, keys), len(keys)
    wanted = max(16, round(n / 10 + 1e-9))
    assert chosen.sum() == wanted
    for k, size in enumerate(sizes):
        held = sum(bool(one) for one, name in zip(chosen, strata, strict=True) if name == f"c{k}")
        assert abs(held - size * wanted / n) < 1
    order = RNG.permutation(n)
    again = divide([strata[i] for i in order], [keys[i] for i in order])
    np.testing.assert_array_equal(again, chosen[order])


def test_an_unreadable_file_takes_no_place_among_the_test_images(tmp_path: Path):
    classes(tmp_path, 80)
    test = divide(["a"] * 80 + ["b"] * 80, [f"{name}/{i:03d}.png" for name in "ab" for i in range(80)])
    (tmp_path / "a" / f"{int(np.flatnonzero(test)[0]):03d}.png").write_bytes(b"x")
    read = read_folder(tmp_path, 16)
    assert (len(read.train.images), len(read.test.images)) == (143, 16)


def test_few_images_are_divided_too():
    assert divide(["a"] * 12, [str(i) for i in range(12)]).sum() == 3
    assert divide(["a"] * 2, ["1", "2"]).sum() == 0


def test_the_smallest_folder_that_can_be_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    classes(tmp_path / "set", 24)
    options = ["--dataset", "folder", "--data-dir", str(tmp_path / "set"), "--image-size", "16", "--check"]
    assert main(["vae", *options, "--batch-size", "32"]) == 0
    assert "Split: 32 for training, 16 for testing" in capsys.readouterr().out
    assert main(["vae", *options]) == 1  # a batch has 128
    (tmp_path / "set" / "a" / "000.png").unlink()
    assert main(["vae", *options, "--batch-size", "32"]) == 1
    assert main(options) == 0 and "Too few images for training" in capsys.readouterr().out


def tabled(root: Path, lines: list[str], name: str = "labels.csv", n: int = 40) -> Path:
    for i in range(n):
        write(root / "images" / f"f{i:03d}.png")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("\n".join(lines))
    return root


ROWS = [f"f{i:03d}.png,{i % 2},1,{20 + i}" for i in range(40)]


@pytest.mark.parametrize("name", ["labels.csv", "meta/labels.csv", "images/labels.csv", "labels.tsv", "labels.txt"])
@pytest.mark.parametrize("inside", ["folder", "zip", "zip of a folder"])
def test_a_table_anywhere_in_a_folder_or_zip(tmp_path: Path, name: str, inside: str):
    lines = [line.replace(",", "\t" if name.endswith("tsv") else ",") for line in ["image,smile,one,age", *ROWS]]
    root = tabled(tmp_path / "set", lines, name)
    if inside != "folder":
        root = packed(
            root if inside == "zip" else tmp_path,
            tmp_path / "x.zip" if inside == "zip" else tmp_path.with_suffix(".zip"),
        )
    read = read_folder(root, 16)
    assert read.train.names == ("smile", "one", "age") and len(read.train.images) + len(read.test.images) == 40
    assert len(read.test.images) == 16


def test_rows_that_all_have_a_gap_are_named(tmp_path: Path):
    rows = [f"f{i:03d}.png,{i if i % 2 else ''},{'' if i % 2 else i}" for i in range(40)]
    with pytest.raises(ValueError, match=r"no image with a complete row: 40 images .*\(a: 20, b: 20\)"):
        read_folder(tabled(tmp_path, ["image,a,b", *rows]), 16)


@pytest.mark.parametrize(("field", "value", "why"), [(8, 1, "is encrypted"), (10, 97, "compression method")])
def test_a_table_in_a_zip_that_cannot_be_unpacked_is_named(tmp_path: Path, field: int, value: int, why: str):
    path = packed(tabled(tmp_path / "set", ["image,smile,one,age", *ROWS]), tmp_path / "x.zip")
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"labels.csv") - 46  # of the central directory; see APPNOTE.TXT, 4.3.12
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + field] = value
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"labels.csv cannot be read: .*{why}"):
        read_folder(path, 16)


def test_check_reports_columns_with_their_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tabled(tmp_path, ["image,smile,one,age", *ROWS[:-1], "gone.png,1,1,1"])
    (tmp_path / "notes.md").write_text("x")
    assert main(["--dataset", "folder", "--data-dir", str(tmp_path), "--check"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for part in ("39 images, 64 × 64 pixels, RGB", "the column 'image' names 39 images; 1 rows name no image",
                 "smile: 0 to 1; split at 0.5: ", "one: 1 to 1; not an attribute: all images have the value 1",
                 "age: 2", "Other files, not used: 1 .md"):  # fmt: skip
        assert part in out, part
    assert out.count("without a row in the table") == 1 and "images/f039.png" in out


def test_a_table_that_cannot_be_matched_stops(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tabled(tmp_path, ["image,smile", *(f"other{i}.png,{i % 2}" for i in range(40))])
    assert main(["--dataset", "folder", "--data-dir", str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().err
    assert (
        "labels.csv does not name the images: its column 'image' matches 0 of 40. It has 'other0.png', 'other1.png', "
        in said
    )
    assert "the images are 'images/f000.png', 'images/f001.png', 'images/f002.png' …" in said
    (tmp_path / "labels.csv").rename(tmp_path / "labels.xlsx")
    with pytest.raises(ValueError, match=r"labels\.xlsx is not read; export it as CSV"):
        read_folder(tmp_path, 16)


def test_a_column_may_divide_the_images(tmp_path: Path):
    rows = [f"f{i:03d}.png,{i % 2},{'test' if i % 4 == 0 else 'train'}" for i in range(40)]
    read = read_folder(tabled(tmp_path, ["image,smile,split", *rows]), 16)
    assert read.train.names == ("smile",) and (len(read.train.images), len(read.test.images)) == (30, 10)


def test_words_in_a_table_are_classes(tmp_path: Path):
    read = read_folder(
        tabled(tmp_path, ["image,animal", *(f"f{i:03d},{('cat', 'dog')[i % 2]}" for i in range(40))]), 16
    )
    assert counts(read) == {"cat": (12, 8), "dog": (12, 8)}


def test_names_that_are_not_utf8_on_disk(tmp_path: Path):
    classes(tmp_path, 20, ("a",))
    import os

    folder = os.fsencode(tmp_path) + b"/B\xe4r"
    os.mkdir(folder)  # noqa: PTH102
    for i in range(20):
        out = io.BytesIO()
        Image.fromarray(RNG.integers(0, 256, (9, 9, 3), np.uint8)).save(out, "PNG")
        with open(folder + f"/{i}.png".encode(), "wb") as file:  # noqa: PTH123
            file.write(out.getvalue())
    assert total(tmp_path) == {"Bär": 20, "a": 20}
    json.dumps(read_folder(tmp_path, 16).train.names).encode()
