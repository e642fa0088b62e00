/** Translation: the image moves, the output moves with it, and where a border or a stride breaks that. */

import { make, options, roles } from "../core/dom.js";
import { number } from "../core/numerals.js";
import { convolve, map, range, shift } from "../pixels/arithmetic.js";
import { bounds, draw } from "../pixels/paint.js";
import { join, kernelOf, sizeNote } from "./stage.js";

/** @typedef {import("../pixels/arithmetic.js").Plane} Plane */

/** @type {Record<string, string>} */
const TITLES = {
  moved: "the image, moved",
  output: "its output",
  before: "the output of the image as it was, moved likewise",
  difference: "difference of the two",
};
const NOTHING = 1e-9; // rounding

/**
 * The image moved and then convolved, and convolved and then moved.
 *
 * @param {Plane} image
 * @param {Plane} kernel
 * @param {number} stride
 * @param {number} down
 * @param {number} right
 */
export function both(image, kernel, stride, down, right) {
  const settings = { stride, padding: (kernel.height - 1) / 2, dilation: 1, outside: "zero" };
  const moved = shift(image, down, right);
  const output = convolve(moved, kernel, settings);
  const before = shift(convolve(image, kernel, settings), Math.round(down / stride), Math.round(right / stride));
  return { moved, output, before, difference: map(output, (value, i) => value - before.values[i]) };
}

/**
 * Largest difference inside, and in the band at the border that the shift and the kernel's reach can touch.
 *
 * @param {Plane} difference
 * @param {number} down
 * @param {number} right
 * @param {number} stride
 * @param {number} k
 * @returns {{inner: number | null, border: number}} `inner` is null where the band covers everything
 */
export function largest({ height, width, values }, down, right, stride, k) {
  const [a, b] = [down, right].map(by => Math.ceil((Math.abs(by) + k) / stride) + 1);
  let inner = null;
  let border = 0;
  for (let at = 0; at < values.length; at++) {
    const [i, j] = [Math.floor(at / width), at % width];
    const size = Math.abs(values[at]);
    if (i >= a && j >= b && i < height - a && j < width - b) inner = Math.max(inner ?? 0, size);
    else border = Math.max(border, size);
  }
  return { inner, border };
}

/**
 * @param {{inner: number | null, border: number}} found
 * @param {number} down
 * @param {number} right
 * @param {number} stride
 */
function report({ inner, border }, down, right, stride) {
  if (!down && !right) return "Nothing is moved; drag the sliders.";
  if (inner === null)
    return "The band at the border that the shift can reach covers the whole image; move it less far.";
  const zeros = border > NOTHING ? "At the border, zeros have come in from outside. " : "";
  const odd = [down, right].some(by => by % stride);
  const meaning =
    inner < NOTHING
      ? "Inside, moving the image moves the output by as much (translation equivariance): the same numbers are used " +
        `everywhere. ${zeros}`
      : odd
        ? `The shift is no multiple of the stride ${stride}: the kernel is laid on other pixels than before, and the ` +
          "output is another one, not the same one moved. "
        : "";
  return (
    `Largest difference inside: ${number(inner)}; in the band at the border that the shift can reach: ` +
    `${number(border)}. ${meaning}`
  );
}

/**
 * An empty picture with its caption for each of TITLES.
 *
 * @param {HTMLElement} strip that they are added to
 */
function figures(strip) {
  const made = Object.entries(TITLES).map(([name, title]) => {
    const canvas = make("canvas", { role: "img", "aria-label": title });
    const caption = make("figcaption", {}, title);
    strip.append(make("figure", { class: "view" }, make("div", { class: "frame" }, canvas), caption));
    return [name, { canvas, caption }];
  });
  return Object.fromEntries(made);
}

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element }) {
  const role = roles(element);
  /** @type {Record<string, {canvas: HTMLCanvasElement, caption: HTMLElement}>} */
  const views = {};
  /** @type {import("./stage.js").Stage | null} */
  let stage = null;

  function show() {
    if (!stage) return;
    const kernel = kernelOf(stage, role.kernel.value);
    const [stride, right, down] = ["stride", "right", "down"].map(name => Number(role[name].value));
    for (const [name, by] of Object.entries({ right, down })) role[`${name}-value`].textContent = `${number(by)} px`;
    const { height, width } = stage.picture;
    role.strip.hidden = Math.min(height, width) < stride;
    role.note.textContent = `The stride of ${stride} is larger than the image (${width} × ${height} pixels).`;
    if (!role.strip.hidden) role.note.textContent = `${drawAll(kernel, stride, down, right)} ${sizeNote(stage)}`;
  }

  /** @type {(kernel: Plane, stride: number, down: number, right: number) => string} */
  function drawAll(kernel, stride, down, right) {
    /** @type {Record<string, Plane>} */
    const made = both(/** @type {import("./stage.js").Stage} */ (stage).picture.grey, kernel, stride, down, right);
    const limit = Math.max(range(made.output).limit, range(made.before).limit);
    for (const [name, values] of Object.entries(made)) {
      draw(views[name].canvas, [values], name === "moved" ? null : limit);
      views[name].caption.textContent = `${TITLES[name]}: ${bounds(values)}`;
    }
    return report(largest(made.difference, down, right, stride, kernel.height), down, right, stride);
  }

  Object.assign(views, figures(role.strip));
  role.right.oninput = role.down.oninput = role.kernel.onchange = role.stride.onchange = show;
  options(role.stride, ["1", "2", "4"], "1");
  join(next => {
    const names = next.kernels.map(kernel => kernel.name);
    if (!stage) options(role.kernel, names, next.first);
    stage = next;
    show();
  });
}
