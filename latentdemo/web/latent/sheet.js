/** Many codes become pictures at once, on canvases of their own. */

import { floats } from "../core/base64.js";
import { make } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { decode } from "../engine/engine.js";
import { paint } from "./decode.js";

/**
 * Rows of a flat array.
 *
 * @param {ArrayLike<number>} flat (n · D)
 * @param {number} dims
 */
export const rows = (flat, dims) =>
  Array.from({ length: flat.length / dims }, (_, i) => Array.from({ length: dims }, (_, d) => flat[i * dims + d]));

const AT_ONCE = 49; // codes; the server takes no more than 64

/**
 * Decodes as many codes as there are.
 *
 * @param {string} model
 * @param {number[][]} codes
 * @returns {Promise<import("../engine/engine.js").Pictures>}
 */
export async function decodeAll(model, codes) {
  const parts = [];
  for (let i = 0; i < codes.length; i += AT_ONCE) parts.push(await decode(model, codes.slice(i, i + AT_ONCE)));
  const size = parts[0].pixels.length / parts[0].n;
  const pixels = new Uint8Array(size * codes.length);
  parts.forEach((part, k) => {
    pixels.set(part.pixels, k * AT_ONCE * size);
  });
  return { ...parts[0], n: codes.length, pixels };
}

/**
 * Decodes codes and paints one on each canvas, every pixel once.
 *
 * @param {HTMLCanvasElement[]} canvases
 * @param {string} model
 * @param {number[][]} codes as many
 */
export async function paintCodes(canvases, model, codes) {
  const pictures = await decodeAll(model, codes);
  canvases.forEach((canvas, i) => {
    canvas.classList.toggle("hard", pictures.side <= shared.hard);
    paint(canvas, pictures, pictures.side, i);
  });
  return pictures;
}

/** An empty canvas for a picture. @param {string} label for screen readers */
export const blank = label =>
  make("canvas", { class: "decoded", width: 1, height: 1, role: "img", "aria-label": label });

/**
 * Fills the canvases of a grid that `code_grid` of `latentdemo/drawing/tiles.py` wrote.
 *
 * @param {HTMLElement} grid
 */
export async function fill(grid) {
  const canvases = /** @type {HTMLCanvasElement[]} */ ([...grid.querySelectorAll("canvas")]);
  const flat = floats(grid.dataset.codes || "");
  try {
    await paintCodes(canvases, grid.dataset.model || "", rows(flat, flat.length / canvases.length));
  } catch (error) {
    grid.append(make("p", { class: "problem" }, /** @type {Error} */ (error).message));
  }
}
