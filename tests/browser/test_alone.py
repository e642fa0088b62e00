"""The copy without a server, opened from the disk with the network cut, and from a plain web server."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from latentdemo import server
from latentdemo.codes import latents
from latentdemo.store.resources import Resources
from tests.browser.helpers import open_tab, painted, pixels, save

FILLED = """[...document.querySelectorAll('canvas')].every(
  e => !e.offsetParent || e.dataset.painted || e.matches('.pad, .tip *'))"""
PLACES = {
    "Kernels": ["Pixels", "Convolution", "Stacking", "Channels", "Translation equivariance", "Transposed convolution"],
    "Reconstructions": ["Overview", "Interpolation"],
    "Latent map": ["Neighbours", "Selection", "Projection quality", "Map path and latent path"],
    "Perturb": ["Traversals", "2-D grid", "Difference"],
    "Attributes": ["Edit", "2-D grid", "Difference"],
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, resources: Resources) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "lesson"
    assert server.export_to(folder, resources, ["mnist-vae-2", "faces-vae"]) == 0
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        pass


@pytest.fixture(scope="module")
def site(copy: Path) -> Iterator[str]:
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=copy))
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}/"
    served.shutdown()


@pytest.mark.parametrize("kind", ["file", pytest.param("site", marks=pytest.mark.slow)])
def test_it_works_without_a_server(
    kind: str, copy: Path, site: str, browser: Browser, resources: Resources, tmp_path: Path
):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, errors, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    if kind == "file":
        context.set_offline(True)
    page.goto(f"file://{copy}/latentdemo.html" if kind == "file" else site)
    page.wait_for_function("document.body.dataset.follows", timeout=30_000)
    page.get_by_role("button", name="Hide this line").click()
    for tab, sections in PLACES.items():
        for section in sections:
            open_tab(page, tab, section)
            page.wait_for_function(FILLED)
    check_slider(page, resources)
    page.locator("#samples button").first.click()
    check_upload(page, tmp_path)
    assert "tab=" in page.evaluate("location.hash")
    page.get_by_role("button", name="Lessons", exact=True).click()
    expect(page.get_by_role("button", name="Convolution by hand")).to_be_visible()
    allowed = ("data:", "blob:", f"file://{copy}/latentdemo.html" if kind == "file" else site)
    assert not errors and all(address.startswith(allowed) for address in asked)
    context.close()


def check_slider(page: Page, resources: Resources) -> None:
    """A slider decodes what torch decodes."""
    panel = open_tab(page, "Perturb")
    canvas = panel.locator("#perturb-canvas canvas")
    for i, value in enumerate((1.5, -0.5)):
        before = painted(canvas)
        panel.locator(f"#perturb-canvas-step-{i} input").fill(str(value))
        painted(canvas, before)
    gallery = resources.gallery("mnist-vae-2")
    code = np.zeros(2, np.float32)
    code[gallery.rank] = (1.5, -0.5)
    wanted = latents.decode(resources.model("mnist-vae-2"), code[None])[0, :, :, 0]
    page.wait_for_timeout(200)
    shown = pixels(canvas)[:, :, 0]
    step = shown.shape[0] // 28
    assert np.abs(shown[step // 2 :: step, step // 2 :: step].astype(int) - wanted).max() <= 2


def check_upload(page: Page, folder: Path) -> None:
    """One's own picture goes through, and is in no link."""
    panel = open_tab(page, "Kernels", "Pixels")
    canvas = panel.locator("canvas")
    before = painted(canvas)
    page.locator(".own input").set_input_files(save(folder / "own.png", np.full((30, 50, 3), 77, np.uint8)))
    painted(canvas, before)
    expect(panel.locator("[data-role=shape]")).to_contain_text("Shape (3, 30, 50)")
    page.wait_for_timeout(700)
    assert "own" not in page.evaluate("location.hash")


@pytest.mark.parametrize("pair", ["Digits · 2-D", "Faces · 32-D"])
def test_the_copy_sees_and_encodes_every_sample_as_the_server_does(
    pair: str, site: str, browser: Browser, resources: Resources
):
    """The same bytes go into the encoder; codes differ by its half-precision weights alone."""
    page = browser.new_page()
    page.goto(site)
    page.wait_for_function("document.body.dataset.follows", timeout=30_000)
    vae = resources.pair(pair).vae
    spread = resources.gallery(vae).sd
    for name, sample in resources.samples().items():
        seen = resources.prepare(vae, sample.picture)
        page.locator("#samples").get_by_role("button", name=name, exact=True).dispatch_event("click")
        page.locator("#pair select").select_option(pair, force=True)
        code = page.evaluate(
            """async wanted => {
              const {state} = await import('/look/latent/map/state.js');
              for (let i = 0; i < 100; i++) {
                if (state.you && state.world?.model === wanted.model) {
                  const image = new Image();
                  image.src = state.you.image;
                  await image.decode();
                  const sheet = new OffscreenCanvas(image.width, image.height).getContext('2d');
                  sheet.drawImage(image, 0, 0);
                  const {data} = sheet.getImageData(0, 0, image.width, image.height);
                  const n = data.length / 4;
                  const same = image.width === wanted.side && wanted.pixels.every(
                    (value, i) => value === data[4 * (i % n) + Math.floor(i / n)]);
                  if (same) return state.you.code;
                }
                await new Promise(done => setTimeout(done, 100));
              }
              return null;
            }""",
            {"model": vae, "side": seen.shape[0], "pixels": seen.transpose(2, 0, 1).ravel().tolist()},
        )
        assert code is not None, f"{name}: the copy does not see the server's bytes"
        np.testing.assert_allclose(code, resources.encode(vae, sample.picture), atol=float(0.02 * spread.max()))
    page.close()
