/** A line chart that a slider moves a marker over: one place a column, values from 0 upwards. */

import { make, makeSvg } from "./dom.js";

/**
 * @typedef {object} Frame
 * @property {number} width
 * @property {number} height
 * @property {number} left room for labels, pixels
 * @property {number} right
 * @property {number} bottom
 * @property {number} top
 *
 * @typedef {object} Chart
 * @property {string} label for screen readers
 * @property {string} title below the axis
 * @property {number} n places along the axis
 * @property {number} most value at the top
 * @property {{css: string, values: number[]}[]} lines
 * @property {{at: number, text: string, anchor?: string}[]} ticks below the axis
 * @property {{value: number, text: string, css?: string}[]} levels lines across, with their labels
 * @property {{css: string, text: string, x: number, value: number, anchor: string}[]} [names] beside the lines
 */

/**
 * Where places and values lie, in pixels.
 *
 * @param {Frame} frame
 * @param {number} n
 * @param {number} most
 */
export function scales({ width, height, left, right, bottom, top }, n, most) {
  return {
    /** @param {number} place */
    x: place => left + (place / (n - 1)) * (width - left - right),
    /** @param {number} value */
    y: value => height - bottom - (value / most) * (height - bottom - top),
  };
}

/**
 * @param {Frame} frame
 * @param {Chart} chart
 * @returns {{element: Element, mark: (place: number) => void}} the drawing, and what moves its marker
 */
export function lineChart(frame, chart) {
  const { x, y } = scales(frame, chart.n, chart.most);
  const { width, height, left, right, bottom } = frame;
  /** @type {(px: number, py: number, text: string, anchor: string, css?: string) => SVGElement} */
  const write = (px, py, text, anchor, css = "") =>
    makeSvg("text", { x: px, y: py, "text-anchor": anchor, class: css }, text);
  /** @type {(css: string, y1: number, y2: number, x1: number, x2: number) => SVGElement} */
  const line = (css, y1, y2, x1, x2) => makeSvg("line", { class: css, x1, x2, y1, y2 });
  const marker = line("now", y(chart.most), y(0), left, left);
  marker.dataset.role = "marker";
  const drawn = [
    ...chart.levels.map(({ value, css = "axis" }) => line(css, y(value), y(value), left, width - right)),
    ...chart.levels.map(({ value, text }) => write(left - 8, y(value) + 7, text, "end")),
    ...chart.ticks.map(({ at, text, anchor = "middle" }) => write(x(at), height - bottom + 25, text, anchor)),
    write((left + width) / 2, height - 7, chart.title, "middle"),
    marker,
    ...chart.lines.map(({ css, values }) =>
      makeSvg("polyline", { class: css, points: values.map((value, i) => `${x(i)},${y(value)}`).join(" ") }),
    ),
    ...(chart.names || []).map(name => write(name.x, y(name.value), name.text, name.anchor, name.css)),
  ];
  const svg = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": chart.label }, ...drawn);
  const mark = (/** @type {number} */ place) => {
    for (const end of ["x1", "x2"]) marker.setAttribute(end, `${x(place)}`);
  };
  return { element: make("div", {}, svg), mark };
}
