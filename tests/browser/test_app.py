"""The app as a visitor uses it, in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from latentdemo import tabs
from latentdemo.codes import latents
from latentdemo.data import faces
from latentdemo.store.resources import Resources
from latentdemo.tabs import features, kernels, reconstructions
from tests.browser.conftest import is_foreign
from tests.browser.helpers import choose_models, open_tab, painted, pixels, save, upload

SECTIONS = {
    "Kernels": [section.title for section in kernels.SECTIONS],
    "CNN features": [section.title for section in features.SECTIONS],
    "Reconstructions": [section.title for section in reconstructions.SECTIONS],
}
TABS = [tab.TITLE for tab in tabs.TABS]


DECODED = "all => Promise.all(all.map(e => e.decode().then(() => e.naturalWidth)))"


def check_filled(panel: Locator, name: str) -> None:
    """Every picture and canvas in view holds something."""
    panel.locator("img:visible, canvas:visible, table:visible").first.wait_for()
    for late in panel.locator("[data-codes]:visible, [data-figure]:visible").all():
        late.evaluate("e => e.scrollIntoView()")  # what is far below is drawn when it comes near
    panel.page.wait_for_function(
        "root => [...root.querySelectorAll('.plot, img.decoded')].every(e => e.dataset.painted)",
        arg=panel.element_handle(),
    )
    assert all(panel.locator("img:visible:not(.tip)").evaluate_all(DECODED)), name
    for canvas in panel.locator("canvas:visible:not(.plot canvas)").all():
        painted(canvas)
        assert pixels(canvas).std() > 1, name


def check_width(page: Page, name: str) -> None:
    """Nothing is scrolled sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= (page.viewport_size or {})["width"], name


def test_every_section_is_filled_and_fits_without_another_host(browser: Browser, url: str):
    asked: list[str] = []
    with browser.new_page(viewport={"width": 1024, "height": 768}) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(url)
        for name in TABS:
            for section in SECTIONS.get(name, [None]):
                check_filled(open_tab(page, name, section), section or name)
                check_width(page, section or name)
    assert len(asked) > 10 and not [address for address in asked if is_foreign(address, url.split("/")[2])]


def filled_anew(panel: Locator, change: Callable[[], None], selector: str) -> None:
    """After a change, what a script fills is filled again, from what Python has told since."""
    told = "all => JSON.stringify(all.map(e => e.dataset.figure ?? e.dataset.codes))"
    before = panel.locator(selector).evaluate_all(told)
    change()
    panel.page.wait_for_function(
        f"([where, before]) => ({told})([...document.querySelectorAll(where)]) !== before", arg=[selector, before]
    )
    parts = "(e.dataset.figure ? [e] : [...e.querySelectorAll('img')])"
    panel.page.wait_for_function(
        f"where => [...document.querySelectorAll(where)].every(e => {parts}.every(one => one.dataset.painted))",
        arg=selector,
    )
    shown = (
        "all => all.map(e => e.dataset.figure ? !!e.querySelector('.main-svg') : !!e.querySelector('img').naturalWidth)"
    )
    found = panel.locator(selector).evaluate_all(shown)
    assert found and all(found)


def test_what_python_rewrites_is_filled_again(screen: Page):
    panel = open_tab(screen, "Perturb")
    panel.get_by_role("tab", name="What each carries").click()
    painted(panel.locator("#spectrum .plot"))
    for side in ("Autoencoder", "Variational autoencoder"):
        filled_anew(panel, panel.get_by_label(side, exact=True).check, "#spectrum [data-figure]")
    panel = open_tab(screen, "Attributes")
    painted(panel.locator("#centroids img").first)
    panel.locator("#centroids img").first.scroll_into_view_if_needed()
    choose = panel.get_by_role("option", name="glasses", exact=True)
    panel.get_by_label("Attribute", exact=True).click()
    filled_anew(panel, choose.click, "#centroids [data-codes]")
    panel = open_tab(screen, "Reconstructions", "Size × β")
    painted(panel.locator("#sweep-chosen .plot"))
    for cell in (3, 1):
        filled_anew(panel, panel.locator("#sweep [data-pick]").nth(cell).click, "#sweep-chosen [data-figure]")


@pytest.mark.parametrize(("width", "height", "letters"), [(1920, 1080, 24), (1024, 768, 20), (390, 844, 20)])
def test_letters_are_large_enough_and_nothing_is_cut_off(used: Page, width: int, height: int, letters: int):
    used.set_viewport_size({"width": width, "height": height})
    for name in TABS if width > 1024 else TABS[:1]:  # what fits into 1024 is tried above, section by section
        open_tab(used, name)
        check_width(used, name)
    assert used.evaluate("parseFloat(getComputedStyle(document.querySelector('.note')).fontSize)") >= letters


def test_an_upload_goes_through_every_tab(screen: Page, tmp_path: Path, resources: Resources):
    face = faces.render(faces.default_factors(1, smile=1.0, glasses=1.0, skin_tone=0.7), 200)[0]
    places = {"CNN features": "Layers", "Reconstructions": "Compare", "Latent map": None}
    seen = {
        name: open_tab(screen, name, section).locator("img").first.get_attribute("src")
        for name, section in places.items()
    }
    upload(screen, save(tmp_path / "face.png", face))
    for name, section in places.items():
        panel = open_tab(screen, name, section)
        expect(panel.locator("img").first).not_to_have_attribute("src", seen[name] or "")
    shown = pixels(open_tab(screen, "Reconstructions", "Compare").locator("#reconstruction img").first)
    np.testing.assert_array_equal(shown, resources.prepare("faces-vae", face))


def test_bad_uploads_get_a_sentence_and_nothing_breaks(screen: Page, tmp_path: Path):
    whole = save(tmp_path / "whole.png", np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)).read_bytes()
    for data, sentence in ((b"", "0 bytes"), (b"hello", "not a picture"), (whole[:9000], "damaged or cut off")):
        (tmp_path / "bad.png").write_bytes(data)
        upload(screen, tmp_path / "bad.png")
        expect(screen.locator(".toast-body", has_text=sentence).first).to_be_visible()
    good = save(tmp_path / "good.png", np.full((60, 60, 3), 90, np.uint8))
    upload(screen, good)
    expect(open_tab(screen, "Kernels", "Kernel").locator("[data-role=input-note]")).to_have_text("Input 60 × 60")


def test_a_sample_is_one_click_away(screen: Page):
    screen.locator("#samples button").nth(2).click()
    expect(open_tab(screen, "Kernels", "Kernel").locator("[data-role=input-note]")).to_have_text("Input 640 × 427")


def test_a_digit_can_be_drawn(screen: Page):
    screen.get_by_text("Draw a digit").click()
    black = "document.querySelector('canvas.pad')?.getContext('2d').getImageData(0, 0, 1, 1).data[3] === 255"
    screen.wait_for_function(black)  # the pad is there to be drawn on
    box = screen.locator("canvas.pad").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.3, box["y"]
    screen.mouse.move(x, y + 40)
    screen.mouse.down()
    screen.mouse.move(x, y + box["height"] - 40, steps=8)
    screen.mouse.up()
    drawn = pixels(screen.locator("canvas.pad"))[:, :, 0] > 128
    rows, columns = (np.flatnonzero(drawn.any(axis=axis)) / len(drawn) for axis in (1, 0))
    assert abs(columns.mean() - 0.3) < 0.01 and np.ptp(columns) < 0.1 and np.ptp(rows) > 0.6
    open_tab(screen, "Reconstructions", "Compare")
    expect(screen.locator("#reconstruction figcaption").first).to_contain_text("28 × 28")
    open_tab(screen, "Attributes")
    expect(screen.locator("#centroids figcaption").first).to_contain_text("training images")
    assert screen.locator(".toast-body").count() == 0
    open_tab(screen, "Reconstructions", "Compare")
    digit = pixels(screen.locator("#reconstruction img").first)[:, :, 0].astype(float)
    columns = digit.sum(axis=0)
    assert abs(columns @ np.arange(28) / columns.sum() - 13.5) < 1 and digit.max() > 200
    screen.get_by_role("button", name="Clear", exact=True).last.click()
    assert pixels(screen.locator("canvas.pad")).max() == 0


def test_a_drag_repaints_the_face_and_the_release_tells_the_code(screen: Page, resources: Resources):
    panel = open_tab(screen, "Perturb")
    canvas = panel.locator("#perturb-canvas canvas")
    before = painted(canvas)
    first = pixels(canvas).astype(int)
    slider = panel.locator("input[type=range]").first
    box = slider.bounding_box()
    assert box is not None
    screen.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    screen.mouse.down()
    for i in range(1, 21):
        screen.mouse.move(box["x"] + box["width"] * (0.5 + i * 0.02), box["y"] + box["height"] / 2)
        screen.wait_for_timeout(20)
    after = painted(canvas, before)
    assert after >= before + 5
    screen.mouse.up()
    assert np.abs(pixels(canvas).astype(int) - first).mean() > 1
    panel.locator("#perturb-canvas summary").click()
    code, told = panel.locator("#perturb-canvas code"), panel.locator("#perturb-canvas [data-role=numbers]")
    step, gallery = float(slider.input_value()), resources.gallery("faces-vae")
    expect(code).to_contain_text(f" {step:.2f},")
    values = np.array([float(text) for text in re.findall(r"-?[\d.]+", code.inner_text())])
    assert len(values) == 32 and values[int(gallery.order[0])] == pytest.approx(step, abs=0.011)
    expect(told).to_contain_text("away")
    length, _, far, _ = (float(text) for text in re.findall(r"[\d.]*\d", told.inner_text()))
    assert length == pytest.approx(np.linalg.norm(values), rel=0.01)
    assert far == pytest.approx(np.linalg.norm(gallery.codes - values, axis=1).min(), rel=0.01)
    typed = panel.locator("input[type=number]").first
    typed.fill("9")  # beyond the slider
    expect(told).to_contain_text("What lies beyond ±3 is taken as ±3.")
    expect(code).to_contain_text(" 3.00,")


def test_the_canvas_shows_what_the_model_decodes(screen: Page, resources: Resources):
    panel = open_tab(screen, "Perturb")
    canvas = panel.locator("#perturb-canvas canvas")
    count = painted(canvas)
    panel.get_by_role("button", name="Reset", exact=True).click()
    painted(canvas, count)
    shown = Image.fromarray(pixels(canvas)).resize((64, 64), Image.Resampling.BOX)
    oracle = latents.decode(resources.model("faces-vae"), np.zeros((1, 32)))[0]
    assert np.abs(np.asarray(shown).astype(int) - oracle).mean() < 6


def test_models_change_together(screen: Page):
    panel = open_tab(screen, "Perturb")
    choose_models(screen, "Digits · 2-D")
    expect(panel.locator("input[type=range]:visible")).to_have_count(2)
    canvas = panel.locator("#perturb-canvas canvas")
    expect(canvas).to_have_js_property("width", 504)  # 18 whole steps of 28
    panel = open_tab(screen, "Attributes")
    expect(panel.get_by_role("combobox", name="Attribute")).to_have_value("0")
    panel = open_tab(screen, "Latent map")
    expect(panel.get_by_text("the 2-D latent codes themselves")).to_be_visible()


def test_the_strength_slider_adds_the_attribute(screen: Page):
    panel = open_tab(screen, "Attributes")
    canvas = panel.locator("#attribute-canvas canvas")
    count = painted(canvas)
    before = pixels(canvas).astype(int)
    slider = panel.locator("input[type=range]").first
    slider.focus()
    for _ in range(30):
        slider.press("ArrowLeft")
    painted(canvas, count)
    screen.wait_for_timeout(200)
    assert np.abs(pixels(canvas).astype(int) - before).mean() > 0.5
    panel.get_by_role("button", name="Another").click()
    expect(panel.get_by_label("Which one")).to_have_value("1")


def test_the_map_shows_pictures_and_decodes_places(screen: Page):
    panel = open_tab(screen, "Latent map")
    canvas = panel.locator("#map canvas.points")
    painted(canvas)
    box = canvas.bounding_box()
    assert box is not None
    chosen = panel.locator("#map-chosen")
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    image, decoded = panel.locator(".tip img"), panel.locator(".tip canvas")
    screen.mouse.move(box["x"] + 6, box["y"] + 6)
    painted(decoded)
    between = pixels(decoded)
    assert decoded.is_visible() and between.std() > 10
    for shift in range(0, 120, 6):  # until the pointer meets a point
        screen.mouse.move(middle[0] + shift, middle[1])
        if image.is_visible():
            break
    expect(image).to_be_visible()
    assert image.evaluate("e => e.decode().then(() => e.naturalWidth)") == 64 and not decoded.is_visible()
    screen.mouse.down()
    screen.mouse.up()
    expect(chosen.locator("figcaption").first).to_contain_text(re.compile(r"image \d+"))
    screen.mouse.click(box["x"] + 6, box["y"] + 6)
    expect(chosen.locator("figcaption").first).to_contain_text("decoded:")
    shown = np.asarray(Image.fromarray(between).resize((64, 64), Image.Resampling.BOX)).astype(int)
    assert (
        np.abs(shown - pixels(chosen.locator("img").first)).mean() < 6
    )  # what the pointer saw is what the click gives
    count = painted(canvas)
    screen.mouse.wheel(0, -600)
    painted(canvas, count)


def cross(canvas: Locator) -> np.ndarray:
    """Where the visitor's own image is marked on the map: x and y, in pixels of the canvas."""
    found = np.nonzero((np.abs(pixels(canvas).astype(int) - (192, 0, 0)) < 40).all(axis=2))
    return np.array([found[1].mean(), found[0].mean()])


def test_the_map_follows_pointer_wheel_and_keys(screen: Page):
    panel = open_tab(screen, "Latent map")
    canvas = panel.locator("#map canvas.points")
    count = painted(canvas)
    box = canvas.bounding_box()
    assert box is not None
    start = cross(canvas)
    screen.mouse.move(box["x"] + 300, box["y"] + 200)
    screen.mouse.down()
    screen.mouse.move(box["x"] + 340, box["y"] + 170, steps=4)
    screen.mouse.up()
    count = painted(canvas, count)
    screen.wait_for_timeout(100)
    np.testing.assert_allclose(cross(canvas) - start, (40, -30), atol=1.5)  # the map goes with the pointer
    for key, moved in (("ArrowRight", (-40, 0)), ("ArrowUp", (0, 40)), ("ArrowLeft", (40, 0)), ("ArrowDown", (0, -40))):
        before = cross(canvas)
        canvas.press(key)
        count = painted(canvas, int(canvas.get_attribute("data-painted") or 0) - 1)
        screen.wait_for_timeout(100)
        np.testing.assert_allclose(cross(canvas) - before, moved, atol=1.5)
    corner, before = np.array([20.0, 20.0]), cross(canvas)
    screen.mouse.move(box["x"] + 20, box["y"] + 20)
    screen.mouse.wheel(0, -100)  # away from the hand: nearer, and what lies under the pointer stays
    screen.wait_for_timeout(200)
    np.testing.assert_allclose(cross(canvas) - corner, (before - corner) * np.exp(0.15), rtol=0.03)
    canvas.press("0")
    screen.wait_for_timeout(200)
    np.testing.assert_allclose(cross(canvas), start, atol=1.5)


def test_arrow_keys_walk_the_tabs(screen: Page):
    painted(screen.locator("canvas:visible").first)  # before that Gradio still moves the tabs about
    screen.get_by_role("tab", name="Kernels").first.focus()
    screen.keyboard.press("ArrowRight")
    expect(screen.get_by_role("tab", name="CNN features").first).to_have_attribute("aria-selected", "true")
    screen.keyboard.press("End")
    expect(screen.get_by_role("tab", name="Attributes").first).to_have_attribute("aria-selected", "true")


def test_a_server_that_is_gone_is_named(screen: Page):
    screen.route("**/weights/*", lambda route: route.abort())
    panel = open_tab(screen, "Perturb")
    painted(panel.locator("#perturb-canvas canvas"))
    screen.route("**/pixels/decode", lambda route: route.abort())
    slider = panel.locator("input[type=range]").first
    slider.focus()
    slider.press("ArrowLeft")
    expect(panel.locator("#perturb-canvas [role=status]")).to_contain_text("does not answer")
    screen.unroute("**/pixels/decode")
    slider.press("ArrowLeft")
    expect(panel.locator("#perturb-canvas [role=status]")).to_have_text("")
    screen.unroute("**/weights/*")
