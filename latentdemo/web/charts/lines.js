/** A line chart that a slider moves a marker over: one place a column, values from 0 upwards. */

import { make } from "../core/dom.js";
import { plot, relayout } from "./plot.js";

/**
 * @typedef {object} Chart
 * @property {string} label for screen readers
 * @property {string} title below the axis
 * @property {number} n places along the axis
 * @property {number} most value at the top
 * @property {{css: string, title: string, values: number[], dash?: string}[]} lines css names a colour of the page
 * @property {{at: number, text: string}[]} ticks below the axis
 * @property {{value: number, text: string}[]} [levels] dashed lines across, with their labels
 * @property {string} [format] of the values, as d3 writes it
 * @property {boolean} [legend] false: none
 * @property {number} [height] pixels
 */

/** @type {(value: number, text: string) => [object, object]} a dashed line across, and what is written at its end */
const level = (value, text) => [
  { type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, line: { color: "var(--line)", dash: "dash" } },
  { xref: "paper", x: 1, y: value, text, showarrow: false, xanchor: "right", yanchor: "bottom" },
];

/** The figure, its marker at a place. @param {Chart} chart @param {number} place @returns {import("./plot.js").Figure} */
export function figureOf({ title, n, most, lines, ticks, levels = [], format = ".4g", legend = true, height }, place) {
  const data = lines.map(({ css, title, values, dash = "solid" }) => ({
    type: "scatter",
    mode: "lines",
    name: title,
    x: values.map((_, i) => i),
    y: values,
    line: { color: `var(--${css})`, width: 3, dash },
    hovertemplate: `${title}: %{y:${format}}<extra></extra>`,
  }));
  const marks = levels.map(({ value, text }) => level(value, text));
  const now = {
    type: "line",
    yref: "paper",
    y0: 0,
    y1: 1,
    x0: place,
    x1: place,
    line: { color: "var(--now)", width: 3 },
  };
  return {
    data,
    layout: {
      shapes: [now, ...marks.map(([line]) => line)],
      annotations: marks.map(([, text]) => text),
      xaxis: {
        title: { text: title },
        range: [-0.01 * n, n - 1 + 0.01 * n],
        tickvals: ticks.map(tick => tick.at),
        ticktext: ticks.map(tick => tick.text),
        showgrid: false,
      },
      yaxis: { range: [0, most], nticks: 4, ...(format.endsWith("%") ? { tickformat: format } : {}) },
      showlegend: legend && lines.length > 1,
      ...(height ? { height } : {}),
    },
  };
}

/**
 * @param {Chart} chart
 * @returns {{element: HTMLElement, mark: (place: number) => void}} the drawing, and what moves its marker
 */
export function lineChart(chart) {
  const element = make("div", { class: "plot", role: "figure", "aria-label": chart.label });
  let place = 0;
  let busy = true; // until the figure stands
  let shown = 0;
  const follow = async () => {
    if (busy) return;
    busy = true;
    try {
      while (shown !== place) {
        shown = place;
        await relayout(element, { "shapes[0].x0": place, "shapes[0].x1": place });
      }
    } finally {
      busy = false;
    }
  };
  requestAnimationFrame(async () => {
    // by then it stands in the page, and has a width
    try {
      await plot(element, figureOf(chart, 0));
      busy = false;
      follow();
    } catch (error) {
      element.textContent = /** @type {Error} */ (error).message;
    }
  });
  return {
    element,
    mark(to) {
      place = to;
      element.dataset.marked = `${to}`;
      follow();
    },
  };
}
