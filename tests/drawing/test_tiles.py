import numpy as np

from latentdemo.drawing.tiles import Tile, img, problem, sentence, share_bars, tile_grid


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
