/** What networks do to planes beside convolving them: pooling, transposed convolution; and kernels of kernels. */

import { plane, scale } from "./arithmetic.js";

/** @typedef {import("./arithmetic.js").Plane} Plane */

/**
 * The largest or the mean value of each block; blocks that do not fit at the end are left out.
 *
 * @param {Plane} input
 * @param {number} size
 * @param {string} kind "max" or "average"
 */
export function pool(input, size, kind) {
  const out = plane(Math.floor(input.height / size), Math.floor(input.width / size));
  for (let i = 0; i < out.height; i++)
    for (let j = 0; j < out.width; j++) {
      let most = -Infinity;
      let sum = 0;
      for (let a = 0; a < size * size; a++) {
        const row = i * size + Math.floor(a / size);
        const value = input.values[row * input.width + j * size + (a % size)];
        most = Math.max(most, value);
        sum += value;
      }
      out.values[i * out.width + j] = kind === "max" ? most : sum / (size * size);
    }
  return out;
}

/**
 * One copy of the kernel per pixel, times that pixel: their places in the result before its border is cut off.
 *
 * @param {Plane} input
 * @param {Plane} kernel
 * @param {number} stride
 */
export function copies(input, kernel, stride) {
  return Array.from(input.values, (factor, i) => ({
    top: Math.floor(i / input.width) * stride,
    left: (i % input.width) * stride,
    factor,
    values: scale(kernel, factor),
  }));
}

/**
 * The copies added up, `padding` rows and columns cut off on every side.
 *
 * @param {Plane} input
 * @param {Plane} kernel
 * @param {number} stride
 * @param {number} padding
 */
export function transposedConvolve(input, kernel, stride, padding) {
  const k = kernel.height;
  const [height, width] = [input.height, input.width].map(n => (n - 1) * stride + k - 2 * padding);
  if (Math.min(height, width) < 1) throw new RangeError(`The padding of ${padding} cuts off the whole result.`);
  const out = plane(height, width);
  for (const copy of copies(input, kernel, stride))
    for (let a = 0; a < k; a++)
      for (let b = 0; b < kernel.width; b++) {
        const y = copy.top + a - padding;
        const x = copy.left + b - padding;
        if (y >= 0 && x >= 0 && y < height && x < width)
          out.values[y * width + x] += copy.values.values[a * kernel.width + b];
      }
  return out;
}

/**
 * The one kernel that does what two do one after the other.
 *
 * @type {(first: Plane, second: Plane) => Plane}
 */
export const compose = (first, second) => transposedConvolve(second, first, 1, 0);

/**
 * Column and row whose product is the kernel, or null if there are no such.
 *
 * @param {Plane} kernel
 * @returns {import("./arithmetic.js").Separated | null}
 */
export function separate(kernel) {
  const k = kernel.height;
  const at = (/** @type {number} */ i, /** @type {number} */ j) => kernel.values[i * k + j];
  const top = kernel.values.reduce((best, v, i) => (Math.abs(v) > Math.abs(kernel.values[best]) ? i : best), 0);
  const [r, c] = [Math.floor(top / k), top % k];
  const largest = at(r, c);
  if (largest === 0) return null;
  const column = Array.from({ length: k }, (_, i) => at(i, c) / largest);
  const row = Array.from({ length: k }, (_, j) => at(r, j));
  const rest = kernel.values.map((value, i) => Math.abs(value - column[Math.floor(i / k)] * row[i % k]));
  return Math.max(...rest) <= 1e-9 * Math.abs(largest) ? { column, row } : null;
}

/**
 * The kernel in a square of another size; what was its middle stays its middle.
 *
 * @param {Plane} kernel
 * @param {number} k
 */
export function resized(kernel, k) {
  const out = plane(k, k);
  const n = kernel.height;
  const before = (/** @type {number} */ a, /** @type {number} */ b) =>
    a % 2 ? Math.floor((b - a) / 2) : Math.ceil((b - a) / 2);
  const off = k >= n ? before(n, k) : -before(k, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      if (i + off >= 0 && j + off >= 0 && i + off < k && j + off < k)
        out.values[(i + off) * k + j + off] = kernel.values[i * n + j];
  return out;
}

/**
 * What a kernel is divided by so that it adds up to 1; where its sum is 0, the sum of its magnitudes.
 *
 * @param {Plane} kernel
 */
export function normaliser({ values }) {
  const sum = values.reduce((total, value) => total + value, 0);
  const magnitude = values.reduce((total, value) => total + Math.abs(value), 0);
  return Math.abs(sum) > 1e-9 ? sum : magnitude || 1;
}
