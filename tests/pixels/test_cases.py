"""Python computes what torch computes, on the cases that the page is tested on too."""

import json
from typing import Any

import numpy as np
import pytest

from latentdemo.drawing.numerals import number
from latentdemo.pixels import images
from latentdemo.pixels.convolution import convolve, output_size, pool, products_at, transposed_convolve
from latentdemo.pixels.kernels import MAX_VALUE, parse
from tests.web.cases import FILE

CASES: dict[str, Any] = json.loads(FILE.read_text())


@pytest.mark.parametrize("case", CASES["convolutions"])
def test_convolutions_and_the_products_behind_them(case: dict[str, Any]):
    image, kernel = np.array(case["image"]), np.array(case["kernel"])
    np.testing.assert_allclose(convolve(image, kernel, **case["settings"]), case["output"], atol=1e-4)
    found = products_at(image, kernel, case["row"], case["column"], **case["settings"])
    np.testing.assert_allclose(found.patch, case["patch"], atol=1e-5)
    np.testing.assert_allclose(found.products, np.array(case["patch"]) * kernel, atol=1e-4)
    assert found.total == pytest.approx(case["total"], abs=1e-4) and found.inside.ravel().tolist() == case["inside"]


@pytest.mark.parametrize("case", CASES["refused"])
def test_what_cannot_be_is_refused_in_the_same_words(case: dict[str, Any]):
    with pytest.raises(ValueError, match=case["word"]):
        if case["outside"] == "zero":
            output_size(case["n"], case["k"], case["stride"], case["padding"], case["dilation"])
        else:
            convolve(np.zeros((case["n"],) * 2), np.zeros((case["k"],) * 2), 1, case["padding"], 1, case["outside"])


def test_pooling_and_transposed_convolution():
    layers = CASES["layers"]
    image, kernel, second = (np.array(layers[name]) for name in ("image", "kernel", "second"))
    for case in layers["pool"]:
        np.testing.assert_allclose(pool(image, case["size"], case["kind"]), case["output"], atol=1e-5)
    for case in layers["transposed"]:
        found = transposed_convolve(image, kernel, case["stride"], case["padding"])
        np.testing.assert_allclose(found, case["output"], atol=1e-4)
    np.testing.assert_allclose(transposed_convolve(second, kernel), layers["composed"], atol=1e-4)


def test_grey_is_rounded_the_same():
    rgb = np.array(CASES["colours"]["rgb"], np.uint8)[None]
    assert images.grey(rgb)[0, :, 0].tolist() == CASES["colours"]["grey"]


@pytest.mark.parametrize(("text", "value"), CASES["typed"].items())
def test_what_people_type_is_read_the_same(text: str, value: float | None):
    if value is None:
        with pytest.raises(ValueError, match="kernel"):
            parse(text)
    else:
        assert parse(text)[0, 0] == pytest.approx(value) and abs(value) <= MAX_VALUE


@pytest.mark.parametrize(("value", "text"), CASES["written"])
def test_numbers_are_written_the_same(value: float, text: str):
    assert number(value) == text
