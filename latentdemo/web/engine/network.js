/** A file of weights (`models/packing.py` writes it) in, an encoder and a decoder that run in this thread out. */

import { Chain, FLOAT, floats, pixel, up4 } from "./chain.js";
import { plainKernel, wasmKernel } from "./kernel/kernels.js";

/**
 * @typedef {import("./chain.js").Step} Step
 * @typedef {{side: number, channels: number, latent_dim: number, regularised: boolean}} Facts
 * @typedef {Facts & {given: any, encoder: Step[], decoder: Step[]}} Head
 *
 * @typedef {{mu: Float32Array, logvar: Float32Array | null}} Codes (n · D); null of a plain autoencoder
 *
 * @typedef {{side: number, channels: number, values: Float32Array}} Maps (side · side · channels)
 *
 * @typedef {{maps: Maps[]} & Partial<Codes & {pixels: Uint8Array, logits: Float32Array}>} Inside
 */

/**
 * Half precision (sign, exponent of 5 bits, fraction of 10) to single.
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

export class Network {
  /**
   * @param {ArrayBuffer} file
   * @param {(bytes: number) => import("./kernel/kernels.js").Kernel} makeKernel
   */
  constructor(file, makeKernel) {
    const { head, halves } = read(file);
    this.head = head;
    let used = 16; // bytes; nothing lies at address 0
    const allocate = (/** @type {number} */ n) => {
      const at = used;
      used += FLOAT * up4(n);
      return at;
    };
    this.encoder = new Chain(head.encoder, { side: head.side, channels: head.channels, border: 1 }, allocate);
    this.decoder = new Chain(head.decoder, head.given, allocate);
    this.kernel = makeKernel(used);
    let taken = 0;
    const next = (/** @type {number} */ n) => {
      const numbers = widen(halves.subarray(taken, taken + n));
      taken += n;
      return numbers;
    };
    this.encoder.fill(this.kernel, next);
    this.decoder.fill(this.kernel, next);
    if (taken !== halves.length)
      throw new Error(`The weights have ${halves.length} numbers; the network has ${taken}.`);
  }

  /**
   * @param {Uint8Array} pixels (n · S · S · C), 0 … 255
   * @returns {Codes}
   */
  encode(pixels) {
    const { side, channels, latent_dim, regularised } = this.head;
    const { memory } = this.kernel;
    const n = pixels.length / (side * side * channels);
    const given = this.encoder.places[0];
    const found = new Float32Array(memory, last(this.encoder.places).at, latent_dim * (regularised ? 2 : 1));
    const [mu, logvar] = [new Float32Array(n * latent_dim), regularised ? new Float32Array(n * latent_dim) : null];
    for (let i = 0; i < n; i++) {
      for (let row = 0; row < side; row++) {
        const from = (i * side + row) * side * channels;
        const line = new Float32Array(memory, pixel(given, row, 0), side * channels);
        for (let k = 0; k < line.length; k++) line[k] = pixels[from + k] / 255;
      }
      this.encoder.run(this.kernel);
      mu.set(found.subarray(0, latent_dim), i * latent_dim);
      logvar?.set(found.subarray(latent_dim), i * latent_dim);
    }
    return { mu, logvar };
  }

  /**
   * What one image, or one code, makes of every step: the maps behind the SiLUs.
   *
   * @param {{pixels: Uint8Array} | {code: Float32Array}} asked
   * @returns {Inside}
   */
  inside(asked) {
    if ("pixels" in asked) return { ...this.encode(asked.pixels), maps: this.encoder.maps(this.kernel) };
    const pixels = this.decode(asked.code, true);
    const made = last(this.decoder.places);
    const size = this.head.side ** 2 * this.head.channels;
    return {
      pixels,
      logits: new Float32Array(this.kernel.memory, made.at, size).slice(),
      maps: this.decoder.maps(this.kernel),
    };
  }

  /**
   * @param {Float32Array} codes (n · D)
   * @param {boolean} logits whether what comes out of the last step is left as it is
   * @returns {Uint8Array} pixels (n · S · S · C), 0 … 255
   */
  decode(codes, logits = false) {
    const { side, channels, latent_dim } = this.head;
    const { memory } = this.kernel;
    const n = codes.length / latent_dim;
    const size = side * side * channels;
    const pixels = new Uint8Array(n * size);
    const made = last(this.decoder.places);
    const given = this.decoder.places[0];
    const row = given.side * given.channels;
    const values = new Float32Array(memory, made.at, size);
    for (let i = 0; i < n; i++) {
      for (let k = 0, from = i * latent_dim; k < given.side; k++, from += row)
        new Float32Array(memory, pixel(given, k, 0)).set(codes.subarray(from, from + row));
      this.decoder.run(this.kernel);
      if (!logits) this.kernel.sigmoid(made.at, floats(made));
      for (let k = 0; k < size; k++)
        pixels[i * size + k] = 255 * (logits ? 1 / (1 + Math.exp(-values[k])) : values[k]) + 0.5;
    }
    return pixels;
  }
}

/** @type {<T>(list: T[]) => T} */
const last = list => list[list.length - 1];

/** @type {Map<string, Network>} */
const networks = new Map();

/** @type {Promise<any> | undefined} */
let compiled;

/** The kernel, compiled once. @param {string} address */
export const compile = address =>
  (compiled ??= fetch(address)
    .then(answer => answer.arrayBuffer())
    .then(wasmKernel));

/**
 * What is asked; "load" tells which kernel runs the model.
 *
 * @param {string} kernel its address
 * @param {any} asked
 */
export async function answer(kernel, asked) {
  if (asked.do === "load") {
    const makeKernel = asked.plain ? plainKernel : await compile(kernel).catch(() => plainKernel);
    networks.set(asked.model, new Network(asked.file, makeKernel));
    return makeKernel === plainKernel ? "plain" : "wasm";
  }
  const network = networks.get(asked.model);
  if (!network) throw new Error(`${asked.model} was not loaded`);
  if (asked.do === "inside") return network.inside(asked.asked);
  return asked.do === "decode" ? network.decode(asked.codes) : network.encode(asked.pixels);
}
