/** What a panel's pictures can be taken home from: each panel offers what it shows, under its own name. */

import { onSteer } from "../canvas.js";

/**
 * @typedef {object} Offer
 * @property {string} model
 * @property {number[]} code of the picture
 * @property {number[][]} film codes from the start to the picture; fewer than two: no film
 * @property {number[] | null} vector picture less start; null: there is no start
 */

const FRAMES = 16;

/** @type {Map<string, Offer>} */
const offers = new Map();

/** @type {Map<string, (() => void)[]>} */
const takers = new Map();

/** @param {string} id @param {Offer} offer */
export function offer(id, offer) {
  offers.set(id, offer);
  for (const take of takers.get(id) ?? []) take();
}

/** @param {string} id */
export const offered = id => offers.get(id);

/** Calls `take` whenever a panel offers something else. @param {string} id @param {() => void} take */
export function onOffer(id, take) {
  takers.set(id, [...(takers.get(id) ?? []), take]);
}

/** Codes on the straight line from one to another, both included. @param {number[]} from @param {number[]} to */
export const film = (from, to) =>
  Array.from({ length: FRAMES }, (_, k) => from.map((value, d) => value + (k / (FRAMES - 1)) * (to[d] - value)));

/**
 * A steered canvas offers its picture.
 *
 * @param {string} id of the canvas
 * @param {(state: import("../canvas.js").Steered) => number[]} startOf
 * @param {(state: import("../canvas.js").Steered) => number[]} codeOf
 */
export function offerSteered(id, startOf, codeOf) {
  onSteer(id, state => {
    const [start, code] = [startOf(state), codeOf(state)];
    offer(id, { model: state.model, code, film: film(start, code), vector: code.map((value, d) => value - start[d]) });
  });
}

/**
 * A step of a walk is offered: its picture, and the whole walk as a film.
 *
 * @param {string} id
 * @param {string} model
 * @param {number[][]} codes an odd number of them, of which every second one makes the film
 * @param {number} step
 */
export function offerStep(id, model, codes, step) {
  const film = codes.filter((_, k) => k % 2 === 0);
  offer(id, { model, code: codes[step], film, vector: codes[step].map((value, d) => value - codes[0][d]) });
}
