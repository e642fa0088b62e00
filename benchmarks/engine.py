"""The networks in the page: how long a model takes to arrive, how long decoding takes each way, how many bytes it is.

python -m benchmarks.engine
"""

import gzip
import statistics

from playwright.sync_api import Browser, sync_playwright

from benchmarks.app import QUIET, running_app
from latentdemo.widgets import WEB
from tests.browser.install import chromium

MODEL = "faces-vae"  # 32 latent dimensions
COLD = """
async model => {
  const start = performance.now();
  const engine = await import(new URL("look/engine/engine.js", document.baseURI));
  const code = [new Array(32).fill(0)];
  await engine.decode(model, code);
  const first = performance.now() - start;
  await engine.prepare(model);
  await engine.decode(model, code);
  return [first, performance.now() - start];
}
"""
WARM = """
async ([model, n, rounds]) => {
  const engine = await import(new URL("look/engine/engine.js", document.baseURI));
  await engine.prepare(model);
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const codes = Array.from({ length: n }, () => Array.from({ length: 32 }, () => Math.random() - 0.5));
    const start = performance.now();
    await engine.decode(model, codes);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}
"""
STROKES = """
() => new Promise(done => {
  const pad = document.querySelector('#machine canvas.handle');
  const [code, picture] = ['.vae canvas.handle', '.vae .rail figure:last-child canvas'].map(
    where => document.querySelector(`#machine ${where}`));
  const box = pad.getBoundingClientRect(), times = [];
  const point = (type, i) => pad.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, bubbles: true, buttons: 1,
    clientX: box.left + box.width * (0.5 + 0.3 * Math.sin(i / 9)),
    clientY: box.top + box.height * (0.5 + 0.3 * Math.cos(i / 7)),
  }));
  pad.setPointerCapture = () => {};
  point('pointerdown', 0);
  let i = 0, sent = 0, codes = 0;
  new MutationObserver(() => { codes++; }).observe(code, {attributes: true, attributeFilter: ['data-painted']});
  const next = () => { sent = performance.now(); codes = 0; point('pointermove', ++i); };
  new MutationObserver(() => {
    if (!sent || !codes) return;
    times.push(performance.now() - sent);
    sent = 0;
    if (times.length === 200) { point('pointerup', i); done(times); } else setTimeout(next, 30);
  }).observe(picture, {attributes: true, attributeFilter: ['data-painted']});
  setTimeout(next, 500);
})
"""
FILES = [path for path in (WEB / "engine").rglob("*.*") if path.suffix != ".ts"]


def main() -> None:
    """Print one line for each way, and what is sent."""
    with running_app() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        for way in ("wasm", "plain", "server"):
            page = browser.new_context().new_page()
            page.goto(f"{url}?engine={way}")
            page.wait_for_function("document.querySelector('canvas[data-painted]')")
            first, own = page.evaluate(COLD, MODEL)
            one, many = (page.evaluate(WARM, [MODEL, n, rounds]) for n, rounds in ((1, 40), (49, 9)))
            print(f"{way}: first face after {first:.0f} ms, by this way after {own:.0f} ms; a face {one:.1f} ms, "
                  f"49 at once {many:.0f} ms (medians)")  # fmt: skip
            page.context.close()
        weights = browser.new_page().request.get(f"{url}weights").json()[MODEL]["address"]
        sent = browser.new_page().request.get(f"{url}{weights}")
        print(f"{MODEL}: {len(sent.body()) / 1e6:.2f} MB of weights; engine: "
              f"{sum(len(gzip.compress(path.read_bytes())) for path in FILES) / 1000:.1f} kB compressed")  # fmt: skip
        print(pad(browser, url))
        browser.close()


def pad(browser: Browser, url: str) -> str:
    """From a stroke on the machine's image to the VAE's new code and new picture, both models and all maps running."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(url)
    page.get_by_role("tab", name="Reconstructions", exact=True).first.click()
    page.wait_for_function("document.querySelector('#machine .vae .rail figure:last-child canvas')?.dataset.painted")
    cuts = []
    for label in ("Faces · 32-D", "Digits · 2-D"):
        page.get_by_label("Models").click()
        page.get_by_role("option", name=label, exact=True).click()
        page.wait_for_timeout(3000)
        found = statistics.quantiles(page.evaluate(STROKES), n=100)
        cuts.append(f"{label} p50 {found[49]:.1f} ms, p95 {found[94]:.1f} ms")
    return f"the machine, a stroke on the image to new code and picture: {'; '.join(cuts)}"


if __name__ == "__main__":
    main()
