"""The networks in the page: how long a model takes to arrive, how long decoding takes each way, how many bytes it is.

python -m benchmarks.engine
"""

import gzip

from playwright.sync_api import sync_playwright

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
        browser.close()


if __name__ == "__main__":
    main()
