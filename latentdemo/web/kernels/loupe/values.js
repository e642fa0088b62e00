/** Pixel values as numbers: scales, their formats, and the table of those around a place. */

import { make } from "../../core/dom.js";
import { fixed, number } from "../../core/numerals.js";
import { greyCell } from "../../pixels/colours.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

export const ROWS = 9;
export const MOST = 9; // columns under the loupe, on wide screens

/** @typedef {{of: (value: number) => number, dtype: string, bytes: number, limits: [number, number], cell: number, formula: string}} Scale */
/** @type {Record<string, Scale>} */
export const SCALES = {
  "0 … 255": {
    of: value => Math.round(value * 255),
    dtype: "uint8",
    bytes: 1,
    limits: [0, 255],
    cell: 66,
    formula: "One byte a channel, as this page holds your image",
  },
  "0 … 1": { of: value => value, dtype: "float32", bytes: 4, limits: [0, 1], cell: 90, formula: "x / 255" },
  "−1 … 1": {
    of: value => 2 * value - 1,
    dtype: "float32",
    bytes: 4,
    limits: [-1, 1],
    cell: 104,
    formula: "2 · x / 255 − 1",
  },
};

/**
 * Where brightness changes most from a pixel to the next but one: numbers that differ say more than equal ones.
 *
 * @param {Plane} grey
 * @returns {[number, number]} row and column of the pixel between them
 */
export function busiest({ width, values }) {
  let most = -1;
  let best = 0;
  for (let i = 2 * width; i < values.length; i++) {
    if (i % width < 2) continue;
    const change = Math.abs(values[i] - values[i - 2]) + Math.abs(values[i] - values[i - 2 * width]);
    if (change > most) [most, best] = [change, i - width - 1];
  }
  return [Math.floor(best / width), best % width];
}

/**
 * An odd number of columns that there is room for.
 *
 * @param {number} wide pixels
 * @param {number} cell pixels
 */
export const columnsFor = (wide, cell) => Math.max(3, Math.min(MOST, 2 * Math.floor((wide / cell - 2) / 2) + 1));

/** @type {(scale: Scale, value: number) => string} */
export const format = (scale, value) => (scale.dtype === "uint8" ? number(scale.of(value)) : fixed(scale.of(value), 3));

/**
 * @param {number} value 0 … 1
 * @param {number} channel −1 for grey
 */
function tint(value, channel) {
  if (channel < 0) return greyCell(value);
  const colour = [0, 1, 2].map(c => (c === channel ? Math.round(255 * value) : 0));
  return `background-color:rgb(${colour.join()});color:${channel === 1 && value > 0.55 ? "#000" : "#fff"}`;
}

/**
 * The numbers under the loupe, with their rows and columns.
 *
 * @param {Plane} values
 * @param {number[]} corner row and column of the first
 * @param {number[]} at row and column of the pointer
 * @param {{columns: number, scale: Scale, channel: number}} look
 */
export function table(values, [top, left], at, { columns, scale, channel }) {
  const inside = (/** @type {number} */ i, /** @type {number} */ n) => i >= 0 && i < n;
  const name = (/** @type {number} */ i, /** @type {number} */ n) => make("th", {}, inside(i, n) ? `${i}` : "");
  const cell = (/** @type {number} */ i, /** @type {number} */ j) => {
    if (!inside(i, values.height) || !inside(j, values.width)) return make("td", { class: "beyond" }, "\u00a0");
    const value = values.values[i * values.width + j];
    const css = i === at[0] && j === at[1] ? "here" : "";
    return make("td", { style: tint(value, channel), class: css }, format(scale, value));
  };
  const across = Array.from({ length: columns }, (_, b) => left + b);
  const rows = Array.from({ length: ROWS }, (_, a) =>
    make("tr", {}, name(top + a, values.height), ...across.map(j => cell(top + a, j))),
  );
  const head = make("tr", {}, make("th"), ...across.map(j => name(j, values.width)));
  return make("table", { class: "matrix loupe" }, head, ...rows);
}
