"""Bits against error: what VAEs and discrete codes pay for an image, and what either costs at the same error."""

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from latentdemo.drawing import charts
from latentdemo.drawing.numerals import decimals, number, short
from latentdemo.drawing.tiles import sentence
from latentdemo.store.lineup import Generators, undamaged
from latentdemo.tabs.generators.stand_in import stand_in
from latentdemo.widgets import Page, remember

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MARK, TALL = 14, 380  # pixels
LEAST = 0.1  # bits
ROOM = 0.25  # powers of ten beyond the outermost points


class Rate(NamedTuple):
    """What a network pays for an image.

    Attributes:
        title: on the chart.
        bits: an image, mean over the test images.
        mse: mean over pixels and channels, of what comes back.
    """

    title: str
    bits: float
    mse: float


@remember(8)
def rates_html(page: Page, label: str) -> str:
    """The chart, and what the VAEs would pay at the VQ-VAE's error; "" where there is no VQ-VAE."""
    found = stand_in(page, label, "vqvae", "a VQ-VAE")
    if found is None or found.made.vqvae is None:
        return ""
    lines, grids = vaes(page, found.pair.source), discrete(page, found.made)
    own = lines.get(page.resources.card(found.pair.vae).shape.latent_dim, [])
    title = (
        "Bits for an image against the error of what comes back, means over the test images, both axes logarithmic. "
        "A VAE's bits are its KL: what it takes to send a draw of q(z | x) to somebody who knows the prior; its error "
        "is that of such a draw. A grid's are log₂ of the entries for each place, or −log₂ p by its prior. "
    )
    return charts.chart(_drawn(lines, grids), title + at_equal_error(own, grids)) + sentence(found.note)


def vaes(page: Page, source: str) -> dict[int, list[Rate]]:
    """VAEs of one source by latent dimensions, by rising bits; not those that tell next to nothing."""
    found: dict[int, list[Rate]] = {}
    for model in undamaged(page.resources.cards, source):
        metrics = page.resources.cards[model.name].metrics
        bits = metrics.get("kl_nats", 0.0) / math.log(2)
        if model.beta is not None and "draw_mse" in metrics and bits > LEAST:
            rate = Rate(f"β = {model.beta:g}", bits, metrics["draw_mse"])
            found.setdefault(model.latent_dim, []).append(rate)
    return {size: sorted(rates, key=lambda rate: rate.bits) for size, rates in found.items()}


def discrete(page: Page, made: Generators) -> list[Rate]:
    """A VQ-VAE whose entries are all alike, and with its prior, if there is one."""
    metrics = page.resources.cards[str(made.vqvae)].metrics
    rates = [Rate("no prior", metrics["bits"], metrics["mse"])]
    if made.prior:
        rates.insert(0, Rate("with its prior", page.resources.cards[made.prior].metrics["bits"], metrics["mse"]))
    return rates


def bits_at(rates: list[Rate], mse: float) -> tuple[float, Rate, Rate] | None:
    """Bits at an error, on straight lines in both logarithms, and the two networks between which it lies; or None."""
    for one, other in itertools.pairwise(rates):
        if other.mse <= mse <= one.mse and other.mse < one.mse:
            share = math.log(mse / one.mse) / math.log(other.mse / one.mse)
            return one.bits * (other.bits / one.bits) ** share, one, other
    return None


def at_equal_error(rates: list[Rate], grids: list[Rate]) -> str:
    """What the VAEs pay at the error of the VQ-VAE, or how near they come."""
    cheap, mse = grids[0], grids[0].mse
    who = "The VQ-VAE with its prior" if len(grids) > 1 else "The VQ-VAE"
    pays = f"{who} pays {decimals(cheap.bits, 0)} bits at an MSE of {short(mse)}"
    found = bits_at(rates, mse)
    if found is not None:
        bits, one, other = found
        return f"{pays}; on the line between {one.title} and {other.title} VAEs pay {decimals(bits, 0)} there."
    if not rates:
        return f"{pays}."
    best = min(rates, key=lambda rate: rate.mse)
    near, comes = (
        (best, ", which no VAE of this size comes down to:") if best.mse > mse else (rates[0], "; the cheapest VAE,")
    )
    return f"{pays}{comes} {near.title} has {short(near.mse)} at {decimals(near.bits, 0)} bits."


def _drawn(lines: dict[int, list[Rate]], grids: list[Rate]) -> "Figure":
    symbols = ("circle", "square", "triangle-up", "x")
    above, below = "top center", "bottom center"
    quantised = ("VQ-VAE", grids, "var(--now)", "diamond", [below, above])
    continuous = [
        (f"VAEs, {n}-D", rates, "var(--vae)", symbols[i % 4], (above, below)[i % 2])
        for i, (n, rates) in enumerate(lines.items())
    ]
    traces = [
        {"type": "scatter", "name": name, "mode": "lines+markers+text", "textposition": places,
         "x": charts.rounded(np.array([rate.bits for rate in rates])), "text": [rate.title for rate in rates],
         "y": charts.rounded(np.array([rate.mse for rate in rates])), "line": {"color": colour, "width": 2},
         "marker": {"color": colour, "size": MARK, "symbol": symbol},
         "hovertemplate": "%{text}: %{x:.4g} bits, MSE %{y:.3g}<extra></extra>"}
        for name, rates, colour, symbol, places in [*continuous, quantised]
    ]  # fmt: skip
    every = [*grids, *itertools.chain(*lines.values())]
    x, y = _axis([rate.bits for rate in every], "bits an image"), _axis([rate.mse for rate in every], "MSE")
    return charts.figure(traces, xaxis=x, yaxis=y, height=TALL)


def _axis(values: list[float], title: str) -> dict[str, Any]:
    """A logarithmic axis with room for words at its ends, and 1, 2, 5, 10 … below it."""
    low, high = math.log10(min(values)) - ROOM, math.log10(max(values)) + ROOM
    ticks = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for digit in (1, 2, 5)]
    return {"type": "log", "range": [low, high], "title": {"text": title}, "tickvals": ticks,
            "ticktext": [number(tick) for tick in ticks], "showgrid": True}  # fmt: skip
