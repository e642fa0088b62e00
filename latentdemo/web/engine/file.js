/** A file of weights as `models/packing.py` writes it in, its head and its numbers out. */

/**
 * @typedef {object} Step see packing.py
 * @property {"dense" | "down" | "up" | "smooth"} op
 * @property {number} n_in channels, or numbers of a dense step
 * @property {number} n_out
 * @property {number} side of the map that comes out, pixels
 * @property {boolean} silu
 *
 * @typedef {object} Head
 * @property {number} side of the pictures, pixels
 * @property {number} channels
 * @property {number} latent_dim
 * @property {boolean} regularised whether log variances stand behind the means
 * @property {Step[]} encoder
 * @property {Step[]} decoder
 */

/** The next multiple of four: so many floats are read at once. */
export const up4 = (/** @type {number} */ n) => (n + 3) & ~3;

/** How many rows, and pixels of a row, a filter reads. */
const REACH = { down: 4, up: 2, smooth: 3 };

/** @param {Step} step */
export function sizes({ op, n_in, n_out }) {
  if (op === "dense") return { length: up4(n_in), runs: 1, filters: n_out * up4(n_in) };
  const length = REACH[op] * n_in;
  return { length, runs: REACH[op], filters: (op === "up" ? 4 : 1) * n_out * REACH[op] * length };
}

/**
 * Half precision to single, by the bits: (sign, exponent of 5, fraction of 10).
 *
 * @param {Uint16Array} halves
 */
export function widen(halves) {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  halves.forEach((half, i) => {
    const exponent = (half >> 10) & 31;
    bits[0] = ((exponent + 112) << 23) | ((half & 1023) << 13);
    const size = exponent ? float[0] : (half & 1023) * 2 ** -24; // the smallest ones have no leading 1
    out[i] = half >> 15 ? -size : size;
  });
  return out;
}

/** @param {ArrayBuffer} file @returns {{head: Head, halves: Uint16Array}} */
export function read(file) {
  const length = new DataView(file).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, length)));
  return { head, halves: new Uint16Array(file, 4 + length) };
}
