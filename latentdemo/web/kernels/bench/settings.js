/** What is set on the bench, read from its fields; sentences are thrown for what cannot be. */

import { number, parse } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { turn } from "../../pixels/arithmetic.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 * @typedef {import("../stage.js").Preset} Preset
 * @typedef {import("../../pixels/arithmetic.js").Settings & {bias: number, unit: number}} Asked
 */

export const PHOTO = "Your image";
export const WEBCAM = "Webcam";
export const GRID = "Small grid";
export const OWN = "your own";
export const GREY = "grey";
export const EACH = "each colour";
export const AUTOMATIC = "automatic"; // signed colours if a value is negative, else an image
export const SIGNED = "in signed colours";
export const CLIPPED = "as an image";
export const NONE = "none";
/** @type {Record<string, number>} */
export const UNITS = { "0 … 255": 255, "0 … 1": 1 };
/** @type {Record<string, string>} */
export const OUTSIDE = {
  [NONE]: "zero",
  zeros: "zero",
  "the image mirrored": "reflect",
  "the border repeated": "replicate",
};
export const MOST_RING = 3; // cells of padding around the small grid

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
export function whole(name, text, least, most) {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`The ${name} is ${text || "empty"}; it must be a whole number of ${least} … ${most} pixels.`);
  return value;
}

/**
 * @param {string} name
 * @param {string} text
 */
export function typed(name, text) {
  const value = parse(text);
  if (Number.isNaN(value))
    throw new RangeError(`The ${name} is “${text}”; it must be a number within ±${number(shared.most.value)}.`);
  return value;
}

/**
 * All settings of a result.
 *
 * @param {Record<string, {value: string}>} role
 * @returns {Asked & {divisor: number}}
 */
export function read(role) {
  const isGrid = role.source.value === GRID;
  const asked = {
    stride: whole("stride", role.stride.value, 1, shared.most.stride),
    padding: whole("padding", role.padding.value, 0, shared.most.padding),
    dilation: whole("dilation", role.dilation.value, 1, shared.most.stride),
    outside: OUTSIDE[role.outside.value],
    bias: typed("bias", role.bias.value),
    unit: isGrid ? 1 : UNITS[role.unit.value],
    divisor: typed("divisor", role.divisor.value),
  };
  if (asked.divisor === 0) throw new RangeError("The divisor is 0; every number of the kernel is divided by it.");
  if (isGrid && asked.padding > MOST_RING)
    throw new RangeError(`The padding is ${asked.padding}; around the small grid at most ${MOST_RING} can be shown.`);
  return asked;
}

/**
 * "none" and a width of 0 are the same thing said twice: whichever is set, the other follows.
 *
 * @param {"outside" | "padding"} changed
 * @param {{outside: string, padding: string}} now
 * @returns {{outside: string, padding: string}}
 */
export function agree(changed, { outside, padding }) {
  const none = outside === NONE;
  const zero = Number(padding) === 0;
  if (none === zero) return { outside, padding };
  return changed === "outside" ? { outside, padding: none ? "0" : "1" } : { outside: zero ? NONE : "zeros", padding };
}

/**
 * The preset that these numbers are, and the one that they are when turned by 180°.
 *
 * @param {Preset[]} presets
 * @param {Plane} values
 * @param {number} divisor
 */
export function recognise(presets, values, divisor) {
  const is = (/** @type {Plane} */ one) => (/** @type {Preset} */ preset) =>
    preset.rows.length === one.height &&
    Math.abs(preset.divisor - divisor) < 1e-9 &&
    preset.rows.flat().every((value, i) => value === one.values[i]);
  return { found: presets.find(is(values)), turned: presets.find(is(turn(values))) };
}

/**
 * Whether image, kernel and all settings are an example's.
 *
 * @param {import("../stage.js").Example} example
 * @param {Plane} image
 * @param {Plane} kernel
 * @param {Record<string, {value: string}>} role
 */
export function isExample(example, image, kernel, role) {
  const is = (/** @type {Plane} */ { height, values }, /** @type {number[][]} */ rows) =>
    rows.length === height &&
    rows.flat().length === values.length &&
    rows.flat().every((value, i) => value === values[i]);
  /** @type {Record<string, number>} */
  const fields = { stride: example.stride, padding: example.padding, dilation: 1, bias: 0, divisor: 1 };
  return (
    is(image, example.image) &&
    is(kernel, example.kernel) &&
    Object.entries(fields).every(([name, value]) => parse(role[name].value) === value) &&
    (example.padding === 0 || OUTSIDE[role.outside.value] === "zero")
  );
}

/**
 * Where *Play* goes next: a photograph in steps of a sixteenth, a grid cell by cell; at the end from the beginning.
 *
 * @param {[number, number]} at row and column
 * @param {{height: number, width: number}} size
 * @param {boolean} isGrid
 * @returns {[number, number]}
 */
export function nextPlace([row, column], { height, width }, isGrid) {
  const [down, right] = isGrid ? [1, 1] : [Math.max(1, height >> 4), Math.max(1, width >> 4)];
  if (column + right < width) return [row, column + right];
  return [row + down < height ? row + down : 0, 0];
}
