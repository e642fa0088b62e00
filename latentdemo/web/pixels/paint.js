/** Planes into pictures and tables, and pictures into planes. */

import { count, make, pen } from "../core/dom.js";
import { number } from "../core/numerals.js";
import { shared } from "../core/shared.js";
import { map, plane, range } from "./arithmetic.js";
import { SIGNED_TABLE, signedCell, signedIndex } from "./colours.js";

/**
 * @typedef {import("./arithmetic.js").Plane} Plane
 *
 * @typedef {object} Picture
 * @property {number} height
 * @property {number} width
 * @property {Plane[]} planes one of grey, or three of red, green and blue, 0 … 1
 * @property {Plane} grey
 */

export const CHANNELS = ["red", "green", "blue"];
const HARD = 160; // pixels a side: canvases of at most so many keep their pixels

/**
 * @param {Pick<ImageData, "data" | "width" | "height">} image
 * @param {boolean} isGrey
 * @returns {Picture}
 */
export function pixels({ data, width, height }, isGrey) {
  const grey = plane(height, width);
  const planes = isGrey ? [grey] : CHANNELS.map(() => plane(height, width));
  const [r, g, b] = shared.luma;
  for (let i = 0; i < grey.values.length; i++) {
    const luma = r * data[4 * i] + g * data[4 * i + 1] + b * data[4 * i + 2];
    grey.values[i] = Math.floor((luma + 500) / 1000) / 255; // as images.grey rounds
    if (!isGrey) for (const c of [0, 1, 2]) planes[c].values[i] = data[4 * i + c] / 255;
  }
  return { height, width, planes, grey };
}

/**
 * Planes onto a canvas, one canvas pixel per value: three as red, green, blue, one as grey, or on the signed scale.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Plane[]} planes
 * @param {number | null} limit magnitude that gets the signed scale's full colour; null: an ordinary picture
 */
export function draw(canvas, planes, limit = null) {
  const { height, width } = planes[0];
  const image = new ImageData(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  if (limit === null) fill(image.data, planes);
  else fillSigned(image.data, average(planes), limit || 1);
  pen(canvas).putImageData(image, 0, 0);
  canvas.classList.toggle("hard", Math.max(width, height) <= HARD);
  canvas.parentElement?.style.setProperty("--aspect", `${width / height}`);
  count(canvas);
}

/**
 * @param {Uint8ClampedArray} data
 * @param {Plane[]} planes
 */
function fill(data, planes) {
  const [r, g, b] = planes.length === 3 ? planes : [planes[0], planes[0], planes[0]];
  for (let i = 0; i < r.values.length; i++) {
    data[4 * i] = r.values[i] * 255; // rounded and clamped by the array
    data[4 * i + 1] = g.values[i] * 255;
    data[4 * i + 2] = b.values[i] * 255;
    data[4 * i + 3] = 255;
  }
}

/**
 * @param {Uint8ClampedArray} data
 * @param {Plane} values
 * @param {number} limit
 */
function fillSigned(data, { values }, limit) {
  for (let i = 0; i < values.length; i++) {
    const t = signedIndex(values[i] / limit);
    data[4 * i] = SIGNED_TABLE[t];
    data[4 * i + 1] = SIGNED_TABLE[t + 1];
    data[4 * i + 2] = SIGNED_TABLE[t + 2];
    data[4 * i + 3] = 255;
  }
}

/** The mean of three planes, or the one. @type {(planes: Plane[]) => Plane} */
export const average = planes =>
  planes.length === 1 ? planes[0] : map(planes[0], (red, i) => (red + planes[1].values[i] + planes[2].values[i]) / 3);

/**
 * A table of numbers.
 *
 * @param {Plane} values
 * @param {string} title
 * @param {(value: number, i: number) => string} style a cell's style
 * @param {(i: number) => string} css its class
 */
export function matrix(values, title, style = () => "", css = () => "") {
  const rows = Array.from({ length: values.height }, (_, a) => {
    const cells = Array.from({ length: values.width }, (_, b) => {
      const i = a * values.width + b;
      return make("td", { style: style(values.values[i], i), class: css(i) }, number(values.values[i]));
    });
    return make("tr", {}, ...cells);
  });
  return make("table", { class: "matrix" }, make("caption", {}, title), ...rows);
}

/** A table on its own signed scale. @type {(values: Plane, title: string) => HTMLTableElement} */
export const signedMatrix = (values, title) => {
  const { limit } = range(values);
  return matrix(values, title, value => signedCell(value, limit));
};

/** @type {(values: Plane) => string} */
export const bounds = values => {
  const { low, high } = range(values);
  return `[${number(low)}, ${number(high)}]`;
};

/** @type {(values: {width: number, height: number}) => string} */
export const size = values => `${values.width} × ${values.height}`;

/**
 * A picture with its words, drawn.
 *
 * @param {string} caption
 * @param {Plane[]} planes
 * @param {number | null} limit as in `draw`
 * @param {Node[]} more below the caption
 */
export function figure(caption, planes, limit, ...more) {
  const canvas = make("canvas", { role: "img", "aria-label": caption });
  const frame = make("div", { class: "frame" }, canvas);
  draw(canvas, planes, limit);
  return make("figure", { class: "view" }, frame, make("figcaption", {}, caption), ...more);
}

/**
 * Tables and the signs between them in a row.
 *
 * @param {HTMLElement} place
 * @param {(Node | string)[]} parts
 */
export function equation(place, parts) {
  const sign = (/** @type {string} */ text) => make("span", { class: "operator" }, text);
  place.replaceChildren(...parts.map(part => (typeof part === "string" ? sign(part) : part)));
}
