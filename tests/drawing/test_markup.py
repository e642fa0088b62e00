import json

import pytest

from latentdemo.drawing import charts
from latentdemo.drawing.markup import Markup, as_json, html, join
from latentdemo.drawing.tiles import Coded, Tile, code_grid, img, problem, sentence, share_bars, tile_grid
from tests.drawing.test_tiles import black

NASTY = "\"'><img src=x onerror=alert(1)>&amp;</script><script>alert(2)</script>"


def test_values_are_escaped_and_markup_is_not():
    assert html("<b title='{}'>{}</b>", "'\"", html("<i>{:.1f}</i>", 1.25)) == "<b title='&#39;&#34;'><i>1.2</i></b>"
    assert html("{a}{b}", a="<", b=Markup("<br>")) == "&lt;<br>"
    assert join(["<", Markup("<br>"), 3]) == "&lt;<br>3"
    assert sentence("a") + "<b>" == '<p class="note">a</p>&lt;b&gt;'  # a string beside markup is text


@pytest.mark.parametrize(
    "made",
    [
        sentence(NASTY),
        problem(NASTY),
        img(black(4), NASTY),
        tile_grid([Tile(black(4), NASTY)], 1, "pick"),
        code_grid(NASTY, [Coded(black(1).ravel(), NASTY)], 1),
        share_bars([(NASTY, 0.5)]),
        charts.chart(charts.bars(black(1).ravel(), [NASTY], NASTY, "red"), NASTY),
        charts.chart(charts.heat(black(1)[:, :, 0], [NASTY], [NASTY], 1, NASTY), NASTY),
    ],
    ids=("sentence", "problem", "img", "tile_grid", "code_grid", "share_bars", "bars", "heat"),
)
def test_no_part_of_a_panel_opens_a_tag_or_leaves_an_attribute(made: Markup):
    assert isinstance(made, Markup)
    assert "<img src=x" not in made and "<script" not in made and "\"'>" not in made


def test_plotly_gets_names_without_tags():
    drawn = charts.lines([charts.Line(NASTY, "red", black(2)[:, 0, 0])], "nats", "step")
    histogram = charts.histogram({NASTY: black(2)[:, 0, 0]}, ["red"], {NASTY: 0.0}, "axis")
    for figure in (drawn, histogram):
        assert "<img" not in (figure.to_json() or "<img").replace("\\u003c", "<")


def test_data_cannot_end_its_block():
    block = as_json("known", {"text": NASTY})
    assert block.count("</script>") == 1 and block.startswith('<script type="application/json" id="known">')
    assert json.loads(block.partition(">")[2].removesuffix("</script>")) == {"text": NASTY}
