/** Canvases that show decode(origin + Σ steps · directions), and follow sliders without asking Gradio. */

import { follow } from "../core/panel.js";
import { decode } from "./decode.js";

/**
 * @typedef {object} Steering told by Python
 * @property {string} model "" until the panel is opened
 * @property {number[]} origin (D)
 * @property {number[][]} directions (n, D)
 * @property {number[]} steps (n)
 */

/** @type {Map<string, Steering & {canvas: HTMLCanvasElement}>} by the component's id */
const steered = new Map();

/**
 * @param {Pick<Steering, "origin" | "directions">} steering
 * @param {unknown[]} steps numbers; what is none counts as 0
 * @returns {number[]}
 */
export function codeAt({ origin, directions }, steps) {
  const code = origin.slice();
  directions.forEach((direction, i) => {
    const step = Number(steps[i]) || 0;
    if (!step) return;
    direction.forEach((value, j) => {
      code[j] += step * value;
    });
  });
  return code;
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  const canvas = /** @type {HTMLCanvasElement} */ (panel.element.querySelector("canvas.latent"));
  const id = /** @type {string} */ (panel.id);
  follow(panel, told => {
    if (!told.model) return;
    steered.set(id, { ...told, canvas });
    steer(id, ...told.steps);
  });
}

/**
 * The slider values of a canvas have changed.
 *
 * @param {string} id
 * @param {unknown[]} steps
 */
export function steer(id, ...steps) {
  const target = steered.get(id);
  if (target) decode(target.canvas, target.model, codeAt(target, steps));
}
