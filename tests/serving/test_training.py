"""The training that a class watches: one run in a process of its own, through the routes that the page asks."""

import base64
import io
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from latentdemo import data
from latentdemo.data import drawn as drawn_module
from latentdemo.pixels import images
from latentdemo.serving import watching
from latentdemo.serving.training import training_routes
from latentdemo.serving.watching import RECIPES, Run, Trainer
from latentdemo.store import checkpoints
from latentdemo.store.files import OwnFolder
from latentdemo.store.resources import Resources
from latentdemo.trainer import configs, parser

QUICK = ("vae", "--dataset", "small-faces", "--latent-dim", "2", "--epochs", "1", "--batch-size", "32", "--n-train")


@pytest.fixture
def trainer(tmp_path: Path) -> Iterator[Trainer]:
    for path in checkpoints.FOLDER.glob("mnist-vae-2.*"):
        shutil.copy(path, tmp_path)
    trainer = Trainer(Resources(tmp_path))
    yield trainer
    trainer.close()


@pytest.fixture
def client(trainer: Trainer) -> TestClient:
    return TestClient(Starlette(routes=training_routes(trainer)))


def wait_for(client: TestClient, *states: str) -> dict:
    told: dict = {}
    for _ in range(600):
        told = client.get("/pixels/train").json()
        if told["state"] in states:
            return told
        time.sleep(0.2)
    raise AssertionError(told)


def drawn(digit: int) -> dict:
    picture = np.zeros((280, 280), np.uint8)
    picture[40 : 240 - 10 * digit, 120:150] = 255
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return {"draw": "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode(), "digit": digit}


@pytest.mark.slow
def test_a_run_is_started_watched_stopped_resumed_and_kept(
    client: TestClient, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(RECIPES, "faces", ("Faces", (*QUICK, "2000")))
    offered: list[str] = []
    trainer.kept = offered.append
    assert client.get("/pixels/train").json()["state"] == "none"
    key = client.post("/pixels/train", json={"start": "faces"}).json()["key"]
    refused = client.post("/pixels/train", json={"start": "faces"})
    assert refused.status_code == 422 and "A training is going on" in refused.json()["error"]
    wait_for(client, "training")
    assert client.post("/pixels/train", json={"key": "another", "stop": True}).status_code == 422
    for wish in ({"beta": 2.0}, {"stop": True}):  # at once: the second one must not swallow the first
        assert client.post("/pixels/train", json={"key": key, **wish}).status_code == 200
    told = wait_for(client, "stopped")
    refused = client.post("/pixels/train", json={"start": "faces"})
    assert "is held for who began it, for 5 more minutes" in refused.json()["error"]
    assert "a training needs 12" in client.post("/pixels/train", json={"start": "drawn", "key": key}).json()["error"]
    assert told["beta"] == 2.0 and 0 < told["step"] < told["steps"] and len(told["codes"]) == 400
    for name in ("pictures", "plane"):
        answer = client.get(f"/pixels/train/{name}")
        assert answer.headers["content-type"] == "image/png" and Image.open(io.BytesIO(answer.content)).width > 200
    assert "what is done can be kept" in client.post("/pixels/train", json={"key": key, "keep": True}).json()["error"]
    assert client.post("/pixels/train", json={"key": key, "resume": True}).status_code == 200
    assert trainer.run is not None and trainer.run.process is not None
    told = wait_for(client, "done", "failed")
    assert told["state"] == "done" and told["step"] == told["steps"], told
    assert told["changes"][0][1:] == ["beta", 2.0] and told["losses"][0][0] == 1  # from before it was stopped
    assert client.post("/pixels/train", json={"key": key, "keep": True}).status_code == 200
    assert client.get("/pixels/train").json()["kept"] and offered == [told["name"]] == ["class-faces-1"]
    card = trainer.resources.card("class-faces-1")
    assert (
        card.training["beta"] == 2.0
        and card.training["changes"] == told["changes"]
        and "Small faces · 2-D · β = 2" in trainer.resources.pairs
    )


def test_what_breaks_off_says_why_and_leaves_room_for_the_next(
    client: TestClient, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(RECIPES, "faces", ("Faces", (*QUICK, "7")))  # fewer than a batch
    client.post("/pixels/train", json={"start": "faces"})
    told = wait_for(client, "failed")
    assert told["problem"] == "n_train is 7; it must be at least 32"
    folder = trainer.run and trainer.run.folder
    monkeypatch.setitem(RECIPES, "faces", ("Faces", (*QUICK, "2000")))
    key = client.post("/pixels/train", json={"start": "faces"}).json()["key"]
    assert client.get("/pixels/train", headers={"x-key": key}).json()["yours"]
    assert not client.get("/pixels/train", headers={"x-key": "another"}).json()["yours"]
    assert trainer.run is not None and trainer.run.process is not None
    command = list(map(str, trainer.run.process.args))  # type: ignore[arg-type]
    assert command[command.index("--owned-by") + 1] == str(os.getpid())
    assert folder is not None and not folder.exists()
    trainer.close()
    assert client.get("/pixels/train").json()["state"] == "none"


def failed_run(client: TestClient, trainer: Trainer, code: str, monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the page is told of a run whose process executes this code and ends."""
    monkeypatch.setattr(watching, "TRAIN", code)
    assert client.post("/pixels/train", json={"start": "faces"}).status_code == 200
    assert trainer.run is not None and trainer.run.process is not None
    trainer.run.process.wait()
    return wait_for(client, "failed")


def test_the_last_words_of_a_failed_run_are_in_the_log_before_a_page_asks(
    client: TestClient, trainer: Trainer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    code = "import shutil, sys; print('begun'); shutil.rmtree(sys.argv[sys.argv.index('--runs') + 1], True); 1 / 0"
    monkeypatch.setattr(watching, "TRAIN", code)
    client.post("/pixels/train", json={"start": "faces"})
    for _ in range(100):
        if "ZeroDivisionError" in caplog.text:
            break
        time.sleep(0.1)
    assert "training class-faces-1 failed: " in caplog.text and "ZeroDivisionError" in caplog.text
    assert wait_for(client, "failed")["problem"] == ""
    assert caplog.text.count("ZeroDivisionError") == 1
    gone = "shutil.rmtree(sys.argv[sys.argv.index('--out') + 1] + '/..', True)"
    code = f"import shutil, sys; {gone}; sys.exit('train.py: no room')"
    assert failed_run(client, trainer, code, monkeypatch)["problem"] == "no room"
    assert failed_run(client, trainer, "import os; os._exit(9)", monkeypatch)["problem"] == ""
    assert "it printed nothing" in caplog.text


def test_a_stopped_run_without_its_state_is_not_resumed(
    client: TestClient, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watching, "TRAIN", "raise SystemExit(130)")
    key = client.post("/pixels/train", json={"start": "faces"}).json()["key"]
    wait_for(client, "stopped")
    answer = client.post("/pixels/train", json={"key": key, "resume": True})
    assert answer.status_code == 422 and "saved state of this training is gone" in answer.json()["error"]
    assert trainer.own is not None and trainer.own.path.exists()
    folder = trainer.own.path
    trainer.close()
    assert not folder.exists()


def test_a_run_that_goes_on_is_starting_until_it_tells_so(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    run = Run("faces", "class-faces-1", "key", tmp_path, process)
    run.watched.mkdir(parents=True)
    try:
        assert run.state() == "starting"
        (run.watched / "told.json").write_text('{"state": "stopped"}')
        assert run.state() == "stopping"
        run.begun = time.time() + 1
        assert run.state() == "starting"
        (run.watched / "told.json").write_text('{"state": "training"}')
        assert run.state() == "training"
    finally:
        process.kill()
        process.wait()


def test_a_class_draws_digits_until_there_are_enough(client: TestClient, trainer: Trainer):
    assert "a training needs 12" in client.post("/pixels/train", json={"start": "drawn"}).json()["error"]
    for i in range(12):
        assert client.post("/pixels/train", json=drawn(i % 10)).status_code == 200
    told = client.get("/pixels/train").json()
    assert told["drawn"] == told["wanted"] == 12 and trainer.run is None
    assert trainer.drawings._kept[0].picture.shape == (28, 28, 1)


def test_drawings_from_outside_push_nobody_elses_out(client: TestClient, trainer: Trainer):
    ours = {(f"pupil-{i}", "school") for i in range(30)}
    for browser, address in ours:
        trainer.drawings.add(np.full((28, 28, 1), 9, np.uint8), 1, (address, browser))
    for i in range(2000):
        trainer.drawings.add(np.ones((28, 28, 1), np.uint8), 2, ("outside", f"browser-{i}"))
    for _ in range(200):
        trainer.drawings.add(np.ones((28, 28, 1), np.uint8), 3, ("another", "same"))
    kept = trainer.drawings._kept
    assert len(kept) == drawn_module.MOST_DRAWN and ours <= {drawing.source[::-1] for drawing in kept}
    assert sum(drawing.source == ("another", "same") for drawing in kept) <= drawn_module.MAX_OF_BROWSER
    assert client.post("/pixels/train", json={**drawn(1), "browser": "x" * 900}).status_code == 200
    assert ("testclient", "x" * 64) in {drawing.source for drawing in trainer.drawings._kept}


def test_a_large_drawing_is_refused_before_it_is_decoded(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    def sent(side: int) -> str:
        buffer = io.BytesIO()
        Image.new("1", (side, side)).save(buffer, "PNG")
        return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()

    assert client.post("/pixels/train", json={"draw": sent(1000), "digit": 1}).json() == {
        "error": "Nothing is drawn there."
    }
    monkeypatch.setattr(images, "load", lambda *_: pytest.fail("it must not be decoded"))
    for side in (1001, 7000):
        answer = client.post("/pixels/train", json={"draw": sent(side), "digit": 1})
        assert answer.json() == {"error": f"The drawing has {side} × {side} pixels; the limit is 1,000,000 in all."}


def test_a_start_writes_nothing_before_it_has_won_the_place(trainer: Trainer, monkeypatch: pytest.MonkeyPatch):
    begun, go_on, folders = threading.Event(), threading.Event(), []
    own_folder = watching.own_folder

    def counted(prefix: str) -> OwnFolder:
        folders.append(own_folder(prefix))
        return folders[-1]

    def slow(folder: Path) -> None:
        begun.set()
        assert go_on.wait(30)

    with pytest.raises(ValueError, match="0 digits were drawn; a training needs 12"):
        trainer.start("drawn")
    assert not trainer.preparing
    for i in range(12):
        trainer.draw(drawn(i % 10)["draw"], i % 10)
    monkeypatch.setattr(watching, "own_folder", counted)
    monkeypatch.setattr(trainer.drawings, "write", slow)
    monkeypatch.setattr(trainer, "_spawn", lambda run: None)
    winner = threading.Thread(target=trainer.start, args=("drawn",))
    winner.start()
    assert begun.wait(30)
    for recipe in ("drawn", "faces") * 24:
        with pytest.raises(ValueError, match="A training is going on"):
            trainer.start(recipe)
    go_on.set()
    winner.join(30)
    assert len(folders) == 1 and trainer.n_runs == 1 and not trainer.preparing
    for recipe in ("drawn", "faces"):
        with pytest.raises(ValueError, match="A training is going on"):
            trainer.start(recipe)
    assert len(folders) == 1
    folders[0].remove()


def test_a_start_that_fails_gives_its_place_back(trainer: Trainer, monkeypatch: pytest.MonkeyPatch):
    def fail(run: Run) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trainer, "_spawn", fail)
    for _ in range(2):
        with pytest.raises(OSError):
            trainer.start("faces")
    assert trainer.run is None and not trainer.preparing


def test_what_a_run_would_learn_from_is_shown_before_it_begins(client: TestClient):
    def shown(recipe: str) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(client.get(f"/pixels/train/examples/{recipe}").content)))

    faces = data.load("small-faces", "train", n=24).images
    np.testing.assert_array_equal(shown("faces")[64:96, 96:128], faces[2 * 8 + 3])
    assert client.get("/pixels/train/examples/drawn").status_code == 404
    for digit in (1, 7):
        client.post("/pixels/train", json=drawn(digit))
    widths = [(shown("drawn")[:28, 28 * i : 28 * i + 28] > 128).any(axis=0).sum() for i in (0, 1)]
    assert shown("drawn").shape == (28, 8 * 28) and widths[0] > widths[1] > 0  # the newest first: the 7 is broader
    assert client.get("/pixels/train/examples/nobody").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [b"", b"[]", b"{", b"[" * 4000, b'{"start": "nothing"}', b'{"start": null}', b'{"draw": "x", "digit": 1}',
     b'{"draw": 5, "digit": "1"}', b'{"key": 1, "stop": true}', b"x" * 300_000],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(client: TestClient, trainer: Trainer, sent: bytes):
    answer = client.post("/pixels/train", content=sent)
    assert answer.status_code == 422 and 5 < len(answer.json()["error"]) < 200
    assert trainer.run is None
    for name in ("pictures", "told.json", "..%2Ftold.json"):
        assert client.get(f"/pixels/train/{name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("beta", -1), ("beta", 1e9), ("learning_rate", 0), ("beta", "2"), ("beta", None), ("beta", True)],
)
def test_settings_have_limits(name: str, value: object):
    with pytest.raises(ValueError, match=name):
        watching._within(name, value)


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_are_what_train_py_understands(recipe: str):
    config = configs(parser().parse_args([*RECIPES[recipe][1], "--name", "a", "--watch"]))[0]
    assert config.model == "vae" and config.latent_dim == 2


def test_without_a_trainer_there_is_a_sentence():
    client = TestClient(Starlette(routes=training_routes(None)))
    for answer in (client.get("/pixels/train"), client.post("/pixels/train", json={"start": "faces"})):
        assert answer.status_code == 422 and "Nothing is trained on this host" in answer.json()["error"]
