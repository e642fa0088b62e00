"""One visitor drags a slider in Chromium: pictures per second, from a slider's event to new pixels, requests, and how
long each frame keeps the page's main thread; beside another page with a slider and a canvas, if its address is given.

python -m benchmarks.drag [http://127.0.0.1:7861]
"""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.app import QUIET, running_app
from benchmarks.trace import frames
from tests.browser.install import chromium

SECONDS, ROUNDS = 5, 3
COUNTING = """
() => {
  window.pictures = 0;
  window.onPicture = () => {};
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    draw.apply(this, given);
    if (!this.canvas.isConnected) return;
    window.pictures++;
    window.onPicture();
  };
  const slider = [...document.querySelectorAll('input[type=range]')].find(e => e.offsetParent);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  let i = 0;
  window.step = () => {
    set.call(slider, 3 * Math.sin(++i / 40));
    slider.dispatchEvent(new Event('input', {bubbles: true}));
  };
}
"""
LATENCY = """
seconds => new Promise(done => {
  const times = [], end = performance.now() + 1000 * seconds;
  let sent = 0;
  const next = () => { sent = performance.now(); window.step(); };
  window.onPicture = () => {
    if (!sent) return;
    times.push(performance.now() - sent);
    sent = 0;
    if (performance.now() < end) return requestAnimationFrame(next);
    window.onPicture = () => {};
    done(times);
  };
  next();
})
"""
STREAM = """
seconds => new Promise(done => {
  const start = performance.now(), before = window.pictures;
  const tick = () => {
    const spent = (performance.now() - start) / 1000;
    if (spent > seconds) return done((window.pictures - before) / spent);
    window.step();
    requestAnimationFrame(tick);
  };
  tick();
})
"""


def ours(browser: Browser, url: str) -> Page:
    """The app's Perturb tab, the model in the page, everything that follows the slider opened."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(url)
    page.get_by_role("tab", name="Perturb", exact=True).first.click()
    page.wait_for_function("document.querySelector('#perturb-canvas canvas').dataset.painted")
    page.locator("#perturb-canvas summary").click()
    page.locator("#all-dims input").check()
    page.wait_for_timeout(3000)
    return page


def another(browser: Browser, url: str) -> Page:
    """A page with a slider and a canvas that follows it."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(url)
    page.wait_for_selector("input[type=range]")
    page.wait_for_timeout(3000)
    return page


def measured(pages: dict[str, Page]) -> dict[str, tuple[float, list[float]]]:
    """Pictures per second (the median round) and latencies in milliseconds of each page, taken in turns."""
    rates: dict[str, list[float]] = {name: [] for name in pages}
    times: dict[str, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        page.evaluate(COUNTING)
        page.evaluate(STREAM, 1)
    for _ in range(ROUNDS):
        for name, page in pages.items():
            page.bring_to_front()
            rates[name].append(page.evaluate(STREAM, SECONDS))
            times[name] += page.evaluate(LATENCY, SECONDS)
    return {name: (statistics.median(rates[name]), times[name]) for name in pages}


def main() -> None:
    """Print one line per page, the ratio, and what a frame costs."""
    with running_app() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        pages = {"latentdemo": ours(browser, url)} | {name: another(browser, name) for name in sys.argv[1:]}
        asked: list[Any] = []
        pages["latentdemo"].on("request", lambda request: asked.append(request))
        found = measured(pages)
        for name, (rate, times) in found.items():
            cuts = statistics.quantiles(times, n=100)
            print(f"{name}: {rate:.1f} pictures/s; slider's event to new pixels p50 {cuts[49]:.1f} ms, "
                  f"p95 {cuts[94]:.1f} ms ({len(times)} events)")  # fmt: skip
        print(f"requests of latentdemo during it: {len(asked)}")
        first, *others = (rate for rate, _ in found.values())
        for rate in others:
            print(f"ratio of pictures per second: {first / rate:.2f}")
        pages["latentdemo"].bring_to_front()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trace.json"
            browser.start_tracing(page=pages["latentdemo"], path=path, categories=["toplevel", "devtools.timeline"])
            pages["latentdemo"].evaluate(STREAM, SECONDS)
            browser.stop_tracing()
            busy = statistics.quantiles(frames(path), n=100)
        print(f"main thread per frame while dragging: p50 {busy[49]:.1f} ms, p95 {busy[94]:.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
