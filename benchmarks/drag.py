"""One visitor drags a slider in Chromium: from the slider's event to new pixels, and pictures per second.

python -m benchmarks.drag
"""

import statistics

from benchmarks.app import open_page

SECONDS = 10
SCRIPT = """
async ([seconds]) => {
  const canvas = document.querySelector('#perturb-canvas canvas');
  const slider = [...document.querySelectorAll('input[type=range]')].find(e => e.offsetParent);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const move = value => { set.call(slider, value); slider.dispatchEvent(new Event('input', {bubbles: true})); };
  const times = [];
  let count = Number(canvas.dataset.painted), sent = 0, i = 0;
  await new Promise(done => {
    const end = performance.now() + seconds * 1000;
    new MutationObserver(() => {
      times.push(performance.now() - sent);
      if (performance.now() > end) return done();
      requestAnimationFrame(next);
    }).observe(canvas, {attributes: true, attributeFilter: ['data-painted']});
    const next = () => { sent = performance.now(); move(3 * Math.sin(++i / 40)); };
    next();
  });
  return [times, Number(canvas.dataset.painted) - count];
}
"""
STREAM = """
async ([seconds]) => {
  const canvas = document.querySelector('#perturb-canvas canvas');
  const slider = [...document.querySelectorAll('input[type=range]')].find(e => e.offsetParent);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const before = Number(canvas.dataset.painted), start = performance.now();
  let i = 0;
  await new Promise(done => {
    const tick = () => {
      if (performance.now() - start > seconds * 1000) return done();
      set.call(slider, 3 * Math.sin(++i / 40));
      slider.dispatchEvent(new Event('input', {bubbles: true}));
      requestAnimationFrame(tick);
    };
    tick();
  });
  return (Number(canvas.dataset.painted) - before) / (performance.now() - start) * 1000;
}
"""


def main() -> None:
    """Print latency (p50, p95) and pictures per second."""
    with open_page("Perturb") as page:
        page.wait_for_function("document.querySelector('#perturb-canvas canvas').dataset.painted")
        page.wait_for_timeout(2000)
        page.evaluate(SCRIPT, [2])
        times, _ = page.evaluate(SCRIPT, [SECONDS])
        rate = page.evaluate(STREAM, [SECONDS])
    cuts = statistics.quantiles(times, n=100)
    print(f"slider event to new pixels: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms ({len(times)} events); "
          f"dragging without pause: {rate:.1f} pictures/s")  # fmt: skip


if __name__ == "__main__":
    main()
