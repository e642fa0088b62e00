import numpy as np
import pytest

from latentdemo.codes import graphs


def test_a_way_follows_a_curve_instead_of_crossing_the_gap():
    angle = np.linspace(0, np.pi, 30)
    half_circle = np.stack((np.cos(angle), np.sin(angle)), 1)
    way = graphs.shortest_path(half_circle, 0, 29, k=4)
    assert way.stops[0] == 0 and way.stops[-1] == 29 and way.stops == sorted(way.stops) and len(way.stops) > 10
    np.testing.assert_allclose(
        way.steps,
        [np.linalg.norm(half_circle[a] - half_circle[b]) for a, b in zip(way.stops, way.stops[1:], strict=False)],
    )


def test_the_least_sum_of_squares_wins():
    points = np.random.default_rng(0).normal(size=(9, 3))
    way = graphs.shortest_path(points, 0, 8, k=8)  # every pair is joined: Floyd and Warshall by hand
    cost = ((points[:, None] - points[None]) ** 2).sum(2)
    for k in range(9):
        cost = np.minimum(cost, cost[:, k : k + 1] + cost[k : k + 1])
    assert float((way.steps**2).sum()) == pytest.approx(cost[0, 8])


def test_islands_are_joined_by_more_neighbours():
    points = np.concatenate((np.random.default_rng(1).normal(size=(20, 2)), [[50, 50], [50, 51]]))
    way = graphs.shortest_path(points, 0, 21, k=1)
    assert way.k > 1 and way.stops[-1] == 21


def test_equal_points_are_no_obstacle():
    way = graphs.shortest_path(np.zeros((5, 2)), 0, 4, k=2)
    assert way.stops[0] == 0 and way.stops[-1] == 4 and way.steps.sum() == 0
    with pytest.raises(ValueError, match="points 0 … 4"):
        graphs.shortest_path(np.zeros((5, 2)), 0, 5)


def test_few_points_have_few_neighbours():
    assert graphs.shortest_path(np.arange(4.0)[:, None], 0, 3).k == 3


def test_cosines_by_hand():
    found = graphs.cosines(np.array([1.0, 0]), np.array([[2.0, 0], [0, 3], [-1, -1], [0, 0]]))
    np.testing.assert_allclose(found, [1, 0, -(0.5**0.5), 0], atol=1e-7)


def test_cosines_do_not_depend_on_lengths():
    one, others = np.array([0.1, 0.2]), np.array([[0.2, 0.1], [20.0, 10.0], [1e-3, 2e-3]])
    np.testing.assert_allclose(graphs.cosines(one, others), [0.8, 0.8, 1.0])


def test_an_edge_may_be_walked_either_way():
    line = np.array([[0.0], [1.0], [1.9], [2.7], [3.4]])  # the nearest neighbour always lies to the right
    assert graphs.shortest_path(line, 4, 0, k=1).stops == [4, 3, 2, 1, 0]
    assert graphs.shortest_path(line, 2, 2, k=1).stops == [2]
    for start, end in ((5, 0), (-1, 0), (0, 5), (0, -1)):
        with pytest.raises(ValueError, match="points 0 … 4"):
            graphs.shortest_path(line, start, end)


def test_neighbours_are_doubled_until_the_ends_meet():
    groups = np.concatenate([10.0 * np.array([i, 0]) + np.random.default_rng(i).normal(size=(4, 2)) for i in range(2)])
    assert graphs.shortest_path(groups, 0, 7, k=2).k == 4
    assert graphs.shortest_path(groups, 0, 7, k=4).k == 4
    lonely = np.concatenate([np.zeros((6, 2)), [[9.0, 9.0]]])
    assert graphs.shortest_path(lonely, 0, 6, k=5).k == 5


def test_the_cost_of_a_step_is_its_square():
    # straight: 2.0² = 4; by two steps of 1.3: 3.38 is less, though 1.3³ · 2 = 4.394 is more than half of 2³
    points = np.array([[0.0, 0.0], [1.0, 0.83066], [2.0, 0.0]])
    assert graphs.shortest_path(points, 0, 2, k=2).stops == [0, 1, 2]
    wide = np.array([[0.0, 0.0], [1.0, 1.05], [2.0, 0.0]])  # 2 · 1.45² = 4.2 > 4, 2 · 1.45³ = 6.1 < 8
    assert graphs.shortest_path(wide, 0, 2, k=2).stops == [0, 2]
