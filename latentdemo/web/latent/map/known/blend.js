/** From a place on the map to a code and back, as `codes/projection.py` finds them. */

import { cellsOf } from "./neighbours.js";

const NEIGHBOURS = 15;

/** @typedef {[number, number]} Point */

/**
 * Mean of rows of values, near ones counting more: exp(−distance / mean distance). A key itself: its own row.
 *
 * @param {[number, number][]} near distance and index, the nearest first
 * @param {ArrayLike<number>} values (n · dims)
 * @param {number} dims
 * @returns {number[]}
 */
export function blended(near, values, dims) {
  const mean = near.reduce((sum, [distance]) => sum + distance, 0) / near.length;
  const alone = near[0][0] <= 1e-6 * (mean + 1e-12);
  const weights = near.map(([distance], k) => (alone ? Number(k === 0) : Math.exp(-distance / mean)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const out = new Array(dims).fill(0);
  near.forEach(([, i], k) => {
    for (let d = 0; d < dims; d++) out[d] += (weights[k] / total) * values[i * dims + d];
  });
  return out;
}

/**
 * A code for a place: the mean of the codes of the 15 nearest points. An estimate, not an inverse: many codes share a
 * place.
 *
 * @param {{x: Float32Array, y: Float32Array}} places
 * @param {Float32Array} codes (n · D)
 * @param {Point} place
 * @returns {number[]}
 */
export const codeOf = (places, codes, place) =>
  blended(cellsOf(places).nearest(place, NEIGHBOURS), codes, codes.length / places.x.length);

/**
 * The n codes nearest to a code.
 *
 * @param {Float32Array} codes (n · D)
 * @param {ArrayLike<number>} code (D)
 * @param {number} [n]
 * @param {number} [without] an index that does not count
 * @returns {[number, number][]} distance and index, the nearest first
 */
export function nearestCodes(codes, code, n = NEIGHBOURS, without = -1) {
  const dims = code.length;
  /** @type {[number, number][]} */
  const found = [];
  let most = Infinity; // square of the distance beyond which nothing counts
  for (let i = 0; i < codes.length / dims; i++) {
    let total = 0;
    for (let d = 0; d < dims && total < most; d++) total += (codes[i * dims + d] - code[d]) ** 2;
    if (total >= most || i === without) continue;
    let k = found.length;
    while (k > 0 && found[k - 1][0] > total) k--;
    found.splice(k, 0, [total, i]);
    if (found.length > n) found.pop();
    if (found.length === n) most = found[n - 1][0];
  }
  return found.map(([total, i]) => [Math.sqrt(total), i]);
}

/**
 * Where a code belongs on a map: the mean of the places of its 15 nearest codes.
 *
 * @param {{x: Float32Array, y: Float32Array}} places
 * @param {Float32Array} codes (n · D)
 * @param {ArrayLike<number>} code (D)
 * @returns {Point}
 */
export function placeOf({ x, y }, codes, code) {
  const near = nearestCodes(codes, code);
  return [blended(near, x, 1)[0], blended(near, y, 1)[0]];
}
