import numpy as np
import pytest

from latentdemo.data import faces
from latentdemo.data.faces import FACTORS, NAMES, default_factors, factor_index, render, sample_factors, weight_map


def column(rows: np.ndarray, name: str) -> np.ndarray:
    return rows[:, factor_index(name)]


def test_shape_type_and_range():
    rows = sample_factors(200, 0)
    assert rows.dtype == np.float32 and rows.shape == (200, 17)
    for i, factor in enumerate(FACTORS.values()):
        assert factor.low <= factor.default <= factor.high and factor.meaning
        assert (rows[:, i] >= factor.low - 1e-6).all() and (rows[:, i] <= factor.high + 1e-6).all()
    for size in (64, 128):
        pictures = render(rows[:5], size)
        assert pictures.dtype == np.uint8 and pictures.shape == (5, size, size, 3) and pictures.std() > 30


def test_a_face_depends_on_seed_and_index_alone():
    rows = sample_factors(21, 4)
    np.testing.assert_array_equal(sample_factors(9, 4), rows[:9])
    assert (rows != sample_factors(21, 5)).any()
    pictures = render(rows)
    np.testing.assert_array_equal(pictures, np.concatenate([render(row) for row in rows]))


def test_parallel_rendering_is_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(faces, "PARALLEL_CHUNK", 5)
    rows = sample_factors(11, 2)
    np.testing.assert_array_equal(faces.render_parallel(rows, 2), render(rows))


@pytest.mark.parametrize("name", NAMES)
def test_every_factor_changes_the_picture(name: str):
    factor = FACTORS[name]
    steps = np.linspace(factor.low, factor.high, 3, dtype=np.float32)
    low, middle, high = render(default_factors(3, **{name.replace(" ", "_"): steps})).astype(int)
    assert np.abs(low - middle).max() > 15 and np.abs(middle - high).max() > 15


def test_smile_raises_the_corners_of_the_mouth():
    steps = np.linspace(-0.3, 1, 7, dtype=np.float32)
    heights = []
    for picture in render(default_factors(7, smile=steps, skin_tone=0, age=0), 256).astype(int):
        lips = picture[150:235, :, 0] - picture[150:235, :, 1] > 75
        rows, columns = np.nonzero(lips)
        heights.append(-rows[columns <= columns.min() + 3].mean())
    assert (np.diff(heights) > 0).all(), heights


def test_open_mouths_are_dark_and_only_smiles_show_teeth():
    pictures = render(default_factors(3, mouth_open=[1, 0, 1], smile=[0, 1, 1]))
    mouth = pictures[:, 44:62, 20:44].astype(int)
    dark, white = (mouth.max(-1) < 75).sum((1, 2)), (mouth.min(-1) > 200).sum((1, 2))
    assert dark[0] > 25 and white[0] == 0
    assert dark[1] < 8 and white[1] > 20
    assert dark[2] > 15 and white[2] > 15


def test_turning_the_head_moves_the_nose_and_light_the_shading():
    left, right = render(default_factors(2, azimuth=[-0.35, 0.35]), 128).astype(float)
    assert np.abs(left - right[:, ::-1]).mean() < np.abs(left - right).mean()
    dark, bright = render(default_factors(2, light=[1, -1]))[:, 28:34, 18:22].mean(axis=(1, 2, 3))
    assert bright > dark + 10


def test_the_population_is_mostly_bare_and_open_eyed():
    rows = sample_factors(20_000, 1)
    assert (column(rows, "glasses") == 0).mean() == pytest.approx(0.6, abs=0.02)
    assert (column(rows, "beard") == 0).mean() == pytest.approx(0.6, abs=0.02)
    assert column(rows, "eye openness").min() >= 0.35
    assert np.abs(column(rows, "azimuth")).max() <= 0.25


def test_factors_are_independent_unless_asked():
    correlation = np.corrcoef(sample_factors(20_000, 1).T) - np.eye(17)
    assert np.abs(correlation).max() < 0.05
    wanted = {("smile", "hair colour"): 0.8, ("age", "hair length"): -0.5}
    rows = sample_factors(20_000, 1, wanted)
    for (a, b), value in wanted.items():
        assert np.corrcoef(column(rows, a), column(rows, b))[0, 1] == pytest.approx(value, abs=0.03)


def test_refusals_say_why():
    with pytest.raises(ValueError, match="at once"):
        sample_factors(9, 0, {("smile", "age"): 0.95, ("age", "beard"): 0.95, ("smile", "beard"): -0.95})
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        sample_factors(9, 0, {("smile", "age"): 1.5})
    with pytest.raises(ValueError, match="there are smile"):
        default_factors(1, moustache=1)
    with pytest.raises(ValueError, match="17 numbers"):
        render(np.zeros((2, 16)))
    with pytest.raises(ValueError, match="finite"):
        render(default_factors(1, smile=float("nan")))
    with pytest.raises(ValueError, match="8 … 2048"):
        render(default_factors(), 4096)


def test_the_weight_map_favours_mouth_and_eyes():
    weight = weight_map()
    assert weight.mean() == pytest.approx(1, abs=1e-5)
    mouth, eye, corner = weight[44, 32], weight[29, 23], weight[2, 2]
    assert mouth / corner == pytest.approx(4, rel=0.1) and eye / corner == pytest.approx(3, rel=0.1)
