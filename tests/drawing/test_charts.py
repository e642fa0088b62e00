"""Charts: what is drawn lies where the numbers say."""

import re
from typing import Any

import numpy as np
import pytest

from latentdemo.drawing import charts
from latentdemo.drawing.palette import CLASSES


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
