"""scikit-learn's sample photographs: nothing comes in, the images that are installed go out."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from numpy import ndarray as Array

from latentdemo.pixels import images

PHOTOGRAPHS = {"Temple": "china.jpg", "Flower": "flower.jpg"}  # CC BY 2.0


def photographs() -> dict[str, Array]:
    """Title -> (H, W, C) uint8, of the photographs that are there."""
    return {title: images.load(path) for title, file in PHOTOGRAPHS.items() if (path := _photograph(file)).exists()}


@lru_cache
def _photograph(file: str) -> Path:
    """Path of a photograph that scikit-learn brings along, without importing scikit-learn."""
    spec = find_spec("sklearn")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    return root / "datasets" / "images" / file
