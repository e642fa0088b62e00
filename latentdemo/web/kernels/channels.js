/** One filter over three colours: 27 numbers, three partial maps, one sum. */

import { options, roles } from "../core/dom.js";
import { number, parse } from "../core/numerals.js";
import { shared } from "../core/shared.js";
import { add, convolve, map, range, scale } from "../pixels/arithmetic.js";
import { bounds, CHANNELS, equation, figure, signedMatrix, size } from "../pixels/paint.js";
import { join, kernelOf, reduced } from "./stage.js";

/** @typedef {import("../pixels/arithmetic.js").Plane} Plane */

const OWN = "your own";
/** @type {Record<string, [string, number][]>} kernel and factor of red, green and blue */
const FILTERS = {
  "vertical edges in any colour": [
    ["Sobel x", 1],
    ["Sobel x", 1],
    ["Sobel x", 1],
  ],
  "blue against yellow": [
    ["Identity", -0.5],
    ["Identity", -0.5],
    ["Identity", 1],
  ],
  "red against green": [
    ["Identity", 1],
    ["Identity", -1],
    ["Identity", 0],
  ],
  "where red turns into blue": [
    ["Sobel x", -1],
    ["Sobel x", 0],
    ["Sobel x", 1],
  ],
  "grey (BT.601)": [...shared.luma.map(weight => /** @type {[string, number]} */ (["Identity", weight / 1000]))],
};

/**
 * The filter whose kernels and factors these are, without a bias; OWN if there is none.
 *
 * @param {string[]} names kernels of red, green and blue
 * @param {number[]} factors
 * @param {number} bias
 */
export function filterOf(names, factors, bias) {
  const is = (/** @type {[string, number][]} */ filter) =>
    filter.every(([name, factor], c) => names[c] === name && factors[c] === factor);
  return (bias === 0 && Object.keys(FILTERS).find(name => is(FILTERS[name]))) || OWN;
}

/**
 * The three partial maps and their sum.
 *
 * @param {Plane[]} planes red, green and blue
 * @param {Plane[]} kernels one for each
 * @param {number} bias
 */
export function filtered(planes, kernels, bias) {
  const parts = planes.map((one, c) =>
    convolve(one, kernels[c], {
      stride: 1,
      padding: (kernels[c].height - 1) / 2,
      dilation: 1,
      outside: "replicate",
    }),
  );
  return { parts, sum: map(add(add(parts[0], parts[1]), parts[2]), value => value + bias) };
}

/**
 * @param {Plane[]} kernels
 * @param {Plane} sum
 * @param {number} limit
 * @param {boolean} isGrey
 */
function describe(kernels, sum, limit, isGrey) {
  const n = kernels.reduce((total, one) => total + one.height * one.width, 0);
  return (
    `One filter has a kernel for every input channel: ${kernels.map(one => `${one.height}·${one.width}`).join(" + ")} = ` +
    `${n} numbers and a bias. The partial maps are added pixel by pixel; ${size(sum)} pixels (width × height); ` +
    `one signed scale for all four, full at ±${number(limit)}. A layer with 32 such filters gives 32 feature maps.` +
    (isGrey ? " Your image is grey: red, green and blue are the same." : "")
  );
}

/**
 * The picture, three partial maps with their kernels, and the sum, in a row; what they are, below.
 *
 * @param {Record<string, any>} role
 * @param {import("../pixels/paint.js").Picture} picture
 * @param {Plane[]} kernels
 * @param {number} bias
 * @param {string} note what is said of the image behind its name
 */
function draw(role, picture, kernels, bias, note) {
  const isGrey = picture.planes.length === 1;
  const planes = isGrey ? CHANNELS.map(() => picture.grey) : picture.planes;
  const { parts, sum } = filtered(planes, kernels, bias);
  const limit = Math.max(...[...parts, sum].map(one => range(one).limit));
  const partial = (/** @type {Plane} */ one, /** @type {number} */ c) => {
    const below = signedMatrix(kernels[c], `kernel for ${CHANNELS[c]}`);
    return [c ? "+" : "→", figure(`${CHANNELS[c]}: ${bounds(one)}`, [one], limit, below)];
  };
  const total = figure(`sum${bias ? ` + ${number(bias)}` : ""}: ${bounds(sum)}`, [sum], limit);
  equation(role.strip, [figure(`Your image${note}`, planes, null), ...parts.flatMap(partial), "=", total]);
  role.note.textContent = describe(kernels, sum, limit, isGrey);
}

/**
 * What is set: NaN where there is no number.
 *
 * @param {Record<string, any>} role
 */
const read = role => ({
  names: CHANNELS.map((_, c) => /** @type {string} */ (role[`kernel${c}`].value)),
  factors: CHANNELS.map((_, c) => parse(role[`factor${c}`].value)),
  bias: parse(role.bias.value),
});

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element }) {
  const role = roles(element);
  /** @type {import("./stage.js").Stage | null} */
  let stage = null;
  const show = () => {
    if (!stage) return;
    const current = stage;
    const { names, factors, bias } = read(role);
    role.problem.hidden = ![...factors, bias].some(Number.isNaN);
    if (!role.problem.hidden) return;
    role.filter.value = filterOf(names, factors, bias);
    const kernels = factors.map((factor, c) => scale(kernelOf(current, names[c]), factor));
    draw(role, stage.picture, kernels, bias, reduced(stage));
  };
  const takeFilter = () => {
    FILTERS[role.filter.value]?.forEach(([name, factor], c) => {
      role[`kernel${c}`].value = name;
      role[`factor${c}`].value = String(factor);
      role.bias.value = "0";
    });
    show();
  };
  role.filter.onchange = takeFilter;
  role.bias.oninput = show;
  for (const c of [0, 1, 2]) {
    role[`kernel${c}`].onchange = role[`factor${c}`].oninput = show;
  }
  options(role.filter, [...Object.keys(FILTERS), OWN], Object.keys(FILTERS)[0]);
  join(next => {
    const names = next.kernels.map(kernel => kernel.name);
    const first = !stage;
    stage = next;
    if (!first) return show();
    for (const c of [0, 1, 2]) options(role[`kernel${c}`], names);
    takeFilter();
  });
}
