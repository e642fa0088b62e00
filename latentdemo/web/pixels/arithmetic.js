/**
 * The page's own convolution: what follows the pointer cannot wait for a server. `latentdemo/pixels/convolution.py` is
 * the reference; both are tested on the same cases, which torch made.
 *
 * @typedef {object} Plane numbers row by row
 * @property {number} height
 * @property {number} width
 * @property {Float64Array} values
 *
 * @typedef {object} Settings
 * @property {number} stride
 * @property {number} padding
 * @property {number} dilation
 * @property {string} outside what stands in the padding: "zero", "reflect" or "replicate"
 *
 * @typedef {object} Separated
 * @property {number[]} column
 * @property {number[]} row
 */

/** @type {(height: number, width: number) => Plane} */
export const plane = (height, width) => ({ height, width, values: new Float64Array(height * width) });

/** @param {number[][] | readonly (readonly number[])[]} rows */
export const fromRows = rows => ({
  height: rows.length,
  width: rows[0].length,
  values: Float64Array.from(rows.flat()),
});

/**
 * ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1; a sentence is thrown where that cannot be.
 *
 * @param {number} n pixels along the side of the image
 * @param {number} k pixels along the side of the kernel
 * @param {Settings} settings
 */
export function outputSize(n, k, { stride, padding, dilation, outside }) {
  const reach = dilation * (k - 1) + 1;
  const padded = n + 2 * padding;
  if (reach > padded) throw new RangeError(`The kernel reaches over ${reach} pixels; the padded image has ${padded}.`);
  if (stride > n) throw new RangeError(`The stride of ${stride} is larger than the image (${n} pixels).`);
  if (outside === "reflect" && padding >= n)
    throw new RangeError(`The padding of ${padding} cannot mirror an image of ${n} pixels; the limit is ${n - 1}.`);
  return Math.floor((padded - reach) / stride) + 1;
}

/**
 * Which pixel stands at place i of a row of n: i itself, its stand-in in the padding, or −1 for a zero.
 *
 * @param {number} i
 * @param {number} n
 * @param {string} outside
 */
function source(i, n, outside) {
  if (i >= 0 && i < n) return i;
  if (outside === "replicate") return i < 0 ? 0 : n - 1;
  if (outside === "reflect") return i < 0 ? -i : 2 * (n - 1) - i;
  return -1;
}

/**
 * Lays a kernel on every place of an image, multiplies, and sums.
 *
 * @param {Plane} input
 * @param {Plane} kernel square
 * @param {Settings} settings
 * @returns {Plane}
 */
export function convolve(input, kernel, settings) {
  const { stride, padding, dilation, outside } = settings;
  const k = kernel.height;
  const out = plane(outputSize(input.height, k, settings), outputSize(input.width, k, settings));
  const places = (/** @type {number} */ n, /** @type {number} */ m, /** @type {number} */ tap) =>
    Int32Array.from({ length: m }, (_, i) => source(i * stride - padding + tap * dilation, n, outside));
  for (let a = 0; a < k; a++) {
    const rows = places(input.height, out.height, a);
    for (let b = 0; b < k; b++) {
      const weight = kernel.values[a * k + b];
      if (weight === 0) continue;
      const columns = places(input.width, out.width, b);
      for (let i = 0; i < out.height; i++)
        if (rows[i] >= 0) addRow(out, i, input, rows[i] * input.width, columns, weight);
    }
  }
  return out;
}

/**
 * @param {Plane} out
 * @param {number} i row of the output
 * @param {Plane} input
 * @param {number} from where the input's row begins
 * @param {Int32Array} columns
 * @param {number} weight
 */
function addRow(out, i, input, from, columns, weight) {
  const to = i * out.width;
  const read = input.values;
  const write = out.values;
  for (let j = 0; j < out.width; j++) if (columns[j] >= 0) write[to + j] += weight * read[from + columns[j]];
}

/**
 * The k × k products behind one output value, their sum, and which pixels lie in the image, not in the padding.
 *
 * @param {Plane} input
 * @param {Plane} kernel
 * @param {number} row
 * @param {number} column
 * @param {Settings} settings
 */
export function products(input, kernel, row, column, { stride, padding, dilation, outside }) {
  const k = kernel.height;
  const patch = plane(k, k);
  const made = plane(k, k);
  /** @type {boolean[]} */
  const inside = [];
  let total = 0;
  for (let i = 0; i < k * k; i++) {
    const y = row * stride - padding + Math.floor(i / k) * dilation;
    const x = column * stride - padding + (i % k) * dilation;
    const [up, left] = [source(y, input.height, outside), source(x, input.width, outside)];
    patch.values[i] = up < 0 || left < 0 ? 0 : input.values[up * input.width + left];
    made.values[i] = patch.values[i] * kernel.values[i];
    inside.push(y >= 0 && x >= 0 && y < input.height && x < input.width);
    total += made.values[i];
  }
  return { patch, products: made, inside, total };
}

/** @type {(input: Plane, f: (value: number, i: number) => number) => Plane} */
export const map = (input, f) => ({ ...input, values: input.values.map(f) });

/** By 180°. @type {(kernel: Plane) => Plane} */
export const turn = kernel => ({ ...kernel, values: kernel.values.slice().reverse() });

/** @type {(input: Plane) => Plane} */
export const relu = input => map(input, value => Math.max(0, value));

/** @type {(one: Plane, other: Plane) => Plane} */
export const add = (one, other) => map(one, (value, i) => value + other.values[i]);

/** @type {(input: Plane, factor: number) => Plane} */
export const scale = (input, factor) => map(input, value => value * factor);

/**
 * Moved by whole pixels; what comes in at the border is 0.
 *
 * @param {Plane} input
 * @param {number} down
 * @param {number} right
 */
export function shift(input, down, right) {
  const out = plane(input.height, input.width);
  return map(out, (_, at) => {
    const [y, x] = [Math.floor(at / out.width) - down, (at % out.width) - right];
    return y >= 0 && x >= 0 && y < out.height && x < out.width ? input.values[y * out.width + x] : 0;
  });
}

/** @param {Plane} input */
export function range(input) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of input.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high, limit: Math.max(Math.abs(low), Math.abs(high)) };
}

/**
 * Where a plane is farthest from 0.
 *
 * @param {Plane} input
 * @returns {[number, number]} row and column
 */
export function strongest({ values, width }) {
  const best = values.reduce((most, value, i) => (Math.abs(value) > Math.abs(values[most]) ? i : most), 0);
  return [Math.floor(best / width), best % width];
}
