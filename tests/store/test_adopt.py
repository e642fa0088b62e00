import shutil
from pathlib import Path

import pytest

from latentdemo.store import checkpoints
from latentdemo.store.adopt import adopt
from latentdemo.store.checkpoints import CheckpointError
from latentdemo.store.resources import Resources

NAME = "mnist-vae-5"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    for path in checkpoints.FOLDER.glob(f"{NAME}.*"):
        shutil.copy(path, folder)
    return folder


def test_a_new_checkpoint_is_offered_at_once(made: Path, tmp_path: Path):
    (tmp_path / "app").mkdir()
    resources = Resources(tmp_path / "app")
    assert not resources.offers("pair")
    adopt(resources, NAME, made)
    assert [pair.vae for pair in resources.pairs.values()] == [NAME]
    assert resources.model(NAME).shape.latent_dim == 5
    assert set(Resources(tmp_path / "app").cards) == {NAME}  # after a restart, too


def test_what_vouches_for_the_others_comes_last(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "app").mkdir()
    written: list[str] = []
    monkeypatch.setattr("latentdemo.store.adopt.write_atomically", lambda path, data: written.append(path.suffix))
    with pytest.raises(CheckpointError):  # nothing was written
        adopt(Resources(tmp_path / "app"), NAME, made)
    assert sorted(written) == [".json", ".npz", ".safetensors"] and written[-1] == ".json"


def test_a_damaged_one_and_a_folder_that_cannot_be_written_are_refused(made: Path, tmp_path: Path):
    (tmp_path / "nowhere").write_text("a file where a folder should be")
    resources = Resources(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"Nothing can be written into nowhere/ .*--checkpoints"):
        adopt(resources, NAME, made)
    (made / f"{NAME}.npz").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cut off or altered"):
        adopt(resources, NAME, made)
    assert not resources.cards
