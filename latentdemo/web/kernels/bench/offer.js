/** What the bench's fields offer for the image at hand, and what is said of image and kernel. */

import { options } from "../../core/dom.js";
import { reduced } from "../stage.js";
import { EACH, GREY, isExample, WEBCAM } from "./settings.js";

/** @typedef {import("./bench.js").Bench} Bench */

/**
 * A grid is its numbers, a grey image one channel.
 *
 * @param {Bench} bench
 */
export function offer(bench) {
  const { role, isGrid, live } = bench;
  const names = live?.planes.length === 1 ? [GREY] : [GREY, EACH];
  if (role.colour.options.length !== names.length) options(role.colour, names, GREY);
  for (const name of ["colour", "unit", "shown"]) role[name].closest("label").hidden = isGrid;
  role.channel.closest("label").hidden = isGrid || role.colour.value !== EACH;
  role.meaning.textContent = meaning(bench);
}

/**
 * An example's sentence holds for its own numbers and settings alone.
 *
 * @param {Bench} bench
 */
function meaning({ isGrid, stage, role, image, kernel }) {
  const example = isGrid && stage?.examples.find(one => one.name === role.example.value);
  if (!example) return kernel.meaning;
  return isExample(example, image.values, kernel.values, role) ? example.meaning : `Changed. ${kernel.meaning}`;
}

/**
 * What stands behind the image's size.
 *
 * @param {Bench} bench
 */
export function imageNote({ isGrid, stage, role, rate }) {
  if (isGrid || !stage) return "";
  if (role.source.value !== WEBCAM) return reduced(stage);
  return rate ? `, ${rate} pictures/s` : "";
}
