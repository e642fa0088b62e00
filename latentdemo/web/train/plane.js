/** Codes over the decoded plane: numbers of classes, or of quarters. */

import { count, pen } from "../core/dom.js";
import { shared } from "../core/shared.js";

const DOT = 5; // pixels

/** A code's place on a square canvas whose sides lie at ±limit. @type {(code: [number, number], limit: number, side: number) => [number, number]} */
export const toCanvas = ([x, y], limit, side) => [
  ((x + limit) / (2 * limit)) * side,
  ((limit - y) / (2 * limit)) * side,
];

/** What the sides of the canvas stand for: all but the farthest twentieth of the codes lie inside. @param {[number, number][]} codes @param {number} reach */
export function limitFor(codes, reach) {
  const far = codes.map(code => Math.max(Math.abs(code[0]), Math.abs(code[1]))).sort((a, b) => a - b);
  return Math.max(reach, 1.1 * (far[Math.floor(0.95 * (far.length - 1))] ?? 0));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} plane decoded, from −reach to reach
 * @param {import("./asked.js").Told} told
 */
export function drawPlane(canvas, plane, { codes = [], labels = [], reach = 2 }) {
  const context = pen(canvas);
  const side = canvas.width;
  const limit = limitFor(codes, reach);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  if (plane.naturalWidth) {
    const [left, top] = toCanvas([-reach, reach], limit, side);
    context.globalAlpha = 0.55;
    context.drawImage(plane, left, top, side - 2 * left, side - 2 * top);
    context.globalAlpha = 1;
  }
  codes.forEach((code, i) => {
    const [x, y] = toCanvas(code, limit, side);
    context.beginPath();
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fillStyle = shared.classes[labels[i] % shared.classes.length];
    context.strokeStyle = "#fff";
    context.fill();
    context.stroke();
  });
  count(canvas);
  return limit;
}
