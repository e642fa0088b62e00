"""What a face is made of: seventeen named factors, and how a population of them is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy import ndarray as Array
from numpy.typing import ArrayLike

MAX_NORMAL_CORRELATION = 2 - 1e-6  # keeps the matrix positive definite when a correlation of 1 is asked for


@dataclass(frozen=True)
class Factor:
    """One knob of a face.

    Attributes:
        low, high: range that the renderer was drawn for.
        default: value in the default face.
        meaning: what the range runs through, in plain words.
        quantile: maps u in (0, 1) to a value; it decides how common each value is. None: uniform on the range.
        has: a picture "has" the attribute above this value, for attribute vectors. None: the middle of the range.
        lacks: a picture lacks the attribute at or below this value. None: the same as `has`.
    """

    low: float
    high: float
    default: float
    meaning: str
    quantile: Callable[[Array], Array] | None = None
    has: float | None = None
    lacks: float | None = None

    def draw(self, u: Array) -> Array:
        """Uniform numbers u in (0, 1) -> values distributed as in the population, same shape."""
        return self.low + u * (self.high - self.low) if self.quantile is None else self.quantile(u)

    @property
    def thresholds(self) -> tuple[float, float]:
        """(above this the attribute is there, at or below this it is not)."""
        has = (self.low + self.high) / 2 if self.has is None else self.has
        return has, has if self.lacks is None else self.lacks


def _mostly_absent(u: Array, share: float, low: float) -> Array:
    """0 for `share` of the population, uniform on [low, 1] for the rest."""
    return np.where(u < share, 0, low + (1 - low) * (u - share) / (1 - share))


# Why a population and not a cube: uniform factors give mostly bearded, squinting faces behind half-transparent
# glasses; a model spends its code on those and its smile direction turns crooked.
FACTORS: dict[str, Factor] = {
    "smile": Factor(-0.3, 1.0, 0.25, "slight frown, neutral, broad smile with teeth", has=0.5, lacks=0.2),
    "mouth open": Factor(
        0.0, 1.0, 0.0, "closed to a round dark mouth", lambda u: np.maximum(0, 2 * u - 1) ** 1.2, 0.4, 0.0
    ),
    "glasses": Factor(
        0.0, 1.0, 0.0, "none, translucent, thick dark frames", lambda u: _mostly_absent(u, 0.6, 0.7), 0.5, 0.0
    ),
    "hair colour": Factor(0.0, 1.0, 0.3, "black, brown, blond, red"),
    "hair length": Factor(0.0, 1.0, 0.35, "cropped to below the shoulders"),
    "bangs": Factor(
        0.0, 1.0, 0.25, "bare forehead to a fringe at the brows", lambda u: np.where(u < 0.5, u / 2, u), 0.5, 0.25
    ),
    "age": Factor(0.0, 1.0, 0.2, "young to old: wrinkles, folds, silver hair"),
    "beard": Factor(0.0, 1.0, 0.0, "shaven, stubble, full beard", lambda u: _mostly_absent(u, 0.6, 0.35), 0.3, 0.0),
    "skin tone": Factor(0.0, 1.0, 0.25, "very light to very dark"),
    "azimuth": Factor(-0.35, 0.35, 0.0, "head turned left to right (radians)", lambda u: 0.5 * u - 0.25),
    "elevation": Factor(-0.13, 0.13, 0.0, "head tilted down to up (radians)", lambda u: 0.18 * u - 0.09),
    "eye openness": Factor(0.0, 1.0, 0.65, "nearly closed to wide open", lambda u: 0.35 + 0.55 * u, 0.625),
    "brows": Factor(-1.0, 1.0, 0.15, "lowered inside (angry) to raised", lambda u: 1.6 * u - 0.7, 0.1),
    "face width": Factor(0.92, 1.08, 1.0, "narrow to wide (ratio)", lambda u: 0.94 + 0.12 * u),
    "background hue": Factor(0.0, 1.0, 0.55, "hue of the backdrop (turns of the colour wheel)"),
    "light": Factor(-1.0, 1.0, -0.4, "lit from picture left to right"),
    "eye colour": Factor(0.0, 1.0, 0.25, "brown, green, blue"),
}
NAMES = tuple(FACTORS)
EXCLUDED = {"eye colour": "it is 0.003 % of the variance of a face's pixels, which no latent code keeps"}
THRESHOLDS = {name: factor.thresholds for name, factor in FACTORS.items() if name not in EXCLUDED}


def default_factors(n: int = 1, **values: ArrayLike) -> Array:
    """The default face n times, with some factors set.

    Args:
        n: number of rows.
        values: factor names with underscores for spaces; a number or (n,) numbers.

    Returns:
        (n, 17) float32 in FACTORS order.

    Raises:
        ValueError: a name that is no factor.
    """
    rows = np.tile(np.array([factor.default for factor in FACTORS.values()], np.float32), (n, 1))
    for name, value in values.items():
        rows[:, factor_index(name.replace("_", " "))] = value
    return rows


def factor_index(name: str) -> int:
    """Column of a factor; ValueError names the factors there are."""
    if name not in FACTORS:
        raise ValueError(f"no factor {name!r}; there are {', '.join(NAMES)}")
    return NAMES.index(name)


def sample_factors(n: int, seed: int, correlation: Mapping[tuple[str, str], float] | None = None) -> Array:
    """Draw n faces from the population; row i depends on the seed and i alone, not on n.

    Args:
        n: number of faces.
        seed: of numpy's default generator.
        correlation: pairs of factor names -> the Pearson correlation wanted between the uniform quantiles behind
            them, in [-1, 1]; factors that are not named are independent. A biased data set is asked for here.

    Returns:
        (n, 17) float32 in FACTORS order.

    Raises:
        ValueError: an unknown name, a correlation outside [-1, 1], or wishes that contradict each other.

    Source:
        Gaussian copula: normals correlated by 2 sin(pi r / 6) have uniform quantiles correlated by r
        (Pearson 1907; Kruskal 1958, section 4).
    """
    from scipy.special import ndtr  # a quarter of a second that the app's start can do without

    rho = np.eye(len(NAMES))
    for pair, wanted in (correlation or {}).items():
        if not -1 <= wanted <= 1:
            raise ValueError(f"correlation of {pair} is {wanted}; it must lie in [-1, 1]")
        i, j = map(factor_index, pair)
        rho[i, j] = rho[j, i] = MAX_NORMAL_CORRELATION * np.sin(np.pi * wanted / 6)
    try:
        root = np.linalg.cholesky(rho)
    except np.linalg.LinAlgError:
        raise ValueError(f"no population has the correlations {dict(correlation or {})} at once") from None
    normal = np.random.default_rng(seed).standard_normal((n, len(NAMES))) @ root.T
    uniform = ndtr(normal)
    columns = [factor.draw(uniform[:, i]) for i, factor in enumerate(FACTORS.values())]
    return np.stack(columns, axis=1).astype(np.float32)
