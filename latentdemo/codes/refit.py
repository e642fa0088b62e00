"""A map fitted in a process of its own, `python -m latentdemo.codes.refit`: an npz of codes comes in, one goes out."""

import io
import sys
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.codes import projection

UMAP, TSNE = "UMAP", "t-SNE"
LIMITS = {  # setting -> least and most
    "seed": (0, 9999),
    "n_neighbors": (2, 200),
    "min_dist": (0.0, 1.0),
    "perplexity": (2, 200),
}
TAKES = {UMAP: ("seed", "n_neighbors", "min_dist"), TSNE: ("seed", "perplexity")}


class Settings(NamedTuple):
    """What a visitor asks for; numbers that the method does not take are None.

    Attributes:
        method: UMAP or TSNE.
        seed: of both.
        n_neighbors, min_dist: of UMAP.
        perplexity: of t-SNE.
    """

    method: str
    seed: int
    n_neighbors: int | None = None
    min_dist: float | None = None
    perplexity: float | None = None

    def within(self, n: int) -> "Settings":
        """The same for n codes: a code has no more neighbours than there are others."""
        if self.method == TSNE:
            return self._replace(perplexity=min(self.perplexity or 0, round(projection.most_perplexity(n), 1)))
        return self._replace(n_neighbors=min(self.n_neighbors or 0, n - 1))

    @property
    def title(self) -> str:
        """On screen."""
        if self.method == TSNE:
            return f"t-SNE, perplexity {self.perplexity:g}, seed {self.seed}"
        return f"UMAP, {self.n_neighbors} neighbours, min_dist {self.min_dist:g}, seed {self.seed}"


def read_settings(asked: dict[str, str]) -> Settings:
    """Settings as they stand in an address. ValueError names what is wrong and the limit."""
    method = asked.get("method", "")
    if method not in TAKES:
        raise ValueError(f"No method {method[:20]!r}; there are {UMAP} and {TSNE}.")
    found: dict[str, Any] = {"method": method}
    for name in TAKES[method]:
        low, high = LIMITS[name]
        try:
            value = float(asked.get(name, ""))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"{name} is {asked.get(name, '')[:20]!r}; it must lie in {low:g} … {high:g}.")
        found[name] = value if name in ("min_dist", "perplexity") else int(value)
    return Settings(**found)


def fit(codes: Array, settings: Settings, to: Array) -> dict[str, Array]:
    """The map, turned onto another one of the same points, and what it keeps.

    Args:
        codes: (n, D), D > 2.
        to: (n, 2).

    Returns:
        places (n, 2), kept (n,), trust ().
    """
    if settings.method == UMAP:
        assert settings.n_neighbors is not None and settings.min_dist is not None
        places = projection.fit_map(codes, settings.seed, settings.n_neighbors, settings.min_dist, tell=True)
    else:
        assert settings.perplexity is not None
        places = projection.fit_tsne(codes, settings.seed, settings.perplexity, tell=True)
    places = projection.aligned(places, to)
    return {
        "places": places,
        "kept": projection.kept(codes, places),
        "trust": np.array(projection.trust(codes, places)),
    }


def main() -> None:
    """Codes, the map to turn onto and settings from stdin; the map to stdout; what libraries print goes to stderr."""
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    given = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    settings = read_settings(dict(zip(given["names"].tolist(), given["values"].tolist(), strict=True)))
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **fit(given["codes"], settings, given["to"]))
    out.write(packed.getvalue())


if __name__ == "__main__":
    main()
