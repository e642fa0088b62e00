import numpy as np
import pytest

from latentdemo.pixels import motion


@pytest.mark.parametrize(("down", "right"), [(0, 0), (2, 0), (0, -3), (-1, 4), (6, 6), (9, 0)])
def test_moving_is_rolling_with_zeros(down: int, right: int):
    images = np.random.default_rng(0).integers(1, 256, (2, 6, 7, 1), np.uint8)
    oracle = np.pad(images, ((0, 0), (9, 9), (9, 9), (0, 0)))[:, 9 - down : 15 - down, 9 - right : 16 - right]
    np.testing.assert_array_equal(motion.move(images, down, right), oracle)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3, -1])
def test_quarter_turns_are_numpys_counter_clockwise_ones(quarters: int):
    images = np.random.default_rng(0).integers(0, 256, (2, 9, 9, 3), np.uint8)
    np.testing.assert_array_equal(motion.turn(images, 90 * quarters), np.rot90(images, quarters, (1, 2)))


def test_a_slight_turn_keeps_the_middle_and_loses_the_corners():
    images = np.full((1, 21, 21, 1), 200, np.uint8)
    turned = motion.turn(images, 30)
    assert turned[0, 10, 10, 0] == 200 and turned[0, 0, 0, 0] == 0
    there = motion.turn(motion.turn(images, 30), -30)
    assert (there[0, 8:13, 8:13] == 200).all()


def test_mirroring_twice_changes_nothing():
    images = np.random.default_rng(0).integers(0, 256, (2, 5, 4, 1), np.uint8)
    assert (motion.mirror(images)[:, :, 0] == images[:, :, -1]).all()
    np.testing.assert_array_equal(motion.mirror(motion.mirror(images)), images)
