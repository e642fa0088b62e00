/** The engine's arithmetic, twice: kernel.ts as it was compiled, and the same in plain JavaScript, several times slower. */

/**
 * All arithmetic of a network, on one block of memory. Addresses and strides are in bytes, counts in floats.
 *
 * @typedef {object} Kernel
 * @property {ArrayBuffer} memory
 * @property {(...fourteen: [...Six, ...Eight]) => void} layer see kernel.ts
 * @property {(at: number, n: number) => void} silu in place; n is a multiple of 4
 * @property {(at: number, n: number) => void} sigmoid
 *
 * @typedef {[number, number, number, number, number, number]} Six
 * @typedef {[...Six, number, number]} Eight
 *
 * @typedef {{run: number, runs: number, length: number, filters: number, bias: number, n: number}} Shape in floats
 * @typedef {(from: number, shift: number, a: number, b: number, shape: Shape) => void} Two
 */

const PAGE = 65536; // bytes of WebAssembly memory that are had at once

/** @implements {Kernel} */
class Plain {
  /** @param {number} bytes of memory */
  constructor(bytes) {
    this.memory = new ArrayBuffer(bytes);
    this.floats = new Float32Array(this.memory);
    this.totals = new Float64Array(8);
  }

  /** @type {Kernel["layer"]} */
  layer(input, rowStep, columnStep, runStep, runs, length, rows, columns, filters, bias, n, out, outRow, outColumn) {
    const shape = { run: runStep >> 2, runs, length, filters: filters >> 2, bias: bias >> 2, n };
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x += 2) {
        const from = (input + y * rowStep + x * columnStep) >> 2;
        const to = (out + y * outRow + x * outColumn) >> 2;
        const pair = x + 1 < columns;
        this.two(from, pair ? columnStep >> 2 : 0, to, pair ? outColumn >> 2 : 0, shape);
      }
  }

  /** Two pixels of the result, or one twice: `shift` and `beside` lead to the second. @type {Two} */
  two(from, shift, to, beside, shape) {
    const { floats, totals } = this;
    const { filters, bias, n } = shape;
    const size = shape.runs * shape.length;
    for (let o = 0; o < n; o++) {
      const whole = o + 4 <= n; // four filters at once, the last ones one by one
      this.products(from, shift, filters + o * size, whole ? size : 0, shape);
      for (let k = 0; k < (whole ? 4 : 1); k++) {
        floats[to + o + k] = totals[k] + floats[bias + o + k];
        floats[to + beside + o + k] = totals[4 + k] + floats[bias + o + k];
      }
      if (whole) o += 3;
    }
  }

  /** Four filters, `size` apart, on two pixels: each number is read once for many products. @type {Two} */
  products(from, shift, filter, size, { run, runs, length }) {
    const f = this.floats;
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    const [second, third, fourth] = [size, 2 * size, 3 * size];
    let w = filter;
    for (let k = 0; k < runs; k++)
      for (let i = from + k * run, end = i + length; i < end; i++, w++) {
        const one = f[i];
        const other = f[i + shift];
        a0 += one * f[w];
        b0 += other * f[w];
        a1 += one * f[w + second];
        b1 += other * f[w + second];
        a2 += one * f[w + third];
        b2 += other * f[w + third];
        a3 += one * f[w + fourth];
        b3 += other * f[w + fourth];
      }
    this.totals.set([a0, a1, a2, a3, b0, b1, b2, b3]);
  }

  /** @type {Kernel["silu"]} */
  silu(at, n) {
    const f = this.floats;
    for (let i = at >> 2, end = i + n; i < end; i++) f[i] /= 1 + Math.exp(-f[i]);
  }

  /** @type {Kernel["sigmoid"]} */
  sigmoid(at, n) {
    const f = this.floats;
    for (let i = at >> 2, end = i + n; i < end; i++) f[i] = 1 / (1 + Math.exp(-f[i]));
  }
}

/** The plain one. @type {(bytes: number) => Kernel} */
export const plainKernel = bytes => new Plain(bytes);

/**
 * The compiled kernel.
 *
 * @param {BufferSource} code of kernel.wasm
 * @returns {Promise<(bytes: number) => Kernel>} rejects where the browser cannot run it
 */
export async function wasmKernel(code) {
  const compiled = await WebAssembly.compile(code);
  return bytes => {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
    const { layer, silu, sigmoid } = /** @type {any} */ (
      new WebAssembly.Instance(compiled, { env: { memory } }).exports
    );
    return { memory: memory.buffer, layer, silu, sigmoid };
  };
}
