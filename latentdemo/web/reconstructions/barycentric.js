/**
 * Three weights that add up to 1 as a point in a triangle.
 *
 * @typedef {[number, number]} Point x and y
 * @typedef {[number, number, number]} Weights
 */

/**
 * @param {Weights} weights
 * @param {Point[]} corners
 * @returns {Point}
 */
export const place = (weights, corners) => [
  corners.reduce((sum, [x], i) => sum + weights[i] * x, 0),
  corners.reduce((sum, [, y], i) => sum + weights[i] * y, 0),
];

/**
 * Weights below 0 become 0, and the others are scaled to add up to 1.
 *
 * @param {Weights} weights at least one above 0
 * @returns {Weights}
 */
function normal(weights) {
  const positive = weights.map(value => Math.max(0, value));
  const sum = positive.reduce((total, value) => total + value, 0);
  return /** @type {Weights} */ (positive.map(value => value / sum));
}

/**
 * Barycentric coordinates; outside the triangle those of a point on its border.
 *
 * @param {Point} point
 * @param {Point[]} corners
 * @returns {Weights}
 */
export function toWeights([x, y], [[ax, ay], [bx, by], [cx, cy]]) {
  const area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy);
  const a = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / area;
  const b = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / area;
  return normal([a, b, 1 - a - b]);
}
