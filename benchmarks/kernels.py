"""Convolution against the bare torch call, and a changed kernel in Chromium: from the choice to new pixels.

python -m benchmarks.kernels
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.app import open_page
from latentdemo.pixels.convolution import convolve
from latentdemo.pixels.kernels import KERNELS

SIDE, REPEATS, CHANGES = 1024, 30, 60
SCRIPT = """
async ([changes]) => {
  const panel = document.querySelector('.bench'), canvas = panel.querySelector('[data-role=output]');
  const select = panel.querySelector('[data-role=preset]'), times = [];
  for (let i = 0; i < changes; i++) {
    select.value = select.options[i % (select.options.length - 1)].value;
    const start = performance.now(), painted = canvas.dataset.painted;
    select.dispatchEvent(new Event('change', {bubbles: true}));
    await new Promise(requestAnimationFrame);
    if (canvas.dataset.painted === painted) throw new Error('not painted');
    times.push(performance.now() - start);
  }
  return times;
}
"""


def milliseconds(call: Callable[[], object]) -> float:
    """Median time of a call."""
    call()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def against_torch() -> None:
    """Print `convolve` on a large colour image beside conv2d on a tensor that is ready."""
    image = np.random.default_rng(0).random((SIDE, SIDE, 3), dtype=np.float32)
    kernel = KERNELS["Sobel x"].array
    x = torch.from_numpy(image.transpose(2, 0, 1).copy("C"))[:, None]
    weight = torch.from_numpy(kernel)[None, None]
    with torch.inference_mode():
        bare = milliseconds(lambda: F.conv2d(x, weight))
        whole = milliseconds(lambda: convolve(image, kernel))
        ready = milliseconds(lambda: convolve(image[:, :, 0], kernel)) * 3
    print(f"{SIDE} × {SIDE} RGB, 3 × 3: conv2d {bare:.1f} ms; convolve plane by plane {ready:.1f} ms "
          f"({ready / bare:.2f} times), colours taken apart {whole:.1f} ms ({whole / bare:.2f} times)")  # fmt: skip


def in_the_page() -> None:
    """Print how long a change of the kernel takes on a 512 × 512 image, and the camera's rate."""
    with open_page("Kernel") as page:
        page.locator(".bench [data-role=output][data-painted]").wait_for()
        page.wait_for_timeout(2000)
        times = page.evaluate(SCRIPT, [CHANGES])
        page.locator(".bench [data-role=source]").select_option("Webcam")
        page.wait_for_timeout(5000)
        note = page.locator(".bench [data-role=input-note]").inner_text()
    cuts = statistics.quantiles(times, n=20)
    print(f"kernel chosen to new pixels, 512 × 512: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms; "
          f"camera: {note}")  # fmt: skip


if __name__ == "__main__":
    against_torch()
    in_the_page()
