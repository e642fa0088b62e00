/**
 * Codes become pictures and pictures codes, for every autoencoder that is served: in this page, or by the server.
 *
 * Three ways stand behind `decode` and `encode`: WebAssembly in a worker, plain JavaScript there, the server's routes.
 * While a model's weights are on their way, and where the browser cannot run it, the server answers.
 * `?engine=plain` and `?engine=server` in the page's address choose a way, for checks.
 */

import { shared } from "../core/shared.js";
import { decodeThere, encodeThere } from "./server.js";
import { Thread } from "./thread.js";

/**
 * @typedef {{address: string, side: number, channels: number, latent_dim: number}} Facts of a model
 * @typedef {{n: number, side: number, channels: number, pixels: Uint8Array}} Pictures row by row, channels last, 0 … 255
 *
 * @typedef {(share: number) => void} Tell how much of the weights is here, 0 … 1
 * @typedef {(model: string, tell?: Tell) => Promise<void>} Ask
 *
 * @typedef {{way: "wasm" | "plain" | "server" | "loading", promise: Promise<void>}} Loaded
 */

const wanted = new URLSearchParams(globalThis.location?.search).get("engine");

/** @type {Promise<Record<string, Facts>> | undefined} */
let index;

/** What is served. @returns {Promise<Record<string, Facts>>} */
function served() {
  index ??= fetch("weights").then(answer => (answer.ok ? answer.json() : Promise.reject(new TypeError("no answer"))));
  index.catch(() => {
    index = undefined; // asked again next time
  });
  return index;
}

/** @param {string} model @returns {Promise<Facts>} */
export async function facts(model) {
  let found = (await served())[model];
  if (!found) {
    index = undefined;
    found = (await served())[model];
  }
  if (!found) throw new Error(`No model ${model} here.`);
  return found;
}

/** @type {Pick<Thread, "ask"> | undefined} */
let thread;

/** This is asked instead. @param {Pick<Thread, "ask">} other */
export const askInstead = other => {
  thread = other;
};

/** @type {Map<string, Loaded>} */
const loaded = new Map();

/** Fetches a model's weights, once. Never rejects: where it fails, the server stays the way. @type {Ask} */
export function prepare(model, tell = () => {}) {
  const found = loaded.get(model);
  if (found) return found.promise;
  /** @type {Loaded} */
  const entry = { way: "loading", promise: Promise.resolve() };
  loaded.set(model, entry);
  entry.promise = load(model, tell).then(
    way => {
      entry.way = way;
    },
    () => {
      entry.way = "server";
    },
  );
  return entry.promise;
}

/** @param {string} model @param {Tell} tell @returns {Promise<Loaded["way"]>} */
async function load(model, tell) {
  if (wanted === "server") return "server";
  const file = await fetched((await facts(model)).address, tell);
  thread ??= new Thread();
  return thread.ask({ do: "load", model, file, plain: wanted === "plain" }, [file]);
}

/** @param {string} address @param {Tell} tell */
async function fetched(address, tell) {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new TypeError(`${address} is not served`);
  const file = new Uint8Array(Number(answer.headers.get("x-size")));
  let here = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); part.value; part = await reader.read()) {
    file.set(part.value, here);
    here += part.value.length;
    tell(here / file.length);
  }
  if (here !== file.length) throw new TypeError(`${address} broke off`);
  return file.buffer;
}

/** Which way a model goes now. @param {string} model */
export const wayOf = model => loaded.get(model)?.way ?? "loading";

/** Whether a model's weights are on their way. @param {string} model */
export const isLoading = model => wayOf(model) === "loading";

/** Whether the page itself runs a model. @param {string} model */
const isHere = model => ["wasm", "plain"].includes(wayOf(model));

/**
 * Runs a question here, or has the server answer it.
 *
 * @template T
 * @param {string} model
 * @param {() => Promise<T>} here
 * @param {() => Promise<T>} there
 */
async function answered(model, here, there) {
  if (shared.alone) await prepare(model);
  if (!isHere(model)) return there();
  try {
    return await here();
  } catch {
    loaded.set(model, { way: "server", promise: Promise.resolve() });
    return there();
  }
}

/**
 * @param {string} model
 * @param {number[][]} codes (n, D)
 * @param {Tell} [tell]
 * @returns {Promise<Pictures>}
 */
export async function decode(model, codes, tell) {
  prepare(model, tell);
  const { side, channels } = await facts(model);
  const pixels = await answered(
    model,
    () => /** @type {Thread} */ (thread).ask({ do: "decode", model, codes: Float32Array.from(codes.flat()) }),
    () => decodeThere(model, codes),
  );
  return { n: codes.length, side, channels, pixels };
}

/**
 * @param {string} model
 * @param {Uint8Array} pixels (n · side · side · channels), 0 … 255
 * @param {Tell} [tell]
 * @returns {Promise<import("./network.js").Codes>}
 */
export async function encode(model, pixels, tell) {
  prepare(model, tell);
  return answered(
    model,
    () => /** @type {Thread} */ (thread).ask({ do: "encode", model, pixels }),
    () => encodeThere(model, pixels),
  );
}

/**
 * Every step of a network, for one image or one code; null where the page does not run it.
 *
 * @param {string} model
 * @param {{pixels: Uint8Array} | {code: Float32Array}} asked
 * @param {Tell} [tell]
 * @returns {Promise<import("./network.js").Inside | null>}
 */
export async function inside(model, asked, tell) {
  await prepare(model, tell);
  return answered(
    model,
    () => /** @type {Thread} */ (thread).ask({ do: "inside", model, asked }),
    async () => null,
  );
}
