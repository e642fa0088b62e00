"""The networks in the page: every shipped one that decodes, each of three ways, against torch."""

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.conftest import load
from tests.browser.helpers import open_tab, painted

WAYS = ("wasm", "plain", "server")
SOME = ("faces-vae", "mnist-ae-16", "mnist-gan", "mnist-vqvae")  # by the slower ways, unless all are asked for
PARTS = 50  # codes or images at once
ASK = """async ({model, codes, images}) => {
    const engine = await import(new URL("look/engine/engine.js", document.baseURI));
    const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const text = array => {
        const all = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        let out = "";
        for (let i = 0; i < all.length; i += 30000) out += String.fromCharCode(...all.subarray(i, i + 30000));
        return btoa(out);
    };
    await engine.prepare(model);
    const { pixels } = await engine.decode(model, codes);
    const { mu, logvar } = images ? await engine.encode(model, bytes(images)) : {};
    return { way: engine.wayOf(model), pixels: text(pixels), mu: mu && text(mu), logvar: logvar && text(logvar) };
}"""


def array(text: str, kind: Any) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


def check_equal(screen: Page, resources: Resources, name: str, way: str, n: int) -> None:
    """Pixels differ by at most 2 of 255, codes by at most 1 % of their standard deviation."""
    model, gallery = resources.model(name), resources.arrays(name)
    rng = np.random.default_rng(0)
    shape = resources.card(name).shape
    codes = rng.standard_normal((n, shape.code_size)).astype(np.float32)
    if "codes" in gallery:  # test images, as far as their codes are here: decoded ones stand for those that are not
        images = np.stack([resources.gallery_image(name, i) for i in range(n)])
    else:
        images = latents.decode(model, codes)
    encodes = hasattr(model, "encode")
    sd = gallery["codes"].std(axis=0) if "codes" in gallery else None
    if sd is None:
        sd = np.full(shape.code_size, latents.encode(model, images).mu.std() if encodes else 1.0)
    step = PARTS if way != "server" else 8  # the route's limit on bytes
    for i in range(0, n, step):
        some, seen = codes[i : i + step], images[i : i + step]
        seen_there = base64.b64encode(seen.tobytes()).decode() if encodes else ""
        given = {"model": name, "codes": some.tolist(), "images": seen_there}
        found = screen.evaluate(ASK, given)
        assert found["way"] == way
        wanted = latents.decode(model, some)
        assert np.abs(array(found["pixels"], np.uint8).reshape(wanted.shape).astype(int) - wanted).max() <= 2
        if not encodes:
            continue
        encoded = latents.encode(model, seen)
        mu = array(found["mu"], np.float32).reshape(encoded.mu.shape)
        assert (np.abs(mu - encoded.mu) <= 0.01 * np.maximum(sd, 0.05)).all()
        assert (found["logvar"] is None) == (encoded.logvar is None)
        if encoded.logvar is not None:
            logvar = array(found["logvar"], np.float32).reshape(encoded.logvar.shape)
            np.testing.assert_allclose(logvar, encoded.logvar, atol=0.05)


@pytest.mark.parametrize("way", ["wasm", *(pytest.param(way, marks=pytest.mark.slow) for way in WAYS if way != "wasm")])
def test_every_way_computes_what_torch_computes(screen: Page, url: str, resources: Resources, way: str):
    if way != "wasm":
        load(screen, f"{url}?engine={way}")
    for name in resources.decoders() if way == "wasm" else SOME:
        check_equal(screen, resources, name, way, 4)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_way_computes_what_torch_computes_for_200(screen: Page, url: str, resources: Resources, way: str):
    load(screen, f"{url}?engine={way}")
    for name in resources.decoders():
        check_equal(screen, resources, name, way, 200)


def drag(screen: Page) -> tuple[int, list[str]]:
    """Moves the first slider to and fro; pictures painted, and what was asked of the server meanwhile."""
    panel = open_tab(screen, "Perturb")
    canvas, slider = panel.locator("#perturb-canvas canvas"), panel.locator("input[type=range]").first
    before = painted(canvas)
    expect(panel.locator("#perturb-canvas [role=status]")).to_have_text("")
    box = slider.bounding_box()
    assert box is not None
    asked: list[str] = []

    def listen(request: Request) -> None:
        asked.append(request.url)

    screen.wait_for_timeout(500)  # what was asked before is told late where requests are held back
    screen.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    screen.mouse.down()
    screen.on("request", listen)
    for i in range(40):
        screen.mouse.move(box["x"] + box["width"] * (0.3 + 0.01 * i), box["y"] + box["height"] / 2)
    screen.wait_for_timeout(200)
    screen.remove_listener("request", listen)
    screen.mouse.up()
    return int(canvas.get_attribute("data-painted") or 0) - before, asked


def wait_for_way(screen: Page, way: str) -> None:
    """Opens *Perturb*, and waits until its model goes a way."""
    open_tab(screen, "Perturb")
    engine = 'await import(new URL("look/engine/engine.js", document.baseURI))'
    screen.wait_for_function(f"async way => ({engine}).wayOf('faces-vae') === way", arg=way)


def test_a_drag_asks_nobody(screen: Page):
    wait_for_way(screen, "wasm")
    pictures, asked = drag(screen)
    assert pictures > 15 and asked == []


@pytest.mark.slow
def test_another_way_is_taken_without_a_word(window: Page, url: str):
    for broken, way in (("**/engine/worker.js", "server"), ("**/engine/kernel/kernel.wasm", "plain")):
        window.route(broken, lambda route: route.abort())
        load(window, url)
        wait_for_way(window, way)
        painted(window.locator("#traversals canvas"))  # its 42 pictures go first
        pictures, asked = drag(window)
        window.unroute(broken)
        assert pictures > 5 and bool(asked) == (way == "server")
        assert all("pixels/decode" in address for address in asked)
        assert window.locator("#perturb-canvas [role=status]").inner_text() == ""


def test_a_model_that_was_trained_since_is_asked_for_again(browser: Browser, url: str):
    with browser.new_page() as page:
        page.route("**/weights", lambda route: route.fulfill(json={}), times=1)
        page.goto(url)
        found = page.evaluate("import('/look/engine/engine.js').then(engine => engine.facts('faces-vae'))")
        assert found["side"] == 64
