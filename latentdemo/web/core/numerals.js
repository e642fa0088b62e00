/** Numbers into text and back, as `latentdemo/drawing/numerals.py` writes and `pixels/kernels.py` reads them. */

import { shared } from "./shared.js";

const TYPED = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const [WHOLE, BROKEN] = [1e6, 1e4]; // from here on the power of ten is written: of whole numbers, of others
const MAX_DIGITS = 4;

const minus = (/** @type {string} */ text) => text.replace(/-/g, "−");

/**
 * At most four significant digits or an exponent, a true minus sign. Whole numbers below a million keep all digits: they
 * are counts or exact.
 *
 * @param {number} value
 */
export function number(value) {
  if (Number.isInteger(value) && Math.abs(value) < WHOLE) return minus((value || 0).toFixed(0));
  const digits = Number(value.toPrecision(MAX_DIGITS));
  const size = Math.abs(digits);
  if (!Number.isFinite(size) || (size >= 1e-6 && size < BROKEN)) return minus(String(digits));
  const [mantissa, exponent] = digits.toExponential(MAX_DIGITS - 1).split("e");
  return minus(`${Number(mantissa)}e${Number(exponent)}`);
}

/**
 * With so many decimals, never −0, or as `number` writes it where these are more than four digits.
 *
 * @param {number} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  const text = value.toFixed(decimals);
  if (!Number(text)) return text.replace("-", "");
  const digits = text.replace(/^[-0.]+/, "").replace(/\D/g, "").length;
  return digits <= MAX_DIGITS && Math.abs(value) < BROKEN ? minus(text) : number(value);
}

/**
 * With so many digits that count.
 *
 * @param {number} value
 * @param {number} digits
 */
export const rounded = (value, digits) => number(Number(value.toPrecision(digits)));

/**
 * For a field that is edited: nothing is lost of it.
 *
 * @param {number} value
 */
export const write = value => String(Number(value.toPrecision(12)));

/**
 * A number as people type it, 1/9, −1 and 0,5 too; NaN if it is none, or beyond the limit.
 *
 * @param {string} text
 */
export function parse(text) {
  const parts = text
    .replaceAll("−", "-")
    .replace(/^([^.,]*),([^.,]*)$/, "$1.$2")
    .split("/")
    .map(part => part.trim());
  if (parts.length > 2 || !parts.every(part => TYPED.test(part))) return NaN;
  const value = Number(parts[0]) / Number(parts[1] ?? 1);
  return Math.abs(value) <= shared.most.value ? value : NaN;
}
