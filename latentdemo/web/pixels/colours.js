/** Numbers into colours, by the scales of `latentdemo/drawing/palette.py`. */

import { shared } from "../core/shared.js";

/** @typedef {import("../core/shared.js").Colour} Colour */

const STEPS = 256; // of a signed scale to either side of its middle

/**
 * @param {Colour[]} stops evenly spaced
 * @param {number} t 0 … 1; beyond, the ends
 * @returns {Colour}
 */
export function ramp(stops, t) {
  const place = Math.max(0, Math.min(1, t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [stops[i], stops[i + 1]];
  return /** @type {Colour} */ (from.map((low, c) => Math.round(low + (place - i) * (to[c] - low))));
}

/** Blue below 0, white, orange above: −1 … 1. @type {(t: number) => Colour} */
export const signed = t => ramp(shared.signed, 0.5 + t / 2);

/** The signed scale in 513 steps, three bytes each. */
export const SIGNED_TABLE = Uint8ClampedArray.from(
  Array.from({ length: 2 * STEPS + 1 }, (_, i) => signed(i / STEPS - 1)).flat(),
);

/** Where −1 … 1 stands in the table. @type {(t: number) => number} */
export const signedIndex = t => 3 * Math.round(STEPS + STEPS * Math.max(-1, Math.min(1, t)));

/** @type {(t: number) => string} */
export const viridis = t => css(ramp(shared.viridis, t));

/** @type {(colour: Colour) => string} */
export const css = colour => `rgb(${colour.join()})`;

const BRIGHT = Math.sqrt(1.05 * 0.05) - 0.05; // relative luminance at which black and white stand out alike

/**
 * Source: relative luminance, WCAG 2.2.
 *
 * @param {Colour} colour
 */
export function luminance(colour) {
  const [r, g, b] = colour.map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Colour} colour */
const filled = colour => `background-color:${css(colour)};color:${luminance(colour) > BRIGHT ? "#000" : "#fff"}`;

/** Style of a table's cell that shows a share of white. @type {(share: number) => string} */
export const greyCell = share => {
  const value = Math.round(255 * Math.max(0, Math.min(1, share)));
  return filled([value, value, value]);
};

/** Style of a table's cell on the signed scale. @type {(value: number, limit: number) => string} */
export const signedCell = (value, limit) => filled(signed(value / (limit || 1)));
