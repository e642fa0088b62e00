/** One filter over three colours: 27 numbers, three partial maps, one sum. */

import { options, roles } from "../core/dom.js";
import { number, parse } from "../core/numerals.js";
import { add, convolve, map, range, scale } from "../pixels/arithmetic.js";
import { CHANNELS, equation, figure, signedMatrix, size, spread } from "../pixels/paint.js";
import { join, kernelOf } from "./stage.js";

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
  "grey (BT.601)": [
    ["Identity", 0.299],
    ["Identity", 0.587],
    ["Identity", 0.114],
  ],
};

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
function note(kernels, sum, limit, isGrey) {
  const n = kernels.reduce((total, one) => total + one.height * one.width, 0);
  return (
    `One filter has a kernel for every input channel: ${kernels.map(one => `${one.height}·${one.width}`).join(" + ")} = ` +
    `${n} numbers and a bias. The partial maps are added pixel by pixel; ${size(sum)} pixels; ` +
    `one signed scale for all four, full at ±${number(limit)}. A layer with 32 such filters gives 32 feature maps.` +
    (isGrey ? " Your image is grey: red, green and blue are the same." : "")
  );
}

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element }) {
  const role = roles(element);
  /** @type {import("./stage.js").Stage | null} */
  let stage = null;

  function show() {
    if (!stage) return;
    const current = stage;
    const factors = [0, 1, 2].map(c => parse(role[`factor${c}`].value));
    const bias = parse(role.bias.value);
    role.problem.hidden = ![...factors, bias].some(Number.isNaN);
    role.problem.textContent =
      "A factor or the bias is not a number within ±1000. The pictures are still the ones before.";
    if (!role.problem.hidden) return;
    const isGrey = stage.picture.planes.length === 1;
    const planes = isGrey ? Array(3).fill(stage.picture.grey) : stage.picture.planes;
    const kernels = [0, 1, 2].map(c => scale(kernelOf(current, role[`kernel${c}`].value), factors[c]));
    const { parts, sum } = filtered(planes, kernels, bias);
    const limit = Math.max(...[...parts, sum].map(one => range(one).limit));
    equation(role.strip, [
      figure("Your image", planes, null),
      ...parts.flatMap((one, c) => {
        const below = signedMatrix(kernels[c], `kernel for ${CHANNELS[c]}`);
        return [c ? "+" : "→", figure(`${CHANNELS[c]}: ${spread(one)}`, [one], limit, below)];
      }),
      "=",
      figure(`sum${bias ? ` + ${number(bias)}` : ""}: ${spread(sum)}`, [sum], limit),
    ]);
    role.note.textContent = note(kernels, sum, limit, isGrey);
  }

  function takeFilter() {
    FILTERS[role.filter.value]?.forEach(([name, factor], c) => {
      role[`kernel${c}`].value = name;
      role[`factor${c}`].value = String(factor);
    });
    show();
  }

  const own = () => {
    role.filter.value = OWN;
    show();
  };
  role.filter.onchange = takeFilter;
  role.bias.oninput = show;
  for (const c of [0, 1, 2]) role[`kernel${c}`].onchange = role[`factor${c}`].oninput = own;
  options(role.filter, [...Object.keys(FILTERS), OWN], Object.keys(FILTERS)[0]);
  join(next => {
    const first = !stage;
    stage = next;
    if (!first) return show();
    const names = next.kernels.map(kernel => kernel.name);
    for (const c of [0, 1, 2]) options(role[`kernel${c}`], names);
    takeFilter();
  });
}
