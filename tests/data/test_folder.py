import logging
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo.data.folder import load_folder
from latentdemo.data.imageset import ImageSet

SHADOW = b"\0\5\x16\7" + bytes(100)  # what macOS writes beside a file on a foreign disk


def write(path: Path, value: int = 9, grey: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((20, 20) if grey else (20, 20, 3), value, np.uint8)).save(path)


def fill(root: Path, n: int = 30) -> Path:
    """n pictures of each of two classes, every one of a value of its own."""
    for k, name in enumerate(("blue", "red")):
        for i in range(n):
            write(root / name / f"{i:03d}.png", 100 * k + i)
    return root


def both(path: Path) -> tuple[ImageSet, ImageSet]:
    return load_folder(path, "train", 16), load_folder(path, "test", 16)


def values(found: ImageSet) -> set[int]:
    return set(found.images[:, 0, 0, 0].tolist())


ALL = {*range(30), *range(100, 130)}


@pytest.mark.parametrize(
    "shadow",
    ["red/._000.png", ".ipynb_checkpoints/000-checkpoint.png", "red/.hidden/1.png", "__MACOSX/red/._000.png",
     ".DS_Store", "red/@eaDir/000.png", "Thumbnails/000.png", "red/Thumbs.db", "red/thumbs/0.png",
     "red/notes.txt", "loose.png"],
)  # fmt: skip
def test_what_programs_leave_behind_is_no_image_and_no_class(tmp_path: Path, shadow: str):
    fill(tmp_path)
    (tmp_path / shadow).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / shadow).write_bytes(SHADOW)
    train, test = both(tmp_path)
    assert train.names == test.names == ("blue", "red") and values(train) | values(test) == ALL
    assert not values(train) & values(test) and len(test.images) > 0


def test_a_zip_of_macos(tmp_path: Path):
    fill(tmp_path / "shapes")
    with zipfile.ZipFile(tmp_path / "mac.zip", "w") as archive:
        for file in sorted((tmp_path / "shapes").rglob("*.png")):
            inside = file.relative_to(tmp_path)
            archive.write(file, str(inside))
            archive.writestr(f"__MACOSX/{inside.parent}/._{inside.name}", SHADOW)
    packed, loose = both(tmp_path / "mac.zip"), both(tmp_path / "shapes")
    for one, other in zip(packed, loose, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
        assert one.names == ("blue", "red")


def test_the_class_is_the_first_folder_however_deep_the_file(tmp_path: Path):
    for name in ("blue", "red"):
        for place in ("indoor/day", "outdoor"):
            for i in range(10):
                write(tmp_path / name / place / f"{i}.png", 200 if name == "red" else 50)
    for found in both(tmp_path):
        assert found.names == ("blue", "red")
        assert all(
            image.mean() == (200 if label else 50) for image, label in zip(found.images, found.labels, strict=True)
        )
    for split in ("Train", "TEST"):
        write(tmp_path / "split" / split / "red" / "far" / "1.png")
    for found in both(tmp_path / "split"):
        assert found.names == ("red",) and len(found.images) == 1


@pytest.mark.parametrize("name", ["val", "Valid", "VALIDATION", "test", "Testing"])
@pytest.mark.parametrize("beside", ["train", "Training", None])
def test_what_is_held_out_never_ends_in_training(tmp_path: Path, name: str, beside: str | None):
    for i in range(20):
        write(tmp_path / name / "red" / f"{i}.png", 200)
        write(tmp_path / (beside or "") / "red" / f"{i}.png", 50)
    train, test = both(tmp_path)
    assert 200 not in values(train) and 200 in values(test)
    assert 50 in values(train)
    assert train.names == test.names == ("red",)


def test_splits_without_classes_are_one_class_and_a_class_may_be_called_train(tmp_path: Path):
    for name, value in (("train", 50), ("val", 200)):
        for i in range(3):
            write(tmp_path / "flat" / name / f"{i}.png", value)
    train, test = both(tmp_path / "flat")
    assert train.names == ("images",) and values(train) == {50} and values(test) == {200}
    for name in ("bus", "car", "train"):
        for i in range(20):
            write(tmp_path / "traffic" / name / f"{i}.png")
    train, test = both(tmp_path / "traffic")
    assert train.names == ("bus", "car", "train") and len(train.images) + len(test.images) == 60


@pytest.mark.parametrize("last", [True, False])
def test_colour_is_decided_by_all_files(tmp_path: Path, last: bool):
    fill(tmp_path)
    write(tmp_path / ("red/999.png" if last else "blue/000.png"), 77, grey=True)
    assert all(found.images.shape[3] == 3 for found in both(tmp_path))


def test_links_are_followed_and_circles_are_not(tmp_path: Path):
    fill(tmp_path / "elsewhere")
    (tmp_path / "set").mkdir()
    for name in ("blue", "red"):
        (tmp_path / "set" / name).symlink_to(tmp_path / "elsewhere" / name)
    (tmp_path / "elsewhere" / "red" / "round").symlink_to(tmp_path / "set")
    (tmp_path / "elsewhere" / "red" / "nowhere.png").symlink_to(tmp_path / "gone.png")
    train, test = both(tmp_path / "set")
    assert values(train) | values(test) == ALL and len(train.images) + len(test.images) <= 90


def test_a_few_broken_files_are_counted_and_named_and_many_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    fill(tmp_path)
    for i in range(3):  # of 60: one in twenty
        (tmp_path / "red" / f"{i:03d}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with caplog.at_level(logging.WARNING):
        train, test = both(tmp_path)
    assert len(train.images) + len(test.images) == 57
    (message,) = caplog.messages
    assert (
        message.startswith(f"3 of 60 images of {tmp_path} cannot be read: red/000.png (") and "red/002.png" in message
    )
    (tmp_path / "red" / "003.png").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"^4 of 60 images .*red/003\.png .*At most one in 20 may be"):
        load_folder(tmp_path, "train", 16)
    for file in (tmp_path / "blue").iterdir():
        file.write_bytes(b"x")
    with pytest.raises(ValueError, match="and 24 more"):
        load_folder(tmp_path, "train", 16)


def test_a_zip_that_is_locked_or_damaged_inside(tmp_path: Path):
    fill(tmp_path / "set", 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in sorted((tmp_path / "set").rglob("*.png")):
            archive.write(file, str(file.relative_to(tmp_path)))
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[60] ^= 255  # inside the first picture
    (tmp_path / "a.zip").write_bytes(data)
    train, test = both(tmp_path / "a.zip")
    assert len(train.images) + len(test.images) == 39
