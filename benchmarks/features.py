"""Feature maps of all layers of our CNN for an upload of 224 × 224 pixels, and the whole answer of the Layers panel.

python -m benchmarks.features
"""

from typing import Any

import numpy as np

from benchmarks.kernels import milliseconds
from latentdemo.classifiers import tracing
from latentdemo.store.resources import Resources
from latentdemo.tabs.features import layers
from latentdemo.tabs.features.chosen import NETWORK, TRAINED, enlarged
from latentdemo.widgets import Page

SIDE = 224


def main() -> None:
    """Print the median times."""
    resources = Resources()
    network = resources.classifier(NETWORK)
    picture = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    names = [layer.name for layer in network.layers]
    maps = milliseconds(lambda: tracing.activations(network.traced, enlarged(network, picture), names))
    on_screen: Any = None  # nothing of the page itself is needed
    page = Page(resources, on_screen, on_screen, on_screen, on_screen, on_screen, picture)
    view = layers.View(NETWORK, TRAINED, layers.AFTER, layers.STRONGEST, 0, None)
    panel = milliseconds(lambda: layers.show.__wrapped__(page, None, *view))
    print(f"{SIDE} × {SIDE} pixels: maps of all {len(names)} layers {maps:.0f} ms; the panel with strip, maps, "
          f"receptive fields and pictures {panel:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
