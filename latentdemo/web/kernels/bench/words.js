/** What stands beside the bench's pictures: sizes, formula, scale, and which kind of convolution it is. */

import { number } from "../../core/numerals.js";
import { range, turn } from "../../pixels/arithmetic.js";
import { average, size } from "../../pixels/paint.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

/**
 * @param {Plane[]} planes
 * @param {(value: number) => boolean} test
 */
function share(planes, test) {
  const count = planes.length * planes[0].values.length;
  const passed = planes.reduce((sum, { values }) => sum + values.reduce((n, value) => n + Number(test(value)), 0), 0);
  return `${Math.round((100 * passed) / count)} %`;
}

/**
 * @param {Plane[]} output
 * @param {boolean} signed
 * @param {{bias: number, unit: number}} asked
 */
function scaleNote(output, signed, { bias, unit }) {
  if (signed) {
    const mean = output.length === 3 ? " (mean of the three colours)" : "";
    const { limit } = range(average(output));
    return `Signed scale: full colour at ±${number(limit)}${mean}${bias ? ", bias included" : ""}.`;
  }
  const negative = output.some(one => range(one).low < 0);
  return (
    `${negative ? "" : "No value is negative: drawn as an image. "}Black is 0, white ${unit}; ` +
    `${share(output, value => value < 0)} of the values lie below and are black, ` +
    `${share(output, value => value > unit)} above and are white.`
  );
}

/**
 * @param {Plane} kernel
 * @param {string | undefined} turned name of the preset that the kernel is when turned
 */
function kindNote(kernel, turned) {
  const same = kernel.values.every((value, i) => Math.abs(value - turn(kernel).values[i]) < 1e-12);
  if (same) return "Turned by 180° this kernel is the same: correlation and convolution agree.";
  if (turned) return `Laid on, this is the true convolution with ${turned}, for the kernel is turned by 180°.`;
  return (
    "The kernel is laid on as it is written: a cross-correlation, which is what networks compute. " +
    "Press Flip for the true convolution."
  );
}

/**
 * Texts by the role of their place.
 *
 * @param {Plane[]} input
 * @param {Plane[]} output
 * @param {Plane} kernel
 * @param {import("./settings.js").Asked} asked
 * @param {{signed: boolean, isGrid: boolean, camera: string, turned?: string}} look
 * @returns {Record<string, string>}
 */
export function words(input, output, kernel, asked, { signed, isGrid, camera, turned }) {
  const ends = output.map(range);
  const low = Math.min(...ends.map(one => one.low));
  const high = Math.max(...ends.map(one => one.high));
  const [k, n] = [kernel.height, input[0].width];
  const { stride, padding, dilation } = asked;
  return {
    "input-note": `Input ${size(input[0])}${camera}`,
    "output-note": `Output ${size(output[0])}, [${number(low)}, ${number(high)}]`,
    formula:
      "Width of the output: ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1 = " +
      `⌊(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${output[0].width}, in pixels.`,
    range: isGrid ? "" : scaleNote(output, signed, asked),
    kind: kindNote(kernel, turned),
  };
}
