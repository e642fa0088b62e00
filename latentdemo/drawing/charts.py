"""Numbers into small SVG charts that stand in the page: bars, intervals, clouds of codes; no torch, no gradio."""

import html
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.drawing.numerals import short
from latentdemo.drawing.palette import CLASSES, EITHER, FONT, SIDES

HEIGHT, LEFT, BOTTOM, TOP = 300, 84, 44, 14  # of a chart, and the room for its labels
BARS_WIDTH, INTERVALS_WIDTH = 640, 1100
NAME_WIDTH = 48  # pixels that a name under a bar takes
CLOUD_SIDE = 560
POINT = 1.5  # pixels: least half axis of an ellipse
PRIOR_LIMIT = 3.0  # standard deviations that an interval chart shows at least


class Axes(NamedTuple):
    """Where values and columns lie on a chart.

    Attributes:
        width: of the chart, pixels.
        low, high: ends of the vertical axis.
        n: columns.
    """

    width: int
    low: float
    high: float
    n: int

    @property
    def step(self) -> float:
        """Width of a column, pixels."""
        return (self.width - LEFT) / self.n

    def x(self, column: float) -> float:
        """Pixel column of a column's left end, or of a place within it."""
        return LEFT + column * self.step

    def y(self, value: float) -> float:
        """Pixel row of a value."""
        return TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - BOTTOM - TOP)

    def bar(self, column: int, low: float, high: float) -> str:
        """A bar over eight tenths of a column, at least two pixels high."""
        tall = max(2.0, self.y(low) - self.y(high))
        left, top, wide = self.x(column + 0.1), self.y(high), 0.8 * self.step
        return f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'

    def scale(self) -> str:
        """Three lines across with their values."""
        return "".join(
            f'<line class="axis" x1="{LEFT}" x2="{self.width}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>'
            f'<text x="{LEFT - 8}" y="{self.y(value) + 7:.1f}" text-anchor="end">{short(value)}</text>'
            for value in (self.low, (self.low + self.high) / 2, self.high)
        )

    def names(self, names: list[str]) -> str:
        """Names under the columns, as many as there is room for."""
        every = max(1, int(np.ceil(NAME_WIDTH / self.step)))
        return "".join(
            f'<text x="{self.x(i + 0.5):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{html.escape(name)}</text>'
            for i, name in enumerate(names)
            if i % every == 0
        )


def bar_chart(values: Array, names: list[str], title: str, css: str = "") -> str:
    """One bar for each of n numbers >= 0; `title` says what they are and their unit."""
    axes = Axes(BARS_WIDTH, 0.0, float(values.max()) or 1.0, len(values))
    bars = "".join(axes.bar(i, 0.0, float(value)) for i, value in enumerate(values))
    return _chart(axes.width, HEIGHT, axes.scale() + bars + axes.names(names), title, css)


def interval_chart(mu: Array, sigma: Array, names: list[str], title: str, css: str = "") -> str:
    """mu ± sigma of each dimension, (D,) each, as a bar with its middle marked, over the prior's −1 … 1.

    The axis is in units of the code and reaches to ±3 at least.
    """
    limit = max(PRIOR_LIMIT, float((np.abs(mu) + sigma).max()))
    axes = Axes(INTERVALS_WIDTH, -limit, limit, len(mu))
    top, tall = axes.y(1), axes.y(-1) - axes.y(1)
    prior = f'<rect class="prior" x="{LEFT}" y="{top:.1f}" width="{axes.width - LEFT}" height="{tall:.1f}"/>'
    bars = "".join(
        axes.bar(i, float(middle - spread), float(middle + spread))
        + f'<line class="middle" x1="{axes.x(i + 0.1):.1f}" x2="{axes.x(i + 0.9):.1f}" '
        f'y1="{axes.y(float(middle)):.1f}" y2="{axes.y(float(middle)):.1f}"/>'
        for i, (middle, spread) in enumerate(zip(mu, sigma, strict=True))
    )
    return _chart(axes.width, HEIGHT, prior + axes.scale() + bars + axes.names(names), title, css)


def cloud(codes: Array, sigma: Array, labels: Array | None, title: str) -> str:
    """Codes in the plane, each an ellipse of its sigma; a dashed circle marks the prior's sigma = 1.

    A class's number stands at the median of its codes: colours alone would not do.

    Args:
        codes: (n, 2) means.
        sigma: (n, 2) half axes, in the codes' own unit; drawn at least 1.5 pixels long.
        labels: (n,) classes, by which ellipses are coloured; None: all alike.
        title: for the caption and for screen readers.
    """
    limit = max(1.05, 1.05 * float(np.abs(codes).max()))  # the circle fits in
    half, scale = CLOUD_SIDE / 2, CLOUD_SIDE / 2 / limit
    marks = "".join(
        f'<ellipse cx="{half + x * scale:.1f}" cy="{half - y * scale:.1f}" rx="{max(POINT, a * scale):.1f}" '
        f'ry="{max(POINT, b * scale):.1f}" fill="{colour}"/>'
        for (x, y), (a, b), colour in zip(codes, sigma, _colours(labels, len(codes)), strict=True)
    )
    names = "".join(
        f'<text class="name" x="{half + x * scale:.1f}" y="{half - y * scale + 8:.1f}" '
        f'text-anchor="middle">{label}</text>'
        for label in ([] if labels is None else np.unique(labels))
        for x, y in [np.median(codes[labels == label], axis=0)]
    )
    circle = f'<circle cx="{half}" cy="{half}" r="{scale:.1f}"/>'
    ends = f'<text x="6" y="{CLOUD_SIDE - 10}">±{short(limit)}</text>'
    return _chart(CLOUD_SIDE, CLOUD_SIDE, marks + circle + names + ends, title, "cloud")


def dots(places: Array, labels: Array | None) -> str:
    """Points over a picture: (n, 2) shares of its width and, upwards, height, coloured by class (n,) if there are."""
    marks = "".join(
        f'<circle cx="{100 * x:.2f}" cy="{100 - 100 * y:.2f}" r="0.6" fill="{colour}"/>'
        for (x, y), colour in zip(places, _colours(labels, len(places)), strict=True)
    )
    return f'<svg class="over" viewBox="0 0 100 100" aria-hidden="true">{marks}</svg>'


def _colours(labels: Array | None, n: int) -> list[str]:
    return [CLASSES[1]] * n if labels is None else [CLASSES[int(label) % len(CLASSES)] for label in labels]


def _chart(width: int, height: int, body: str, title: str, css: str) -> str:
    box = f'viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title, quote=True)}"'
    return f'<figure class="chart {css}"><svg {box}>{body}</svg><figcaption>{html.escape(title)}</figcaption></figure>'


def dimension_figure(values: Array, order: Array, unit: str) -> Any:
    """Bars of one number per latent dimension: values (D,), drawn in the order of `order` (D,) -> go.Figure."""
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(x=[f"z{dimension}" for dimension in order], y=values[order], marker_color=SIDES["vae"]))
    figure.update_layout(
        title="What each dimension carries",
        yaxis_title=unit,
        font={"size": 20, "family": FONT, "color": EITHER},
        height=380,
        margin={"l": 80, "r": 10, "t": 60, "b": 70},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
