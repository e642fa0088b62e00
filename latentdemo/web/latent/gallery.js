/** Codes of real images, as the server keeps them, and how near a code lies to them. */

import { number, rounded } from "../core/numerals.js";

const DIGITS = 3;

/** @type {Map<string, Promise<Float32Array | null>>} by model */
const galleries = new Map();

/** Codes (n · D) of a model's gallery, fetched once; null without them. @param {string} model */
export function codesOf(model) {
  const found = galleries.get(model);
  if (found) return found;
  const asked = fetch(`pixels/codes/${encodeURIComponent(model)}`)
    .then(async answer => (answer.ok ? new Float32Array(await answer.arrayBuffer()) : null))
    .catch(() => null);
  asked.then(codes => {
    here.set(model, codes);
    if (!codes) galleries.delete(model); // asked again with the next model or picture
  });
  galleries.set(model, asked);
  return asked;
}

/** @type {Map<string, Float32Array | null>} */
const here = new Map();

/** The codes that `codesOf` fetched; undefined while they are on their way. @param {string} model */
export const codesAtHand = model => here.get(model);

/** Caption of the gallery image whose code is nearest. @param {boolean} real whether the image itself is shown */
export const nearestCalled = real => (real ? "nearest real image" : "nearest gallery image, decoded");

/** Euclidean length. @param {ArrayLike<number>} code */
export const lengthOf = code => Math.hypot(...Array.from(code));

/**
 * Index of the gallery's code nearest to a code, and its Euclidean distance.
 *
 * @param {Float32Array} codes (n · D)
 * @param {ArrayLike<number>} code (D)
 * @param {number[]} [without] indices that do not count
 */
export function nearest(codes, code, without = []) {
  const dims = code.length;
  let [index, least] = [-1, Infinity];
  for (let i = 0; i < codes.length / dims; i++) {
    let total = 0;
    for (let d = 0; d < dims && total < least; d++) total += (codes[i * dims + d] - code[d]) ** 2;
    if (total < least && !without.includes(i)) [index, least] = [i, total];
  }
  return { index, distance: Math.sqrt(least) };
}

/**
 * What is said of a code.
 *
 * @param {Pick<import("./canvas.js").Steering, "usual" | "note" | "span">} told
 * @param {number[]} code
 * @param {unknown[]} steps
 * @param {number | null} distance to the nearest code of the gallery; null while these are on their way
 */
export function numbers({ usual, note, span }, code, steps, distance) {
  const short = (/** @type {number} */ value) => rounded(value, DIGITS);
  const parts = note ? [note] : [];
  if (span !== null && steps.some(step => Math.abs(Number(step)) > span))
    parts.push(`What lies beyond ±${number(span)} is taken as ±${number(span)}.`);
  parts.push(
    `Length of the latent code ‖z‖: ${short(lengthOf(code))} (half of the gallery's: above ${short(usual.length)}).`,
  );
  if (distance !== null) {
    const beyond = distance > usual.far;
    parts.push(
      `Nearest code of a gallery image: ${short(distance)} away (median among themselves: ${short(usual.distance)})` +
        `${beyond ? "; beyond the data: 99 % of them lie nearer to each other." : "."}`,
    );
  }
  return parts.join(" ");
}
