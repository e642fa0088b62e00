/** Networks, asked by messages: the same in a worker and, where none can be started, in the page itself. */

import { plainKernel, wasmKernel } from "./kernel/kernels.js";
import { Network } from "./network.js";

/**
 * @typedef {{do: "load", model: string, file: ArrayBuffer, plain: boolean}} Load
 * @typedef {{do: "decode", model: string, codes: Float32Array}} Decode
 * @typedef {{do: "encode", model: string, pixels: Uint8Array}} Encode
 * @typedef {{do: "inside", model: string, asked: {pixels: Uint8Array} | {code: Float32Array}}} Inside
 */

/** @type {Map<string, Network>} */
const networks = new Map();

/** @type {Promise<(bytes: number) => import("./kernel/kernels.js").Kernel> | undefined} */
let compiled;

/** @param {string} kernel address of the compiled one @param {Load} asked @returns {Promise<string>} which kernel runs it */
async function load(kernel, { model, file, plain }) {
  compiled ??= fetch(kernel)
    .then(answer => answer.arrayBuffer())
    .then(wasmKernel);
  const makeKernel = plain ? plainKernel : await compiled.catch(() => plainKernel);
  networks.set(model, new Network(file, makeKernel));
  return makeKernel === plainKernel ? "plain" : "wasm";
}

/** @param {string} kernel @param {Load | Decode | Encode | Inside} asked */
export async function answer(kernel, asked) {
  if (asked.do === "load") return load(kernel, asked);
  const network = networks.get(asked.model);
  if (!network) throw new Error(`${asked.model} was not loaded`);
  if (asked.do === "inside") return network.inside(asked.asked);
  return asked.do === "decode" ? network.decode(asked.codes) : network.encode(asked.pixels);
}
