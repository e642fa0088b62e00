/** An encoder and a decoder that run in this thread. */

import { Chain, floats, pixel } from "./chain.js";
import { read, up4, widen } from "./file.js";

/**
 * @typedef {object} Codes
 * @property {Float32Array} mu (n · D)
 * @property {Float32Array | null} logvar (n · D), null of a plain autoencoder
 */

const FLOAT = 4; // bytes

export class Network {
  /**
   * @param {ArrayBuffer} file
   * @param {(bytes: number) => import("./kernels.js").Kernel} makeKernel
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
    this.decoder = new Chain(head.decoder, null, allocate);
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
   * @param {Float32Array} codes (n · D)
   * @returns {Uint8Array} pixels (n · S · S · C), 0 … 255
   */
  decode(codes) {
    const { side, channels, latent_dim } = this.head;
    const { memory } = this.kernel;
    const n = codes.length / latent_dim;
    const size = side * side * channels;
    const pixels = new Uint8Array(n * size);
    const made = last(this.decoder.places);
    const given = new Float32Array(memory, this.decoder.places[0].at, latent_dim);
    const values = new Float32Array(memory, made.at, size);
    for (let i = 0; i < n; i++) {
      given.set(codes.subarray(i * latent_dim, (i + 1) * latent_dim));
      this.decoder.run(this.kernel);
      this.kernel.sigmoid(made.at, floats(made));
      for (let k = 0; k < size; k++) pixels[i * size + k] = 255 * values[k] + 0.5;
    }
    return pixels;
  }
}

/** @type {<T>(list: T[]) => T} */
const last = list => list[list.length - 1];
