/** One place of the output: its arithmetic, and where it lies on both pictures or tables. */

import { number } from "../../core/numerals.js";
import { convolve, fromRows, products, range } from "../../pixels/arithmetic.js";
import { greyCell, signedCell } from "../../pixels/colours.js";
import { CHANNELS, equation, matrix, signedMatrix } from "../../pixels/paint.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 *
 * @typedef {object} Result what is on screen, and the settings that made it
 * @property {Plane[]} input
 * @property {Plane[]} output
 * @property {Plane} kernel divided
 * @property {import("./settings.js").Asked} asked
 * @property {boolean} isGrid
 * @property {number} channel index of the plane in the table and in signed colours
 */

/**
 * Neighbourhood × kernel = products, and their sum.
 *
 * @param {Record<string, any>} role
 * @param {Result} result
 * @param {[number, number]} at row and column of the output
 */
export function explain(role, { input, kernel, asked, isGrid, channel }, at) {
  const found = products(input[channel], kernel, ...at, asked);
  const { limit } = range(found.products);
  const padded = (/** @type {number} */ i) => (found.inside[i] ? "" : "padding");
  const shade = (/** @type {number} */ value) => (isGrid ? "" : greyCell(value / asked.unit));
  const title = input.length === 3 ? `image, ${CHANNELS[channel]}` : "image";
  equation(role.sum, [
    matrix(found.patch, title, shade, padded),
    "×",
    signedMatrix(kernel, "kernel"),
    "=",
    matrix(found.products, "products", value => signedCell(value, limit)),
  ]);
  const biased = asked.bias ? `; with the bias: ${number(found.total + asked.bias)}` : "";
  const hatched = found.inside.every(Boolean) ? "" : "; hatched: padding";
  role.total.textContent = `Sum of the products: ${number(found.total)}${biased}.`;
  role.place.textContent = `Row ${at[0]}, column ${at[1]} of the output${hatched}.`;
}

/**
 * Frames over both pictures: what lies under the kernel, and the pixel that it makes.
 *
 * @param {Record<string, any>} role
 * @param {Result} result
 * @param {[number, number]} at
 */
export function frame(role, { input, output, kernel, asked }, [row, column]) {
  const { stride, padding, dilation } = asked;
  const reach = dilation * (kernel.height - 1) + 1;
  box(role.field, input[0], row * stride - padding, column * stride - padding, reach);
  box(role.spot, output[0], row, column, 1);
}

/**
 * @param {HTMLElement} spot
 * @param {{height: number, width: number}} size
 * @param {number} top
 * @param {number} left
 * @param {number} side
 */
function box(spot, { height, width }, top, left, side) {
  Object.assign(spot.style, {
    left: `${(100 * left) / width}%`,
    top: `${(100 * top) / height}%`,
    width: `${(100 * side) / width}%`,
    height: `${(100 * side) / height}%`,
  });
}

/**
 * Whether a row or column lies under the kernel: every `dilation`-th one from the first on.
 *
 * @param {number} i
 * @param {number} start
 * @param {number} k
 * @param {number} dilation
 */
export const under = (i, start, k, dilation) =>
  i >= start && i <= start + dilation * (k - 1) && (i - start) % dilation === 0;

/**
 * Input with its padding, and output, as tables whose cells under the kernel are marked.
 *
 * @param {Record<string, any>} role
 * @param {Result} result
 * @param {[number, number]} at
 * @param {import("../../pixels/numbergrid.js").NumberGrid} editor of the input
 */
export function sheets(role, { input, output, kernel, asked }, [row, column], editor) {
  const { stride, padding, dilation, outside } = asked;
  const padded = convolve(input[0], fromRows([[1]]), { stride: 1, padding, dilation: 1, outside });
  const k = kernel.height;
  if (role["input-sheet"].querySelector("table").dataset.ring !== String(padding)) editor.set(input[0], padding);
  role["input-sheet"].querySelectorAll("td").forEach((/** @type {HTMLElement} */ cell, /** @type {number} */ i) => {
    const [y, x] = [Math.floor(i / padded.width), i % padded.width];
    const marked = under(y, row * stride, k, dilation) && under(x, column * stride, k, dilation);
    cell.classList.toggle("under", marked);
    if (cell.classList.contains("padding")) cell.textContent = number(padded.values[i]);
  });
  const { limit } = range(output[0]);
  const here = row * output[0].width + column;
  const table = matrix(
    output[0],
    "output",
    value => signedCell(value, limit),
    i => (i === here ? "here" : ""),
  );
  role["output-sheet"].replaceChildren(table);
}
