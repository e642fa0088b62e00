/** How many connections and weights a dense layer and a convolution need for one image. */

export const KERNEL = 3; // pixels a side, padding 1
const BYTES = 4;
const WORDS = ["", "thousand", "million", "billion", "trillion"];
const UNITS = ["B", "kB", "MB", "GB", "TB"];

const power = (/** @type {number} */ value) => Math.max(0, Math.min(4, Math.floor(Math.log10(value) / 3)));

/** 1,234 or 1.23 million. @type {(value: number) => string} */
export const big = value =>
  value < 1e6
    ? Math.round(value).toLocaleString("en")
    : `${(value / 1000 ** power(value)).toPrecision(3)} ${WORDS[power(value)]}`;

/** 1.23 MB. @type {(bytes: number) => string} */
export const memory = bytes => `${Number((bytes / 1000 ** power(bytes)).toPrecision(3))} ${UNITS[power(bytes)]}`;

/** Taps that fall on the image, along one side: at either end the outermost one falls into the padding. */
const places = (/** @type {number} */ n) => KERNEL * n - (KERNEL - 1);

/**
 * A layer with as many outputs as inputs: a map of the same size with as many channels.
 *
 * @param {number} height
 * @param {number} width
 * @param {number} depth channels
 * @returns {string[][]} what is counted, in a dense layer, in a convolution
 */
export function countRows(height, width, depth) {
  const n = height * width * depth;
  const connections = places(height) * places(width) * depth * depth;
  const weights = KERNEL * KERNEL * depth * depth;
  return [
    ["", "dense layer", `${KERNEL} × ${KERNEL} convolution, padding 1`],
    ["inputs", big(n), big(n)],
    ["outputs", big(n), big(n)],
    ["connections", big(n * n), big(connections)],
    ["different weights", big(n * n), big(weights)],
    ["memory of the weights", memory(n * n * BYTES), memory(weights * BYTES)],
  ];
}

/** Where the answers to a shift stand in a list of rows. @type {(down: number, right: number, reach: number) => number} */
export const indexAt = (down, right, reach) => (down + reach) * (2 * reach + 1) + right + reach;

/** @type {(n: number) => string} */
export const ordinal = n => (n === 1 ? "first" : `${n}${{ 2: "nd", 3: "rd" }[n] || "th"}`);
