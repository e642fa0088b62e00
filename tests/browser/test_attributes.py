"""Attributes in Chromium: sliders add vectors, sums are decoded, and what is taken home is what was seen."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.helpers import open_tab, painted, pixels

ROOT = Path(__file__).parents[2]


def test_every_slider_adds_its_attribute_in_the_page(screen: Page, resources: Resources):
    panel = open_tab(screen, "Attributes")
    canvas = panel.locator("#attribute-canvas canvas")
    painted(canvas)
    asked: list[str] = []
    screen.on("request", lambda request: asked.append(request.url))
    panel.locator("#attribute-canvas-step-0 input[type=range]").press("End")
    panel.locator("#attribute-canvas-step-2 input[type=range]").press("Home")
    panel.locator("#attribute-canvas summary").click()
    gallery = resources.gallery("faces-vae")
    code = gallery.codes[0] + 3 * gallery.centroids.vector("smile") - 3 * gallery.centroids.vector("glasses")
    text = panel.locator("#attribute-canvas code")
    expect(text).to_contain_text(f"[{code[0]:.2f}, {code[1]:.2f}, ".replace("-", "−"))
    expect(panel.locator("#attribute-canvas [data-role=numbers]")).to_contain_text("beyond the data")
    screen.wait_for_timeout(300)
    shown = Image.fromarray(pixels(canvas)).resize((64, 64), Image.Resampling.BOX)
    oracle = latents.decode(resources.model("faces-vae"), code[None])[0]
    assert np.abs(np.asarray(shown).astype(int) - oracle).mean() < 6
    near = 1 + int(np.linalg.norm(gallery.codes[1:] - code, axis=1).argmin())  # the start does not count
    expect(panel.locator("#attribute-canvas .near img")).to_have_attribute("src", f"pixels/gallery/faces-vae/{near}")
    assert not [url for url in asked if "gradio_api" in url]  # the drag asked nobody
    panel.get_by_role("button", name="Another").click()
    expect(panel.get_by_label("Which one")).to_have_value("1")
    panel.get_by_label("my image", exact=True).check()
    expect(panel.get_by_label("Which one")).to_be_hidden()


def test_a_slider_moved_before_the_first_picture_counts(screen: Page):
    screen.route("**/queue/join*", lambda route: (screen.wait_for_timeout(700), route.continue_()))
    panel = open_tab(screen, "Attributes")
    slider = panel.locator("#attribute-canvas-step-0 input[type=range]")
    slider.press("End")
    screen.unroute_all(behavior="wait")
    text = panel.locator("#attribute-canvas code")
    panel.locator("#attribute-canvas summary").click()
    expect(text).to_contain_text("[")
    screen.wait_for_timeout(500)
    late = text.inner_text()
    slider.press("Home")
    expect(text).not_to_have_text(late)
    slider.press("End")
    expect(text).to_have_text(late)


def test_the_other_attributes_unfold(screen: Page):
    panel = open_tab(screen, "Attributes")
    sliders = panel.locator("input[type=range]:visible")
    expect(sliders).to_have_count(5)
    panel.get_by_label("All other attributes").check()
    expect(sliders).to_have_count(17)


def test_sums_of_codes_are_decoded(screen: Page, resources: Resources):
    inner = open_tab(screen, "Attributes", "Arithmetic")
    gallery, model = resources.gallery("faces-vae"), resources.model("faces-vae")
    canvases = inner.locator("canvas")
    for i in range(4):
        painted(canvases.nth(i))
    wanted = gallery.centroids.present[0] - gallery.centroids.absent[0] + gallery.codes[2]

    def check(code: np.ndarray) -> None:
        oracle = latents.decode(model, code[None])[0].astype(int)
        for _ in range(20):
            shown = Image.fromarray(pixels(canvases.nth(3))).resize((64, 64), Image.Resampling.BOX)
            if np.abs(np.asarray(shown).astype(int) - oracle).mean() < 6:
                return
            screen.wait_for_timeout(100)
        pytest.fail("another picture")

    check(wanted)
    inner.get_by_label("A is").select_option("image number")
    inner.get_by_label("A: image number").fill("7")
    check(gallery.codes[7] - gallery.centroids.absent[0] + gallery.codes[2])
    sum_now = gallery.codes[7] - gallery.centroids.absent[0] + gallery.codes[2]
    near = np.linalg.norm(gallery.codes - sum_now, axis=1)
    near[[7, 2]] = np.inf  # those that were added
    expect(inner.locator(".near")).to_have_attribute("src", f"pixels/gallery/faces-vae/{near.argmin()}")


SLOWER = pytest.mark.slow


@pytest.mark.parametrize(
    "tab", ["Attributes", pytest.param("Perturb", marks=SLOWER), pytest.param("Latent map", marks=SLOWER)]
)
def test_what_is_taken_home_is_what_was_seen(screen: Page, tab: str, tmp_path: Path, resources: Resources):
    inner = open_tab(screen, tab, "Export") if tab != "Latent map" else _save_of_the_map(screen)
    panel = screen.locator("[role=tabpanel]:visible").first
    if tab != "Latent map":
        panel.locator("input[type=range]").first.press("End")
    expect(inner.locator("pre")).to_contain_text("latents.decode")
    screen.wait_for_timeout(300)
    with screen.expect_download() as png:
        inner.get_by_role("button", name="Picture (PNG)").click()
    picture = np.asarray(Image.open(png.value.path()).convert("RGB")).astype(int)
    code = inner.locator("pre").inner_text()
    done = subprocess.run([sys.executable, "-c", code.replace('"picture.png"', f'"{tmp_path}/picture.png"')], cwd=ROOT)
    assert done.returncode == 0
    made = np.asarray(Image.open(tmp_path / "picture.png")).astype(int)
    assert picture.shape == made.shape and np.abs(picture - made).max() <= 1  # the engine rounds by itself
    if tab == "Latent map":
        return
    with screen.expect_download() as gif:
        inner.get_by_role("button", name="GIF").click()
    film = Image.open(gif.value.path())
    assert film.n_frames == 30 and film.size == (256, 256)  # type: ignore[attr-defined]
    with screen.expect_download() as npy:
        inner.get_by_role("button", name=".npy").click()
    vector, gallery = np.load(npy.value.path()), resources.gallery("faces-vae")
    assert vector.shape == (32,) and vector.dtype == np.float32
    if tab == "Attributes":
        np.testing.assert_allclose(vector, 3 * gallery.centroids.vector("smile"), atol=1e-4)
    else:
        assert np.flatnonzero(np.abs(vector) > 1e-6).tolist() == [gallery.rank[0]]


def _save_of_the_map(screen: Page):
    panel = open_tab(screen, "Latent map")
    painted(panel.locator("#map-chosen canvas").first)
    return open_tab(screen, "Latent map", "Export")
