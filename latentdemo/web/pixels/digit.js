/** A digit as digits are stored: `as_digit` of `latentdemo/pixels/images.py`, in the page, bit by bit. */

import { cropped, inChannels, resized, round } from "./resize.js";

/** @typedef {import("./resize.js").Image} Image */

export const SIDE = 28; // pixels
const BOX = 20; // pixels: the longer side of the ink
const INK = Math.fround(0.3); // of the strongest ink: from here on it counts

/**
 * The rectangle that holds all ink: left, top, width, height; null without any.
 *
 * @param {ArrayLike<number>} values (height · width), 0 … 1
 * @param {number} width
 * @param {number} height
 * @returns {[number, number, number, number] | null}
 */
export function inkBox(values, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let i = 0; i < width * height; i++) {
    if (values[i] <= INK) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : [left, top, right - left + 1, bottom - top + 1];
}

/** How far each pixel is from the median of the border, 1: farthest. @param {Image} grey @returns {Float32Array} */
function inkOf({ width, height, pixels }) {
  const ink = Float32Array.from(pixels, value => value / 255);
  const row = (/** @type {number} */ y) => ink.subarray(y * width, (y + 1) * width);
  const column = (/** @type {number} */ x) => Float32Array.from({ length: height }, (_, y) => ink[y * width + x]);
  const border = [...row(0), ...row(height - 1), ...column(0), ...column(width - 1)].sort((a, b) => a - b);
  const ground = Math.fround((border[border.length / 2 - 1] + border[border.length / 2]) / 2);
  for (let i = 0; i < ink.length; i++) ink[i] = Math.abs(ink[i] - ground);
  const most = Math.max(
    ink.reduce((largest, value) => Math.max(largest, value), 0),
    Math.fround(1e-6),
  );
  return ink.map(value => value / most);
}

/**
 * White on black, 20 pixels high, its centre of mass in the middle of 28 × 28; null for an empty image.
 *
 * @param {Image} image one dark digit on a bright ground or the other way round
 * @returns {Uint8Array | null} (28 · 28)
 */
export function asDigit(image) {
  const { width, height } = image;
  if (width === SIDE && height === SIDE && image.channels === 1) return image.pixels;
  const ink = inkOf(inChannels(image, 1));
  const found = inkBox(ink, width, height);
  if (!found) return null;
  const pixels = Uint8Array.from(ink, value => Math.fround(Math.fround(value * 255) + 0.5));
  const crop = cropped({ width, height, channels: 1, pixels }, ...found);
  const scale = BOX / Math.max(crop.width, crop.height);
  const small = resized(crop, Math.max(1, round(crop.width * scale)), Math.max(1, round(crop.height * scale)));
  return centred(small.pixels, small.width, small.height);
}

/**
 * Small ink (width · height) placed so that its centre of mass is the middle of 28 × 28.
 *
 * @param {ArrayLike<number>} small 0 … 255
 * @param {number} width
 * @param {number} height
 */
export function centred(small, width, height) {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    mass += small[i];
    x += small[i] * (i % width);
    y += small[i] * Math.floor(i / width);
  }
  const middle = (SIDE - 1) / 2;
  const at = (/** @type {number} */ centre, /** @type {number} */ size) =>
    Math.max(0, Math.min(SIDE - size, round(middle - centre / (mass || 1))));
  const [left, top] = [at(x, width), at(y, height)];
  const out = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < width * height; i++) out[(top + Math.floor(i / width)) * SIDE + left + (i % width)] = small[i];
  return out;
}

/** White strokes on a black canvas as 28 × 28 bytes; null while nothing is drawn. @param {HTMLCanvasElement} canvas */
export function digitOf(canvas) {
  const { width, height } = canvas;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
  return asDigit({ width, height, channels: 1, pixels });
}

/** A picture of 28 × 28 grey bytes as the address of a PNG. @param {Uint8Array} pixels */
export function addressOf(pixels) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const image = new ImageData(SIDE, SIDE);
  pixels.forEach((value, i) => {
    image.data.set([value, value, value, 255], 4 * i);
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

export const DRAWN = "latentdemo:drawn"; // the event that tells of it, on the document

/** What tells, once a frame at most, how far a drawing is. @param {HTMLCanvasElement} canvas */
export function announcer(canvas) {
  let due = false;
  const tell = () => {
    due = false;
    const detail = digitOf(canvas);
    if (detail) document.dispatchEvent(new CustomEvent(DRAWN, { detail }));
  };
  return () => {
    if (!due) requestAnimationFrame(tell);
    due = true;
  };
}
