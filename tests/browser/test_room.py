"""The room: projector mode, phones, accessibility, lessons with a class, the guide, words that explain themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import load, watched
from tests.browser.helpers import open_tab, painted, save, upload
from tests.browser.test_app import ELSEWHERE, SECTIONS, TABS

AXE = (Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
SERIOUS = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SMALLEST = """least => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), small = {};
  const scaled = e => {
    const svg = e instanceof SVGElement && !e.closest('.plot') && e.closest('svg');
    const size = parseFloat(getComputedStyle(e).fontSize);
    return svg && svg.viewBox.baseVal.width ? size * svg.getScreenCTM().a : size;
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement, text = node.textContent.trim(), box = e.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2 || e.closest('.visually-hidden, h1, option, style, script')) continue;
    if (!e.checkVisibility({visibilityProperty: true})) continue;
    if (scaled(e) > 1 && scaled(e) < least - 0.1) small[text.slice(0, 24)] = scaled(e);
  }
  return small;
}"""


@pytest.fixture
def visitor(browser: Browser, url: str) -> Iterator[Page]:
    """A page of its own, for what changes the whole of it."""
    with browser.new_page() as page, watched(page, url):
        load(page, url)
        yield page


OPEN = "parts => import('/look/link/tabs.js').then(tabs => tabs.open(parts.map(tabs.slug).join('/')))"


def found_by_axe(page: Page, rules: list[str]) -> dict[str, list[str]]:
    """Serious findings in what is open, by rule."""
    told = page.evaluate(
        "rules => axe.run(document, {resultTypes: ['violations'], runOnly: rules, elementRef: false})", rules
    )
    return {
        one["id"]: [node["html"][:90] for node in one["nodes"][:3]]
        for one in told["violations"]
        if one["impact"] in SERIOUS
    }


def sections() -> list[tuple[str, str]]:
    return [(tab, section) for tab in TABS for section in (*SECTIONS.get(tab, []), *ELSEWHERE.get(tab, []))]


def settle(page: Page) -> None:
    """Waits until the open section is drawn."""
    page.evaluate("import('/look/link/quiet.js').then(module => module.quiet())")
    page.wait_for_timeout(350)


@pytest.mark.slow
@pytest.mark.parametrize("look", ["light", "dark", "present"])
def test_nothing_serious_on_any_section(visitor: Page, look: str):
    visitor.evaluate(AXE)
    visitor.set_viewport_size({"width": 1024, "height": 768})
    if look == "dark":
        visitor.evaluate("document.body.classList.add('dark')")
    if look == "present":
        visitor.keyboard.press("p")
    bad: dict[str, Any] = {}
    for tab, section in sections():
        assert visitor.evaluate(OPEN, [tab, section])  # some tabs stand in Gradio's menu
        settle(visitor)
        if found := found_by_axe(visitor, RULES):
            bad[f"{tab}/{section}"] = found
    assert not bad


@pytest.mark.parametrize("look", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_nothing_serious_on_the_first_section_of_each_tab(visitor: Page, look: str):
    visitor.evaluate(AXE)
    if look == "dark":
        visitor.evaluate("document.body.classList.add('dark')")
    for tab in TABS:
        open_tab(visitor, tab)
        settle(visitor)
        assert not found_by_axe(visitor, RULES), tab
    visitor.get_by_role("button", name="Link", exact=True).click()
    visitor.get_by_text("Hide or lock").click()
    assert not found_by_axe(visitor, RULES)


def projected(page: Page, names: list[tuple[str, str]], size: tuple[int, int], least: float) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for tab, section in names:
        assert page.evaluate(OPEN, [tab, section]), section  # some tabs stand in Gradio's menu
        settle(page)
        page.wait_for_timeout(500)
        page.wait_for_function("document.documentElement.scrollHeight <= innerHeight + 2")  # once all has come
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (section, size)
        assert not page.evaluate(SMALLEST, least), (section, size)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "least"), [((1024, 768), 20), ((1920, 1080), 24)])
def test_every_section_is_large_and_fits_on_a_projector(visitor: Page, size: tuple[int, int], least: float):
    visitor.get_by_role("button", name="Present").click()
    projected(visitor, sections(), size, least)


def test_projector_mode_fits_and_is_steered_by_keys(visitor: Page, url: str):
    visitor.goto("about:blank")
    visitor.goto(f"{url}?mode=present")
    visitor.wait_for_function("document.body.classList.contains('present') && document.body.dataset.follows")
    some = [
        ("Kernels", "Convolution"),
        ("Reconstructions", "AE vs VAE"),
        ("Latent map", "Neighbours"),
        ("Perturb", "2-D grid"),
    ]
    projected(visitor, some, (1024, 768), 20)
    open_tab(visitor, "Kernels", "Pixels")
    visitor.locator("body").press("ArrowLeft")
    expect(visitor.get_by_role("tab", name="Convolution", exact=True).last).to_have_attribute("aria-selected", "true")
    visitor.locator("body").press(" ")
    expect(visitor.get_by_role("button", name="❚❚ Pause")).to_be_visible()
    visitor.locator("body").press(" ")
    expect(visitor.locator("#pair")).to_be_hidden()
    visitor.get_by_role("button", name="Faces · 32-D").click()
    expect(visitor.locator("#pair")).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(visitor.locator("#pair")).to_be_visible()  # the mode has ended: the door stands as before
    assert not visitor.evaluate("document.body.classList.contains('present')")
    visitor.locator("body").press("p")
    assert visitor.evaluate("document.body.classList.contains('present')")


def test_what_does_not_fit_is_turned_over_in_screens(visitor: Page):
    visitor.set_viewport_size({"width": 1024, "height": 768})
    visitor.keyboard.press("p")
    open_tab(visitor, "Reconstructions", "AE vs VAE")
    screens = visitor.locator("button.screens")
    expect(screens).to_have_text("1 / 2 ▾")
    rows = visitor.locator("#rows")
    expect(rows).to_be_hidden()
    visitor.locator("body").press("ArrowDown")
    expect(screens).to_have_text("2 / 2 ▾")
    screens.click()
    expect(screens).to_have_text("1 / 2 ▾")


def test_on_a_phone_the_tab_comes_first_and_nothing_is_cut_off(visitor: Page, tmp_path: Path):
    visitor.set_viewport_size({"width": 390, "height": 844})
    expect(visitor.locator("#samples")).to_be_hidden()
    assert visitor.get_by_role("tab", name="Kernels").first.bounding_box()["y"] < 120  # pyright: ignore
    visitor.get_by_role("button", name="Faces · 32-D").click()
    upload(visitor, save(tmp_path / "own.png", np.full((40, 40, 3), 90, np.uint8)))
    visitor.locator("h1, .question").last.click(force=True)
    expect(visitor.locator("#samples")).to_be_hidden()
    wide = """[...document.querySelectorAll('main *')].filter(e => {
      const box = e.getBoundingClientRect();
      const own = '.visually-hidden, [style*=overflow], .sheet, .scroll, pre, .tab-container';
      return e.checkVisibility() && !e.closest(own) && box.right > innerWidth + 1 && box.width > 4;
    }).length"""
    for path in (
        "kernels/kernel",
        "reconstructions/machine",
        "latent-map/image",
        "perturb/traversals",
        "attributes/strips",
    ):
        visitor.evaluate("path => import('/look/link/tabs.js').then(tabs => tabs.open(path))", path)
        settle(visitor)
        assert visitor.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert visitor.evaluate(wide) == 0, path
    for slider in visitor.locator("#attribute-canvas-step-0 input[type=range]").all():
        assert slider.bounding_box()["height"] >= 30  # pyright: ignore
    assert visitor.locator("#attribute-canvas").evaluate("e => getComputedStyle(e).position") == "sticky"


def test_a_class_predicts_before_it_sees(visitor: Page, browser: Browser, url: str):
    visitor.get_by_role("button", name="Lessons", exact=True).click()
    visitor.get_by_role("button", name="Convolution by hand").click()
    card = visitor.get_by_role("region", name="Lesson")
    expect(card).to_contain_text("1 of 6")
    visitor.wait_for_function("!document.body.dataset.opening")
    expect(visitor.locator("#bench [data-role=total]")).to_contain_text("5")
    expect(card.get_by_role("button", name="Show the answer")).to_be_disabled()
    card.get_by_role("button", name="Next step").click()
    visitor.wait_for_function("!document.body.dataset.opening")
    card.get_by_role("button", name="Next step").click()
    card.get_by_role("button", name="Next step").click()
    expect(card).to_contain_text("4 of 6")
    card.get_by_role("button", name="Ask the class").click()
    expect(card).to_contain_text("Others open Lessons and type the code")
    code = (card.get_by_role("button", name="Room").inner_text()).split()[-1]
    with browser.new_page() as pupil:
        pupil.goto(f"{url}#lesson=2-convolution/4&room={code}")
        theirs = pupil.get_by_role("region", name="Lesson")
        expect(theirs).to_contain_text("4 of 6")
        expect(theirs.get_by_role("button", name="Ask the class")).to_be_hidden()
        theirs.get_by_role("button", name="where it brightens towards the right").click()
        expect(card).to_contain_text("1 answer")
        expect(card.locator(".shares b").nth(1)).to_have_text("1")
        theirs.get_by_role("button", name="where it brightens downwards").click()
        theirs.get_by_role("button", name="Show the answer").click()
        expect(theirs).to_contain_text("Not quite. Answer: where it brightens towards the right.")
        visitor.wait_for_timeout(1800)
        expect(card).to_contain_text("1 answer")  # one vote a browser: the first
    card.get_by_role("button", name="Show the answer").click()
    expect(card).to_contain_text("Answer: where it brightens towards the right.")
    visitor.once("dialog", lambda dialog: dialog.accept())  # it asks first: the answers go with the room
    card.get_by_role("button", name="Room").click()
    expect(card.get_by_role("button", name="Ask the class")).to_be_visible()
    assert visitor.request.get(f"{url}rooms/{code}").status == 404
    card.get_by_role("button", name="Close the lesson").click()
    expect(card).to_be_hidden()


def test_the_first_visit_is_offered_the_guide_and_the_second_is_not(browser: Browser, url: str):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(url)
    line, window = page.get_by_text("New here?"), page.get_by_role("dialog", name="Guide")
    expect(line).to_be_visible()
    expect(window).to_be_hidden()
    page.get_by_role("button", name="Open the guide").click()
    expect(line).to_be_hidden()
    expect(window).to_contain_text("An image is numbers")
    assert window.locator("img").evaluate("e => e.decode().then(() => e.naturalWidth)") > 300
    assert window.locator("[data-role=sentences] p").count() == 3
    window.get_by_role("button", name="Next tab").click()
    expect(window).to_contain_text("training found them")
    expect(page.get_by_role("tab", name="CNN features").first).to_have_attribute("aria-selected", "true")
    window.get_by_text("What the words mean").click()
    expect(window).to_contain_text("Kullback-Leibler divergence")
    window.get_by_role("button", name="Close the guide").click()
    page.reload()
    page.get_by_role("tab", name="Attributes").first.wait_for()
    page.wait_for_timeout(1500)
    expect(window).to_be_hidden()
    expect(line).to_be_hidden()
    page.get_by_role("button", name="Guide", exact=True).click()
    expect(window).to_be_visible()
    context.close()


def test_words_explain_themselves(visitor: Page):
    open_tab(visitor, "Perturb")
    word = visitor.locator(".legend-note .note")
    word.scroll_into_view_if_needed()
    visitor.wait_for_function("CSS.highlights.get('glossary')?.size > 2")
    box = visitor.evaluate(
        """() => {
          const nodes = [...document.querySelector('.legend-note .note').childNodes];
          const text = nodes.find(node => node.textContent.includes('KL')), at = text.textContent.indexOf('KL');
          const range = new Range();
          range.setStart(text, at);
          range.setEnd(text, at + 2);
          const {x, y, width, height} = range.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }"""
    )
    visitor.mouse.move(*box)
    expect(visitor.get_by_role("tooltip")).to_contain_text("Kullback-Leibler")
    visitor.mouse.move(5, 5)
    expect(visitor.get_by_role("tooltip")).to_be_hidden()
    assert visitor.evaluate("CSS.highlights.get('glossary').size") > 2
    painted(visitor.locator("#perturb-canvas canvas").first)
