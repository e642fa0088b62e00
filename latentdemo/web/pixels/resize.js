/** Images resized as Pillow resizes them: `fit` and `shrink` of `latentdemo/pixels/images.py`, bit by bit. */

import { shared } from "../core/shared.js";

/**
 * @typedef {object} Image
 * @property {number} width
 * @property {number} height
 * @property {number} channels
 * @property {Uint8Array} pixels (height · width · channels)
 */

const LOBES = 3; // of the filter
const BITS = 22; // of a weight's fraction, in whole numbers

const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const lanczos = (/** @type {number} */ x) => (x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0);

/** To the nearest whole number, halves to the even one, as Python does. @param {number} value */
export function round(value) {
  const up = Math.round(value);
  return Math.abs(value % 1) === 0.5 && up % 2 ? up - 1 : up;
}

/**
 * For each of `to` output pixels the first input pixel that counts, and the whole-numbered weights from there on.
 *
 * Source: Pillow, `precompute_coeffs` and `normalize_coeffs_8bpc` of src/libImaging/Resample.c.
 *
 * @param {number} from
 * @param {number} to
 */
function weightsOf(from, to) {
  const scale = from / to;
  const wide = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - LOBES * wide + 0.5));
    const end = Math.min(from, Math.trunc(centre + LOBES * wide + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) => lanczos((k + first - centre + 0.5) / wide));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const whole = raw.map(weight => Math.trunc((weight / total) * 2 ** BITS + (weight < 0 ? -0.5 : 0.5)));
    return { first, whole };
  });
}

/** @param {Uint8Array} pixels @param {number} begin @param {number} step @param {number[]} weights whole numbers */
function weighed(pixels, begin, step, weights) {
  let sum = 2 ** (BITS - 1);
  for (let k = 0; k < weights.length; k++) sum += weights[k] * pixels[begin + k * step];
  return Math.max(0, Math.min(255, sum >> BITS));
}

/**
 * Resizes along one axis.
 *
 * @param {Image} image
 * @param {number} to
 * @param {boolean} across else downwards
 * @returns {Image}
 */
function along({ width, height, channels, pixels }, to, across) {
  // columns or rows of the axis, and how far two pixels of it, and two lines of pixels, lie apart before and after
  const [from, step, line, stepOut, lineOut] = across
    ? [width, channels, width * channels, channels, to * channels]
    : [height, width * channels, 1, width * channels, 1];
  const out = new Uint8Array((pixels.length / from) * to);
  const lines = across ? height : width * channels;
  const parts = across ? channels : 1; // values at each step of a line
  weightsOf(from, to).forEach(({ first, whole }, i) => {
    for (let k = 0; k < lines * parts; k++) {
      const [row, part] = [Math.floor(k / parts), k % parts];
      const begin = row * line + first * step + part;
      out[row * lineOut + i * stepOut + part] = weighed(pixels, begin, step, whole);
    }
  });
  return { ...(across ? { width: to, height } : { width, height: to }), channels, pixels: out };
}

/** With Lanczos' filter. @param {Image} image @param {number} width @param {number} height */
export function resized(image, width, height) {
  const narrow = width === image.width ? image : along(image, width, true);
  return height === image.height ? narrow : along(narrow, height, false);
}

/** With no side longer than so many pixels; small ones as they are. @param {Image} image @param {number} longest */
export function shrunk(image, longest) {
  const scale = longest / Math.max(image.width, image.height);
  const side = (/** @type {number} */ length) => Math.max(1, round(length * scale));
  return scale >= 1 ? image : resized(image, side(image.width), side(image.height));
}

/** In so many channels: 1, grey by BT.601, or 3. @param {Image} image @param {number} wanted @returns {Image} */
export function inChannels(image, wanted) {
  if (image.channels === wanted) return image;
  const { pixels, channels } = image;
  const n = image.width * image.height;
  const out = new Uint8Array(n * wanted);
  for (let i = 0; i < n; i++) {
    if (wanted === 3) out.fill(pixels[i], 3 * i, 3 * i + 3);
    else out[i] = Math.floor((shared.luma.reduce((sum, w, c) => sum + w * pixels[i * channels + c], 0) + 500) / 1000);
  }
  return { ...image, channels: wanted, pixels: out };
}

/** A rectangle of an image. @param {Image} image @param {number} left @param {number} top @param {number} width @param {number} height @returns {Image} */
export function cropped(image, left, top, width, height) {
  const { channels } = image;
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const begin = ((top + y) * image.width + left) * channels;
    out.set(image.pixels.subarray(begin, begin + width * channels), y * width * channels);
  }
  return { width, height, channels, pixels: out };
}

/** What a model sees: the middle square, resized. @param {Image} image @param {number} side @param {number} channels */
export function fitted(image, side, channels) {
  const { width, height } = image;
  const square = Math.min(width, height);
  const left = (width - square) >> 1;
  const top = (height - square) >> 1;
  return resized(cropped(inChannels(image, channels), left, top, square, square), side, side);
}
