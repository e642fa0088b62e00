/** The copies of a transposed convolution: how many meet where, and each alone on a sheet. */

import { number } from "../../core/numerals.js";
import { map, plane } from "../../pixels/arithmetic.js";
import { signedCell } from "../../pixels/colours.js";
import { transposedConvolve } from "../../pixels/layers.js";
import { matrix } from "../../pixels/paint.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 * @typedef {ReturnType<typeof import("../../pixels/layers.js").copies>[number]} Copy
 */

/**
 * How many copies meet in each pixel.
 *
 * @param {Plane} input
 * @param {Plane} kernel
 * @param {number} stride
 * @param {number} padding
 */
export function overlaps(input, kernel, stride, padding) {
  const ones = (/** @type {Plane} */ one) => map(one, () => 1);
  return transposedConvolve(ones(input), ones(kernel), stride, padding);
}

/**
 * Counts where no border takes copies away; in a small sheet, the middle pixel's.
 *
 * @param {Plane} overlap
 * @param {number} k
 */
export function middle({ height, width, values }, k) {
  const [down, right] = [height, width].map(n => Math.min(k - 1, Math.floor((n - 1) / 2)));
  return [...values].filter((_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return i >= down && i < height - down && j >= right && j < width - right;
  });
}

/**
 * @param {Plane} input
 * @param {Plane} overlap
 * @param {Plane} output
 * @param {{k: number, stride: number, padding: number}} settings
 */
export function note(input, overlap, output, { k, stride, padding }) {
  const counts = [...new Set(middle(overlap, k))].sort((a, b) => a - b);
  const uneven = k % stride > 0;
  const regular = stride > 1 ? `: k = ${k} is a multiple of the stride ${stride}, no checkerboard` : "";
  const meet = counts.length > 1 ? `Away from the border ${counts.join(", ")} copies meet by turns` : "Uneven";
  return (
    `Output size: (n − 1)·stride + k − 2·cut off = (${input.width} − 1)·${stride} + ${k} − 2·${padding} = ${output.width}. ` +
    (uneven
      ? `${meet}: k = ${k} is no multiple of the stride ` + `${stride}, and a uniform input gives a checkerboard.`
      : `Away from the border ${counts.join()} ${counts.includes(1) ? "copy covers" : "copies meet in"} every pixel${regular}.`)
  );
}

/**
 * One copy alone on a sheet of the result's size, before its border is cut off.
 *
 * @param {Copy} copy
 * @param {number} k
 * @param {{height: number, width: number}} whole
 * @param {number} limit
 */
export function sheet(copy, k, { height, width }, limit) {
  const values = plane(height, width);
  const inside = (/** @type {number} */ at) => {
    const [y, x] = [Math.floor(at / width) - copy.top, (at % width) - copy.left];
    return y >= 0 && x >= 0 && y < k && x < k ? y * k + x : -1;
  };
  const filled = map(values, (_, at) => (inside(at) < 0 ? 0 : copy.values.values[inside(at)]));
  const style = (/** @type {number} */ value, /** @type {number} */ at) =>
    inside(at) < 0 ? "" : signedCell(value, limit);
  return matrix(filled, `${number(copy.factor)} × kernel`, style, at => (inside(at) < 0 ? "empty" : ""));
}
