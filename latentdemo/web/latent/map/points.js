/** The map's points: unpacked from what Python sends, and drawn. */

import { bytes, floats } from "../../core/base64.js";
import { shared } from "../../core/shared.js";
import { viridis } from "../../pixels/colours.js";

/**
 * @typedef {object} Told by Python
 * @property {string} model
 * @property {string} x base64 of float32
 * @property {string} y
 * @property {string} colour base64 of a byte each: a class, or a share of 255 of a factor's range
 * @property {string[] | null} glyphs what classes are drawn as; null: points are coloured by a factor
 * @property {[number, number]} you the visitor's image
 *
 * @typedef {object} Points
 * @property {string} model
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {string[] | null} glyphs
 * @property {[number, number]} you
 * @property {Map<number, number[]>} groups indices of the points of a colour
 */

const BAND = 3; // bits: of a factor 32 colours are told apart
const [SMALL, LARGE] = [2.5, 9]; // pixels: radius of a point
const EDGE = 9; // pixels beyond the canvas that are still drawn

/**
 * @param {Told} told
 * @returns {Points}
 */
export function unpack(told) {
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  bytes(told.colour).forEach((colour, i) => {
    const key = told.glyphs ? colour : colour >> BAND;
    const members = groups.get(key);
    if (members) members.push(i);
    else groups.set(key, [i]);
  });
  const [x, y] = [told.x, told.y].map(floats);
  return { model: told.model, glyphs: told.glyphs, you: told.you, x, y, groups };
}

/** @param {Points} points @param {number} key */
const colourOf = ({ glyphs }, key) =>
  glyphs ? shared.classes[key % shared.classes.length] : viridis(((key << BAND) + 4) / 255);

/**
 * A dot of one colour, drawn once and then copied: a path for each of 10,000 points took half as long again.
 *
 * @param {string} colour
 * @param {number} size radius, pixels
 * @param {number} scale device pixels a pixel
 */
function dotOf(colour, size, scale) {
  const half = Math.ceil(size + 1);
  const sheet = new OffscreenCanvas(2 * half * scale, 2 * half * scale);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = colour;
  context.arc(half, half, size, 0, 7);
  context.fill();
  return { bitmap: sheet.transferToImageBitmap(), half };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Points} points
 * @param {import("./view.js").View} view
 * @param {number} width
 * @param {number} height
 */
export function drawPoints(context, points, view, width, height) {
  const size = Math.max(SMALL, Math.min(LARGE, view.scale / 12));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.font = `bold ${Math.round(Math.max(12, size * 2.4))}px sans-serif`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  const scale = context.getTransform().a;
  const whole = (/** @type {number} */ value) => Math.round(value * scale) / scale; // copied, not resampled
  for (const [key, members] of points.groups) {
    context.fillStyle = colourOf(points, key);
    const letter = points.glyphs?.[key];
    const { bitmap, half } = dotOf(colourOf(points, key), size, scale);
    for (const i of members) {
      const [px, py] = view.toPixels([points.x[i], points.y[i]]);
      if (!visible(px, py, width, height)) continue;
      if (letter) context.fillText(letter, px, py);
      else context.drawImage(bitmap, whole(px - half), whole(py - half), 2 * half, 2 * half);
    }
  }
}

/** @type {(px: number, py: number, width: number, height: number) => boolean} */
export const visible = (px, py, width, height) =>
  px >= -EDGE && py >= -EDGE && px <= width + EDGE && py <= height + EDGE;

/** @type {(context: CanvasRenderingContext2D, x: number, y: number, radius: number) => void} */
function dot(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 7);
}

/** The visitor's image. @type {(context: CanvasRenderingContext2D, at: [number, number]) => void} */
export function drawCross(context, [x, y]) {
  for (const [colour, thick] of /** @type {[string, number][]} */ ([
    ["#fff", 9],
    [shared.you, 5],
  ])) {
    Object.assign(context, { strokeStyle: colour, lineWidth: thick });
    context.beginPath();
    context.moveTo(x - 11, y - 11);
    context.lineTo(x + 11, y + 11);
    context.moveTo(x + 11, y - 11);
    context.lineTo(x - 11, y + 11);
    context.stroke();
  }
}

/** What was clicked. @type {(context: CanvasRenderingContext2D, at: [number, number]) => void} */
export function drawRing(context, [x, y]) {
  Object.assign(context, { strokeStyle: shared.you, lineWidth: 3 });
  context.beginPath();
  dot(context, x, y, 13);
  context.stroke();
}
