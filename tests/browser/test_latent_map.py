"""The map in Chromium: points, places, layouts, groups, and what is told of them beside it."""

import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.helpers import choose_models, open_tab, painted, pixels

MODULE = "import(new URL('look/latent/map/state.js', document.baseURI))"


def state(screen: Page, what: str) -> Any:
    """Something of what the map shows."""
    return screen.evaluate(f"{MODULE}.then(({{state}}) => {what})")


def until(screen: Page, what: str) -> None:
    """Waits for something to be true of it."""
    screen.wait_for_function(f"{MODULE}.then(({{state}}) => {what})")


def the_map(screen: Page) -> Locator:
    """The tab's panel, its map drawn."""
    panel = open_tab(screen, "Latent map")
    painted(panel.locator("#map canvas.points").first)
    return panel


def around(screen: Page, canvas: Locator, corners: list[tuple[float, float]]) -> None:
    """Drags along corners given as shares of a canvas."""
    box = canvas.bounding_box()
    assert box is not None
    for i, (x, y) in enumerate(corners):
        screen.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if i == 0:
            screen.mouse.down()
    screen.mouse.up()


def cross(canvas: Locator) -> np.ndarray:
    """Where the visitor's own image is marked on the map: x and y, in pixels of the canvas."""
    found = np.nonzero((np.abs(pixels(canvas).astype(int) - (192, 0, 0)) < 40).all(axis=2))
    return np.array([found[1].mean(), found[0].mean()])


def test_the_map_shows_pictures_and_decodes_places(screen: Page):
    panel = the_map(screen)
    canvas, chosen = panel.locator("#map canvas.points").first, panel.locator("#map-chosen")
    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip, image, drawn = panel.locator(".tip"), panel.locator(".tip img"), panel.locator(".tip canvas")
    screen.mouse.move(box["x"] + 6, box["y"] + 6)
    painted(drawn)
    between = pixels(drawn)
    assert tip.get_attribute("data-kind") == "between" and between.std() > 10
    for shift in range(0, 120, 6):  # until the pointer meets a point
        screen.mouse.move(middle[0] + shift, middle[1])
        if tip.get_attribute("data-kind") == "point":
            break
    expect(image).to_be_visible()
    assert image.evaluate("e => e.decode().then(() => e.naturalWidth)") == 64
    screen.mouse.down()
    screen.mouse.up()
    expect(chosen.locator("[data-role=title]")).to_have_text(re.compile(r"^image \d+$"))
    expect(chosen.locator("[data-role=how]")).to_contain_text("its reconstruction, MSE 0.00")
    screen.mouse.click(box["x"] + 6, box["y"] + 6)
    expect(chosen.locator("[data-role=how]")).to_contain_text("weighted mean of the 15 nearest")
    screen.wait_for_timeout(200)
    shown = Image.fromarray(pixels(chosen.locator("[data-role=decoded]"))).resize((64, 64), Image.Resampling.BOX)
    small = Image.fromarray(between).resize((64, 64), Image.Resampling.BOX)
    assert np.abs(np.asarray(shown).astype(int) - np.asarray(small)).mean() < 6  # what the pointer saw


def test_the_map_follows_pointer_wheel_and_keys(screen: Page):
    canvas = the_map(screen).locator("#map canvas.points").first
    count, box = painted(canvas), canvas.bounding_box()
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


@pytest.mark.slow
def test_one_layout_walks_into_the_next_and_a_second_one_stands_beside_it(screen: Page):
    panel = the_map(screen)
    canvas = panel.locator("#map canvas.points").first
    count = painted(canvas)
    panel.locator("#map [data-role=layout]").select_option("t-SNE")
    screen.wait_for_function("([e, n]) => Number(e.dataset.painted) > n + 5", arg=[canvas.element_handle(), count])
    expect(panel.locator("#map [data-role=note]")).to_contain_text("placed by t-SNE of their 32-D")
    until(screen, "state.layout.title === 't-SNE'")
    panel.locator("#map [data-role=layout]").select_option("two dimensions")
    panel.get_by_label("Upwards").select_option(index=3)
    expect(panel.locator("#map [data-role=note]")).to_contain_text(
        re.compile(r"at z\d+ \(across\) and z\d+ \(upwards\)")
    )
    panel.get_by_label("Beside it").select_option("PCA")
    second = panel.locator("#map canvas.points").nth(1)
    expect(second).to_be_visible()
    painted(second)
    assert pixels(second).std() > 10
    around(screen, second, [(0.5, 0.5), (0.5, 0.5)])  # a click there chooses for both
    assert state(screen, "state.chosen.yours") is False


def test_a_group_drawn_around_becomes_an_attribute(screen: Page, resources: Resources):
    choose_models(screen, "Digits · 2-D")
    panel = the_map(screen)
    canvas = panel.locator("#map canvas.points").first
    until(screen, "state.world?.model === 'mnist-vae-2'")
    expect(panel.locator("#map .legend button")).to_have_count(10)  # the page moves no more
    screen.wait_for_timeout(200)
    panel.get_by_label("Drag to").select_option("box")
    around(screen, canvas, [(0.3, 0.3), (0.6, 0.5), (0.7, 0.7)])
    panel.get_by_role("tab", name="Selection", exact=True).click()
    group = state(screen, "state.selected")
    expect(panel.locator("#map-group [data-role=note]")).to_contain_text(f"{len(group):,} of 5,000 points chosen")
    expect(panel.locator("#map-group .row4 img")).to_have_count(3)
    gallery = resources.gallery("mnist-vae-2")
    shares = np.bincount(gallery.labels[group], minlength=10) / len(group)
    rest = np.delete(np.arange(5000), group)
    difference = shares - np.bincount(gallery.labels[rest], minlength=10) / len(rest)
    most = int(np.abs(difference).argmax())
    row = panel.locator("#map-group .signed > div").first
    expect(row.locator("span").first).to_have_text(str(most))
    expect(row.locator("b")).to_contain_text(f"{100 * shares[most]:.0f} % here")
    panel.get_by_role("button", name="These have it").click()
    panel.get_by_role("button", name="Make an attribute of it").click()
    expect(panel.locator("#map-group [data-role=made]")).to_contain_text(f"{len(group)} images with it")
    tab = open_tab(screen, "Attributes")
    picture = tab.locator("#attribute-canvas canvas")
    painted(picture)
    tab.locator("input[type=range]").first.press("Home")
    tab.locator("#attribute-canvas-step-0 input[type=number]").fill("0")
    last = tab.locator("#attribute-canvas-step-16 input[type=range]")
    last.press("End")
    tab.locator("#attribute-canvas summary").click()
    v = gallery.codes[group].mean(axis=0) - gallery.codes[rest].mean(axis=0)
    wanted = gallery.codes[0] + 3 * v
    text = tab.locator("#attribute-canvas code")
    expect(text).to_have_text(f"[{wanted[0]:.2f}, {wanted[1]:.2f}]".replace("-", "−"))


@pytest.mark.slow
def test_few_points_become_pictures_and_classes_can_be_hidden(screen: Page):
    choose_models(screen, "Digits · 16-D")
    panel = the_map(screen)
    canvas = panel.locator("#map canvas.points").first
    buttons = panel.locator("#map .legend button")
    expect(buttons).to_have_count(10)
    count = painted(canvas)
    full = (pixels(canvas).astype(int).sum(axis=2) < 700).sum()
    for i in range(5):
        buttons.nth(i).click()
    painted(canvas, count)
    screen.wait_for_timeout(100)
    assert 0.3 * full < (pixels(canvas).astype(int).sum(axis=2) < 700).sum() < 0.75 * full
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "false")
    for i in range(5):
        buttons.nth(i).click()
    box = canvas.bounding_box()
    assert box is not None
    screen.wait_for_timeout(200)
    rows, columns = np.nonzero(pixels(canvas).min(axis=2) < 60)
    some = len(rows) // 3  # a letter somewhere
    screen.mouse.move(box["x"] + float(columns[some]), box["y"] + float(rows[some]))
    for _ in range(6):
        screen.mouse.wheel(0, -400)
        screen.wait_for_timeout(100)
    screen.wait_for_function("[...document.querySelectorAll('#map-chosen .row6 canvas')].every(e => e.dataset.painted)")
    screen.wait_for_timeout(300)
    dark = (pixels(canvas).max(axis=2) < 30).mean()
    assert dark > 0.005  # the black ground of digits


@pytest.mark.slow
def test_two_walks_are_not_the_same(screen: Page, resources: Resources):
    inner = open_tab(screen, "Latent map", "Map path and latent path")
    expect(inner.locator(".row8 img")).to_have_count(16)
    for image in inner.locator(".row8 img").all():
        painted(image)
    gallery, model = resources.gallery("faces-vae"), resources.model("faces-vae")
    start = latents.decode(model, gallery.codes[:1])[0]
    for strip in inner.locator(".row8").all():
        assert np.abs(pixels(strip.locator("img").first).astype(int) - start).max() <= 3
    halves = [pixels(strip.locator("img").nth(4)).astype(int) for strip in inner.locator(".row8").all()]
    assert np.abs(halves[0] - halves[1]).mean() > 5
    told = inner.inner_text()
    lengths = [re.findall(rf"{word} ([\d.]+)", told) for word in ("the map is", "straight one")]
    assert across_stands_still(screen, inner)
    across, straight = (float(found[0].rstrip(".")) for found in lengths)
    assert across > straight


def across_stands_still(screen: Page, inner: Locator) -> bool:
    """Whether the strips are drawn once, not again and again."""
    image = inner.locator(".row8 img").first.element_handle()
    screen.wait_for_timeout(500)
    return image is not None and bool(image.evaluate("e => e.isConnected"))


@pytest.mark.slow
def test_a_map_that_is_asked_for_can_be_called_off(screen: Page):
    inner = open_tab(screen, "Latent map", "Refit")
    inner.get_by_label("n_neighbors").fill("500")
    inner.get_by_role("button", name="Fit this map").click()
    expect(inner.locator("[data-role=note]")).to_have_text("n_neighbors is '500'; it must lie in 2 … 200.")
    inner.get_by_label("n_neighbors").fill("20")
    inner.get_by_role("button", name="Fit this map").click()
    expect(inner.locator("[data-role=note]")).to_contain_text(re.compile("Preparing|Waiting"))
    inner.get_by_role("button", name="Cancel").click()
    expect(inner.locator("[data-role=note]")).to_have_text("Called off.")
    expect(inner.get_by_role("button", name="Fit this map")).to_be_enabled()


@pytest.mark.slow
def test_a_map_that_is_asked_for_comes_and_stays(screen: Page):
    choose_models(screen, "Digits · 5-D")
    inner = open_tab(screen, "Latent map", "Refit")
    until(screen, "state.world?.model === 'mnist-vae-5'")  # other models call a fit off
    inner.get_by_label("Method").select_option("t-SNE")
    inner.get_by_role("button", name="Fit this map").click()
    expect(inner.locator("[data-role=note]")).to_contain_text("fitted in", timeout=180_000)
    assert state(screen, "state.layout.title") == "t-SNE, perplexity 10, seed 3"


def test_a_drawing_moves_the_cross_while_it_is_drawn(screen: Page):
    choose_models(screen, "Digits · 16-D")
    the_map(screen)
    until(screen, "state.world?.model === 'mnist-vae-16'")
    screen.get_by_text("Draw a digit").click()
    box = screen.locator("canvas.pad").bounding_box()
    assert box is not None
    screen.wait_for_timeout(500)
    before = state(screen, "state.you.code")
    screen.mouse.move(box["x"] + 90, box["y"] + 40)
    screen.mouse.down()
    codes = []
    for step in range(1, 5):
        screen.mouse.move(box["x"] + 90 + 10 * step, box["y"] + 40 + 45 * step, steps=4)
        screen.wait_for_timeout(250)
        codes.append(state(screen, "state.you.code"))
    assert state(screen, "state.you.mse") is None  # not yet from the server
    screen.mouse.up()
    assert codes[0] != before and codes[-1] != codes[0]
    until(screen, "state.you.mse !== null")
    final = np.array(state(screen, "state.you.code"))
    assert np.linalg.norm(final - codes[-1]) < 0.35 * np.linalg.norm(final)  # the browser shrinks a little otherwise
