import io
import os
import threading
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from latentdemo.dashboard import bare_page
from latentdemo.store.files import kept_once
from latentdemo.store.resources import Resources
from latentdemo.tabs.handlers import listener
from latentdemo.widgets import Page, UnreadableImage, components

RNG = np.random.default_rng(0)


def test_many_readers_of_the_same_picture_get_it_whole(tmp_path: Path):
    image = RNG.integers(0, 256, (200, 300, 3), np.uint8)
    first = kept_once(image, tmp_path)
    written, broken = first.stat().st_ino, []

    def visit() -> None:
        for _ in range(12):
            path = kept_once(image, tmp_path)
            opened = np.asarray(Image.open(io.BytesIO(path.read_bytes())))
            broken.append(not np.array_equal(opened, image))

    threads = [threading.Thread(target=visit) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(broken) == 360 and not any(broken)
    assert first.stat().st_ino == written and list(tmp_path.rglob("*.*")) == [first]


def test_a_picture_that_is_asked_for_is_young_again(tmp_path: Path):
    path = kept_once(np.zeros((4, 4), np.uint8), tmp_path)
    os.utime(path, (0, 0))
    assert kept_once(np.zeros((4, 4), np.uint8), tmp_path) == path and path.stat().st_mtime > 1e9
    assert kept_once(np.ones((4, 4), np.uint8), tmp_path) != path
    assert kept_once(np.zeros((2, 8), np.uint8), tmp_path) != path  # the same bytes in another form


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_what_is_shown_keeps_every_pixel(shape: tuple[int, ...]):
    image = RNG.integers(0, 256, shape, np.uint8)
    for shown in (components.Door(), components.Picture()):
        data = shown.postprocess(image)
        np.testing.assert_array_equal(np.asarray(Image.open(data.path)), image)
        assert shown.postprocess(None) is None and shown.get_block_name() == "image"


@pytest.mark.parametrize("sent", ["x" * 5000, 3, [], True, {"path": 5}])
def test_what_is_sent_as_an_image_is_a_file(sent: object, caplog: pytest.LogCaptureFixture):
    with pytest.raises(gr.Error, match="uploaded file") as caught:
        components.Door.data_model.model_validate(sent)
    assert not caught.value.print_exception and len(caplog.text) < 200


def test_a_panel_keeps_what_it_shows_while_an_upload_cannot_be_read(resources: Resources, tmp_path: Path):
    page = bare_page(resources)
    (tmp_path / "bad.png").write_bytes(b"hello")

    def show(page: Page, path: str) -> Any:
        return page.picture(path), "text"

    def steps(page: Page, path: str) -> Any:
        yield "begun"
        yield page.picture(path)

    with pytest.raises(UnreadableImage, match="not a picture"):
        show(page, str(tmp_path / "bad.png"))
    assert listener(page, show)["fn"](str(tmp_path / "bad.png")) == gr.skip()
    assert list(listener(page, steps)["fn"](str(tmp_path / "bad.png"))) == ["begun", gr.skip()]
