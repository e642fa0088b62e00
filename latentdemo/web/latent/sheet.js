/** Many codes become pictures at once, in images of their own. */

import { floats } from "../core/base64.js";
import { count, make, pen } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { decode } from "../engine/engine.js";
import { ramp } from "../pixels/colours.js";
import { imageData, onSheet } from "./decode.js";

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
 * Pictures in rows on one canvas, every pixel once.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("../engine/engine.js").Pictures} pictures
 * @param {number} columns
 */
export function paintGrid(canvas, pictures, columns) {
  const { n, side } = pictures;
  Object.assign(canvas, { width: columns * side, height: Math.ceil(n / columns) * side });
  canvas.classList.toggle("hard", side <= shared.hard);
  for (let i = 0; i < n; i++)
    pen(canvas).putImageData(imageData(pictures, i), (i % columns) * side, Math.floor(i / columns) * side);
  count(canvas);
}

/**
 * Values of pixels on a canvas, from 0 (dark) to the largest (bright).
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} values (side · side), none below 0
 * @param {number} side
 * @returns {number} the largest
 */
export function paintShares(canvas, values, side) {
  const most = Math.max(...values);
  Object.assign(canvas, { width: side, height: side });
  canvas.classList.toggle("hard", side <= shared.hard);
  const image = new ImageData(side, side);
  values.forEach((value, i) => {
    image.data.set([...ramp(shared.viridis, value / (most || 1)), 255], 4 * i);
  });
  pen(canvas).putImageData(image, 0, 0);
  count(canvas);
  return most;
}

/** An image that a picture will be put into. @param {string} label for screen readers */
export const blank = label => make("img", { class: "decoded", alt: label });

/**
 * One of some pictures as the address of a PNG. Many canvases in view would each be composed anew in every frame of a
 * drag, 3 ms for 42 of them; images are not.
 *
 * @param {import("../engine/engine.js").Pictures} pictures
 * @param {number} which
 */
async function address(pictures, which) {
  return URL.createObjectURL(await onSheet(pictures, which).convertToBlob());
}

/**
 * Puts pictures into images, every pixel once.
 *
 * @param {HTMLImageElement[]} images
 * @param {import("../engine/engine.js").Pictures} pictures
 * @param {number} first of them
 */
export function paintAll(images, pictures, first = 0) {
  return Promise.all(
    images.map(async (image, i) => {
      const src = await address(pictures, first + i);
      image.classList.toggle("hard", pictures.side <= shared.hard);
      image.src = src;
      await image.decode().catch(() => {}); // another one came meanwhile
      URL.revokeObjectURL(src);
      count(image);
    }),
  );
}

/**
 * Fills the images of a grid that `code_grid` of `latentdemo/drawing/tiles.py` wrote.
 *
 * @param {HTMLElement} grid
 */
export async function fill(grid) {
  const images = /** @type {HTMLImageElement[]} */ ([...grid.querySelectorAll("img")]);
  const flat = floats(grid.dataset.codes || "");
  grid.querySelector(".problem")?.remove();
  try {
    await paintAll(images, await decodeAll(grid.dataset.model || "", rows(flat, flat.length / images.length)));
  } catch (error) {
    grid.append(make("p", { class: "problem" }, /** @type {Error} */ (error).message));
  }
}
