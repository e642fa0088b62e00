"""The populations of faces that are trained on and tested on: always the same ones."""

from pathlib import Path

from numpy import ndarray as Array

from latentdemo.data.faces import NAMES, default_factors, render, render_parallel, sample_factors
from latentdemo.data.imageset import ImageSet

N_FACES = {"train": 100_000, "test": 5_000}
N_SMALL, SMALL = {"train": 2800, "test": 600}, 32  # of small faces, and their side in pixels
SEED = {"train": 0, "test": 1}
EXAMPLES = ({"smile": 0.9, "hair_length": 0.6, "hair_colour": 0.35, "bangs": 0.1},
            {"smile": 0.1, "glasses": 1.0, "beard": 0.9, "skin_tone": 0.6, "hair_colour": 0.05})  # fmt: skip
EXAMPLE_SIZE = 512  # pixels


def faces(split: str, data_dir: Path, n: int | None, processes: int = 1) -> ImageSet:
    """Faces of 64 × 64 pixels, at most n."""
    factors = sample_factors(N_FACES[split] if n is None else n, SEED[split])
    return ImageSet(render_parallel(factors, processes), factors, NAMES)


def small_faces(split: str, data_dir: Path, n: int | None, processes: int = 1) -> ImageSet:
    """Faces of 32 × 32 pixels, at most n; few enough to be drawn within seconds."""
    factors = sample_factors(min(N_SMALL[split], n or N_SMALL[split]), SEED[split])
    return ImageSet(render_small(factors), factors, NAMES)


def render_small(factors: Array, size: int = SMALL) -> Array:
    """(n, 17) -> (n, 32, 32, 3) uint8, or of another side."""
    return render(factors, size)


def examples() -> list[Array]:
    """Pictures to begin with, (512, 512, 3) uint8."""
    return [render(default_factors(1, **values), EXAMPLE_SIZE)[0] for values in EXAMPLES]
