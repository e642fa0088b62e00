"""Shapes and colours that the painters share: smoothsteps, spots, ramps, and the head as a turned sphere.

Canonical coordinates: x to the right, y up, unit = half a head height, eyes at y = 0, chin at y = -1.
"""

from types import SimpleNamespace

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.faces.factors import NAMES

HEAD_CENTRE, HEAD_HALF_HEIGHT = 0.07, 0.79  # in the frame [-1, 1]
HEAD_ASPECT = 0.77  # half width / half height
CHIN_TAPER = 0.15  # share by which the head narrows per squared unit below the eyes

SKIN = (
    (0.97, 0.83, 0.74),
    (0.96, 0.77, 0.64),
    (0.86, 0.63, 0.47),
    (0.68, 0.46, 0.32),
    (0.48, 0.31, 0.21),
    (0.35, 0.22, 0.16),
)
HAIR = (
    (0.10, 0.09, 0.11),
    (0.24, 0.15, 0.10),
    (0.42, 0.26, 0.15),
    (0.70, 0.51, 0.28),
    (0.93, 0.77, 0.46),
    (0.88, 0.50, 0.20),
    (0.64, 0.20, 0.10),
)
IRIS = ((0.42, 0.24, 0.12), (0.38, 0.46, 0.22), (0.30, 0.52, 0.72))
SILVER = (0.72, 0.715, 0.72)


def smoothstep(low: float, high: float, x: Array) -> Array:
    """0 at `low`, 1 at `high`, smooth between and flat beyond (falls when low > high)."""
    t = np.clip((x - low) * (1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def spot(dx: Array, dy: Array | float) -> Array:
    """Soft spot: 1 at the centre, 0 from radius 1 on."""
    return np.maximum(1 - dx * dx - dy * dy, 0) ** 2


def rgb(red: float, green: float, blue: float) -> Array:
    """A colour that broadcasts over pictures, (3, 1, 1) float32."""
    return np.array((red, green, blue), np.float32)[:, None, None]


def ramp(stops: tuple[tuple[float, float, float], ...], t: Array) -> Array:
    """Piecewise linear colour ramp: t (n, 1, 1) in [0, 1] -> (n, 3, 1, 1)."""
    positions = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(t, positions, channel).astype(np.float32) for channel in zip(*stops, strict=True)], 1)


class Portrait:
    """n pictures under construction with the coordinates painters need; all broadcast to (n, size, size).

    Attributes:
        f: one (n, 1, 1) array per factor, spaces as underscores; also lean, nod (sines of the head's angles), old.
        u, v: frame coordinates in [-1, 1], right and up.
        screen_x, screen_y: head coordinates as if it faced us.
        normal_x: sphere normal's x before turning; depth: its z.
        x, y: canonical coordinates on the turned head; side = |x|.
        outline: signed distance to the head's outline, negative inside.
    """

    def __init__(self, factors: Array, size: int) -> None:
        columns = {name.replace(" ", "_"): factors[:, i, None, None] for i, name in enumerate(NAMES)}
        f = self.f = SimpleNamespace(**columns)
        f.lean, f.nod, f.old = np.sin(f.azimuth), np.sin(f.elevation), smoothstep(0.15, 1.0, f.age)
        self.pixels_per_unit = HEAD_HALF_HEIGHT * size / 2
        self.u = ((np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1)[None, None, :]
        self.v = -self.u.reshape(1, -1, 1)
        self.screen_x = self.u / (HEAD_HALF_HEIGHT * f.face_width)
        self.screen_y = (self.v - HEAD_CENTRE) / HEAD_HALF_HEIGHT
        taper = 1 - CHIN_TAPER * np.clip(-self.screen_y, 0, 1.3) ** 2
        self.normal_x = self.screen_x / HEAD_ASPECT / taper
        self.x, self.y, self.depth, radius2 = self.lift(self.normal_x, self.screen_y)
        self.side, self.outline = np.abs(self.x), (radius2 - 1) * 0.43
        self._mix_colours()
        self.image = np.empty((len(factors), 3, size, size), np.float32)

    def _mix_colours(self) -> None:
        """Skin in four lights, hair that silvers with age."""
        f = self.f
        self.skin, hair = ramp(SKIN, f.skin_tone), ramp(HAIR, f.hair_colour)
        self.hair = hair + (rgb(*SILVER) - hair) * (0.95 * smoothstep(0.4, 0.9, f.age)[:, None])
        self.pale = self.skin.mean(1, keepdims=True)
        self.lit = np.minimum(self.skin * 1.06 + 0.03, 1)
        self.dim, self.dark = self.skin * rgb(0.55, 0.41, 0.39), self.skin * rgb(0.38, 0.24, 0.22)

    def lift(self, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
        """Lift ellipse coordinates (unit radius) to the sphere and turn it back.

        Returns:
            canonical x, canonical y, depth towards the viewer, squared radius.
        """
        f, radius2 = self.f, x * x + y * y
        z, cos_nod, cos_lean = np.sqrt(np.maximum(1 - radius2, 0)), np.cos(f.elevation), np.cos(f.azimuth)
        turned_x = x * cos_lean - (y * f.nod + z * cos_nod) * f.lean
        return turned_x * HEAD_ASPECT, y * cos_nod - z * f.nod, z, radius2

    def cover(self, distance: Array) -> Array:
        """Signed distance in canonical units -> anti-aliased coverage in [0, 1]."""
        return np.clip(0.5 - self.pixels_per_unit * distance, 0, 1)

    def paint(self, opacity: Array, colour: Array) -> None:
        """Blend `colour` (n, 3, h, w) in with `opacity` (n, h, w)."""
        change = colour - self.image
        self.image += np.multiply(change, opacity[:, None], out=change)

    def flesh(self, shade: Array) -> Array:
        """Skin colour from shadow (0) to full light (1), (n, 3, h, w)."""
        return self.dim + (self.lit - self.dim) * np.clip(shade, 0, 1)[:, None]
