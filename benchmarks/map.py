"""The latent map in Chromium: from the click on its tab to the first points, and a drag of it, with 10,000 points.

python -m benchmarks.map
"""

import dataclasses
import json
import statistics

import numpy as np
from playwright.sync_api import Page, Route

from benchmarks.app import open_page
from latentdemo.codes.gallery import Gallery, world
from latentdemo.store.resources import Resources

MODEL, TIMES = "faces-vae", 5
OPENED = """
() => new Promise(done => {
  const tab = [...document.querySelectorAll('[role=tab]')].find(e => e.textContent.trim() === 'Latent map');
  const begin = performance.now();
  const look = () => {
    if (document.querySelector('#map canvas.points')?.dataset.painted) done(performance.now() - begin);
    else requestAnimationFrame(look);
  };
  tab.click();
  look();
})
"""


def doubled(gallery: Gallery) -> Gallery:
    """Each point twice, the second time a little aside."""
    rng = np.random.default_rng(0)

    def twice(values: np.ndarray, aside: float = 0.0) -> np.ndarray:
        return np.concatenate([values, values + aside * rng.normal(size=values.shape).astype(values.dtype)])

    layouts = tuple(
        one._replace(places=twice(one.places, 0.05), kept=np.concatenate([one.kept, one.kept]))
        for one in gallery.layouts
    )
    return dataclasses.replace(
        gallery,
        codes=twice(gallery.codes, 0.1),
        labels=twice(gallery.labels),
        errors=twice(gallery.errors),
        layouts=layouts,
    )


def first_paint(page: Page, many: Gallery | None) -> list[float]:
    """Milliseconds from the click to the first points, of pages opened anew; with another gallery's points if given."""
    if many is not None:
        told, codes = json.dumps(world(many)), many.codes.astype("<f4").tobytes()

        def fulfil(route: Route) -> None:
            if "/codes/" in route.request.url:
                route.fulfill(body=codes, content_type="application/octet-stream")
            else:
                route.fulfill(body=told, content_type="application/json")

        page.route(f"**/pixels/map/{MODEL}", fulfil)
        page.route(f"**/pixels/codes/{MODEL}", fulfil)
    times = []
    for _ in range(TIMES):
        page.reload()
        page.get_by_role("tab", name="Attributes").first.wait_for()
        page.wait_for_timeout(3000)  # what the first screen still does
        times.append(float(page.evaluate(OPENED)))
    return times


def main() -> None:
    """Print one line per number of points."""
    gallery = Resources().gallery(MODEL)
    with open_page("Kernels") as page:
        for many in (None, doubled(gallery)):
            times = first_paint(page, many)
            n = len((many or gallery).codes)
            print(
                f"{n:,} points: from the click to the first points p50 {statistics.median(times):.0f} ms, most "
                f"{max(times):.0f} ms"
            )


if __name__ == "__main__":
    main()
