/** Points inside an outline drawn by hand, or inside a box. */

/** @typedef {[number, number]} Point */

/** The corners of a box by two of them. @type {(from: Point, to: Point) => Point[]} */
export const box = ([x0, y0], [x1, y1]) => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
];

/**
 * Whether a point lies inside a polygon: a ray from it crosses the outline an odd number of times.
 *
 * @param {Point} point
 * @param {Point[]} outline
 */
export function inside([x, y], outline) {
  let odd = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [outline[i], outline[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/**
 * @param {import("./world.js").Places} places
 * @param {import("./view.js").View} view
 * @param {Point[]} outline pixels
 * @param {(i: number) => boolean} counts
 * @returns {number[]} indices
 */
export function enclosed({ x, y }, view, outline, counts) {
  const found = [];
  for (let i = 0; i < x.length; i++) if (counts(i) && inside(view.toPixels([x[i], y[i]]), outline)) found.push(i);
  return found;
}
