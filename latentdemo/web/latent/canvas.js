/** Canvases that show decode(origin + Σ steps · directions), and follow sliders without asking Gradio. */

import { roles } from "../core/dom.js";
import { fixed } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { shared } from "../core/shared.js";
import { decode } from "./decode.js";
import { catchUp, hear } from "./edit/handles.js";
import { codesAtHand, codesOf, nearest, nearestCalled, numbers } from "./gallery.js";

/**
 * @typedef {object} Steering told by Python
 * @property {string} model "" until the panel is opened
 * @property {string} label for screen readers
 * @property {number[]} origin (D)
 * @property {number[][]} directions (n, D)
 * @property {number[]} steps (n)
 * @property {number | null} span steps beyond ± span count as ± span; null: none is
 * @property {{length: number, distance: number, far: number}} usual median length of the gallery's codes; median of
 *   the distances of each to its nearest other one, and what 99 % of these lie below
 * @property {boolean} real whether the gallery shows the images themselves, not their decoded codes
 * @property {string} note said before the numbers
 * @property {number[]} without gallery images that do not count as near: the one that is edited
 */

/** @typedef {Steering & {canvas: HTMLCanvasElement, role: Record<string, any>, start: number[]}} Steered start: the code as told */

/** @type {Map<string, Steered>} by the component's id */
const steered = new Map();

/**
 * @param {Pick<Steering, "origin" | "directions" | "span">} steering
 * @param {unknown[]} steps numbers; what is none counts as 0
 * @returns {number[]}
 */
export function codeAt({ origin, directions, span }, steps) {
  const code = origin.slice();
  const most = span ?? Infinity;
  directions.forEach((direction, i) => {
    const step = Math.max(-most, Math.min(most, Number(steps[i]) || 0));
    if (!step) return;
    direction.forEach((value, j) => {
      code[j] += step * value;
    });
  });
  return code;
}

/**
 * The code of the start image: with all sliders at 0 ("origin"), or with the sliders as Python set them.
 *
 * @param {Pick<Steered, "origin" | "start">} state
 * @param {"origin" | undefined} base
 */
export const startOf = ({ origin, start }, base) => (base === "origin" ? origin : start);

/** @param {string} id @param {number} i which slider was moved @param {number} value */
function heard(id, i, value) {
  const found = steered.get(id);
  if (!found) return;
  found.steps[i] = value;
  if (!held.has(id)) steer(id, ...found.steps);
}

/** @type {Set<string>} canvases whose sliders are being moved together */
const held = new Set();

/**
 * Moves several sliders, and steers once.
 *
 * @param {string} id
 * @param {() => void} change moves them
 */
export function together(id, change) {
  held.add(id);
  try {
    change();
  } finally {
    held.delete(id);
  }
  steer(id, ...(steered.get(id)?.steps ?? []));
}

/** @type {Map<string, ((state: Steered) => void)[]>} */
const watching = new Map();

/**
 * Calls `take` whenever a canvas was steered, and now if it stands.
 *
 * @param {string} id
 * @param {(state: Steered) => void} take
 */
export function onSteer(id, take) {
  watching.set(id, [...(watching.get(id) ?? []), take]);
  const state = steered.get(id);
  if (state) take(state);
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  hear(heard);
  const canvas = /** @type {HTMLCanvasElement} */ (panel.element.querySelector("canvas"));
  const id = /** @type {string} */ (panel.id);
  const { near } = roles(panel.element);
  near.onload = () => near.classList.toggle("hard", near.naturalWidth <= shared.hard);
  follow(panel, told => {
    if (!told.model) return;
    canvas.setAttribute("aria-label", told.label);
    const start = codeAt(told, told.steps);
    steered.set(id, { ...told, steps: [...told.steps], start, canvas, role: roles(panel.element) });
    steer(id, ...told.steps);
    catchUp(id, told.steps, steps => steer(id, ...steps));
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
  if (!target) return;
  target.steps = /** @type {number[]} */ (steps);
  const code = codeAt(target, steps);
  decode(target.canvas, target.model, code);
  tell(target, code, steps);
  for (const take of watching.get(id) ?? []) take(target);
}

/**
 * One direction of a canvas becomes another one.
 *
 * @param {string} id
 * @param {number} i
 * @param {number[] | null} direction null: they stay, and are told again
 */
export function redirect(id, i, direction) {
  const target = steered.get(id);
  if (!target) return;
  if (direction) target.directions = target.directions.map((old, k) => (k === i ? direction : old));
  steer(id, ...target.steps);
}

const REST = 150; // milliseconds

/** The gallery image whose code is nearest, once the picture rests: each is asked of the server. @param {Steered} target @param {number} i */
function beside(target, i) {
  clearTimeout(waiting.get(target.canvas));
  const show = () => {
    const { near, nearest: figure, called } = target.role;
    called.textContent = nearestCalled(target.real);
    const address = `pixels/gallery/${encodeURIComponent(target.model)}/${i}`;
    if (near.dataset.address !== address) near.src = address;
    near.dataset.address = address;
    figure.hidden = false;
  };
  waiting.set(target.canvas, setTimeout(show, REST));
}

/** @type {WeakMap<HTMLCanvasElement, ReturnType<typeof setTimeout>>} */
const waiting = new WeakMap();

/** @type {WeakSet<Steered>} whose gallery is on its way */
const awaited = new WeakSet();

/** @param {Steered} target @param {number[]} code @param {unknown[]} steps */
function tell(target, code, steps) {
  const { role, model } = target;
  const codes = codesAtHand(model);
  role.code.textContent = `[${code.map(value => fixed(value, 2)).join(", ")}]`;
  const found = codes ? nearest(codes, code, target.without) : null;
  role.numbers.textContent = numbers(target, code, steps, found?.distance ?? null);
  if (found) beside(target, found.index);
  if (codes === undefined && !awaited.has(target)) {
    awaited.add(target);
    codesOf(model).then(() => {
      if ([...steered.values()].includes(target)) tell(target, codeAt(target, target.steps), target.steps);
    });
  }
}
