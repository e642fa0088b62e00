/** Frames of a way from one image to another, side by side on one sheet. */

import { imageData } from "../latent/decode.js";

/** @typedef {import("../engine/engine.js").Pictures} Pictures */

/**
 * The pixels of a and b mixed, from all of a to all of b; halves are rounded up.
 *
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 * @param {number} n frames
 */
export function faded(a, b, n) {
  const pixels = new Uint8Array(n * a.length);
  for (let k = 0; k < n; k++) {
    const t = k / (n - 1);
    for (let i = 0; i < a.length; i++) pixels[k * a.length + i] = Math.floor((1 - t) * a[i] + t * b[i] + 0.5);
  }
  return pixels;
}

/** @param {Pictures} pictures */
export function sheetOf(pictures) {
  const { n, side } = pictures;
  const sheet = new OffscreenCanvas(n * side, side);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d"));
  for (let i = 0; i < n; i++) context.putImageData(imageData(pictures, i), i * side, 0);
  return sheet;
}
