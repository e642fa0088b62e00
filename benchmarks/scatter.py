"""10,000 points in Chromium, dragged and pointed at: the map's own canvas beside Plotly's scattergl and scatter.

python -m benchmarks.scatter
"""

import statistics

from playwright.sync_api import Page

from benchmarks.app import open_page

POINTS, MOVES = 10_000, 120
PLACE = """
async ([kind, n]) => {
  const spread = () => Array.from({length: n}, () => Math.random() + Math.random() + Math.random());
  const [x, y] = [spread(), spread()];
  const host = document.createElement('div');
  host.id = 'host';
  host.style.cssText = 'position: fixed; inset: 20px; z-index: 9999; background: #fff';
  document.body.append(host);
  const look = path => import(new URL(`look/${path}`, document.baseURI));
  if (kind === 'canvas') {
    host.innerHTML = '<div class="map" style="height: 100%"><canvas class="points"></canvas>' +
      '<figure class="tip" hidden><canvas></canvas><img alt=""><figcaption></figcaption></figure></div>';
    const [{MapCanvas}, {State}, {boxed}, {colouring}, {Tip}] = await Promise.all([
      'canvas', 'state', 'known/world', 'known/colouring', 'tip'].map(name => look(`latent/map/${name}.js`)));
    const layout = boxed('test', Float32Array.from(x), Float32Array.from(y), null, null);
    const state = Object.assign(new State(), {layout, world: {n, dims: 2, names: ['x'], classes: false,
      codes: new Float32Array(2 * n), labels: Float32Array.from(x), layouts: [layout]}});
    const [colours, tip] = [colouring(state.world, layout, 'x', false), new Tip(host)];
    const hover = (map, pixels) => {
      const i = map.pointAt(pixels);
      tip.place(pixels, map.size.width, `${i}`);
      if (i >= 0) tip.point('faces-vae', i % 5000, null);
    };
    const lent = {state, hovered: -1, colours: () => colours, dark: () => false, sprites: () => null,
      tool: () => 'move', leave() {}, hover};
    new MapCanvas(host.querySelector('canvas'), lent).show(layout, true);
  } else {
    const data = [{type: kind, mode: 'markers', x, y, marker: {size: 8, color: x, colorscale: 'Viridis'}}];
    await (await look('charts/plot.js')).plot(host, {data, layout: {dragmode: 'pan', height: 700}});
    host.on('plotly_hover', () => { window.hovered(); });
  }
}
"""
WATCH = """
() => {
  window.intervals = []; window.hovers = []; window.moved = 0;
  let last = performance.now();
  const tick = now => {
    window.intervals.push(now - last);
    last = now;
    if (document.querySelector('#host')) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  window.addEventListener('pointermove', () => { window.moved = performance.now(); }, true);
  window.hovered = () => { window.hovers.push(performance.now() - window.moved); };
  const tip = document.querySelector('#host .tip');
  const told = {attributes: true, attributeFilter: ['style', 'data-kind']};
  if (tip) new MutationObserver(window.hovered).observe(tip, told);
}
"""


def measured(page: Page, kind: str) -> str:
    """Frames while it is dragged, and from the pointer's move to what is said of the point."""
    page.evaluate(PLACE, [kind, POINTS])
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    page.mouse.move(600, 400)
    page.mouse.down()
    page.evaluate("window.intervals.length = 0")
    for i in range(MOVES):
        page.mouse.move(600 + 2 * (i % 60), 400 + i % 40)
        page.wait_for_timeout(8)
    frames = page.evaluate("window.intervals")
    page.mouse.up()
    page.evaluate("window.hovers.length = 0")
    for i in range(MOVES):
        page.mouse.move(500 + (37 * i) % 400, 250 + (53 * i) % 300)
        page.wait_for_timeout(30)
    hovers = page.evaluate("window.hovers")
    page.evaluate("document.querySelector('#host').remove()")
    pan, hover = (statistics.quantiles(times, n=100) for times in (frames, hovers))
    return (
        f"{kind}: {1000 / statistics.mean(frames):.0f} frames/s while dragging, p95 {pan[94]:.1f} ms a frame; from the "
        f"pointer to what is said of a point p50 {hover[49]:.1f} ms, p95 {hover[94]:.1f} ms"
    )


def main() -> None:
    """Print one line per way of drawing."""
    with open_page("Latent map") as page:
        page.wait_for_function("document.querySelector('#map canvas.points')?.dataset.painted")
        for kind in ("canvas", "scattergl", "scatter"):
            print(measured(page, kind))


if __name__ == "__main__":
    main()
