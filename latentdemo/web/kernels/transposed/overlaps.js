/** The copies of a transposed convolution: how many meet where, and each alone on a sheet. */

import { number } from "../../core/numerals.js";
import { map, plane, range } from "../../pixels/arithmetic.js";
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
 * What a uniform input of ones gives away from the border: one value for each place within a stride.
 *
 * @param {Plane} kernel square
 * @param {number} stride
 */
export function uniform({ height: k, values }, stride) {
  const sums = plane(stride, stride);
  values.forEach((value, at) => {
    sums.values[(Math.floor(at / k) % stride) * stride + ((at % k) % stride)] += value;
  });
  return sums;
}

/**
 * @param {Plane} input
 * @param {Plane} kernel
 * @param {Plane} output
 * @param {{stride: number, padding: number}} settings
 */
export function note(input, kernel, output, { stride, padding }) {
  const k = kernel.height;
  const counts = [
    ...new Set(
      uniform(
        map(kernel, () => 1),
        stride,
      ).values,
    ),
  ].sort((a, b) => a - b);
  const { low, high } = range(uniform(kernel, stride));
  const even = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  const of = `k = ${k} is ${k % stride ? "no" : "a"} multiple of the stride ${stride}`;
  const meet =
    counts.length > 1
      ? `${counts.join(", ")} copies meet by turns`
      : `${counts[0]} ${counts[0] === 1 ? "copy covers" : "copies meet in"} every pixel`;
  const gives = even
    ? `a uniform input of ones gives ${number(low)} everywhere, no checkerboard`
    : `a uniform input of ones gives a ${counts.length > 1 ? "checkerboard" : "repeated pattern"}, ${number(low)} to ${number(high)}`;
  return (
    `Output width: (n − 1)·stride + k − 2·cut off = (${input.width} − 1)·${stride} + ${k} − 2·${padding} = ${output.width}; ` +
    `sizes are width × height. Away from the border ${meet}${stride > 1 ? `: ${of}` : ""}. With this kernel ${gives}.`
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
