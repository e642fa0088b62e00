/** What is asked of the server's generators, and how answers and grids are read. */

import { floats } from "../core/base64.js";
import { fetchWithRetry } from "../core/requests.js";
import { rows } from "../latent/sheet.js";

const STAGES = 9; // of a way, side by side

/**
 * @typedef {{left: number[], codes: number[][][], out?: number[][], outLeft?: number[]}} Walk noising steps that are left
 *   at each moment, and the codes there; `out` is the way of a code that was sent, into noise
 * @typedef {{grids: number[][], shares: number[][], side: number}} Grids
 */

/** @param {string} address @param {RequestInit} [options] */
async function asked(address, options) {
  const answer = await fetchWithRetry(address, options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

/** @param {Record<string, string | number>} values */
const query = values => new URLSearchParams(Object.entries(values).map(([key, value]) => [key, `${value}`]));

/**
 * The way from noise to codes.
 *
 * @param {string} model
 * @param {Record<string, string | number>} settings seed, n, steps, told, strength, first
 * @param {number[]} [code] that is noised and led back
 * @returns {Promise<Walk>}
 */
export async function askWalk(model, settings, code) {
  const address = `pixels/walk/${encodeURIComponent(model)}?${query(settings)}`;
  const sent = code && { method: "POST", body: JSON.stringify({ model, codes: [code] }) };
  const found = await asked(address, sent);
  const all = rows(floats(found.codes), found.dims);
  const n = all.length / found.left.length;
  const codes = found.left.map((/** @type {number} */ _, /** @type {number} */ i) => all.slice(i * n, (i + 1) * n));
  const out = found.out ? rows(floats(found.out), found.dims) : undefined;
  return { left: found.left, codes, out, outLeft: found.out_left };
}

/**
 * Grids of indices, drawn one after the other.
 *
 * @param {string} model
 * @param {Record<string, string | number>} settings seed, n, temperature
 * @returns {Promise<Grids>}
 */
export const askGrids = (model, settings) => asked(`pixels/grids/${encodeURIComponent(model)}?${query(settings)}`);

/**
 * Grids as the decoder takes them: the entries' numbers, place by place.
 *
 * @param {ArrayLike<number>[]} grids
 * @param {ArrayLike<number>} codebook (K · D)
 * @param {number} dims
 */
export const vectorsOf = (grids, codebook, dims) =>
  grids.map(grid =>
    Array.from({ length: grid.length * dims }, (_, i) => codebook[grid[Math.floor(i / dims)] * dims + (i % dims)]),
  );

/**
 * The nearest entry of each vector, by Euclidean distance.
 *
 * @param {ArrayLike<number>} vectors (n · D)
 * @param {ArrayLike<number>} codebook (K · D)
 * @param {number} dims
 */
export function nearest(vectors, codebook, dims) {
  return Array.from({ length: vectors.length / dims }, (_, i) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let k = 0; k < codebook.length / dims; k++) {
      let distance = 0;
      for (let d = 0; d < dims; d++) distance += (vectors[i * dims + d] - codebook[k * dims + d]) ** 2;
      if (distance < least) [best, least] = [k, distance];
    }
    return best;
  });
}

/** What stands at a moment. @typedef {{title: string, codes: number[][]}} Moment */

/**
 * The moments of a way: of a code that was sent, into the noise and back.
 *
 * @param {Walk} walk
 * @returns {Moment[]}
 */
export function momentsOf({ left, codes, out = [], outLeft = [] }) {
  const way = (/** @type {number} */ n) => `${n} ${n === 1 ? "step" : "steps"} of noise left`;
  const there = out.map((code, i) => ({ title: `into the noise: ${outLeft[i]} steps`, codes: [code] }));
  return [...there, ...codes.map((some, i) => ({ title: way(left[i]), codes: some }))];
}

/** Nine places of n, the first and the last among them. @param {number} n */
export const stages = n => Array.from({ length: STAGES }, (_, i) => Math.round((i * (n - 1)) / (STAGES - 1)));

/**
 * Searches a GAN for an image; calls `take` whenever it has come nearer.
 *
 * @param {string} model
 * @param {number} seed
 * @param {Uint8Array} pixels (S · S · C)
 * @param {(found: {step: number, steps: number, code: number[], mse: number}) => void} take
 * @param {AbortSignal} signal
 */
export async function askSearch(model, seed, pixels, take, signal) {
  const options = { method: "POST", body: /** @type {BodyInit} */ (pixels), signal };
  const answer = await fetchWithRetry(`pixels/search/${encodeURIComponent(model)}?${query({ seed })}`, options);
  if (!answer.ok || !answer.body) throw new Error((await answer.json()).error);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const found = JSON.parse(line);
      if (found.error) throw new Error(found.error);
      take(found);
    }
  }
}
