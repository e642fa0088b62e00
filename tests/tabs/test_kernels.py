"""The kernels' tab: what the page is told, and the endpoint."""

import base64
import io
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from latentdemo import widgets
from latentdemo.classifiers import shifts
from latentdemo.drawing.pictures import png
from latentdemo.pixels import images
from latentdemo.pixels.convolution import convolve
from latentdemo.pixels.kernels import EXAMPLES, KERNELS, TRANSPOSED
from latentdemo.store import checkpoints
from latentdemo.tabs import kernels
from latentdemo.tabs.asked import taking
from latentdemo.tabs.kernels import dense
from latentdemo.widgets import Page

FACES, DIGITS = "Faces · 32-D", "Digits · 16-D"


def opened(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def test_the_page_is_told_every_pixel_kernel_and_example(page: Page):
    told = kernels.stage(page, None)
    np.testing.assert_array_equal(opened(told["src"]), page.default)
    assert not told["grey"] and told["first"] in KERNELS
    assert [kernel["name"] for kernel in told["kernels"]] == list(KERNELS)
    blur = next(kernel for kernel in told["kernels"] if kernel["name"] == "Blur")
    np.testing.assert_array_equal(np.array(blur["rows"]) / blur["divisor"], KERNELS["Blur"].array)
    assert [example["name"] for example in told["examples"]] == [example.name for example in EXAMPLES]
    assert [example["name"] for example in told["transposed"]] == [example.name for example in TRANSPOSED]


def test_large_pictures_are_shrunk(page: Page, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(np.zeros((1024, 512, 1), np.uint8)))
    told = kernels.stage(page, str(tmp_path / "a.png"))
    assert opened(told["src"]).shape == (640, 320) and told["grey"]
    assert told["original"] == (512, 1024)  # width × height


def test_the_original_size_survives_the_general_limit(page: Page, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda text, duration: said.append(text))
    source = Path(page.door.GRADIO_CACHE) / "large.png"
    source.write_bytes(png(np.zeros((1500, 3000, 3), np.uint8)))
    shown, _, lies, _ = widgets.accept(page, str(source))
    assert lies is not None and shown == lies and images.load(lies).shape == (512, 1024, 3)
    assert said == ["The image has 3,000 × 1,500 pixels (width × height); it was reduced to 1,024 × 512."]
    told = kernels.stage(page, lies)
    assert told["original"] == (3000, 1500) and opened(told["src"]).shape[:2] == (320, 640)


def test_two_networks_answer_for_a_digit_at_every_shift(page: Page):
    told = dense.show(page, None, FACES)
    digit = np.array(told["digit"], np.uint8)
    np.testing.assert_array_equal(digit, page.resources.samples()["Digit 7"].picture[:, :, 0])
    assert "sample" in told["note"]
    for network, name in zip(told["networks"], dense.NETWORKS, strict=True):
        model = page.resources.model(name)
        oracle = shifts.everywhere(model, digit[:, :, None])
        np.testing.assert_allclose(network["shares"], oracle, atol=1e-4)
        assert np.argmax(network["shares"][8 * 17 + 8]) == 7  # unmoved
        stored = checkpoints.load_arrays(name)["shift_accuracy"]
        np.testing.assert_allclose(network["accuracy"], stored, atol=1e-4)
    assert len(told["ink"]) == 17 and told["ink"][8] == 1 and told["n"] == 10_000


def test_the_visitors_own_digit_is_used_where_there_is_one(page: Page, monkeypatch: pytest.MonkeyPatch):
    own = images.as_digit(page.resources.samples()["Digit 7"].picture[:, ::-1])
    monkeypatch.setattr(type(page), "picture", lambda self, path: own)
    assert "Your image" in dense.show(page, "x", FACES)["note"]
    monkeypatch.setattr(type(page), "picture", lambda self, path: page.default)
    assert "Your image" in dense.show(page, "x", DIGITS)["note"]


def test_missing_networks_are_named(page: Page, monkeypatch: pytest.MonkeyPatch):
    cards = {name: card for name, card in page.resources.cards.items() if name != "mnist-cnn"}
    monkeypatch.setattr(page.resources, "cards", cards)
    assert "train.py --shipped mnist-cnn" in dense.show(page, None, FACES)["problem"]


def call(page: Page, preset: str = "Edge", matrix: str = "", **changes: Any) -> tuple[np.ndarray, dict[str, Any]]:
    given = {"stride": 1, "padding": 1, "colour": kernels.COLOUR, "dilation": 1, "outside": "zero"} | changes
    return taking(kernels.kernel)(page, None, preset, matrix, *given.values())


def test_the_endpoint_equals_convolve(page: Page):
    picture, numbers = call(page, stride=2, dilation=2, padding=3, outside="reflect")
    oracle = convolve(images.to_float(page.default), KERNELS["Edge"].array, 2, 3, 2, "reflect")
    np.testing.assert_array_equal(picture, images.to_uint8(oracle))
    assert numbers["min"] == pytest.approx(float(oracle.min())) and numbers["height"] == oracle.shape[0]
    own, _ = call(page, matrix="0 0 0; 0 1 0; 0 0 0")
    np.testing.assert_array_equal(own, page.default)
    assert call(page, colour=kernels.GREY)[0].ndim == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"colour": "purple"}, "colour"), ({"stride": 600}, "stride"), ({"stride": None}, "whole number"),
     ({"padding": 0.5}, "whole number"), ({"outside": "wrap"}, "must be zero"), ({"matrix": "1 2"}, "square"),
     ({"preset": "x"}, "there are Blur")],
)  # fmt: skip
def test_mistakes_are_named(page: Page, changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        call(page, **changes)
