import numpy as np
from plotly.colors import sequential

from latentdemo.drawing.palette import SIGNED, signed_colours, unsigned_colours


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
