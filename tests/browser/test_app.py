"""The app as a visitor uses it, in Chromium."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from latentdemo import server, tabs
from latentdemo.codes import latents
from latentdemo.data import faces
from latentdemo.store import checkpoints
from latentdemo.store.resources import Resources
from latentdemo.tabs import features, generators, kernels, reconstructions
from tests.browser.conftest import is_foreign, load, watched
from tests.browser.helpers import choose_models, open_tab, painted, pixels, quiet, save, upload

SECTIONS = {
    "Kernels": [section.title for section in kernels.SECTIONS],
    "CNN features": [section.title for section in features.SECTIONS],
    "Reconstructions": [section.title for section in reconstructions.SECTIONS if section.title != "Train live"],
    "Latent map": ["Projection quality", "Linear probe"],
    "Perturb": ["Information per dimension", "Disentanglement"],
    "Attributes": ["Centroids", "Direction methods", "Entanglement", "Dataset bias"],
    "Generators": [section.title for section in generators.SECTIONS],
}
ELSEWHERE = {  # sections whose pictures have tests of their own: here only their width counts
    "Latent map": ["Neighbours", "Selection", "Map path and latent path", "Refit", "Export"],
    "Perturb": ["Traversals", "2-D grid", "Difference", "β comparison", "Export"],
    "Attributes": ["Edit", "2-D grid", "Difference", "Arithmetic", "Export"],
    "Reconstructions": ["Train live"],  # its canvas stands empty until somebody starts it
}
TABS = [tab.TITLE for tab in tabs.TABS]


DECODED = "all => Promise.all(all.map(e => e.decode().then(() => e.naturalWidth)))"


SPREADS = """all => all.map(canvas => {
  const small = new OffscreenCanvas(64, 64).getContext('2d');
  small.drawImage(canvas, 0, 0, 64, 64);
  const reds = small.getImageData(0, 0, 64, 64).data.filter((_, i) => i % 4 === 0);
  const mean = reds.reduce((sum, value) => sum + value, 0) / reds.length;
  return Math.sqrt(reds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reds.length);
})"""


def check_filled(panel: Locator, name: str) -> None:
    """Every picture and canvas in view holds something."""
    panel.locator("img:visible, canvas:visible, table:visible, .plot:visible").first.wait_for()
    for late in panel.locator("[data-codes]:visible, [data-figure]:visible").all():
        late.evaluate("e => e.scrollIntoView()")  # what is far below is drawn when it comes near
    panel.page.wait_for_function(
        "root => [...root.querySelectorAll('.plot, img.decoded')].every(e => e.dataset.painted)",
        arg=panel.element_handle(),
    )
    assert all(panel.locator("img:visible:not(.tip)").evaluate_all(DECODED)), name
    canvases = panel.locator("canvas:visible:not(.plot canvas)")
    panel.page.wait_for_function("all => all.every(e => Number(e.dataset.painted) > 0)", arg=canvases.element_handles())
    assert all(spread > 1 for spread in canvases.evaluate_all(SPREADS)), name


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
            for section in ELSEWHERE.get(name, []):
                expect(open_tab(page, name, section).locator(".panel").first).to_be_visible()
                check_width(page, section)
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


@pytest.mark.slow
def test_what_python_rewrites_is_filled_again(screen: Page):
    panel = open_tab(screen, "Perturb")
    panel.get_by_role("tab", name="Information per dimension").click()
    painted(panel.locator("#spectrum .plot").first)
    for side in ("Autoencoder", "Variational autoencoder"):
        filled_anew(panel, panel.get_by_label(side, exact=True).check, "#spectrum [data-figure]")
    open_tab(screen, "Attributes", "Centroids")
    panel = screen.locator("[role=tabpanel]:visible").first
    painted(panel.locator("#attribute-groups img").first)
    panel.locator("#attribute-groups img").first.scroll_into_view_if_needed()
    choose = panel.get_by_role("option", name="glasses", exact=True)
    panel.get_by_label("Look closer at").click()
    filled_anew(panel, choose.click, "#attribute-groups [data-codes]")
    panel = open_tab(screen, "Reconstructions", "Latent size and β")
    painted(panel.locator("#sweep-chosen .plot"))
    for cell in (3, 1):
        filled_anew(panel, panel.locator("#sweep [data-pick]").nth(cell).click, "#sweep-chosen [data-figure]")


@pytest.mark.parametrize(("width", "height", "letters"), [(1920, 1080, 13), (1024, 768, 13), (390, 844, 13)])
def test_letters_are_large_enough_and_nothing_is_cut_off(used: Page, width: int, height: int, letters: int):
    used.set_viewport_size({"width": width, "height": height})
    for name in TABS if width > 1024 else TABS[:1]:  # what fits into 1024 is tried above, section by section
        open_tab(used, name)
        check_width(used, name)
    assert used.evaluate("parseFloat(getComputedStyle(document.querySelector('.note')).fontSize)") >= letters


@pytest.mark.slow
def test_a_section_without_its_models_says_how_to_make_them_and_nothing_else(browser: Browser, tmp_path: Path):
    for name in ("mnist-vae-2", "cifar10-cnn"):
        for file in checkpoints.FOLDER.glob(f"{name}.*"):
            shutil.copy(file, tmp_path)
    demo, address = server.launch(Resources(tmp_path))
    wanting = {
        "Kernels": ["Convolutional or dense"],
        "CNN features": ["Augmentation"],
        "Generators": [title for title in SECTIONS["Generators"] if title != "Side by side"],
    }
    with browser.new_page() as page, watched(page, address):
        load(page, address)
        for tab, titles in wanting.items():
            for title in titles:
                panel = open_tab(page, tab, title)
                expect(panel.locator(".problem")).to_have_text(re.compile(r"(with|--shipped).*"))
                expect(panel.locator(":is(button, input, canvas, select):visible")).to_have_count(0)
                quiet(page)
    demo.close()


def test_an_upload_goes_through_every_tab(screen: Page, tmp_path: Path, resources: Resources):
    face = faces.render(faces.default_factors(1, smile=1.0, glasses=1.0, skin_tone=0.7), 200)[0]
    places = {"CNN features": "Feature maps", "Reconstructions": "AE vs VAE", "Latent map": "Neighbours"}
    seen = {
        name: open_tab(screen, name, section).locator("img").first.get_attribute("src")
        for name, section in places.items()
    }
    upload(screen, save(tmp_path / "face.png", face))
    for name, section in places.items():
        panel = open_tab(screen, name, section)
        expect(panel.locator("img").first).not_to_have_attribute("src", seen[name] or "")
    shown = pixels(open_tab(screen, "Reconstructions", "AE vs VAE").locator("#reconstruction img").first)
    np.testing.assert_array_equal(shown, resources.prepare("faces-vae", face))


def test_bad_uploads_get_a_sentence_and_nothing_breaks(screen: Page, tmp_path: Path):
    whole = save(tmp_path / "whole.png", np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)).read_bytes()
    for data, sentence in ((b"", "0 bytes"), (b"hello", "not a picture"), (whole[:9000], "damaged or cut off")):
        (tmp_path / "bad.png").write_bytes(data)
        upload(screen, tmp_path / "bad.png")
        expect(screen.locator(".toast-body", has_text=sentence).first).to_be_visible()
    good = save(tmp_path / "good.png", np.full((60, 60, 3), 90, np.uint8))
    upload(screen, good)
    expect(open_tab(screen, "Kernels", "Convolution").locator("[data-role=input-note]")).to_have_text("Input 60 × 60")


def test_a_sample_is_one_click_away(screen: Page):
    screen.locator("#samples button").nth(2).click()
    expect(open_tab(screen, "Kernels", "Convolution").locator("[data-role=input-note]")).to_have_text("Input 640 × 427")


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
    open_tab(screen, "Reconstructions", "AE vs VAE")
    expect(screen.locator("#reconstruction figcaption").first).to_contain_text("28 × 28")
    open_tab(screen, "Attributes", "Centroids")
    expect(screen.locator("#attribute-groups figcaption").first).to_contain_text("training images")
    assert screen.locator(".toast-body").count() == 0
    open_tab(screen, "Reconstructions", "AE vs VAE")
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
    values = np.array([float(text) for text in re.findall(r"-?[\d.]+", code.inner_text().replace("−", "-"))])
    assert len(values) == 32 and values[int(gallery.rank[0])] == pytest.approx(step, abs=0.011)
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


@pytest.mark.slow
def test_models_change_together(screen: Page):
    panel = open_tab(screen, "Perturb")
    choose_models(screen, "Digits · 2-D")
    expect(panel.locator("input[type=range]:visible")).to_have_count(2)
    canvas = panel.locator("#perturb-canvas canvas")
    expect(canvas).to_have_js_property("width", 504)  # 18 whole steps of 28
    panel = open_tab(screen, "Attributes")
    expect(panel.get_by_role("combobox", name="Look closer at")).to_have_value("0")
    expect(panel.locator("input[type=range]:visible")).to_have_count(5)  # four digits and one's own
    panel = open_tab(screen, "Latent map")
    expect(panel.get_by_text("placed at z0 (across) and z1 (upwards) of their 2-D latent codes")).to_be_visible()


def test_arrow_keys_walk_the_tabs(screen: Page):
    painted(screen.locator("canvas:visible").first)  # before that Gradio still moves the tabs about
    screen.get_by_role("tab", name="Kernels").first.focus()
    screen.keyboard.press("ArrowRight")
    expect(screen.get_by_role("tab", name="CNN features").first).to_have_attribute("aria-selected", "true")
    screen.keyboard.press("End")
    expect(screen.get_by_role("tab", name="Generators").first).to_have_attribute("aria-selected", "true")


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


INJECTED = """() => {
  const [place, made] = [document.createElement('div'), document.createElement('script')];
  place.innerHTML = '<img src="data:," onerror="window.ran = 1">';
  made.textContent = 'window.ran = 2';
  document.body.append(place, made);
  return new Promise(resolve => setTimeout(() => resolve(window.ran), 300));
}"""


def test_scripts_that_come_as_text_do_not_run(used: Page, url: str):
    refused: list[str] = []
    used.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    assert used.evaluate(INJECTED) is None and len(refused) == 2
