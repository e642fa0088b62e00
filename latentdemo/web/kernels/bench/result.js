/** The bench's whole result: both pictures, and what stands beside them. */

import { range, scale } from "../../pixels/arithmetic.js";
import { draw, size } from "../../pixels/paint.js";
import { code } from "./code.js";
import { AUTOMATIC, SIGNED } from "./settings.js";
import { words } from "./words.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

const TEXTS = ["total", "place", "formula", "range", "kind", "code", "output-note"];

/**
 * Another image came: nothing of the old one's result may stand beside it, should the new one have none.
 *
 * @param {Record<string, any>} role
 * @param {Plane[]} planes of the new image
 * @param {number} unit
 * @param {boolean} isGrid
 */
export function forget(role, planes, unit, isGrid) {
  if (!isGrid)
    draw(
      role.input,
      planes.map(one => scale(one, 1 / unit)),
    );
  role.output.getContext("2d").clearRect(0, 0, role.output.width, role.output.height);
  role.sum.replaceChildren();
  for (const name of TEXTS) role[name].textContent = "";
  role["input-note"].textContent = `Input ${size(planes[0])}`;
}

/**
 * @param {Record<string, any>} role
 * @param {import("./place.js").Result} result
 * @param {{typed: Plane, divisor: number, note: string, before: string}} look
 */
export function showResult(role, result, { typed, divisor, note, before }) {
  const { input, output, asked, isGrid, channel } = result;
  const shown = output[channel];
  const automatic = role.shown.value === AUTOMATIC;
  const signed = role.shown.value === SIGNED || (automatic && output.some(one => range(one).low < 0));
  const drawable = (/** @type {Plane[]} */ planes) => planes.map(one => scale(one, 1 / asked.unit));
  if (!isGrid) {
    draw(role.input, drawable(input));
    draw(role.output, signed ? [shown] : drawable(output), signed ? range(shown).limit : null);
  }
  const texts = words(result, { signed, automatic, note, before });
  for (const [name, text] of Object.entries(texts)) role[name].textContent = text;
  role.code.textContent = code(input, typed, divisor, asked, isGrid);
}
