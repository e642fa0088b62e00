/** Which points are near on a map: by a grid of cells, so that 5,000 points take milliseconds. */

/** @typedef {import("./world.js").Places} Places */

const PER_CELL = 4; // points, on average

/** Points sorted into square cells. */
export class Cells {
  /** @param {Places} places */
  constructor({ x, y }) {
    this.x = x;
    this.y = y;
    const bounds = (/** @type {Float32Array} */ values) =>
      values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
    const [[left, right], [low, high]] = [bounds(x), bounds(y)];
    this.left = left;
    this.low = low;
    this.side = Math.max(right - left, high - low, 1e-9) / Math.max(1, Math.sqrt(x.length / PER_CELL));
    this.columns = Math.floor((right - left) / this.side) + 1;
    this.rows = Math.floor((high - low) / this.side) + 1;
    /** @type {number[][]} */
    this.members = Array.from({ length: this.columns * this.rows }, () => []);
    for (let i = 0; i < x.length; i++) this.members[this.cell(x[i], y[i])].push(i);
  }

  /** @param {number} x @param {number} y */
  cell(x, y) {
    const [column, row] = this.at(x, y);
    return row * this.columns + column;
  }

  /** @param {number} x @param {number} y @returns {[number, number]} */
  at(x, y) {
    const within = (/** @type {number} */ k, /** @type {number} */ n) => Math.max(0, Math.min(n - 1, k));
    return [
      within(Math.floor((x - this.left) / this.side), this.columns),
      within(Math.floor((y - this.low) / this.side), this.rows),
    ];
  }

  /**
   * The k points nearest to a place, the nearest first.
   *
   * @param {[number, number]} place
   * @param {number} k
   * @param {number} [without] a point that does not count
   * @returns {[number, number][]} distance and index
   */
  nearest([px, py], k, without = -1) {
    const [column, row] = this.at(px, py);
    /** @type {[number, number][]} */
    let found = [];
    for (let ring = 0; ring <= this.columns + this.rows; ring++) {
      for (const i of this.ring(column, row, ring))
        if (i !== without) found.push([Math.hypot(this.x[i] - px, this.y[i] - py), i]);
      if (found.length < k) continue;
      found = found.sort((a, b) => a[0] - b[0]).slice(0, Math.max(k, 1));
      if (found[k - 1][0] <= ring * this.side) break; // what lies further out is further away
    }
    return found.sort((a, b) => a[0] - b[0]).slice(0, k);
  }

  /** Points of the cells at a distance. @param {number} column @param {number} row @param {number} ring */
  *ring(column, row, ring) {
    for (let r = Math.max(0, row - ring); r <= Math.min(this.rows - 1, row + ring); r++)
      for (let c = Math.max(0, column - ring); c <= Math.min(this.columns - 1, column + ring); c++)
        if (Math.max(Math.abs(r - row), Math.abs(c - column)) === ring) yield* this.members[r * this.columns + c];
  }
}

/** @type {WeakMap<Places, Cells>} */
const sorted = new WeakMap();

/** A layout's cells, made once. @param {Places} places */
export function cellsOf(places) {
  const found = sorted.get(places) ?? new Cells(places);
  sorted.set(places, found);
  return found;
}

/**
 * How many of each point's nearest codes are among its nearest on a map.
 *
 * @param {{n: number, k: number, near: Uint16Array}} world
 * @param {Places} places
 */
export function keptBy({ n, k, near }, places) {
  const cells = cellsOf(places);
  return Uint8Array.from({ length: n }, (_, i) => {
    const here = new Set(cells.nearest([places.x[i], places.y[i]], k, i).map(([, j]) => j));
    let kept = 0;
    for (let m = 0; m < k; m++) kept += Number(here.has(near[i * k + m]));
    return kept;
  });
}
