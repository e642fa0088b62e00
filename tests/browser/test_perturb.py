"""The panels of Perturb in Chromium: they move the sliders, and the sliders move them."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.helpers import open_tab, painted, pixels
from tests.tabs.test_perturb import code_of


def steps(panel: Locator) -> list[float]:
    """Values of all sliders that are mounted."""
    return [float(value) for value in panel.locator("input[type=range]").evaluate_all("all => all.map(e => e.value)")]


def press(canvas: Locator, right: float, down: float) -> None:
    """A click at a place given as shares."""
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": right * box["width"], "y": down * box["height"]})


def test_traversals_follow_the_code_and_a_click_goes_there(screen: Page, resources: Resources):
    panel = open_tab(screen, "Perturb")
    canvas = panel.locator("#traversals canvas")
    count = painted(canvas)
    before = steps(panel)
    press(canvas, 6.5 / 7, 2.5 / 6)  # the third row's last picture: +3
    expect(panel.locator("#traversals [data-role=names] > span").nth(2)).to_have_text("3")
    painted(canvas, count)
    now = steps(panel)
    assert now[2] == 3 and [*now[:2], *now[3:]] == [*before[:2], *before[3:]]
    gallery, model = resources.gallery("faces-vae"), resources.model("faces-vae")
    shown = pixels(canvas).astype(int)
    assert shown.shape == (6 * 64, 7 * 64, 3)
    for row, column, value in ((0, 0, -3.0), (5, 4, 1.0)):
        moved = [*now[:row], value, *now[row + 1 :]]
        oracle = latents.decode(model, code_of(gallery, moved)[None])[0]
        cell = shown[row * 64 : (row + 1) * 64, column * 64 : (column + 1) * 64]
        assert np.abs(cell - oracle).max() <= 3


def test_the_pad_moves_two_sliders_and_keeps_its_pictures(screen: Page, resources: Resources):
    panel = open_tab(screen, "Perturb")
    panel.get_by_role("tab", name="2-D grid").click()
    canvas, picture = panel.locator("#two-dimensions canvas"), panel.locator("#perturb-canvas canvas")
    painted(canvas)
    before, count = pixels(canvas), painted(picture)
    panel.get_by_label("Upwards").select_option(index=3)
    painted(canvas, 1)
    assert (pixels(canvas) != before).any()
    drawn = int(canvas.get_attribute("data-painted") or 0)
    press(canvas, 4.5 / 7, 0.5 / 7)
    painted(picture, count)
    assert steps(panel)[0] == pytest.approx(1, abs=0.03) and steps(panel)[3] == pytest.approx(3, abs=0.03)
    canvas.press("ArrowLeft")
    assert steps(panel)[0] == pytest.approx(0.75, abs=0.03)
    screen.wait_for_timeout(400)
    assert int(canvas.get_attribute("data-painted") or 0) == drawn  # only these two have moved
    gallery = resources.gallery("faces-vae")
    corner = steps(panel)
    corner[0], corner[3] = -3, -3
    oracle = latents.decode(resources.model("faces-vae"), code_of(gallery, corner)[None])[0]
    assert np.abs(pixels(canvas)[-64:, :64].astype(int) - oracle).max() <= 3
    panel.get_by_label("Upwards").select_option(index=0)
    expect(panel.locator("#two-dimensions [data-role=note]")).to_have_text("Choose two different dimensions.")


def test_undo_goes_back_and_a_walk_goes_on_until_it_is_stopped(screen: Page):
    panel = open_tab(screen, "Perturb")
    open_tab(screen, "Perturb", "Difference")
    caption, undo = panel.locator("#history [data-role=caption]"), panel.get_by_role("button", name="Undo")
    expect(caption).to_have_text("no difference from it")
    before, slider = steps(panel), panel.locator("input[type=range]").first
    slider.press("End")
    expect(caption).to_contain_text("(bright)")
    expect(undo).to_be_enabled()
    assert steps(panel)[0] == 3
    undo.click()
    expect(caption).to_have_text("no difference from it")
    assert steps(panel) == before
    panel.get_by_role("button", name="Redo").click()
    assert steps(panel)[0] == 3
    panel.get_by_role("button", name="Walk").click()
    screen.wait_for_timeout(700)
    panel.get_by_role("button", name="Pause").click()
    walked = steps(panel)
    assert sum(a != b for a, b in zip(walked, before, strict=True)) > 20
    screen.wait_for_timeout(300)
    assert steps(panel) == walked


def test_a_loop_moves_the_slider_that_was_moved_last(screen: Page):
    panel = open_tab(screen, "Perturb")
    open_tab(screen, "Perturb", "Difference")
    expect(panel.locator("#history [data-role=caption]")).to_have_text("no difference from it")
    sliders = panel.locator("input[type=range]")
    sliders.nth(2).press("ArrowRight")
    before = steps(panel)
    panel.get_by_role("button", name="Loop").click()
    screen.wait_for_timeout(600)
    panel.get_by_role("button", name="Pause").click()
    now = steps(panel)
    assert [i for i, (a, b) in enumerate(zip(now, before, strict=True)) if a != b] == [2] and 0.3 < now[2] <= 3


def test_a_name_stands_on_the_slider_and_stays_with_its_model(screen: Page):
    panel = open_tab(screen, "Perturb")
    field = panel.locator("#traversals input").first
    dimension = field.get_attribute("placeholder") or ""
    field.fill("skin")
    field.press("Enter")
    label = panel.locator("#perturb-canvas-step-0 [data-testid=block-info]")
    expect(label).to_have_text(re.compile(rf"^\s*skin · {dimension}: "))
    panel.get_by_label("Autoencoder", exact=True).check()
    expect(label).not_to_contain_text("skin")
    panel.get_by_label("Variational autoencoder", exact=True).check()
    expect(label).to_have_text(re.compile(rf"^\s*skin · {dimension}: "))


@pytest.mark.slow
def test_the_same_slider_turns_every_beta(screen: Page, resources: Resources):
    inner = open_tab(screen, "Perturb", "β comparison")
    rows = inner.locator(".lane")
    expect(rows).to_have_count(3)
    strip = rows.nth(2).locator("> canvas")
    painted(strip)
    gallery = resources.gallery("faces-vae-beta-30")
    code = np.clip(resources.encode("faces-vae-beta-30", next(iter(resources.samples().values())).picture), -3, 3)
    code[gallery.rank[0]] = 3
    oracle = latents.decode(resources.model("faces-vae-beta-30"), code.round(2)[None])[0]
    assert np.abs(pixels(strip)[:, -64:].astype(int) - oracle).max() <= 4
    inner.get_by_label("Standard deviations").press("End")
    expect(inner.locator("[data-role=value]")).to_have_text("3 σ")


def test_green_marks_show_how_far_the_codes_reach(screen: Page, resources: Resources):
    panel = open_tab(screen, "Perturb")
    slider = panel.locator("#perturb-canvas-step-0")
    expect(slider).to_have_class(re.compile("reached"))
    gallery = resources.gallery("faces-vae")
    low, high = np.quantile(gallery.codes[:, gallery.rank[0]], (0.01, 0.99))
    told = slider.evaluate("e => ['--from', '--to'].map(name => parseFloat(e.style.getPropertyValue(name)))")
    np.testing.assert_allclose(told, 100 * (np.array([low, high]) + 3) / 6, atol=0.5)


@pytest.mark.slow
def test_the_other_dimensions_unfold(screen: Page):
    panel = open_tab(screen, "Perturb")
    sliders = panel.locator("input[type=range]:visible")
    expect(sliders).to_have_count(8)
    panel.get_by_label("24 more (8 of them unused)").check()
    expect(sliders).to_have_count(32)
