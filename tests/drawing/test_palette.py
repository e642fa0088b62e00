import re
from pathlib import Path

import numpy as np
from plotly.colors import sequential

from latentdemo.drawing import charts as charts_py
from latentdemo.drawing.palette import SIGNED, VARIABLES, VIRIDIS, css, ramp, signed_colours, unsigned_colours

WEB_CSS = Path(__file__).parents[2] / "latentdemo" / "web" / "page.css"


def test_signed_scale_is_white_at_zero_and_even_on_both_sides():
    colours = signed_colours(np.array([[-2.0, 0.0, 2.0, 1.0]]))[0]
    assert colours[1].tolist() == [255, 255, 255]
    assert colours[0].tolist() == SIGNED[0].tolist() and colours[2].tolist() == SIGNED[-1].tolist()
    assert colours[0, 2] > colours[0, 0] and colours[2, 0] > colours[2, 2]  # blue below, orange above
    assert (signed_colours(np.zeros((3, 3))) == 255).all()


def test_unsigned_scale_is_viridis():
    colours = unsigned_colours(np.linspace(0, 1, 10)[None])[0]
    oracle = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in sequential.Viridis]
    assert np.abs(colours.astype(int) - oracle).max() <= 2
    luma = colours @ np.array((0.299, 0.587, 0.114))
    assert (np.diff(luma) > 0).all()
    assert unsigned_colours(np.ones((2, 2))).shape == (2, 2, 3)


def test_the_signed_scale_has_the_limit_that_is_asked_for():
    stops = SIGNED.astype(int).tolist()
    assert signed_colours(np.array([[-1.0, 1.0]]), 2.0)[0].tolist() == [stops[1], stops[3]]
    assert signed_colours(np.array([[-9.0, 9.0]]), 2.0)[0].tolist() == [stops[0], stops[4]]
    assert signed_colours(np.array([[0.5, 0.25]]))[0].tolist() == [stops[4], stops[3]]


def test_a_ramp_is_looked_up_in_513_steps_and_ends_at_its_ends():
    stops = np.array([[0, 0, 0], [200, 100, 50]], np.float32)
    assert ramp(stops, np.array([-1.0, 0.0, 0.5, 1.0, 2.0])).tolist() == [
        [0, 0, 0], [0, 0, 0], [100, 50, 25], [200, 100, 50], [200, 100, 50],
    ]  # fmt: skip
    assert ramp(stops, np.zeros((2, 3))).shape == (2, 3, 3)


def test_equal_values_are_the_darkest():
    assert unsigned_colours(np.full((1, 2), 7.0))[0].tolist() == [VIRIDIS[0].astype(int).tolist()] * 2
    assert unsigned_colours(np.array([[0.0, 0.5]]))[0].tolist() == VIRIDIS[[0, -1]].astype(int).tolist()


def test_the_style_sheet_names_every_colour_for_light_and_for_dark():
    light, dark = re.fullmatch(
        r":root,\.gradio-container\{(.*)\}\.dark,\.dark \.gradio-container,\.gradio-container\.dark\{(.*)\}", css()
    ).groups()  # type: ignore[union-attr]
    said = [dict(rule.split(":") for rule in rules.split(";") if rule) for rules in (light, dark)]
    for name, (day, night) in VARIABLES.items():
        assert said[0][f"--{name}"] == day and said[1][f"--{name}"] == night
    assert said[0].pop("--viridis").count("rgb(") == len(VIRIDIS) and len(said[0]) == len(said[1]) == len(VARIABLES)
    sheets = sorted(WEB_CSS.parent.glob("*.css"))
    charts = [Path(charts_py.__file__), *WEB_CSS.parent.joinpath("charts").glob("*.js")]
    used = set(re.findall(r"var\(--([a-z\d-]+)\)", "".join(path.read_text() for path in (*sheets, *charts))))
    set_by_tiles = {
        "columns",
        "least",
        "size",
        "tall",
        "share",
        "from",
        "to",
        "small",
        "lead",
        "title",
        "u",
        "top",
        "rail",
        "page",
        "vh",
        "shrink",
        "foot",
        "aspect",
    }
    used -= {"name"}  # in a comment
    of_gradio = {name for name in used if name.endswith(("-fill", "-text-color"))}
    assert used - set_by_tiles - of_gradio == {*VARIABLES, "viridis"}
