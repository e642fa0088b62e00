/** A code that can be dragged: a point on the plane, with the test codes behind it, or a bar for each dimension. */

import { count, pen, sharesAt } from "../../core/dom.js";
import { shared } from "../../core/shared.js";
import { toPlane } from "../plane.js";

/**
 * @typedef {object} Axes of a model, told by Python
 * @property {number[]} order of the dimensions
 * @property {number[]} origin
 * @property {number[]} unit one standard deviation of what is drawn
 *
 * @typedef {{mu: ArrayLike<number>, sigma: number[] | null, z: number[]}} State
 *
 * @typedef {{codes: Float32Array, labels: number[] | null, names: string[], limit: number}} Behind test codes, two
 *   numbers each; `names` of the classes that `labels` index
 */

export const SPAN = 3; // standard deviations to either side, of bars
const MARGIN = 0.96; // as in plane.js
const POINT = 7; // pixels

/** The code at a place of the plane, given as shares. @type {(place: [number, number], limit: number) => number[]} */
export const fromPlane = ([right, down], limit) => [
  ((2 * right - 1) * limit) / MARGIN,
  ((1 - 2 * down) * limit) / MARGIN,
];

/** The dimension whose bar stands at a place. @param {[number, number]} place as shares @param {Axes} axes */
export const barAt = ([right], { order }) =>
  order[Math.max(0, Math.min(order.length - 1, Math.floor(right * order.length)))];

/** A code with one bar set, at a place given as shares. @type {(z: number[], place: [number, number], axes: Axes) => number[]} */
export function withBar(z, [right, down], axes) {
  const { origin, unit } = axes;
  const at = barAt([right, down], axes);
  const changed = [...z];
  changed[at] = origin[at] + unit[at] * SPAN * Math.max(-1, Math.min(1, 1 - 2 * down));
  return changed;
}

/**
 * Where a class's name stands: the median of its codes.
 *
 * @param {Float32Array} codes
 * @param {number[]} labels
 * @param {string[]} names
 * @returns {[string, [number, number]][]} name and place, the lowest class first
 */
export function medians(codes, labels, names) {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const middle = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
  return classes.map(one => {
    const of = labels.flatMap((label, i) => (label === one ? [i] : []));
    return [names[one], [middle(of.map(i => codes[2 * i])), middle(of.map(i => codes[2 * i + 1]))]];
  });
}

/** @param {CanvasRenderingContext2D} context @param {Behind} behind @param {number} side */
function nameClasses(context, { codes, labels, names, limit }, side) {
  Object.assign(context, { font: "bold 20px sans-serif", textAlign: "center", textBaseline: "middle" });
  Object.assign(context, { lineWidth: 4, strokeStyle: "#fff", fillStyle: "#111" });
  for (const [name, place] of labels ? medians(codes, labels, names) : []) {
    const [x, y] = toPlane(place, limit, side);
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  }
}

/** @param {HTMLCanvasElement} canvas @param {State} state @param {Behind} behind @param {string} css colour of the model */
export function drawPlane(canvas, { mu, sigma, z }, behind, css) {
  const { codes, labels, limit } = behind;
  const context = pen(canvas);
  const side = canvas.width;
  context.clearRect(0, 0, side, side);
  for (let i = 0; i < codes.length / 2; i++) {
    const [x, y] = toPlane([codes[2 * i], codes[2 * i + 1]], limit, side);
    context.fillStyle = labels ? shared.classes[labels[i] % shared.classes.length] : "#777";
    context.fillRect(x - 1, y - 1, 2, 2);
  }
  nameClasses(context, behind, side);
  const [cx, cy] = toPlane([mu[0], mu[1]], limit, side);
  Object.assign(context, { lineWidth: 2, strokeStyle: css, fillStyle: css });
  if (sigma) {
    const scale = (MARGIN * side) / (2 * limit);
    context.beginPath();
    context.ellipse(cx, cy, Math.max(2, scale * sigma[0]), Math.max(2, scale * sigma[1]), 0, 0, 2 * Math.PI);
    context.stroke();
  }
  const [px, py] = toPlane([z[0], z[1]], limit, side);
  context.beginPath();
  context.arc(px, py, POINT, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = "#fff";
  context.stroke();
  count(canvas);
}

/** @param {HTMLCanvasElement} canvas @param {State} state @param {Axes} axes @param {string} css colour of the model */
export function drawBars(canvas, { mu, sigma, z }, { order, origin, unit }, css) {
  const context = pen(canvas);
  const { width, height } = canvas;
  const wide = width / order.length;
  const y = (/** @type {number} */ value, /** @type {number} */ i) =>
    (height / 2) * (1 - Math.max(-SPAN, Math.min(SPAN, (value - origin[i]) / unit[i])) / SPAN);
  context.clearRect(0, 0, width, height);
  context.fillStyle = "#8886";
  context.fillRect(0, height / 2 - 1, width, 2);
  order.forEach((i, k) => {
    const left = k * wide + 1;
    context.fillStyle = css;
    const [top, bottom] = [Math.min(y(z[i], i), height / 2), Math.max(y(z[i], i), height / 2)];
    context.globalAlpha = 0.75;
    context.fillRect(left, top, Math.max(1, wide - 2), Math.max(1, bottom - top));
    context.globalAlpha = 1;
    if (Math.abs(z[i] - origin[i]) > SPAN * unit[i])
      context.fillRect(left - 1, z[i] > origin[i] ? 0 : height - 4, wide, 4); // goes on
    if (!sigma) return;
    const middle = left + (wide - 2) / 2;
    context.fillRect(
      middle - 1,
      y(mu[i] + sigma[i], i),
      2,
      Math.max(2, y(mu[i] - sigma[i], i) - y(mu[i] + sigma[i], i)),
    );
  });
  count(canvas);
}

/**
 * Calls `take` with the place, as shares, while a canvas is dragged.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {(place: [number, number]) => void} take
 */
export function onDrag(canvas, take) {
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId);
    take(sharesAt(event, canvas));
  };
  canvas.onpointermove = event => {
    if (event.buttons) take(sharesAt(event, canvas));
  };
}
