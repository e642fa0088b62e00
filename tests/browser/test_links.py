"""Links: what the page shows stands in its address, opens on a fresh page, and back and forward walk through it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from latentdemo.store.resources import Resources
from tests.browser.conftest import watched
from tests.browser.helpers import choose_models, open_tab, painted, pixels, save, upload

OPENED = "document.body.dataset.follows && document.body.dataset.opening === undefined"


@pytest.fixture
def fresh(browser: Browser, url: str) -> Iterator[Page]:
    """A visitor who has never been here."""
    with browser.new_page(viewport={"width": 1400, "height": 900}) as page, watched(page, url):
        yield page


def follow(page: Page, url: str, state: str) -> None:
    """Opens a link and waits until its state is there."""
    page.goto("about:blank")
    page.goto(f"{url}#{state}")
    page.get_by_role("tab", name="Attributes").first.wait_for(state="attached")
    page.wait_for_function(OPENED)


def answered(page: Page) -> None:
    """Waits until the server owes nothing."""
    page.evaluate("import('/look/link/quiet.js').then(module => module.quiet())")


def state_of(page: Page) -> dict[str, str]:
    """The address's parts, once it has followed the page."""
    page.wait_for_timeout(500)
    answered(page)
    page.wait_for_timeout(200)
    return {key: values[0] for key, values in parse_qs(page.evaluate("location.hash.slice(1)")).items()}


def test_what_a_visitor_sets_opens_on_a_fresh_page(screen: Page, fresh: Page, url: str):
    open_tab(screen, "Perturb", "2-D grid")
    screen.get_by_role("button", name="Random", exact=True).click()
    answered(screen)
    screen.locator("#perturb-canvas-step-2 input[type=range]").fill("1.5")
    told = state_of(screen)
    assert told == {"tab": "perturb/2-d-grid", "perturb-start": "random 1", "perturb-2": "1.5"}
    follow(fresh, url, screen.evaluate("location.hash.slice(1)"))
    values = "[...document.querySelectorAll('[id^=perturb-canvas-step-] input[type=range]')].map(e => Number(e.value))"
    fresh.wait_for_function(
        f"wanted => JSON.stringify({values}) === wanted", arg=screen.evaluate(f"JSON.stringify({values})")
    )
    expect(fresh.get_by_role("tab", name="2-D grid")).to_have_attribute("aria-selected", "true")
    assert state_of(fresh) == told


@pytest.mark.slow
def test_image_models_and_names_open(fresh: Page, url: str, resources: Resources):
    follow(fresh, url, "tab=perturb/traversals&image=sample+Digit+7&models=Digits+·+5-D&names=z3:loop;z0:slant")
    expect(fresh.get_by_label("Models")).to_have_value("Digits · 5-D")
    seen = pixels(fresh.locator("#door img").first)
    np.testing.assert_array_equal(seen[..., :1], resources.samples()["Digit 7"].picture)
    expect(fresh.get_by_label("Name of z3")).to_have_value("loop")
    expect(fresh.locator(".sliders").first).to_contain_text("slant · z0")
    follow(fresh, url, "tab=reconstructions/ae-vs-vae&image=gallery+faces-vae+17")
    seen = pixels(fresh.locator("#door img").first)
    np.testing.assert_array_equal(seen, resources.gallery_image("faces-vae", 17))


@pytest.mark.slow
def test_controls_that_ask_the_server_open(fresh: Page, url: str):
    state = "tab=attributes/entanglement&attribute-source=from+the+gallery&attribute-which=7"
    state += "&attribute-recipe=balanced+centroids&attribute-0=-2"
    follow(fresh, url, state)
    panel = fresh.locator("[role=tabpanel]:visible").first
    expect(panel.locator("#attribute-canvas")).to_contain_text("Image 7 of")
    assert panel.locator("#attribute-canvas-step-0 input[type=range]").input_value() == "-2"
    expect(panel.get_by_label("Vectors by")).to_have_value("balanced centroids")
    follow(fresh, url, "tab=reconstructions/denoising&damage=holes&seed-denoise=2")
    expect(fresh.get_by_label("Holes", exact=True)).to_be_checked()
    assert state_of(fresh) == {"tab": "reconstructions/denoise", "damage": "holes", "seed-denoise": "2"}
    follow(fresh, url, "tab=cnn-features/feature-maps&layer-strip=6&feature-maps=11")
    expect(fresh.locator("#layer-strip .picked")).to_have_attribute("data-pick", "6")
    expect(fresh.locator("#feature-maps .picked")).to_have_attribute("data-pick", "11")


@pytest.mark.slow
def test_what_panels_keep_opens(fresh: Page, url: str):
    follow(fresh, url, "tab=kernels/convolution&bench.kernel=1+2+1;0+0+0;-1+-2+-1&bench.at=30,40&bench.stride=2")
    assert fresh.get_by_label("Kernel, row 2, column 1").input_value() == "-2"
    expect(fresh.locator("#bench [data-role=place]")).to_contain_text("Row 30, column 40")
    assert fresh.locator("#bench [data-role=stride]").input_value() == "2"
    follow(fresh, url, "tab=latent-map/neighbours&map.layout=PCA&map.chosen=point+7&map.view=0.5,-0.5,3")
    map_state = "import('/look/latent/map/state.js').then(({state}) => [state.chosen.index, state.layout.title])"
    assert fresh.evaluate(map_state) == [7, "PCA"]
    assert state_of(fresh)["map.view"] == "0.5,-0.5,3"
    follow(fresh, url, "tab=reconstructions/sampling&generate.seed=3")
    first = fresh.locator("#generate img").first
    painted(first)
    fresh.wait_for_timeout(700)
    before = pixels(first)
    fresh.get_by_role("button", name="Sample 16 more from each").click()
    fresh.wait_for_function(
        "src => document.querySelector('#generate img').src !== src", arg=first.get_attribute("src")
    )
    assert state_of(fresh)["generate.seed"] == "4"
    fresh.go_back()
    fresh.wait_for_function(OPENED)
    expect(first).to_be_visible()
    fresh.wait_for_timeout(500)
    difference = np.abs(pixels(first).astype(int) - before)  # one may have come from the server, as a JPEG
    assert difference.mean() < 2


def test_back_and_forward_walk_through_states(screen: Page):
    open_tab(screen, "Kernels", "Stacking")
    assert state_of(screen)["tab"] == "kernels/stacking"
    screen.locator("#chain [data-role=pooling]").select_option("none")
    assert state_of(screen)["chain.pooling"] == "none"
    choose_models(screen, "Digits · 2-D")
    assert state_of(screen)["models"] == "Digits · 2-D"
    screen.go_back()
    expect(screen.get_by_label("Models")).to_have_value("Faces · 32-D")
    screen.wait_for_function(OPENED)
    assert screen.locator("#chain [data-role=pooling]").input_value() == "none"
    screen.go_back()
    screen.wait_for_function("document.querySelector('#chain [data-role=pooling]').value !== 'none'")
    screen.wait_for_function(OPENED)
    screen.go_forward()
    screen.wait_for_function("document.querySelector('#chain [data-role=pooling]').value === 'none'")


def test_an_image_of_ones_own_is_in_no_link(screen: Page, tmp_path: Path):
    screen.locator("#samples button").nth(1).click()
    assert state_of(screen)["image"] == "sample Face 2"
    upload(screen, save(tmp_path / "own.png", np.full((40, 40, 3), 90, np.uint8)))
    expect(screen.locator("#door img")).to_be_visible()
    assert "image" not in state_of(screen)
    screen.get_by_role("button", name="Link", exact=True).click()
    expect(screen.get_by_text("your own image, which stays here")).to_be_visible()


@pytest.mark.slow
def test_a_link_hides_and_locks_what_a_teacher_chose(screen: Page, fresh: Page, url: str):
    open_tab(screen, "Perturb")
    screen.get_by_role("button", name="Link", exact=True).click()
    window = screen.get_by_role("dialog", name="Link")
    window.get_by_text("Hide or lock controls").click()
    window.get_by_label("tab CNN features").select_option("hidden")
    window.get_by_label("z4:", exact=False).first.select_option("locked")
    screen.wait_for_function("document.querySelector('.bar [data-role=address]').value.includes('lock=')")
    address = window.get_by_label("Link", exact=True).input_value()
    assert "hide=cnn-features" in address and "lock=perturb-0" in address
    picture = window.get_by_alt_text("QR code of the link")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 100
    follow(fresh, url, address.partition("#")[2])
    expect(fresh.get_by_role("tab", name="CNN features")).to_be_hidden()
    assert fresh.locator("#perturb-canvas-step-0").evaluate("e => e.inert")
    assert not fresh.locator("#perturb-canvas-step-1").evaluate("e => e.inert")


WRONG = (  # the page waits some seconds for what a link names and is not there: few links, much in each
    "tab=nowhere/at-all&image=gallery+%3Cscript%3E+1&models=%3Cb%3E&__proto__=1&constructor=2&door-told=own",
    "tab=perturb/2-d-grid&perturb-0=many&perturb-1=1e999&image=gallery+faces-vae+999999&lesson=constructor/1",
    "tab=latent-map/selection&map.chosen=point+-1&map.view=a,b,c&map.group=1,2,x&map.hidden=99&lesson=none/7&room=QQQQQ",
    "tab=kernels/convolution&bench.kernel=1+2;3&bench.preset=None+such&bench.at=9999,-5&machine.vae=1,2,3&%E0%A4%A&&&==&tab",
)


@pytest.mark.slow
def test_links_that_are_wrong_do_no_harm(fresh: Page, url: str):
    follow(fresh, url, WRONG[0])
    for state in WRONG[1:]:
        fresh.evaluate("state => { location.hash = state }", state)
        fresh.wait_for_timeout(150)
        fresh.wait_for_function(OPENED)
    open_tab(fresh, "Kernels", "Pixels")
    painted(fresh.locator("#loupe canvas"))


@pytest.mark.slow
def test_back_to_the_beginning_shows_the_first_tab(screen: Page):
    open_tab(screen, "Perturb")
    assert state_of(screen)["tab"].startswith("perturb")
    screen.go_back()
    screen.wait_for_function("document.querySelector('[role=tab]:not(.visually-hidden *)').ariaSelected === 'true'")
    expect(screen.get_by_role("tab", name="Kernels").first).to_have_attribute("aria-selected", "true")
