/** The engine's thread: networks, asked by messages. */

import { plainKernel, wasmKernel } from "./kernel/kernels.js";
import { Network } from "./network.js";

/**
 * @typedef {{id: number, do: "load", model: string, file: ArrayBuffer, plain: boolean}} Load
 * @typedef {{id: number, do: "decode", model: string, codes: Float32Array}} Decode
 * @typedef {{id: number, do: "encode", model: string, pixels: Uint8Array}} Encode
 * @typedef {{id: number, do: "inside", model: string, asked: {pixels: Uint8Array} | {code: Float32Array}}} Inside
 */

/** @type {Map<string, Network>} */
const networks = new Map();

const compiled = fetch(new URL("kernel/kernel.wasm", location.href))
  .then(answer => answer.arrayBuffer())
  .then(wasmKernel);
compiled.catch(() => {}); // told below, when a network is loaded

/** @param {Load} asked @returns {Promise<string>} which kernel runs it */
async function load({ model, file, plain }) {
  const makeKernel = plain ? plainKernel : await compiled.catch(() => plainKernel);
  networks.set(model, new Network(file, makeKernel));
  return makeKernel === plainKernel ? "plain" : "wasm";
}

/** @param {Load | Decode | Encode | Inside} asked */
async function answer(asked) {
  if (asked.do === "load") return load(asked);
  const network = networks.get(asked.model);
  if (!network) throw new Error(`${asked.model} was not loaded`);
  if (asked.do === "inside") return network.inside(asked.asked);
  return asked.do === "decode" ? network.decode(asked.codes) : network.encode(asked.pixels);
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, answer: await answer(data) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error) });
  }
});
