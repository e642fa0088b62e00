/** Codes of two numbers as points of a square, the second one upwards. */

const MARGIN = 0.96; // of the half side that codes at the limit lie at
const WITHIN = 0.998; // share of all numbers that lie inside the limit

/** @param {Float32Array} codes */
export function limitOf(codes) {
  const sorted = codes.map(Math.abs).sort();
  return sorted[Math.floor(WITHIN * sorted.length)];
}

/**
 * @param {[number, number]} code
 * @param {number} limit
 * @param {number} side pixels
 * @returns {[number, number]} pixels from the left and from the top
 */
export const toPlane = ([x, y], limit, side) => [
  (side / 2) * (1 + (MARGIN * x) / limit),
  (side / 2) * (1 - (MARGIN * y) / limit),
];

/**
 * Of codes that are stored moment by moment, image by image, two numbers each.
 *
 * @param {Float32Array} codes
 * @param {number} n images
 * @param {number} moment
 * @param {number} i of the image
 * @returns {[number, number]}
 */
export function codeAt(codes, n, moment, i) {
  const at = 2 * (moment * n + i);
  return [codes[at], codes[at + 1]];
}

/**
 * Where the i-th of pictures in rows lies.
 *
 * @param {number} i
 * @param {number} columns
 * @param {number} side pixels, of a picture
 * @returns {[number, number]} pixels from the left and from the top
 */
export const cellOf = (i, columns, side) => [(i % columns) * side, Math.floor(i / columns) * side];
