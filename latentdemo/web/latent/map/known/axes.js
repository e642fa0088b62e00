/** Layouts whose places are coordinates: of principal components, or of two latent dimensions. */

import { rounded } from "../../../core/numerals.js";

/**
 * @typedef {object} Axes
 * @property {ArrayLike<number>} mean code that lies at (0, 0)
 * @property {[ArrayLike<number>, ArrayLike<number>]} rows orthonormal directions, across and upwards
 * @property {[string, string]} titles
 *
 * @typedef {{mean: number[], axes: [number[], number[]], explained: [number, number]}} Components as
 *   `codes.projection.Components`
 */

/** @param {Components} components @returns {Axes} */
export function ofComponents({ mean, axes, explained }) {
  const title = (/** @type {number} */ k) => `PC${k + 1}, ${rounded(100 * explained[k], 2)} % of variance`;
  return { mean, rows: axes, titles: [title(0), title(1)] };
}

/** @param {number} n of a code @param {[number, number]} dims @returns {Axes} */
export function dimensions(n, dims) {
  const unit = (/** @type {number} */ at) => Float32Array.from({ length: n }, (_, d) => Number(d === at));
  return { mean: new Float32Array(n), rows: [unit(dims[0]), unit(dims[1])], titles: [`z${dims[0]}`, `z${dims[1]}`] };
}

/** Coordinates of a code. @param {Axes} axes @param {ArrayLike<number>} code @returns {[number, number]} */
export function along({ mean, rows }, code) {
  const [across, upwards] = rows.map(row => {
    let total = 0;
    for (let d = 0; d < code.length; d++) total += (code[d] - mean[d]) * row[d];
    return total;
  });
  return [across, upwards];
}

/**
 * The code nearest to another one that has given coordinates: moved along both axes alone.
 *
 * @param {Axes} axes
 * @param {number[]} code
 * @param {[number, number]} wanted
 */
export function movedTo(axes, code, wanted) {
  const [across, upwards] = along(axes, code);
  const [right, up] = [wanted[0] - across, wanted[1] - upwards];
  return code.map((value, d) => value + right * axes.rows[0][d] + up * axes.rows[1][d]);
}
