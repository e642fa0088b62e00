"""Every colour of the project, once: numbers in, colours out; the dashboard hands the same to the page."""

import numpy as np
from numpy import ndarray as Array

# Blue to white to orange: told apart by all common kinds of colour blindness, and by brightness from white.
SIGNED = np.array(((8, 64, 129), (90, 150, 210), (255, 255, 255), (240, 150, 60), (160, 70, 0)), np.float32)
VIRIDIS = np.array(
    ((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142),
     (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
    np.float32,
)  # fmt: skip
# Okabe and Ito's colours and two more; a class keeps its colour on every tab.
CLASSES = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#b8a800",
           "#0072b2", "#d55e00", "#cc79a7", "#7a5195", "#6b6b6b")  # fmt: skip
SIDES = {"ae": "#b45309", "vae": "#1d4ed8"}  # the autoencoder is amber, the VAE blue, on every tab
VARIABLES = {  # what `web/page.css` calls var(--name): on a light page, on a dark one
    "ae": (SIDES["ae"], "#fbbf24"),
    "vae": (SIDES["vae"], "#93c5fd"),
    "accent": (SIDES["vae"], "#93c5fd"),
    "ink": ("#16202b", "#e8edf3"),
    "quiet": ("#52606d", "#aab6c3"),  # text that stands back
    "rule": ("#dde3ea", "#33404e"),  # borders of cards
    "paper": ("#ffffff", "#18212b"),  # cards
    "ground": ("#f5f7fa", "#0f161d"),  # behind them
    "tint": ("#eaf1fd", "#1d2c44"),  # what is chosen
    "mark": ("#facc15", "#facc15"),  # what is pointed at
    "now": ("#e11d48", "#e11d48"),  # where a slider stands on a chart
    "you": ("#c00000", "#c00000"),
    "wrong": ("#b91c1c", "#b91c1c"),
    "problem": ("#fee2e2", "#fee2e2"),
    "problem-text": ("#450a0a", "#450a0a"),
    "line": ("#888888", "#888888"),
    "bar": ("#9ca3af", "#9ca3af"),
    "reach": ("#059669", "#34d399"),  # how far real codes reach
    "edited": ("#fef08a", "#fef08a"),
    "lane0": ("#a84300", "#f59e0b"),  # not quite the classes' colours: these colour words, too
    "lane1": (CLASSES[5], "#7cc4f0"),
    "lane2": ("#00714f", "#34d399"),
    "lane3": ("#a0508a", "#e5a5cf"),
}
BUTTON, BUTTON_DARK = SIDES["vae"], "#1e40af"
N_STEPS = 513


def ramp(stops: Array, t: Array) -> Array:
    """Colour of t in [0, 1] on evenly spaced stops (n, 3): any shape -> that shape + (3,) uint8.

    Looked up in 513 steps, an odd number, so that the middle of a signed scale is its middle colour exactly.
    """
    steps, positions = np.linspace(0, 1, N_STEPS), np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(steps, positions, stops[:, i]) for i in range(3)], axis=-1).round().astype(np.uint8)
    return table[(np.clip(t, 0, 1) * (N_STEPS - 1) + 0.5).astype(np.uint16)]


def signed_colours(values: Array, limit: float | None = None) -> Array:
    """Blue below zero, white at zero, orange above: (H, W) floats -> (H, W, 3) uint8.

    Args:
        values: any finite numbers.
        limit: the magnitude that gets the full colour; the largest one present if None.
    """
    limit = limit or float(np.abs(values).max()) or 1.0
    return ramp(SIGNED, 0.5 + values / (2 * limit))


def unsigned_colours(values: Array) -> Array:
    """Viridis from the smallest to the largest value: (H, W) floats -> (H, W, 3) uint8."""
    low, high = float(values.min()), float(values.max())
    return ramp(VIRIDIS, (values - low) / ((high - low) or 1.0))


def css() -> str:
    """VARIABLES as a style sheet."""
    light, dark = ("".join(f"--{name}:{pair[i]};" for name, pair in VARIABLES.items()) for i in (0, 1))
    light += f"--viridis:{','.join(f'rgb({r:.0f} {g:.0f} {b:.0f})' for r, g, b in VIRIDIS)};"
    return f":root,.gradio-container{{{light}}}.dark,.dark .gradio-container,.gradio-container.dark{{{dark}}}"
