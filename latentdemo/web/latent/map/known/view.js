/** Which part of a map is seen: places to pixels and back, moved, zoomed, and what lies near a pixel. */

const OUTLIERS = 0.002; // share of the points to either side that may lie outside the whole map
const FILLED = 0.92; // of the canvas, by the whole map
const [LEAST, MOST] = [0.7, 60]; // zoom, as a multiple of that of the whole map
export const NEAR = 14; // pixels: a point as near as that is meant

/**
 * @typedef {[number, number]} Point
 * @typedef {{x: Float32Array, y: Float32Array}} Places
 */

/**
 * @param {Float32Array} values
 * @returns {Point} lowest and highest, without the outliers
 */
export function spread(values) {
  const sorted = values.slice().sort();
  const n = sorted.length;
  return [sorted[Math.floor(n * OUTLIERS)], sorted[Math.floor(n * (1 - OUTLIERS))]];
}

export class View {
  constructor() {
    this.scale = 0; // pixels per unit
    this.fitted = 0; // that of the whole map
    this.x = 0; // where (0, 0) lies, in pixels
    this.y = 0;
  }

  /**
   * Shows the whole map.
   *
   * @param {Places} places
   * @param {number} width pixels
   * @param {number} height
   */
  fit(places, width, height) {
    const [left, right] = spread(places.x);
    const [low, high] = spread(places.y);
    this.scale = this.fitted = FILLED * Math.min(width / (right - left), height / (high - low));
    this.x = width / 2 - (this.scale * (left + right)) / 2;
    this.y = height / 2 + (this.scale * (low + high)) / 2;
  }

  /** Becomes a mixture of two views. @type {(from: View, to: View, share: number) => void} */
  mix(from, to, share) {
    for (const key of /** @type {("scale" | "x" | "y")[]} */ (["scale", "x", "y"]))
      this[key] = from[key] + share * (to[key] - from[key]);
    this.fitted = to.fitted;
  }

  /** Where a place is drawn; upwards on the map is upwards on the screen. @type {(place: Point) => Point} */
  toPixels([x, y]) {
    return [this.x + x * this.scale, this.y - y * this.scale];
  }

  /** @type {(pixels: Point) => Point} */
  toPlace([px, py]) {
    return [(px - this.x) / this.scale, (this.y - py) / this.scale];
  }

  /** What lies in the middle, and how much larger it is than on the whole map. @type {(width: number, height: number) => number[]} */
  told(width, height) {
    return [...this.toPlace([width / 2, height / 2]), this.scale / this.fitted];
  }

  /** Shows what `told` has told. @type {(told: number[], width: number, height: number) => void} */
  go([x, y, zoom], width, height) {
    this.scale = Math.max(LEAST, Math.min(MOST, zoom)) * this.fitted;
    [this.x, this.y] = [width / 2 - x * this.scale, height / 2 + y * this.scale];
  }

  /**
   * The map follows the pointer.
   *
   * @param {number} right pixels
   * @param {number} down
   */
  move(right, down) {
    this.x += right;
    this.y += down;
  }

  /**
   * What lies under a pixel stays there.
   *
   * @param {Point} pixels
   * @param {number} wanted more than 1: nearer
   */
  zoom([px, py], wanted) {
    const scale = Math.max(LEAST * this.fitted, Math.min(MOST * this.fitted, this.scale * wanted));
    const factor = scale / this.scale;
    this.x = px - (px - this.x) * factor;
    this.y = py - (py - this.y) * factor;
    this.scale = scale;
  }

  /**
   * @param {Places} places
   * @param {Point} pixels
   * @param {(i: number) => boolean} [counts] which points do
   * @returns {number} index of the nearest point; −1 if none is near
   */
  nearest({ x, y }, [px, py], counts = () => true) {
    let best = -1;
    let least = NEAR * NEAR;
    for (let i = 0; i < x.length; i++) {
      const [dx, dy] = [this.x + x[i] * this.scale - px, this.y - y[i] * this.scale - py];
      const d = dx * dx + dy * dy;
      if (d < least && counts(i)) [least, best] = [d, i];
    }
    return best;
  }
}

/** How much a turn of the wheel zooms: away from the hand comes nearer. @type {(deltaY: number) => number} */
export const wheelZoom = deltaY => Math.exp(-deltaY * 0.0015);
