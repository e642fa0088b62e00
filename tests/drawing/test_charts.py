"""Charts: the figure that the page draws holds the numbers it was given, and says what they are."""

from typing import Any

import numpy as np
import pytest

from latentdemo.drawing import charts
from latentdemo.drawing.palette import CLASSES, VARIABLES
from tests.written import figures_in


def drawn(figure: Any) -> dict[str, Any]:
    return figures_in(charts.chart(figure, "t"))[0]


def test_bars_are_their_numbers_in_the_asked_order():
    names = [f"z{i}" for i in range(32)]
    figure = drawn(charts.bars(np.linspace(3.00004, 0, 32), names, "nats", "var(--vae)"))
    (bars,) = figure["data"]
    assert bars["type"] == "bar" and bars["x"] == names and bars["y"][0] == 3 and bars["y"][-1] == 0
    assert bars["y"] == pytest.approx(np.linspace(3, 0, 32), rel=1e-3)
    assert "nats" in bars["hovertemplate"] and figure["layout"]["yaxis"]["title"]["text"] == "nats"
    assert figure["layout"]["xaxis"]["tickvals"] == names[::4]  # as many names as can be read
    assert bars["marker"]["color"] == "var(--vae)" and "vae" in VARIABLES


def test_intervals_reach_one_sigma_to_either_side_of_their_mean():
    mu, sigma = np.array([4.0, -1.0]), np.array([1.0, 0.5])
    figure = drawn(charts.intervals(mu, sigma, ["z0", "z1"], "var(--vae)"))
    bars, middles = figure["data"]
    np.testing.assert_allclose(bars["base"], mu - sigma)
    np.testing.assert_allclose(np.add(bars["base"], bars["y"]), mu + sigma)
    assert middles["y"] == mu.tolist() and bars["customdata"] == [[4, 1], [-1, 0.5]]
    (prior,) = figure["layout"]["shapes"]
    assert (prior["y0"], prior["y1"]) == (-1, 1) and figure["layout"]["yaxis"]["range"] == [-5, 5]
    near = drawn(charts.intervals(np.zeros(1), np.ones(1), ["z"], "var(--ae)"))
    assert near["layout"]["yaxis"]["range"] == [-3, 3]  # the prior's ±3 at least
    with pytest.raises(ValueError):
        charts.intervals(mu, np.ones(3), ["z0", "z1"], "red")


NAMES = tuple(f"class {letter}" for letter in "abcdefghijklm")


def test_a_cloud_draws_each_code_as_the_ellipse_of_its_sigma():
    codes = np.array([[2.0, 1.0], [-1.0, 1.0], [0.0, -1.0]])
    sigma = np.array([[0.5, 0.25], [0.25, 0.25], [1e-9, 1e-9]])
    figure = drawn(charts.cloud(codes, sigma, np.array([1, 1, 12]), NAMES))
    ones, ones_middle, other, _, *names = figure["data"]
    corners = np.array([ones["x"], ones["y"]], float)
    gaps = np.flatnonzero(np.isnan(corners[0]))
    assert len(gaps) == 2  # after each ellipse
    first = corners[:, : gaps[0]]
    np.testing.assert_allclose(((first - codes[0][:, None]) ** 2 / sigma[0][:, None] ** 2).sum(axis=0), 1, atol=0.01)
    assert ones["fill"] == "toself" and ones["fillcolor"] == CLASSES[1] and other["fillcolor"] == CLASSES[2]
    assert ones["legendgroup"] == ones_middle["legendgroup"] == "class b"  # the legend's switch takes both
    assert ones_middle["customdata"] == [[2, 1, 0.5, 0.25], [-1, 1, 0.25, 0.25]]
    limit = 1.05 * 2.5
    layout = figure["layout"]
    assert layout["xaxis"]["range"] == layout["yaxis"]["range"] == pytest.approx([-limit, limit])
    assert layout["yaxis"]["scaleanchor"] == "x"  # a circle is round
    tiny = np.array(other["x"][:-1], float)
    assert np.ptp(tiny) == pytest.approx(4 * limit * charts.POINT, rel=0.01)  # a point would not be seen
    (circle,) = layout["shapes"]
    assert [circle[end] for end in ("x0", "x1", "y0", "y1")] == [-1, 1, -1, 1]  # the prior's σ
    marks = {name["text"][0]: (*name["x"], *name["y"]) for name in names}
    assert marks == {"<b>class b</b>": (0.5, 1.0), "<b>class m</b>": (0.0, -1.0)}  # medians
    assert [name["legendgroup"] for name in names] == ["class b", "class m"]
    many = drawn(charts.cloud(np.zeros((12, 2)), np.ones((12, 2)), np.arange(12), NAMES))
    assert [trace["name"] for trace in many["data"][::2]][:6] == list(NAMES[:6])  # in the order of the labels
    with pytest.raises(ValueError):
        charts.cloud(codes, np.ones((2, 2)), None)


def test_codes_without_classes_are_drawn_alike_and_collapsed_ones_too():
    figure = drawn(charts.cloud(np.zeros((3, 2)), np.ones((3, 2)), None))
    assert figure["data"][0]["fillcolor"] == CLASSES[1] and len(figure["data"]) == 2
    assert figure["layout"]["showlegend"] is False
    assert np.abs(figure["layout"]["xaxis"]["range"]).min() >= 1.05  # the prior's circle fits in


def test_four_digits_are_sent_and_gaps_are_null():
    assert charts.rounded(np.array([0.123456, -98765.4, np.nan])) == [0.1235, -98770, None]


def test_a_title_is_escaped_and_said_to_screen_readers():
    text = charts.chart(charts.bars(np.ones(1), ["<b>"], "n", "red"), '<i>"')
    assert "<i>" not in text and "<b>" not in text and text.count("&lt;i&gt;&#34;") == 2
    assert figures_in(text)[0]["data"][0]["x"] == ["&lt;b&gt;"]  # Plotly reads tags in text


def test_curves_are_means_in_a_band_of_all_runs():
    sizes, scores = np.array([10, 100]), np.array([[[0.2, 0.4], [0.5, 0.9]], [[-0.5, 0.1], [0.3, 0.3]]])
    figure = drawn(charts.curves(sizes, scores, ("a", "b"), ("var(--vae)", "red"), "R²"))
    band, line, other_band, other = figure["data"]
    assert line["y"] == pytest.approx([0.3, 0.7]) and other["y"] == pytest.approx([-0.2, 0.3])
    assert band["y"] == pytest.approx([0.4, 0.9, 0.5, 0.2]) and band["x"] == [10, 100, 100, 10]
    assert line["line"]["color"] == band["fillcolor"] == "var(--vae)" and band["opacity"] < 0.5
    assert other_band["legendgroup"] == other["name"] == "b" and figure["layout"]["xaxis"]["type"] == "log"
    assert figure["layout"]["yaxis"]["title"]["text"] == "R²"


def test_a_histogram_shows_shares_of_each_group_and_names_its_marks():
    rng = np.random.default_rng(0)
    groups = {"with": rng.normal(1, 1, 300), "without": rng.normal(0, 1, 100)}
    figure = drawn(charts.histogram(groups, ("red", "blue"), {"you": 0.5}, "along v"))
    edges = np.linspace(min(map(min, groups.values())), max(map(max, groups.values())), 41)
    for trace, values in zip(figure["data"], groups.values(), strict=True):
        np.testing.assert_allclose(trace["y"], np.histogram(values, edges)[0] / len(values), atol=1e-4)
        np.testing.assert_allclose(trace["x"], (edges[:-1] + edges[1:]) / 2, rtol=1e-3)
    assert figure["layout"]["shapes"][0]["x0"] == 0.5 and figure["layout"]["annotations"][0]["text"] == " you"


def test_heat_is_white_at_nothing_whether_values_are_signed_or_not():
    signed = drawn(charts.heat(np.array([[1.0, -0.5]]), ["r"], ["a", "b"], 2, "sd"))["data"][0]
    assert (signed["zmin"], signed["zmax"]) == (-2, 2) and signed["colorscale"][2] == [0.5, "rgb(255,255,255)"]
    plain = drawn(charts.heat(np.array([[1.0, 0.5]]), ["r"], ["a", "b"], 2, "sd"))["data"][0]
    assert (plain["zmin"], plain["zmax"]) == (0, 2) and plain["colorscale"][0] == [0, "rgb(255,255,255)"]
    assert signed["z"] == [[1, -0.5]] and signed["x"] == ["a", "b"] and signed["y"] == ["r"]
    assert plain["colorscale"][-1] == signed["colorscale"][-1]


def test_a_line_goes_through_its_points():
    (line,) = drawn(charts.line(np.array([0.0, 1.0]), np.array([2.0, 3.0]), "sd", "times v"))["data"]
    assert line["x"] == [0, 1] and line["y"] == [2, 3]
