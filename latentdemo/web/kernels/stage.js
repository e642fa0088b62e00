/** What the panels of this tab share: the visitor's picture as planes, the kernels, and when to draw again. */

import { follow } from "../core/panel.js";
import { latest } from "../core/requests.js";
import { fromRows, scale } from "../pixels/arithmetic.js";
import { pixels } from "../pixels/paint.js";

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {number[][]} rows
 * @property {number} divisor
 * @property {string} meaning
 *
 * @typedef {object} Example
 * @property {string} name
 * @property {number[][]} image
 * @property {number[][]} kernel
 * @property {string} meaning
 * @property {number} stride
 * @property {number} padding
 *
 * @typedef {object} Told by Python
 * @property {string} src data address of the picture, as it is convolved
 * @property {boolean} grey
 * @property {[number, number]} original width and height of the visitor's image, before it was shrunk
 * @property {Preset[]} kernels
 * @property {string} first name of the kernel to begin with
 * @property {Example[]} examples
 * @property {Example[]} transposed
 *
 * @typedef {Told & {picture: import("../pixels/paint.js").Picture}} Stage
 */

/** @type {((stage: Stage) => void)[]} */
const panels = [];
/** @type {Stage | null} */
let current = null;
const ask = latest();

/** @param {Told} told */
export async function receive(told) {
  const isLast = ask();
  const answer = await fetch(told.src);
  const bitmap = await createImageBitmap(await answer.blob(), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  if (!context || !isLast()) return; // a newer one was unpacked sooner
  context.drawImage(bitmap, 0, 0);
  const picture = pixels(context.getImageData(0, 0, bitmap.width, bitmap.height), told.grey);
  const stage = { ...told, picture };
  current = stage;
  for (const show of panels) show(stage);
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  follow(panel, receive, { large: true });
}

/**
 * What is said of an image that was shrunk, behind its size; "" for one at its own size.
 *
 * @param {Pick<Stage, "picture" | "original">} stage
 */
export function reduced({ picture, original: [width, height] }) {
  return width === picture.width && height === picture.height ? "" : `, reduced from ${width} × ${height}`;
}

/**
 * The image's size in a sentence, and what it was before it was shrunk.
 *
 * @param {Pick<Stage, "picture" | "original">} stage
 */
export const sizeNote = stage =>
  `Image size ${stage.picture.width} × ${stage.picture.height} (width × height, pixels)${reduced(stage)}.`;

/**
 * `show` is called now, if there is a picture, and whenever another one comes.
 *
 * @param {(stage: Stage) => void} show
 */
export function join(show) {
  panels.push(show);
  if (current) show(current);
}

/**
 * A preset's numbers, divided.
 *
 * @param {Stage} stage
 * @param {string} name
 */
export function kernelOf(stage, name) {
  const { rows, divisor } = /** @type {Preset} */ (stage.kernels.find(kernel => kernel.name === name));
  return scale(fromRows(rows), 1 / divisor);
}
