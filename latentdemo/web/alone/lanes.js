/** The ways from one image to another that need no judge: pixels faded, codes mixed straight and along a great circle. */

import { base64 } from "./seen.js";

/** @type {(a: number[], b: number[], t: number) => number[]} */
export const lerp = (a, b, t) => a.map((value, d) => value + t * (b[d] - value));

/**
 * Along a great circle, lengths mixed evenly; straight where both point the same way.
 *
 * Source: Shoemake 1985.
 *
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} t
 */
export function slerp(a, b, t) {
  const [la, lb] = [Math.hypot(...a), Math.hypot(...b)];
  const cosine = a.reduce((sum, value, d) => sum + value * b[d], 0) / (la * lb || 1);
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const sine = Math.sin(angle);
  if (sine < 1e-6) return lerp(a, b, t);
  const [wa, wb] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((value, d) => wa * value + wb * b[d]);
}

/** @param {number[][]} codes */
const packed = codes => base64(new Uint8Array(Float32Array.from(codes.flat()).buffer));

/**
 * What `between.js` is told.
 *
 * @param {string} model
 * @param {number} n frames
 * @param {{code: number[], pixels: Uint8Array}} a
 * @param {{code: number[], pixels: Uint8Array}} b
 */
export function lanes(model, n, a, b) {
  const along = (/** @type {typeof lerp} */ way) =>
    packed(Array.from({ length: n }, (_, k) => way(a.code, b.code, k / (n - 1))));
  return {
    lanes: [
      { title: "Pixels faded", codes: null, distances: [] },
      { title: "Latent codes, straight (lerp)", codes: along(lerp), distances: [] },
      { title: "Latent codes, great circle (slerp)", codes: along(slerp), distances: [] },
    ],
    model,
    n,
    ends: [base64(a.pixels), base64(b.pixels)],
    usual: null,
    n_real: 0,
    note: "In this copy distances to real images are not measured.",
  };
}
