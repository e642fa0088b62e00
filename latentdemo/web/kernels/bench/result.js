/** The bench's whole result: both pictures, and what stands beside them. */

import { range, scale } from "../../pixels/arithmetic.js";
import { average, draw, size } from "../../pixels/paint.js";
import { code } from "./code.js";
import { SIGNED } from "./settings.js";
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
 * @param {{typed: Plane, divisor: number, camera: string, turned?: string}} look
 */
export function showResult(role, { input, output, kernel, asked, isGrid }, { typed, divisor, camera, turned }) {
  const shown = average(output);
  const { low, limit } = range(shown);
  const signed = role.shown.value === SIGNED && low < 0; // a picture without negative values is drawn as one
  const drawable = (/** @type {Plane[]} */ planes) => planes.map(one => scale(one, 1 / asked.unit));
  if (!isGrid) {
    draw(role.input, drawable(input));
    draw(role.output, signed ? [shown] : drawable(output), signed ? limit : null);
  }
  const texts = words(input, output, kernel, asked, { signed, isGrid, camera, turned });
  for (const [name, text] of Object.entries(texts)) role[name].textContent = text;
  role.code.textContent = code(input, typed, divisor, asked, isGrid);
}
