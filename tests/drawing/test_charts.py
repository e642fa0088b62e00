"""Charts: what is drawn lies where the numbers say."""

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from latentdemo.drawing import charts
from latentdemo.drawing.palette import CLASSES, FONT, SIDES


def numbers(svg: str, tag: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf'<{tag}[^>]* {name}="([-\d.]+)"', svg)]


def test_bars_are_as_high_as_their_numbers():
    svg = charts.bar_chart(np.array([4.0, 1.0, 2.0]), ["z2", "z0", "z1"], "KL in nats")
    heights = numbers(svg, "rect", "height")
    assert np.array(heights) / heights[0] == pytest.approx([1, 0.25, 0.5], abs=0.01)
    labels = [float(text) for text in re.findall(r'text-anchor="end">([\d.]+)<', svg)]
    assert labels == [0, 2, 4]
    assert all(f">{name}<" in svg for name in ("z0", "z1", "z2")) and ">4<" in svg and "KL in nats</figcaption>" in svg


def test_intervals_reach_one_sigma_to_either_side():
    svg = charts.interval_chart(np.array([1.0, -2.0]), np.array([0.5, 0.25]), ["a", "b"], "μ ± σ", "vae")
    prior, first, second = numbers(svg, "rect", "height")
    unit = prior / 2  # the prior's −1 … 1
    assert first == pytest.approx(unit, rel=0.02) and second == pytest.approx(0.5 * unit, rel=0.02)
    tops = numbers(svg, "rect", "y")
    assert tops[1] == pytest.approx(tops[0] - 0.5 * unit, abs=0.2)  # 1.5 against the prior's 1
    middles = numbers(svg, 'line class="middle"', "y1")
    assert middles[1] - middles[0] == pytest.approx(3 * unit, rel=0.01)


def test_a_cloud_keeps_one_scale_for_places_and_sigmas():
    codes, sigma = np.array([[2.0, 0.0], [0.0, -1.0]]), np.array([[0.5, 0.25], [1e-9, 1e-9]])
    svg = charts.cloud(codes, sigma, np.array([3, 12]), "codes")
    half, scale = charts.CLOUD_SIDE / 2, charts.CLOUD_SIDE / 2 / 2.1
    assert numbers(svg, "ellipse", "cx") == pytest.approx([half + 2 * scale, half], abs=0.1)
    assert numbers(svg, "ellipse", "cy") == pytest.approx([half, half + scale], abs=0.1)
    assert numbers(svg, "ellipse", "rx") == pytest.approx([0.5 * scale, charts.POINT], abs=0.1)
    assert numbers(svg, "ellipse", "ry") == pytest.approx([0.25 * scale, charts.POINT], abs=0.1)
    assert numbers(svg, "circle", "r") == pytest.approx([scale], abs=0.1)  # σ = 1
    assert re.search(rf'class="name" x="{half + 2 * scale:.1f}" y="{half + 8:.1f}"[^>]*>3<', svg)
    assert CLASSES[3] in svg and CLASSES[2] in svg and "±2.1" in svg


def test_dots_are_shares_of_the_picture_upwards():
    svg = charts.dots(np.array([[0.25, 0.1]]), np.array([7]))
    assert 'cx="25.00" cy="90.00"' in svg and CLASSES[7] in svg


def test_codes_without_classes_are_drawn_alike_and_collapsed_ones_too():
    svg = charts.cloud(np.zeros((3, 2)), np.ones((3, 2)), None, "codes")
    assert svg.count(CLASSES[1]) == 3 and 'class="name"' not in svg and numbers(svg, "circle", "r")[0] < 280
    assert charts.dots(np.zeros((2, 2)), None).count(CLASSES[1]) == 2


def test_titles_are_escaped():
    assert "<b>" not in charts.bar_chart(np.ones(1), ["<b>"], '<b>"')


def test_dimension_bars_stand_in_the_asked_order():
    figure = charts.dimension_figure(np.array([1.0, 3.0, 2.0]), np.array([1, 2, 0]), "nats")
    bars: Any = figure.data[0]
    assert list(bars.x) == ["z1", "z2", "z0"] and list(bars.y) == [3, 2, 1]


def drawn(figure: str) -> tuple[ElementTree.Element, dict[str, list[dict[str, str]]]]:
    """A chart's figure, and the attributes of its marks by their tags, in order; a text's is under "text"."""
    root = ElementTree.fromstring(figure)
    marks: dict[str, list[dict[str, str]]] = {}
    for mark in root[0]:
        marks.setdefault(mark.tag, []).append(dict(mark.attrib) | ({"text": mark.text} if mark.text else {}))
    return root, marks


def test_every_mark_of_a_bar_chart_lies_where_its_number_says():
    values, names = np.array([1.0, 4.0, 0.0]), ["a", "b", "c"]
    root, marks = drawn(charts.bar_chart(values, names, 'nats, "each"', "vae"))
    width, left, top, bottom = 640, 84, 14, 300 - 44
    assert root.attrib == {"class": "chart vae"} and root[1].text == 'nats, "each"'
    assert root[0].attrib == {"viewBox": "0 0 640 300", "role": "img", "aria-label": 'nats, "each"'}
    step = (width - left) / 3
    for i, (value, bar) in enumerate(zip(values, marks["rect"], strict=True)):
        assert float(bar["x"]) == pytest.approx(left + (i + 0.1) * step, abs=0.06)
        assert float(bar["width"]) == pytest.approx(0.8 * step, abs=0.06)
        assert float(bar["y"]) == pytest.approx(bottom - value / 4 * (bottom - top), abs=0.06)
        assert float(bar["height"]) == pytest.approx(max(2, value / 4 * (bottom - top)), abs=0.06)
    for value, line in zip((0, 2, 4), marks["line"], strict=True):
        assert line["class"] == "axis" and (line["x1"], line["x2"]) == ("84", "640") and line["y1"] == line["y2"]
        assert float(line["y1"]) == pytest.approx(bottom - value / 4 * (bottom - top), abs=0.06)
    scale, below = marks["text"][:3], marks["text"][3:]
    assert [(text["text"], text["x"], text["text-anchor"]) for text in scale] == [
        ("0", "76", "end"), ("2", "76", "end"), ("4", "76", "end"),
    ]  # fmt: skip
    for text, line in zip(scale, marks["line"], strict=True):
        assert float(text["y"]) == pytest.approx(float(line["y1"]) + 7, abs=0.06)
    assert [(text["text"], text["y"], text["text-anchor"]) for text in below] == [(n, "286", "middle") for n in names]
    assert [float(text["x"]) for text in below] == pytest.approx([left + (i + 0.5) * step for i in range(3)], abs=0.06)
    assert drawn(charts.bar_chart(np.zeros(2), ["a", "b"], "t"))[1]["text"][2]["text"] == "1"  # all 0: a scale of 1


def test_names_are_left_out_where_there_is_no_room_for_them():
    n = 32
    _, marks = drawn(charts.bar_chart(np.ones(n), [f"z{i}" for i in range(n)], "t"))
    assert [text["text"] for text in marks["text"][3:]] == [f"z{i}" for i in range(0, n, 3)]  # 48 of 17.4 pixels each


def test_every_mark_of_an_interval_chart_lies_where_its_number_says():
    mu, sigma = np.array([4.0, -1.0]), np.array([1.0, 0.5])
    root, marks = drawn(charts.interval_chart(mu, sigma, ["z0", "z1"], "t", "vae"))
    assert root.attrib["class"] == "chart vae" and root[0].attrib["viewBox"] == "0 0 1100 300"
    limit, left, top, tall = 5.0, 84, 14, 300 - 44 - 14  # the first bar ends at 4 + 1

    def y(value: float) -> float:
        return top + (limit - value) / (2 * limit) * tall

    step = (1100 - left) / 2
    prior, *bars = marks["rect"]
    assert prior["class"] == "prior" and (prior["x"], prior["width"]) == ("84", "1016")
    assert float(prior["y"]) == pytest.approx(y(1), abs=0.06)
    assert float(prior["height"]) == pytest.approx(y(-1) - y(1), abs=0.06)
    middles = [line for line in marks["line"] if line["class"] == "middle"]
    for i, (bar, line) in enumerate(zip(bars, middles, strict=True)):
        assert float(bar["y"]) == pytest.approx(y(mu[i] + sigma[i]), abs=0.06)
        assert float(bar["height"]) == pytest.approx(2 * sigma[i] / (2 * limit) * tall, abs=0.06)
        assert float(line["y1"]) == float(line["y2"]) == pytest.approx(y(mu[i]), abs=0.06)
        assert float(line["x1"]) == float(bar["x"]) == pytest.approx(left + (i + 0.1) * step, abs=0.06)
        assert float(line["x2"]) == pytest.approx(left + (i + 0.9) * step, abs=0.06)
    assert [text["text"] for text in marks["text"][:3]] == ["−5", "0", "5"]
    near = drawn(charts.interval_chart(np.zeros(1), np.ones(1), ["z"], "t"))[1]
    assert [text["text"] for text in near["text"]] == ["−3", "0", "3", "z"]  # the prior's ±3 at least
    with pytest.raises(ValueError):
        charts.interval_chart(mu, sigma[:1], ["z0", "z1"], "t")


def test_every_mark_of_a_cloud_lies_where_its_number_says():
    codes = np.array([[2.0, 1.0], [-1.0, 1.0], [0.0, -1.0]])
    root, marks = drawn(charts.cloud(codes, np.full((3, 2), 0.5), np.array([1, 1, 2]), "t"))
    scale = 280 / 2.1
    assert root.attrib["class"] == "chart cloud" and root[0].attrib["viewBox"] == "0 0 560 560"
    assert [mark["fill"] for mark in marks["ellipse"]] == [CLASSES[1], CLASSES[1], CLASSES[2]]
    assert [float(mark["cx"]) for mark in marks["ellipse"]] == pytest.approx(280 + codes[:, 0] * scale, abs=0.06)
    assert [float(mark["cy"]) for mark in marks["ellipse"]] == pytest.approx(280 - codes[:, 1] * scale, abs=0.06)
    (circle,) = marks["circle"]
    assert (circle["cx"], circle["cy"]) == ("280.0", "280.0")
    assert float(circle["r"]) == pytest.approx(scale, abs=0.06)
    one, two, ends = marks["text"]
    assert (one["text"], two["text"], ends["text"]) == ("1", "2", "±2.1") and (ends["x"], ends["y"]) == ("6", "550")
    assert float(one["x"]) == pytest.approx(280 + 0.5 * scale, abs=0.06)  # the median of 2 and −1
    assert float(one["y"]) == pytest.approx(280 - scale + 8, abs=0.06) and one["text-anchor"] == "middle"
    near = drawn(charts.cloud(np.full((1, 2), 0.1), np.ones((1, 2)), None, "t"))[1]
    assert near["text"][0]["text"] == "±1.05" and float(near["circle"][0]["r"]) == pytest.approx(280 / 1.05, abs=0.06)
    with pytest.raises(ValueError):
        charts.cloud(codes, np.ones((2, 2)), None, "t")


def test_every_dot_lies_where_its_share_says():
    svg = ElementTree.fromstring(charts.dots(np.array([[0.0, 0.0], [1.0, 0.25]]), np.array([0, 13])))
    assert svg.attrib == {"class": "over", "viewBox": "0 0 100 100", "aria-hidden": "true"}
    assert [dict(dot.attrib) for dot in svg] == [
        {"cx": "0.00", "cy": "100.00", "r": "0.6", "fill": CLASSES[0]},
        {"cx": "100.00", "cy": "75.00", "r": "0.6", "fill": CLASSES[3]},
    ]
    with pytest.raises(ValueError):
        charts.dots(np.zeros((2, 2)), np.zeros(1))


def test_dimension_bars_can_be_read_from_the_back_row_on_any_ground():
    figure = charts.dimension_figure(np.array([1.0]), np.array([0]), "nats")
    bars: Any = figure.data[0]
    layout: Any = figure.layout
    assert bars.type == "bar" and bars.marker.color == SIDES["vae"]
    assert (layout.title.text, layout.yaxis.title.text) == ("What each dimension carries", "nats")
    assert (layout.font.size, layout.font.family, layout.font.color) == (20, FONT, "#808080")
    assert layout.height == 380 and layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert (layout.margin.l, layout.margin.r, layout.margin.t, layout.margin.b) == (80, 10, 60, 70)
