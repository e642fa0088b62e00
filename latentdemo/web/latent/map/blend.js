/** A code for a place on the map, as `codes/projection.py` finds it, so that the page can decode what lies between. */

const NEIGHBOURS = 15;

/**
 * Indices of the nearest points, the nearest first, and their distances.
 *
 * @param {{x: Float32Array, y: Float32Array}} places
 * @param {import("./view.js").Point} place
 */
export function nearestPlaces({ x, y }, place) {
  /** @type {[number, number][]} */
  const near = []; // distance and index, kept in order
  for (let i = 0; i < x.length; i++) {
    const distance = Math.hypot(x[i] - place[0], y[i] - place[1]);
    if (near.length === NEIGHBOURS && distance >= near[NEIGHBOURS - 1][0]) continue;
    let k = near.length;
    while (k > 0 && near[k - 1][0] > distance) k--;
    near.splice(k, 0, [distance, i]);
    if (near.length > NEIGHBOURS) near.pop();
  }
  return near;
}

/**
 * The mean of the codes of the 15 nearest points, near ones counting more: exp(−distance / mean distance). A point
 * itself: its own code. Two-dimensional codes are their own map.
 *
 * @param {{x: Float32Array, y: Float32Array}} places
 * @param {Float32Array} codes (n · D)
 * @param {import("./view.js").Point} place
 * @returns {number[]}
 */
export function codeOf(places, codes, place) {
  const dims = codes.length / places.x.length;
  if (dims === 2) return [...place];
  const near = nearestPlaces(places, place);
  const mean = near.reduce((sum, [distance]) => sum + distance, 0) / near.length;
  const alone = near[0][0] <= 1e-6 * (mean + 1e-12);
  const weights = near.map(([distance], k) => (alone ? Number(k === 0) : Math.exp(-distance / mean)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const code = new Array(dims).fill(0);
  near.forEach(([, i], k) => {
    for (let d = 0; d < dims; d++) code[d] += (weights[k] / total) * codes[i * dims + d];
  });
  return code;
}
