/** Numbers into text and back, as `latentdemo/drawing/numerals.py` writes and `pixels/kernels.py` reads them. */

import { shared } from "./shared.js";

const TYPED = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Whole numbers whole, others with four digits, a true minus sign.
 *
 * @param {number} value
 */
export function number(value) {
  const size = Math.abs(value);
  const whole = size < 1e6 && (Number.isInteger(value) || size >= 1000);
  const text = whole ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  return (text === "-0" ? "0" : text).replace(/-/g, "−");
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
