import numpy as np
import pytest

from latentdemo.drawing.pictures import data_uri
from latentdemo.drawing.tiles import Tile, img, problem, sentence, share_bars, tile_grid


def black(side: int) -> np.ndarray:
    return np.zeros((side, side, 1), np.uint8)


def test_digits_and_maps_keep_their_pixels_and_faces_are_smoothed():
    assert 'class="hard' in img(np.zeros((28, 28, 1), np.uint8), "")
    assert 'class="hard' in img(np.zeros((3, 3, 3), np.uint8), "")
    assert 'class="soft' in img(np.zeros((64, 64, 3), np.uint8), "")


def test_text_from_outside_is_escaped():
    nasty = '<script>"x"</script>'
    tile = Tile(np.zeros((4, 4, 1), np.uint8), nasty)
    for html in (tile_grid([tile], 1), sentence(nasty), problem(nasty)):
        assert "<script>" not in html and "&lt;script&gt;" in html


def test_bars_say_their_shares():
    html = share_bars([("<cat>", 0.25)])
    assert "width:25.0%" in html and "25.0%</b>" in html and "&lt;cat&gt;" in html


def test_tiles_that_can_be_picked_say_which_they_are():
    tile = Tile(np.zeros((4, 4, 1), np.uint8), "x")
    html = tile_grid([tile, tile], 2, "maps pick", picked=1)
    assert html.count('role="button"') == 2 and html.count('aria-pressed="true"') == 1
    assert 'picked" data-pick="1"' in html and "data-pick" not in tile_grid([tile], 1, "maps")


def test_a_picture_says_how_it_is_enlarged_and_what_it_shows():
    for shape, kept in (((32, 40, 3), "hard"), ((33, 20, 3), "soft"), ((64, 64, 1), "hard"), ((40, 40, 3), "soft")):
        image = np.zeros(shape, np.uint8)
        html = img(image, 'a "b"', "css")
        assert html == (
            f'<img class="{kept} css" src="{data_uri(image)}" alt="a &#34;b&#34;" draggable="false">'
        )  # fmt: skip


def test_a_grid_of_tiles_is_written_as_it_is_meant():
    dark, bright = np.zeros((4, 4, 1), np.uint8), np.full((4, 4, 1), 255, np.uint8)
    html = tile_grid([Tile(dark, "one"), Tile(bright, "two", "vae")], 3, "pick large", 7, [5, 7])
    figures = [
        f'<figure class="{css}" data-pick="{key}" role="button" tabindex="0" aria-pressed="{chosen}">'
        f"{img(picture, word)}<figcaption>{word}</figcaption></figure>"
        for css, key, chosen, picture, word in (
            ("", 5, "false", dark, "one"),
            ("vae picked", 7, "true", bright, "two"),
        )
    ]
    assert html == f'<div class="tiles pick large" style="--columns:3">{"".join(figures)}</div>'
    plain = tile_grid([Tile(dark)], 2)
    figure = f'<figure class="">{img(dark, "")}<figcaption></figcaption></figure>'
    assert plain == f'<div class="tiles " style="--columns:2">{figure}</div>'
    assert 'data-pick="0"' in tile_grid([Tile(dark)], 1, "pick") and "picked" not in tile_grid([Tile(dark)], 1, "pick")
    with pytest.raises(ValueError):
        tile_grid([Tile(dark)], 1, "pick", keys=[1, 2])


def test_shares_sentences_and_problems_are_written_as_they_are_meant():
    rows = [("a", 0.5, "50.0%"), ("b", 0.123, "12.3%")]
    inner = "".join(
        f'<div><span>{name}</span><i style="width:{text}"></i><b>{text}</b></div>' for name, _, text in rows
    )
    assert share_bars([(name, share) for name, share, _ in rows]) == f'<div class="shares">{inner}</div>'
    assert sentence("a & b") == '<p class="note">a &amp; b</p>'
    assert problem("a & b") == '<p class="problem" role="alert">a &amp; b</p>'
