/** What a group of points has that the others lack. */

import { centroid } from "./own.js";

/** @typedef {import("../map/known/world.js").World} World */

const ROUNDS = 30;

/** Of the points that have a value; NaN where none has. @param {World} world @param {number[]} points @param {number} factor */
function mean({ labels, names }, points, factor) {
  const values = points.map(i => labels[i * names.length + factor]).filter(value => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Of a group beside all others, the largest differences first: of classes their shares, of factors their means in
 * standard deviations of the data set.
 *
 * @param {World} world
 * @param {number[]} group
 * @returns {{name: string, here: number, there: number, difference: number}[]}
 */
export function compared(world, group) {
  const chosen = new Set(group);
  const rest = Array.from({ length: world.n }, (_, i) => i).filter(i => !chosen.has(i));
  const found = world.names.map((name, k) => {
    const share = (/** @type {number[]} */ points) =>
      points.filter(i => world.labels[i] === k).length / Math.max(1, points.length);
    const [here, there] = world.classes
      ? [share(group), share(rest)]
      : [mean(world, group, k), rest.length ? mean(world, rest, k) : 0];
    const difference = (here - there) / (world.classes ? 1 : world.sd[k] || 1);
    return { name, here, there, difference: Number.isNaN(difference) ? 0 : difference };
  });
  return found.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

/**
 * The direction along which a group's codes differ most, as long as their standard deviation along it.
 *
 * @param {World} world
 * @param {number[]} group
 * @returns {number[]}
 */
export function mainAxis(world, group) {
  const { codes, dims } = world;
  const middle = centroid(world, group);
  let axis = middle.map((_, d) => 1 + (d % 3)); // any that is not at right angles to it
  let spread = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Array(dims).fill(0);
    const size = Math.hypot(...axis) || 1;
    spread = 0;
    for (const i of group) {
      let along = 0;
      for (let d = 0; d < dims; d++) along += ((codes[i * dims + d] - middle[d]) * axis[d]) / size;
      for (let d = 0; d < dims; d++) next[d] += along * (codes[i * dims + d] - middle[d]);
      spread += along ** 2 / group.length;
    }
    if (!next.some(Boolean)) return next;
    axis = next;
  }
  const size = Math.hypot(...axis);
  return axis.map(value => (Math.sqrt(spread) * value) / size);
}
