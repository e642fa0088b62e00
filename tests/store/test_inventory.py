import json
import shutil
from pathlib import Path

from latentdemo.store import checkpoints, inventory
from latentdemo.store.resources import Resources

VAE = "mnist-vae-2"


def copied(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        for file in checkpoints.FOLDER.glob(f"{name}.*"):
            shutil.copy(file, folder)
    return folder


def test_folders_are_added_and_the_last_one_wins_a_name(tmp_path: Path):
    first, last = copied(tmp_path / "first", VAE, "mnist-cnn"), copied(tmp_path / "last", VAE, "mnist-mlp")
    card = json.loads((last / f"{VAE}.json").read_text())
    (last / f"{VAE}.json").write_text(json.dumps({**card, "licence": "mine"}))
    resources = Resources([first, last, first])
    assert list(resources.cards) == ["mnist-cnn", "mnist-mlp", VAE]
    assert resources.cards[VAE].licence == card["licence"]  # `first` was named last, too
    resources = Resources([first, last])
    assert resources.cards[VAE].licence == "mine" and resources.folder == last
    assert resources.problems == [f"{VAE} is in first/ and in last/; the one in last/ is used."]
    assert "shift_accuracy" in resources.arrays("mnist-cnn") and resources.model("mnist-mlp") is not None


def test_a_damaged_checkpoint_gives_way_to_one_of_its_name(tmp_path: Path):
    first, last = copied(tmp_path / "first", VAE), copied(tmp_path / "last", VAE)
    (last / f"{VAE}.npz").write_bytes(b"")
    found = inventory.take([first, last])
    assert found.homes == {VAE: first} and "cut off or altered" in found.problems[0]


def test_a_file_is_not_a_folder_of_checkpoints(tmp_path: Path):
    (tmp_path / "a").write_text("")
    assert inventory.take([tmp_path / "a"]).problems == [
        f"{tmp_path / 'a'} is not a folder; give a folder of checkpoints"
    ]
    assert inventory.take([tmp_path / "none"]) == inventory.Inventory({}, {}, [])


def test_a_card_may_be_utf_16_or_begin_with_a_byte_order_mark(tmp_path: Path):
    folder = copied(tmp_path / "a", VAE)
    text = (folder / f"{VAE}.json").read_text()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "utf-32"):
        (folder / f"{VAE}.json").write_bytes(text.encode(encoding))
        assert Resources(folder).problems == [], encoding
