import hashlib
import http.server
import pickle
import tarfile
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentdemo import data
from latentdemo.data.download import download
from latentdemo.data.folder import load_folder
from tests.conftest import digits_like


def test_unknown_names_and_splits_are_refused():
    with pytest.raises(ValueError, match="there are faces, mnist"):
        data.load("imagenet", "train")
    with pytest.raises(ValueError, match="there are train, test"):
        data.load("faces", "validation")


def test_faces_splits_differ_and_are_fixed():
    train, test = data.load("faces", "train", n=30), data.load("faces", "test", n=30)
    assert train.images.shape == (30, 64, 64, 3) and train.labels.shape == (30, 17)
    assert not (train.labels[:, None] == test.labels[None]).all(axis=2).any()
    np.testing.assert_array_equal(data.load("faces", "test", n=30).images, test.images)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_idx_files_are_read_as_they_are(name: str, mnist_dir: Path):
    for split, n, seed in (("train", 640, 0), ("test", 120, 1)):
        images, labels = digits_like(n, seed)
        found = data.load(name, split, mnist_dir)
        np.testing.assert_array_equal(found.images[:, :, :, 0], images)
        np.testing.assert_array_equal(found.labels, labels)
        assert len(found.names) == 10
    assert data.load("mnist", "test", mnist_dir, n=7).images.shape == (7, 28, 28, 1)


def test_cifar10_in_its_own_format(tmp_path: Path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    rng = np.random.default_rng(0)
    pixels, labels = rng.integers(0, 256, (6, 3072), np.uint8), [3, 1, 4, 1, 5, 9]
    names = [f"class{i}" for i in range(10)]
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}))
    for batch in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        (folder / batch).write_bytes(pickle.dumps({"data": pixels, "labels": labels}))
    from latentdemo.data import public
    from latentdemo.data.torchvision_shim import torchvision

    dataset = torchvision().datasets.CIFAR10
    md5 = {file: hashlib.md5((folder / file).read_bytes()).hexdigest() for file in
           [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"]}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "train_list", [(f"data_batch_{i}", md5[f"data_batch_{i}"]) for i in range(1, 6)])
        patch.setattr(dataset, "test_list", [("test_batch", md5["test_batch"])])
        patch.setattr(dataset, "meta", {"filename": "batches.meta", "key": "label_names", "md5": md5["batches.meta"]})
        found = public.cifar10("test", tmp_path)
    assert found.images.shape == (6, 32, 32, 3) and found.labels.tolist() == labels and found.names == tuple(names)
    np.testing.assert_array_equal(found.images[0, :, :, 0].ravel(), pixels[0, :1024])


def test_celeba_in_its_own_format(tmp_path: Path):
    base = tmp_path / "celeba"
    (base / "img_align_celeba").mkdir(parents=True)
    files = [f"{i:06}.jpg" for i in range(1, 5)]
    for i, file in enumerate(files):
        Image.fromarray(np.full((218, 178, 3), 60 * i, np.uint8)).save(base / "img_align_celeba" / file)
    (base / "list_eval_partition.txt").write_text("".join(f"{f} {int(i >= 3)}\n" for i, f in enumerate(files)))
    (base / "list_attr_celeba.txt").write_text("4\nSmiling Eyeglasses\n" + "".join(f"{f} 1 -1\n" for f in files))
    (base / "identity_CelebA.txt").write_text("".join(f"{f} 7\n" for f in files))
    (base / "list_bbox_celeba.txt").write_text("4\nid x y w h\n" + "".join(f"{f} 0 0 9 9\n" for f in files))
    (base / "list_landmarks_align_celeba.txt").write_text("4\na b\n" + "".join(f"{f} 1 2\n" for f in files))
    from latentdemo.data import public
    from latentdemo.data.torchvision_shim import torchvision

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torchvision().datasets.CelebA, "_check_integrity", lambda self: True)
        found = public.celeba("train", tmp_path)
    assert found.images.shape == (3, 64, 64, 3) and found.names == ("Smiling", "Eyeglasses")
    assert found.labels.tolist() == [[1, 0]] * 3 and abs(int(found.images[1].mean()) - 60) <= 1


def picture(value: int, grey: bool = False) -> Image.Image:
    image = np.full((20, 30) if grey else (20, 30, 3), value, np.uint8)
    return Image.fromarray(image)


def write_folder(root: Path, splits: tuple[str, ...] = ("",), per_class: int = 3) -> Path:
    for split in splits:
        for label, value in (("cat", 10), ("dog", 200)):
            place = root / split / label
            place.mkdir(parents=True)
            for i in range(per_class):
                picture((value + i) % 256).save(place / f"{i}.png")
    return root


def test_folder_with_splits(tmp_path: Path):
    root = write_folder(tmp_path / "pets", ("train", "test"))
    found = load_folder(root, "train", 16)
    assert found.images.shape == (6, 16, 16, 3) and found.names == ("cat", "dog")
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1] and found.images[5].mean() == 202


def test_zip_without_splits_is_divided_for_good(tmp_path: Path):
    root = write_folder(tmp_path / "outer" / "pets", per_class=60)
    packed = tmp_path / "pets.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(root.rglob("*.png")):
            archive.write(file, Path("outer/pets") / file.relative_to(root))
    train, test = load_folder(packed, "train", 8), load_folder(packed, "test", 8)
    assert len(train.images) + len(test.images) == 120 and 3 <= len(test.images) <= 30
    again = load_folder(tmp_path / "outer", "test", 8)
    np.testing.assert_array_equal(again.images, test.images)


def test_grey_folders_stay_grey(tmp_path: Path):
    for label in "ab":
        (tmp_path / label).mkdir()
        picture(9, grey=True).save(tmp_path / label / "x.png")
    shapes = [load_folder(tmp_path, split, 8).images.shape for split in ("train", "test")]
    assert sum(shape[0] for shape in shapes) == 2 and (2, 8, 8, 1) in shapes


def test_channels_are_the_same_in_both_splits(tmp_path: Path):
    for split, grey in (("train", False), ("test", True)):
        (tmp_path / split / "a").mkdir(parents=True)
        picture(9, grey).save(tmp_path / split / "a" / "x.png")
    shapes = {load_folder(tmp_path, split, 8).images.shape[1:] for split in ("train", "test")}
    assert len(shapes) == 1


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/bomb.png", bytes(31_000_000))
    with pytest.raises(ValueError, match="more than 30000000 bytes"):
        load_folder(tmp_path / "bomb.zip", "train", 8)


def test_folders_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="class sub-folders"):
        load_folder(tmp_path / "nowhere", "train", 8)
    with pytest.raises(ValueError, match="no images"):
        load_folder(tmp_path, "train", 8)
    (tmp_path / "not.zip").write_bytes(b"no")
    with pytest.raises(ValueError, match="not a zip"):
        load_folder(tmp_path / "not.zip", "train", 8)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bad.png").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"^1 of 1 images of .* cannot be read: a/bad\.png \(This is not a picture"):
        for split in ("train", "test"):
            load_folder(tmp_path, split, 8)


class Ranges(http.server.BaseHTTPRequestHandler):
    """Serves `content`; breaks off after `cut` bytes as often as `breaks` says, and continues where asked."""

    content, cut, breaks, asked = bytes(range(256)) * 4000, 300_000, 0, []

    def do_GET(self) -> None:
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        type(self).asked.append(start)
        rest = self.content[start:]
        if self.path == "/whole":  # a server that cannot continue
            start, rest = 0, self.content
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if type(self).breaks:
            type(self).breaks -= 1
            rest = rest[: self.cut]
        self.wfile.write(rest)

    def log_message(self, format: str, *args) -> None:  # noqa: A002
        pass


@pytest.fixture
def server():
    Ranges.breaks, Ranges.asked = 0, []
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}/file"
    running.shutdown()


MD5 = hashlib.md5(Ranges.content).hexdigest()


def test_a_broken_download_is_continued(server: str, tmp_path: Path):
    Ranges.breaks = 1
    with pytest.raises(FileNotFoundError, match="put it into"):
        download([server], tmp_path / "file", MD5)
    download([server], tmp_path / "file", MD5)
    assert (tmp_path / "file").read_bytes() == Ranges.content
    assert Ranges.asked[0] == 0 and Ranges.asked[1] >= 200_000
    download(["http://127.0.0.1:9/never"], tmp_path / "file", MD5)  # there already: nobody is asked


def test_a_server_that_cannot_continue_starts_over(server: str, tmp_path: Path):
    (tmp_path / "file.part").write_bytes(b"other")
    download([server.replace("/file", "/whole")], tmp_path / "file", MD5)
    assert (tmp_path / "file").read_bytes() == Ranges.content


def test_a_wrong_file_is_deleted(server: str, tmp_path: Path):
    with pytest.raises(ValueError, match="checksum"):
        download([server], tmp_path / "file", "0" * 32)
    assert not list(tmp_path.iterdir())


def test_without_a_network_the_folder_is_named(tmp_path: Path):
    from latentdemo.data.torchvision_shim import torchvision

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torchvision().datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
        with pytest.raises(FileNotFoundError, match=str(tmp_path / "MNIST" / "raw")):
            data.load("mnist", "train", tmp_path)


def test_archives_are_unpacked_by_torchvision(tmp_path: Path):
    """The CIFAR-10 archive is taken from where the download puts it."""
    from latentdemo.data import public
    from latentdemo.data.torchvision_shim import torchvision

    dataset = torchvision().datasets.CIFAR10
    folder = tmp_path / "made" / dataset.base_folder
    folder.mkdir(parents=True)
    (folder / "test_batch").write_bytes(pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [0, 1]}))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": ["a", "b"]}))
    archive = tmp_path / dataset.filename
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, dataset.base_folder)
    md5 = {file: hashlib.md5((folder / file).read_bytes()).hexdigest() for file in ("test_batch", "batches.meta")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
        patch.setattr(dataset, "train_list", [])
        patch.setattr(dataset, "test_list", [("test_batch", md5["test_batch"])])
        patch.setattr(dataset, "meta", {"filename": "batches.meta", "key": "label_names", "md5": md5["batches.meta"]})
        assert public.cifar10("test", tmp_path).labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    "error", [RuntimeError("Dataset not found\nor corrupted"), EOFError(), KeyError("data"), OSError(5, "x")]
)
def test_whatever_a_reader_raises_is_a_sentence(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(*_):
        raise error

    monkeypatch.setattr("latentdemo.data.public.cifar10", fails)
    with pytest.raises(ValueError, match=r"^cifar10 in .* cannot be read \(.+\); delete its files there") as caught:
        data.load("cifar10", "test", tmp_path)
    assert "\n" not in str(caught.value)


def test_nobody_is_told_to_delete_images_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(data, "load_folder", fails)
    with pytest.raises(ValueError, match=r"Permission denied.*; look whether it can be opened$") as caught:
        data.load("folder", "test", tmp_path)
    assert "delete its files" not in str(caught.value)
