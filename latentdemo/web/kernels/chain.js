/** A hand-made layer: two kernels one after the other, ReLU, pooling. */

import { options, roles } from "../core/dom.js";
import { convolve, fromRows, range, relu } from "../pixels/arithmetic.js";
import { compose, pool, separate } from "../pixels/layers.js";
import { bounds, equation, figure, signedMatrix, size } from "../pixels/paint.js";
import { join, kernelOf, reduced } from "./stage.js";

/** @typedef {import("../pixels/arithmetic.js").Plane} Plane */

const NONE = "nothing";
/** @type {Record<string, {kind: string, block: number} | null>} */
const POOLINGS = {
  none: null,
  "max of 2 × 2": { kind: "max", block: 2 },
  "mean of 2 × 2": { kind: "average", block: 2 },
  "max of 4 × 4": { kind: "max", block: 4 },
  "mean of 4 × 4": { kind: "average", block: 4 },
};

/** @type {(kernel: Plane) => import("../pixels/arithmetic.js").Settings} */
const keeping = kernel => ({ stride: 1, padding: (kernel.height - 1) / 2, dilation: 1, outside: "replicate" });

/**
 * Every step of the chain: its name, its map, and whether that may be negative.
 *
 * @param {Plane} input
 * @param {[string, Plane][]} kernels
 * @param {boolean} rectified
 * @param {string} pooling a key of POOLINGS
 * @returns {[string, Plane, boolean][]}
 */
export function steps(input, kernels, rectified, pooling) {
  /** @type {[string, Plane, boolean][]} */
  const out = [["Your image, grey", input, false]];
  const last = () => out[out.length - 1][1];
  kernels.forEach(([name, kernel], i) => {
    out.push([i ? `then ${name}` : name, convolve(last(), kernel, keeping(kernel)), true]);
  });
  if (rectified) out.push(["ReLU: below 0 becomes 0", relu(last()), true]);
  const chosen = POOLINGS[pooling];
  if (chosen && isPooled(input, pooling))
    out.push([`Pooling: ${pooling}`, pool(last(), chosen.block, chosen.kind), true]);
  return out;
}

/** Whether the blocks of a pooling fit into the image. @type {(input: Plane, pooling: string) => boolean} */
const isPooled = ({ height, width }, pooling) => Math.min(height, width) >= (POOLINGS[pooling]?.block ?? 0);

/**
 * @param {HTMLElement} place
 * @param {[string, Plane][]} kernels
 * @param {boolean} anyNegative
 * @param {string} note what is said of the image behind its size
 * @returns {string}
 */
function explain(place, kernels, anyNegative, note) {
  const [[name, first], second] = kernels;
  const whole = second ? compose(first, second[1]) : first;
  /** @type {(Node | string)[]} */
  const parts = [signedMatrix(first, name)];
  if (second)
    parts.push("then", signedMatrix(second[1], second[0]), "=", signedMatrix(whole, `one ${size(whole)} kernel`));
  const found = separate(whole);
  if (found) {
    const column = fromRows(found.column.map(value => [value]));
    parts.push("=", signedMatrix(column, "column"), "×", signedMatrix(fromRows([found.row]), "row"));
  }
  equation(place, parts);
  const k = whole.height;
  return [
    second && `Away from the border (border pixels are repeated) the two do what one kernel of ${size(whole)} does.`,
    found
      ? `It is separable: a column times a row, so ${2 * k} multiplications a pixel do the work of ${k * k}.`
      : "It is not separable: no column times a row gives it.",
    anyNegative
      ? "From the first kernel on: signed colours, full at each map's own largest magnitude."
      : "No value is negative: all are drawn as images, black at 0, white from 1 on.",
    `The image's values are 0 … 1. Sizes are width × height, in pixels${note}; after them, [min, max].`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element }) {
  const role = roles(element);
  /** @type {import("./stage.js").Stage | null} */
  let stage = null;

  function show() {
    if (!stage) return;
    const current = stage;
    const names = [role.first.value, role.second.value].filter(name => name !== NONE);
    const kernels = names.map(name => /** @type {[string, Plane]} */ ([name, kernelOf(current, name)]));
    const made = steps(stage.picture.grey, kernels, role.relu.value === "on", role.pooling.value);
    const anyNegative = made.some(([, values]) => range(values).low < 0); // else all are pictures
    role.strip.replaceChildren(
      ...made.map(([name, values, signed]) => {
        const limit = signed && anyNegative ? range(values).limit : null;
        return figure(`${name}: ${size(values)}, ${bounds(values)}`, [values], limit);
      }),
    );
    const unpooled = isPooled(stage.picture.grey, role.pooling.value)
      ? ""
      : " The image is smaller than a block, so nothing is pooled.";
    role.separable.textContent = explain(role.one, kernels, anyNegative, reduced(stage)) + unpooled;
  }

  for (const name of ["first", "second", "relu", "pooling"]) role[name].onchange = show;
  options(role.relu, ["on", "off"], "on");
  options(role.pooling, Object.keys(POOLINGS), "max of 4 × 4");
  join(next => {
    const names = next.kernels.map(kernel => kernel.name);
    if (!stage) {
      options(role.first, names, "Blur across");
      options(role.second, [NONE, ...names], "Difference down");
    }
    stage = next;
    show();
  });
}
