"""Numbers into Plotly figures, and those into HTML that the page's copy of Plotly draws; no torch, no gradio."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray as Array

from latentdemo.drawing.markup import Markup, escape, html
from latentdemo.drawing.palette import CLASSES, SIGNED

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

N_NAMES = 9  # under the columns of a chart: more would not be read from the back row
N_CORNERS = 24  # of an ellipse
PRIOR_LIMIT = 3.0  # standard deviations that an interval chart shows at least
N_BINS = 40
LINES_TALL = 300  # pixels: with its caption and a control one screen of a projector
HEAT_TYPE, HEAT_ROW = 16, 26  # pixels
CENTRE = Markup(  # what is said of a code that is pointed at
    "μ = (%{customdata[0]:.3g}, %{customdata[1]:.3g})<br>σ = (%{customdata[2]:.3g}, %{customdata[3]:.3g})"
    "<extra></extra>"
)
POINT = 0.003  # of the plane's side: least half axis of an ellipse


def figure(traces: list[dict[str, Any]], **layout: Any) -> "Figure":
    """A figure without Plotly's own template; the page adds type, grid and margins, in light or dark colours.

    Colours may be written var(--name), one of `palette.VARIABLES`.
    """
    from plotly.graph_objects import Figure

    return Figure({"data": traces, "layout": {"template": "none", **layout}})


def bars(values: Array, names: list[str], unit: str, colour: str) -> "Figure":
    """One bar for each of n numbers; `unit` stands beside the axis."""
    trace = {"type": "bar", "x": plain(names), "y": rounded(values), "marker": {"color": colour},
             "hovertemplate": html("%{{x}}<br>%{{y:.4g}} {}<extra></extra>", unit)}  # fmt: skip
    return figure([trace], xaxis=_columns(names), yaxis={"title": {"text": unit}, "rangemode": "tozero"})


def intervals(mu: Array, sigma: Array, names: list[str], colour: str) -> "Figure":
    """mu ± sigma of each dimension, (D,) each, as a bar with its middle marked, over the prior's −1 … 1.

    The axis is in units of the code and reaches to ±3 at least.
    """
    limit = max(PRIOR_LIMIT, float((np.abs(mu) + sigma).max()))
    told = np.stack([mu, sigma], axis=1)
    bar = {"type": "bar", "name": "μ ± σ", "x": plain(names), "base": rounded(mu - sigma), "y": rounded(2 * sigma),
           "marker": {"color": colour}, "customdata": rounded(told),
           "hovertemplate": "%{x}<br>μ = %{customdata[0]:.4g}<br>σ = %{customdata[1]:.4g}<extra></extra>"}  # fmt: skip
    middle = {"type": "scatter", "name": "μ", "x": plain(names), "y": rounded(mu), "mode": "markers",
              "hoverinfo": "skip", "marker": {"symbol": "line-ew-open", "size": 14, "line": {"width": 3}}}  # fmt: skip
    prior = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -1, "y1": 1, "line": {"width": 0},
             "fillcolor": "var(--line)", "opacity": 0.2, "layer": "below"}  # fmt: skip
    axis = {"title": {"text": "code z"}, "range": [-limit, limit]}
    return figure([bar, middle], xaxis=_columns(names), yaxis=axis, shapes=[prior], showlegend=False)


def curves(sizes: Array, scores: Array, names: Sequence[str], colours: Sequence[str], unit: str) -> "Figure":
    """Mean and range of scores (lines, k, seeds) over k sizes on a logarithmic axis; what lies below 0 is cut off."""
    traces: list[dict[str, Any]] = []
    for name, colour, runs in zip(plain(names), colours, scores, strict=True):
        low, high, mean = runs.min(axis=1), runs.max(axis=1), runs.mean(axis=1)
        band = np.concatenate([high, low[::-1]])
        around = np.concatenate([sizes, sizes[::-1]]).tolist()
        traces.append({"type": "scatter", "x": around, "y": rounded(band), "fill": "toself", "fillcolor": colour,
                       "opacity": 0.25, "mode": "none", "hoverinfo": "skip", "legendgroup": name,
                       "showlegend": False})  # fmt: skip
        traces.append({"type": "scatter", "x": sizes.tolist(), "y": rounded(mean), "name": name, "legendgroup": name,
                       "mode": "lines+markers", "line": {"color": colour, "width": 3},
                       "hovertemplate": html("{}, %{{x}} labels: %{{y:.3f}}<extra></extra>", name)})  # fmt: skip
    axis = {"type": "log", "title": {"text": "labelled images"}, "tickvals": sizes.tolist()}
    value = {"title": {"text": unit}, "range": [0, 1]}
    return figure(traces, xaxis=axis, yaxis=value, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})


class Line(NamedTuple):
    """One line of a chart.

    Attributes:
        name, colour: in the legend.
        values: (n,), one at each step from 1 on.
        around: (n,) half the width of the band about it; None: no band.
        dashed: told apart without colour, too.
    """

    name: str
    colour: str
    values: Array
    around: Array | None = None
    dashed: bool = False


def lines(shown: Sequence[Line], unit: str, axis: str) -> "Figure":
    """Lines over steps, each with its band."""
    traces: list[dict[str, Any]] = []
    for given, colour, values, around, dashed in shown:
        name = escape(given)
        steps = np.arange(1, len(values) + 1)
        if around is not None:
            band, there = (
                np.concatenate([values + around, (values - around)[::-1]]),
                np.concatenate([steps, steps[::-1]]),
            )
            traces.append({"type": "scatter", "x": there.tolist(), "y": rounded(band), "fill": "toself", "mode": "none",
                           "fillcolor": colour, "opacity": 0.25, "hoverinfo": "skip", "legendgroup": name,
                           "showlegend": False})  # fmt: skip
        traces.append({"type": "scatter", "x": steps.tolist(), "y": rounded(values), "name": name, "mode": "lines",
                       "legendgroup": name,
                       "line": {"color": colour, "width": 3, "dash": "dash" if dashed else "solid"},
                       "hovertemplate": html("{}, {} %{{x}}: %{{y:.4g}}<extra></extra>", name, axis)})  # fmt: skip
    return figure(traces, xaxis={"title": {"text": axis}}, yaxis={"title": {"text": unit}},
                  legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}, height=LINES_TALL)  # fmt: skip


def line(x: Array, y: Array, unit: str, axis: str) -> "Figure":
    """One line through (n,) points."""
    trace = {"type": "scatter", "x": rounded(x), "y": rounded(y), "mode": "lines+markers",
             "line": {"color": "var(--vae)", "width": 3}, "hovertemplate": "%{x}: %{y:.2f}<extra></extra>"}  # fmt: skip
    return figure([trace], xaxis={"title": {"text": axis}}, yaxis={"title": {"text": unit}})


def histogram(groups: dict[str, Array], colours: Sequence[str], marks: dict[str, float], axis: str) -> "Figure":
    """Shares of each group's values in 40 bins of equal width, over each other; `marks` are named upright lines."""
    whole = np.concatenate(list(groups.values()))
    edges = np.linspace(whole.min(), whole.max(), N_BINS + 1)
    middles, traces = (edges[:-1] + edges[1:]) / 2, []
    for name, values, colour in zip(plain(groups), groups.values(), colours, strict=True):
        share = np.histogram(values, edges)[0] / max(1, len(values))
        traces.append({"type": "bar", "name": name, "x": rounded(middles), "y": rounded(share), "opacity": 0.65,
                       "marker": {"color": colour}, "width": float(edges[1] - edges[0]),
                       "hovertemplate": html("{}<br>%{{x:.3g}}: %{{y:.1%}}<extra></extra>", name)})  # fmt: skip
    lines = [{"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": place, "x1": place,
              "line": {"color": "var(--you)", "width": 4}} for place in marks.values()]  # fmt: skip
    words = [{"x": place, "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "text": f" {name}",
              "showarrow": False}
             for name, place in zip(plain(marks), marks.values(), strict=True)]  # fmt: skip
    value = {"title": {"text": "share of the group"}, "tickformat": ".0%"}
    return figure(traces, barmode="overlay", xaxis={"title": {"text": axis}}, yaxis=value, shapes=lines,
                  annotations=words, legend={"orientation": "h", "y": 1.2})  # fmt: skip


def heat(values: Array, rows: Sequence[str], columns: Sequence[str], limit: float, unit: str) -> "Figure":
    """Values (rows, columns) as colours: white at 0, orange at `limit`; blue at −`limit` if any is negative."""
    signed = float(values.min()) < 0
    colours = SIGNED if signed else SIGNED[len(SIGNED) // 2 :]
    stops = [[i / (len(colours) - 1), f"rgb({','.join(f'{c:.0f}' for c in one)})"] for i, one in enumerate(colours)]
    trace = {"type": "heatmap", "z": [rounded(row) for row in values], "x": plain(columns), "y": plain(rows),
             "zmin": -limit if signed else 0, "zmax": limit, "colorscale": stops, "xgap": 1, "ygap": 1,
             "colorbar": {"title": {"text": unit}},
             "hovertemplate": html("%{{y}} → %{{x}}: %{{z:.2f}} {}<extra></extra>", unit)}  # fmt: skip
    every = {"dtick": 1, "automargin": True, "tickfont": {"size": HEAT_TYPE}}
    return figure([trace], yaxis={"autorange": "reversed", **every}, height=max(320, 90 + HEAT_ROW * len(rows)),
                  xaxis={"tickangle": -90, "side": "top", **every})  # fmt: skip


def cloud(codes: Array, sigma: Array, labels: Array | None, names: tuple[str, ...] = ()) -> "Figure":
    """Codes in the plane, each an ellipse of its sigma; a dashed circle marks the prior's sigma = 1.

    A class's name stands at the median of its codes: colours alone would not do.

    Args:
        codes: (n, 2) means.
        sigma: (n, 2) half axes, in the codes' own unit; drawn at least 0.3 % of the plane's side long.
        labels: (n,) classes, by which ellipses are coloured; None: all alike.
        names: of the classes that labels index.
    """
    limit = max(1.05, 1.05 * float((np.abs(codes) + sigma).max()))  # the circle fits in
    half = np.maximum(sigma, 2 * limit * POINT)
    classes = [] if labels is None else np.unique(labels)
    groups = {names[int(k)]: np.flatnonzero(labels == k) for k in classes} or {"": np.arange(len(codes))}
    traces = []
    for (name, index), k in zip(groups.items(), classes if len(classes) else [1], strict=True):
        colour = CLASSES[k % len(CLASSES)]
        traces.append(_ellipses(codes[index], half[index], name, colour))
        told = np.concatenate([codes[index], sigma[index]], axis=1)
        traces.append(_centres(codes[index], told, name, colour))
    traces += [_middle(np.median(codes[index], axis=0), name) for name, index in groups.items() if name]
    circle = {"type": "circle", "x0": -1, "x1": 1, "y0": -1, "y1": 1,
              "line": {"color": "var(--you)", "dash": "dash", "width": 3}}  # fmt: skip
    reach = [-limit, limit]
    return figure(
        traces,
        shapes=[circle],
        xaxis={"range": reach, "constrain": "domain", "title": {"text": "first number"}},
        yaxis={"range": reach, "scaleanchor": "x", "constrain": "domain", "title": {"text": "second number"}},
        showlegend=labels is not None,
        height=560,
        paper_bgcolor="#fff",  # the classes' colours are those of a white page
        font={"color": "#111"},
    )


def _ellipses(codes: Array, half: Array, name: str, colour: str) -> dict[str, Any]:
    """One closed shape for each code, in one trace: shapes are parted by gaps."""
    turn = np.linspace(0, 2 * np.pi, N_CORNERS + 1)
    corners = codes[:, None] + half[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    gap = np.full((len(codes), 1, 2), np.nan)
    x, y = np.concatenate([corners, gap], axis=1).reshape(-1, 2).T
    return {"type": "scatter", "name": name, "legendgroup": name, "x": rounded(x), "y": rounded(y), "mode": "lines",
            "fill": "toself", "opacity": 0.6, "line": {"width": 0}, "fillcolor": colour,
            "hoverinfo": "skip", "showlegend": bool(name)}  # fmt: skip


def _centres(codes: Array, told: Array, name: str, colour: str) -> dict[str, Any]:
    """What is pointed at: the middles, with μ and σ."""
    words = html("class {}<br>", name) if name else ""
    return {"type": "scatter", "name": name, "legendgroup": name, "x": rounded(codes[:, 0]), "y": rounded(codes[:, 1]),
            "mode": "markers", "marker": {"size": 3, "color": colour}, "customdata": rounded(told), "showlegend": False,
            "hovertemplate": words + CENTRE}  # fmt: skip


def _middle(place: Array, name: str) -> dict[str, Any]:
    """A class's name, which the legend's switch hides with the rest."""
    return {"type": "scatter", "name": name, "legendgroup": name, "x": rounded(place[:1]), "y": rounded(place[1:]),
            "mode": "text", "text": [html("<b>{}</b>", name)], "hoverinfo": "skip", "showlegend": False}  # fmt: skip


def _columns(names: list[str]) -> dict[str, Any]:
    """An axis of names in their order, as many written as can be read."""
    every = max(1, -(-len(names) // N_NAMES))
    return {"type": "category", "tickvals": plain(names[::every]), "tickangle": 0}


def rounded(values: Array) -> list[Any]:
    """Four significant digits: what a chart can show, and a tenth of the bytes; gaps where a number is none."""
    text = np.vectorize(lambda value: None if np.isnan(value) else float(f"{value:.4g}"), otypes=[object])
    return text(np.asarray(values, float)).tolist()


def plain(names: Iterable[object]) -> list[Markup]:
    """Names as Plotly is to show them: it reads some tags in any text."""
    return [escape(name) for name in names]


def chart(drawn: "Figure", title: str) -> Markup:
    """A figure that `web/charts/plot.js` draws once it comes into view; `title` says what it shows."""
    return html(
        '<figure class="chart"><div class="plot" role="figure" aria-label="{title}" data-figure="{drawn}"></div>'
        "<figcaption>{title}</figcaption></figure>",
        title=title,
        drawn=drawn.to_json() or "",
    )
