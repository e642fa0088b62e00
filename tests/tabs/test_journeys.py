"""Ways between images: ends, evenness, and the nearest real image, against the pure functions and a count by hand."""

import io

import numpy as np
import pytest
from PIL import Image

from latentdemo.classifiers.judge import feature_vectors
from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from latentdemo.tabs.reconstructions.between import journeys

NAME = "faces-vae"


@pytest.fixture(scope="module")
def found(resources: Resources) -> journeys.Journey:
    return journeys.journey(resources, NAME, resources.gallery_image(NAME, 3), resources.gallery_image(NAME, 8))


def test_lanes_begin_and_end_where_they_should(resources: Resources, found: journeys.Journey):
    a, b = resources.gallery_image(NAME, 3), resources.gallery_image(NAME, 8)
    z = latents.encode(resources.model(NAME), np.stack([a, b])).mu
    np.testing.assert_array_equal(found.frames["fade"][[0, -1]], [a, b])
    middle = (a.astype(float) + b) / 2
    assert np.abs(found.frames["fade"][journeys.N_STEPS // 2] - middle).max() <= 0.5
    assert list(found.frames) == list(journeys.LANES)
    for lane, codes in found.codes.items():
        np.testing.assert_allclose(codes[[0, -1]], z, atol=1e-5)
        np.testing.assert_array_equal(found.frames[lane], latents.decode(resources.model(NAME), codes))
    np.testing.assert_allclose(found.codes["lerp"][8], 0.75 * z[0] + 0.25 * z[1], atol=1e-5)
    np.testing.assert_allclose(found.codes["slerp"][8], latents.slerp(z[0], z[1], 0.25), atol=1e-5)


def test_the_last_lane_passes_real_codes_at_even_speed(resources: Resources, found: journeys.Journey):
    codes, gallery = found.codes["real"], resources.gallery(NAME).codes
    assert found.stops and len(set(found.stops)) == len(found.stops) and not {3, 8} & set(found.stops)
    for stop in found.stops:  # the way has corners at real codes: 33 steps come near each
        assert (
            np.linalg.norm(codes - gallery[stop], axis=1).min() < np.linalg.norm(np.diff(codes, axis=0), axis=1).max()
        )


def test_along_goes_at_even_speed_through_corners():
    corners = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]])
    np.testing.assert_allclose(journeys.along(corners, 5), [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]])


def test_reality_is_the_distance_to_the_nearest_image_in_the_judges_eyes(resources: Resources):
    pictures = np.stack([resources.gallery_image(NAME, i) for i in (5, 40)])
    near = journeys.reality(resources, "faces", pictures)
    assert near is not None and near.max() < 0.02  # real ones; features are stored in 16 bits
    blurred = latents.decode(resources.model(NAME), np.zeros((1, 32), np.float32))
    far = journeys.reality(resources, "faces", blurred)
    stored = resources.arrays("faces-factors")["features"].astype(np.float32)
    seen = feature_vectors(resources.model("faces-factors"), blurred)[0]
    assert far is not None and far[0] == pytest.approx(np.linalg.norm(stored - seen, axis=1).min(), rel=1e-4)


def test_the_usual_distance_is_that_of_real_images_to_their_neighbours(resources: Resources):
    features = resources.arrays("faces-factors")["features"].astype(np.float32)
    oracle = [np.sort(np.linalg.norm(features - row, axis=1))[1] for row in features[: journeys.N_SPACING]]
    assert journeys.usual_distance(resources, "faces") == pytest.approx(np.median(oracle), rel=1e-3)


def test_without_a_judge_there_is_no_distance(tmp_path):
    empty = Resources(tmp_path)
    assert journeys.reality(empty, "faces", np.zeros((1, 64, 64, 3), np.uint8)) is None
    assert journeys.usual_distance(empty, "faces") is None


def test_the_gif_goes_there_and_back(found: journeys.Journey):
    gif = Image.open(io.BytesIO(journeys.gif(found.frames)))
    assert gif.n_frames == 2 * journeys.N_STEPS - 2 and gif.info["loop"] == 0  # type: ignore[attr-defined]
    assert gif.size == (4 * 64 * 3, 64 * 3)
    first = np.asarray(gif.convert("RGB")).astype(int)
    truth = found.frames["fade"][0].repeat(3, 0).repeat(3, 1)
    assert np.abs(first[:, :192] - truth).mean() < 6  # 256 colours
    gif.seek(journeys.N_STEPS + 3)  # four steps after the turn
    back = np.asarray(gif.convert("RGB")).astype(int)[:, :192]
    assert np.abs(back - found.frames["fade"][journeys.N_STEPS - 5].repeat(3, 0).repeat(3, 1)).mean() < 6


def test_lanes_are_named_after_what_they_do():
    titles = journeys.LANES
    assert "faded" in titles["fade"] and "straight" in titles["lerp"] and "circle" in titles["slerp"]
    assert "real" in titles["real"]
