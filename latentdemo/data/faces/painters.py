"""The layers of a face, back to front; each reads a Portrait's coordinates and paints into its image."""

import numpy as np
from numpy import ndarray as Array

from latentdemo.data.faces.geometry import HEAD_ASPECT, HEAD_HALF_HEIGHT, IRIS, Portrait, ramp, rgb, smoothstep, spot

EYE_X, EYE_HALF_WIDTH = 0.325, 0.212
BROW_X, BROW_HALF_WIDTH = 0.335, 0.235
MOUTH_Y = -0.565
LENS_X, LENS_HALF_WIDTH, LENS_HALF_HEIGHT, LENS_ROUND = 0.345, 0.16, 0.115, 0.095
IRIS_RADIUS, IRIS_RIM, PUPIL_RADIUS, CATCHLIGHT_RADIUS = 0.082, 0.106, 0.048, 0.031


def backdrop(p: Portrait) -> None:
    """Muted background of the asked hue, clothes of the opposite hue."""
    f, u, v = p.f, p.u, p.v
    wheel = 0.078 * np.cos(2 * np.pi * (f.background_hue[:, None] - rgb(0, 1 / 3, 2 / 3)))
    p.image[:] = rgb(0.69, 0.70, 0.72) + wheel + (0.1 * spot(u / 1.5 - f.light / 4, v / 2) + 0.06 * v)[:, None]
    cloth = (rgb(0.34, 0.36, 0.42) - 1.6 * wheel) * (1.17 + 0.25 * f.light * u + 0.3 * v)[:, None]
    p.paint(p.cover((v + 0.74 + 0.30 * u**2 + 0.25 * u**4) / HEAD_HALF_HEIGHT), cloth)


def back_hair(p: Portrait) -> None:
    """Hair behind the head: an upright stadium whose lower end follows the hair's length."""
    f, y = p.f, p.screen_y
    x = p.screen_x + 0.03 * f.lean
    width = 0.82 + 0.15 * smoothstep(0.1, 0.8, f.hair_length) + 0.03 * np.sin(7 * y + 1) * f.hair_length
    tip = -0.05 - 1.5 * np.maximum(f.hair_length - 0.2, 0) + 0.035 * np.sin(19 * x + 1)
    beyond = np.maximum(np.maximum((y - 0.15) / 0.93, (tip + 0.26 - y) / 0.26), 0)
    strand = (np.sin(31 * x + 2 * np.sin(3 * y)) + 0.6 * np.sin(57 * x + 1.5 - y))[:, None]
    shade = (0.64 + 0.22 * f.light * x + 0.12 * np.abs(x))[:, None] + 0.10 * strand
    p.paint(p.cover((np.hypot(x / width, beyond) - 1) * width), p.hair * shade + 0.012 * strand)


def neck_and_ears(p: Portrait) -> None:
    """Neck with the chin's shadow; ears, of which turning the head hides the far one."""
    f, x, y = p.f, p.screen_x, p.screen_y
    neck = np.maximum(np.abs(x) - 0.34 - 0.5 * np.maximum(-y - 1.08, 0) ** 1.5, y + 0.6)
    shade = 0.62 + 0.3 * f.light * x - 0.9 * spot((x - 0.2 * f.lean) / 0.75, (y + 0.86) / 0.34)
    p.paint(p.cover(np.maximum(neck, np.hypot(x * 0.55, y + 0.98) - 0.27)), p.flesh(shade))
    for sign in (-1, 1):
        ear_x = x - (sign * 1.03 * np.cos(f.azimuth) - 0.16 * f.lean) * HEAD_ASPECT
        ear_y = y + 0.02 + 0.1 * f.nod
        r = np.hypot(ear_x / 0.115, (ear_y - 0.3 * sign * ear_x) / 0.20)
        p.paint(p.cover((r - 1) * 0.13), p.flesh(0.68 + 0.22 * sign * f.light - 0.5 * smoothstep(0.8, 0.2, r)))


def head(p: Portrait) -> None:
    """Lambert-shaded skin with blush; then eye sockets, wrinkles, bags and folds."""
    f, y, side = p.f, p.y, p.side
    skin = p.flesh(0.34 + 0.285 * f.light * p.normal_x + 0.14 * p.screen_y + 0.48 * p.depth)
    blush = spot((side - 0.45) / 0.26, (y + 0.30 - 0.05 * f.smile) / 0.22) * (0.7 + 0.9 * f.smile)
    p.paint(p.cover(p.outline), skin + blush[:, None] * p.pale**2 * rgb(0.05, -0.075, -0.06))
    p.paint(_age_marks(p) + 0.18 * spot((side - 0.30) / 0.30, (y - 0.08) / 0.24), p.dim)


def _age_marks(p: Portrait) -> Array:
    """Opacity of bags, crow's feet, forehead lines and the folds beside the nose (a smile folds them too)."""
    f, x, y, side = p.f, p.x, p.y, p.side
    bags = np.maximum(1 - ((y + 0.195 - 1.4 * (side - 0.33) ** 2) / 0.035) ** 2, 0) * spot((side - 0.33) / 0.24, 0)
    feet = 0.4 * np.sin((y - 0.01) * 52 / (0.6 + side)) ** 2 * spot((side - 0.62) / 0.09, y / 0.14)
    lines = 0.42 * np.maximum(np.cos(55 * y - 1.65 * np.cos(6 * x)), 0) * spot(x / 0.55, (y - 0.5) / 0.17)
    t = (y + 0.30) / -0.42
    strength = 0.6 * np.minimum(f.old + 0.3 * np.maximum(f.smile, 0), 1)
    fold = strength * np.maximum(1 - ((side - 0.17 - 0.22 * t - 0.03 * f.smile) / 0.045) ** 2, 0)
    return f.old * (0.5 * bags + feet + lines) + fold * np.clip(4 * t * (1.1 - t), 0, 1)


def nose(p: Portrait) -> None:
    """Shaded bridge, wings, nostrils, highlight; it stands out from the head, hence a parallax of its own."""
    f = p.f
    x, y = p.x - 0.10 * f.lean, p.y - 0.08 * f.nod
    side, low = np.abs(x), smoothstep(-0.44, -0.35, y)
    ball = smoothstep(0.25, -0.25, y) * low
    t = np.clip(x / (0.10 + 0.10 * ball), -1, 1)
    lit_from = (1.7 * f.light * t + 0.1) * (0.25 + 0.75 * ball)
    flank = (1 - t * t) ** 2 * lit_from * smoothstep(0.35, 0, y) * low
    wing = np.maximum(np.abs(np.hypot(side - 0.085, (y + 0.335) * 1.05) - 0.075) - 0.012, 0.095 - side)
    p.paint(0.25 * spot(x / 0.20, (y + 0.44) / 0.10) - 0.35 * flank + 0.4 * p.cover(wing), p.dim)
    nostril = (np.hypot((side - 0.065) / 0.050, (y + 0.385) / 0.026) - 1) * 0.035
    p.paint(0.76 * p.cover(nostril), p.dark)
    p.paint(0.42 * spot((x - 0.03 * f.light) / 0.085, (y + 0.28) / 0.11), p.lit + 0.09)


def beard(p: Portrait) -> None:
    """Stubble to full beard below a line from sideburn to cheek, with grain."""
    f, x, y, side = p.f, p.x, p.y, p.side
    line = -0.42 + 0.50 * (np.maximum(side - 0.34, 0) / 0.36) ** 2 - 0.08 * (1 - f.beard)
    grain = np.sin(44 * side / np.maximum(0.5 - 0.4 * y, 0.3) + 3 * np.sin(9 * y + 2 * x))
    shade = (0.42 + 0.03 * grain + 0.20 * f.light * p.normal_x + 0.08 * p.depth)[:, None]
    below = np.clip(0.5 - 0.45 * p.pixels_per_unit * (y - line), 0, 1)
    opacity = below * smoothstep(0.02, 0.65, f.beard) * 0.97
    fringe = p.outline - 0.05 * f.beard * (1 - p.depth) ** 2
    p.paint(opacity * p.cover(fringe), p.hair * rgb(1, 0.94, 0.90) * shade)


def mouth(p: Portrait) -> None:
    """Lips, the dark inside, tongue, teeth. Smile widens, curls and shows teeth; mouth open rounds."""
    f, x, y = p.f, p.x, p.y
    grin, jaw, curl = smoothstep(0.1, 1.0, f.smile), smoothstep(0, 0.95, f.mouth_open), 0.20 * f.smile
    half = 0.31 + 0.14 * f.smile - 0.02 * jaw * (1 - np.clip(f.smile, 0, 1))
    middle = MOUTH_Y - 0.35 * curl
    above = 0.03 * grin + 0.115 * jaw * (1 - 0.5 * grin)
    below = 0.13 * grin + 0.29 * jaw * (1 - 0.45 * grin)
    gape, ends, t2 = above + below, p.side - half, (x / half) ** 2
    arc = (1 - t2) * (1 + 0.8 * jaw * np.minimum(t2, 1))
    line = middle + curl * t2
    t2 = np.minimum(t2, 1)
    steep = 1 / np.sqrt(1 + t2 * (2 * (np.abs(curl) + 0.6 * gape + 0.02) / half) ** 2)  # vertical to true distance
    top, bottom = line + (above + 0.012) * arc, line - (below + 0.012) * arc
    lip_top = top + (0.062 - 0.015 * f.smile) * arc * (0.75 + 1.6 * t2)
    lip_bottom = bottom - (0.088 - 0.02 * f.smile - 0.04 * jaw) * arc
    p.paint(0.22 * spot(x / (half * 0.9), (y - middle + below + 0.16) / 0.09), p.dark)
    sheen = (0.86 + 0.22 * smoothstep(0.01, -0.06, y - bottom) + 0.10 * f.light * x)[:, None]
    lips = np.maximum(np.maximum(y - lip_top, lip_bottom - y) * steep, ends)
    p.paint(p.cover(lips), rgb(0.80, 0.34, 0.33) * sheen * (0.60 + 0.40 * p.pale))
    inside = p.cover(np.maximum(np.maximum(y - top, bottom - y) * steep, ends + 0.02))
    p.paint(inside, rgb(0.17, 0.03, 0.05))
    tongue = p.cover((y - bottom - 0.28 * gape * arc) * steep) * smoothstep(0.1, 0.3, gape)
    p.paint(inside * tongue, rgb(0.43, 0.12, 0.14))
    teeth = p.cover((top - 0.16 * grin * np.maximum(arc, 0.3) - y) * steep) * smoothstep(0.2, 0.5, grin)
    p.paint(inside * teeth * (1 - 0.35 * t2 * t2), rgb(0.98, 0.97, 0.94))


def eyes(p: Portrait) -> None:
    """Lids, white, iris with a dark rim, pupil, catchlight, lashes."""
    f, y = p.f, p.y
    t = (p.side - EYE_X) / EYE_HALF_WIDTH
    arc, level = 1 - t * t, 0.018 * t
    up, down = 0.205 * f.eye_openness, 0.015 + 0.085 * f.eye_openness
    top, bottom = level + up * arc, level - down * arc
    steep = 1 / np.sqrt(1 + t * t * (2 * up / EYE_HALF_WIDTH) ** 2)
    lid = np.maximum(y - level - 0.235 * np.maximum(arc, 0) - 0.01, bottom - y)
    p.paint(0.80 * p.cover(0.6 * lid), p.skin * rgb(0.60, 0.44, 0.42))
    eye = p.cover(np.maximum(y - top, bottom - y) * steep)
    p.paint(eye, (0.97 - 0.30 * smoothstep(-0.07, 0.01, y - top))[:, None] * (0.8 + 0.2 * p.pale))
    _iris(p, eye)
    lash = np.maximum((np.abs(y - top - 0.012) - 0.028 - 0.006 * t) * steep, (np.abs(t) - 1.08) * EYE_HALF_WIDTH)
    p.paint(0.95 * p.cover(lash), rgb(0.13, 0.08, 0.07))
    under = np.maximum(np.abs(y - bottom + 0.005) - 0.006, (np.abs(t) - 0.95) * EYE_HALF_WIDTH)
    p.paint(0.40 * p.cover(under), p.dark)


def _iris(p: Portrait, eye: Array) -> None:
    """Iris, pupil and catchlight inside the opening `eye`; the eyes keep looking at the viewer."""
    f = p.f
    x = p.side - EYE_X + np.copysign(0.05 * f.lean, p.x)
    y = p.y - 0.022 + 0.04 * f.nod
    r, iris = np.hypot(x, y), ramp(IRIS, f.eye_colour)
    p.paint(eye * p.cover(r - IRIS_RIM), iris * 0.40)
    p.paint(eye * p.cover(r - IRIS_RADIUS), iris * (1.05 - 4 * y[:, None]))
    p.paint(eye * p.cover(r - PUPIL_RADIUS), rgb(0.04, 0.03, 0.04))
    glint = np.hypot(np.copysign(x, x * p.x) - 0.034 * f.light, y - 0.036) - CATCHLIGHT_RADIUS
    p.paint(eye * p.cover(glint), rgb(1, 1, 1))


def brows(p: Portrait) -> None:
    """Eyebrows from low inside (angry) to arched (raised), in darkened hair colour."""
    f = p.f
    t = (p.side - BROW_X) / BROW_HALF_WIDTH
    arch = (0.045 + 0.03 * f.brows) * (1 - t * t) + (0.012 - 0.068 * f.brows) * t
    line = 0.280 + 0.085 * f.brows + arch
    thickness = 0.060 - 0.020 * t - 0.012 * t * t
    brow = np.maximum(np.abs(p.y - line) - thickness, (np.abs(t) - 1) * BROW_HALF_WIDTH)
    p.paint(0.92 * p.cover(brow), p.hair * rgb(0.45, 0.40, 0.38))


def front_hair(p: Portrait) -> None:
    """Hair on a shell around the skull, with its shadow on the forehead."""
    f = p.f
    puff = 1.04 + 0.10 * smoothstep(0, 0.5, f.hair_length)
    x, y, z, radius2 = p.lift(p.screen_x / (HEAD_ASPECT * (puff + 0.01)), (p.screen_y - 0.019) / puff)
    line = 0.25 + (1 - f.bangs) * (0.48 - 0.42 * (x + 0.22) ** 2) + 0.10 * f.bangs * x * x
    line += (0.010 + 0.014 * f.bangs) * (np.sin(27 * x + 1) + 0.5 * np.sin(49 * x))
    line += smoothstep(0.50, 0.76, np.abs(x)) * (0.20 - 1.3 * f.hair_length - line)
    p.paint(0.36 * np.clip(0.5 - (line - y - 0.07) * 7, 0, 1) * p.cover(p.outline), p.dark)
    flow = (x + 0.22) / (1.5 - y)
    strand = np.sin(29 * flow) + 0.6 * np.sin(61 * flow + 2) + 0.4 * np.sin(97 * flow + 1)
    sheen = spot((x - 0.28 * f.light) / 0.75, (y - 0.74 - 0.03 * strand) / 0.17)
    shade = 0.64 + 0.28 * f.light * p.screen_x + 0.26 * z + 0.10 * p.screen_y - 0.24 * smoothstep(0.28, 0, y - line)
    lustre = (0.012 * strand + 0.05 * sheen)[:, None]
    colour = p.hair * (shade + 0.085 * strand + 0.26 * sheen)[:, None] + lustre
    p.paint(p.cover(np.maximum((radius2 - 1) * 0.45, (line - y) * 0.9)), colour)


def glasses(p: Portrait) -> None:
    """Dark frames with rounded lenses, bridge and arms, and a glare across each lens."""
    x, y = p.x - 0.04 * p.f.lean, p.y
    amount, side = smoothstep(0.05, 0.85, p.f.glasses), np.abs(x)
    qx, qy = np.abs(side - LENS_X) - LENS_HALF_WIDTH, np.abs(y) - LENS_HALF_HEIGHT
    lens = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0) - LENS_ROUND
    glare = p.cover(np.abs(0.8 * x - np.copysign(0.27, x) - 0.6 * y) - 0.05)
    p.paint(amount * p.cover(lens) * (0.10 + 0.22 * glare), rgb(0.86, 0.93, 0.98))
    bridge_and_arms = np.maximum(np.abs(y - 0.06) - 0.029, np.minimum(side, 0.70 - side) - 0.12)
    frame = np.minimum(np.abs(lens) - 0.040, bridge_and_arms)
    p.paint(amount * p.cover(frame) * p.cover(p.outline), rgb(0.07, 0.07, 0.10))


LAYERS = (backdrop, back_hair, neck_and_ears, head, nose, beard, mouth, eyes, brows, front_hair, glasses)
