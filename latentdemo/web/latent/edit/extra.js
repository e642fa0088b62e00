/** The last slider of the attributes: what the visitor made of two groups; and how far each slider stays near the data. */

import { follow } from "../../core/panel.js";
import { onOwn, ownOf } from "../beside/own.js";
import { codeAt, onSteer, redirect } from "../canvas.js";
import { codesOf, nearest } from "../gallery.js";
import { mark } from "../perturb/reach.js";

const STEP = 0.25; // times the vector
const SPAN = 3;

/** @typedef {import("../canvas.js").Steered} Steered */

/**
 * How far one slider can go, either way, before the code is further from all real ones than a limit.
 *
 * @param {Pick<Steered, "origin" | "directions" | "span">} way
 * @param {number} i
 * @param {Float32Array} codes
 * @param {number} limit
 * @returns {[number, number]}
 */
export function stretch(way, i, codes, limit) {
  const alone = (/** @type {number} */ step) => way.directions.map((_, k) => (k === i ? step : 0));
  const near = (/** @type {number} */ step) => nearest(codes, codeAt(way, alone(step))).distance <= limit;
  const reach = (/** @type {number} */ sign) => {
    let far = 0;
    while (far + STEP <= SPAN && near(sign * (far + STEP))) far += STEP;
    return sign * far;
  };
  return [reach(-1), reach(1)];
}

/** @param {string} canvas @param {Steered} state */
async function markAll(canvas, state) {
  const codes = await codesOf(state.model);
  if (!codes) return;
  state.directions.forEach((direction, i) => {
    if (direction.some(Boolean)) mark(canvas, i, stretch(state, i, codes, state.usual.far));
  });
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  let canvas = "";
  /** @type {number[][] | null} */
  let marked = null;
  const supply = (/** @type {Steered} */ state) => {
    const own = ownOf(state.model);
    const last = state.directions.length - 1;
    if (own && state.directions[last] !== own.vector) redirect(canvas, last, own.vector);
    if (state.directions !== marked) {
      marked = state.directions;
      markAll(canvas, state);
    }
  };
  follow(panel, told => {
    if (canvas) return;
    canvas = told.canvas;
    onSteer(canvas, supply);
    onOwn(() => redirect(canvas, -1, null));
  });
}
