/** What stands beside the bench's pictures: sizes, formula, scale, and which kind of convolution it is. */

import { number } from "../../core/numerals.js";
import { range, turn } from "../../pixels/arithmetic.js";
import { CHANNELS, size } from "../../pixels/paint.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 * @typedef {import("./place.js").Result} Result
 *
 * @typedef {object} Look
 * @property {boolean} signed whether the picture has signed colours
 * @property {boolean} automatic whether the values decided that
 * @property {string} note what is said of the image behind its size
 * @property {string} before what the kernel was before Flip; "" where it is used as it was written
 */

/**
 * @param {Plane[]} planes
 * @param {(value: number) => boolean} test
 */
function share(planes, test) {
  const count = planes.length * planes[0].values.length;
  const passed = planes.reduce((sum, { values }) => sum + values.reduce((n, value) => n + Number(test(value)), 0), 0);
  const percent = Math.round((100 * passed) / count);
  if (percent === 0 && passed > 0) return "less than 1 %";
  if (percent === 100 && passed < count) return "more than 99 %";
  return `${percent} %`;
}

/**
 * @param {Result} result
 * @param {Look} look
 */
function scaleNote({ output, asked, channel }, { signed, automatic }) {
  if (signed) {
    const { limit } = range(output[channel]);
    const which = output.length === 3 ? ` of the ${CHANNELS[channel]} channel` : "";
    if (limit === 0) return `Signed scale${which}: every value is 0.`;
    return `Signed scale${which}: full colour at ±${number(limit)}${asked.bias ? ", bias included" : ""}.`;
  }
  const positive = automatic ? "No value is negative: drawn as an image. " : "";
  return (
    `${positive}Black is 0, white ${asked.unit}; ` +
    `${share(output, value => value < 0)} of the values lie below and are black, ` +
    `${share(output, value => value > asked.unit)} above and are white.`
  );
}

/**
 * @param {Plane} kernel
 * @param {string} before as in `Look`
 */
function kindNote(kernel, before) {
  const turned = turn(kernel).values;
  if (kernel.values.every((value, i) => value === turned[i]))
    return "Turned by 180° this kernel is the same: cross-correlation and convolution agree.";
  if (before) return `The result is the true convolution with ${before}: this kernel is that one turned by 180°.`;
  return (
    "The result is the cross-correlation with this kernel, which is what networks compute. " +
    "Press Flip for the true convolution."
  );
}

/**
 * Texts by the role of their place.
 *
 * @param {Result} result
 * @param {Look} look
 * @returns {Record<string, string>}
 */
export function words(result, look) {
  const { input, output, kernel, asked, isGrid } = result;
  const ends = output.map(range);
  const low = Math.min(...ends.map(one => one.low));
  const high = Math.max(...ends.map(one => one.high));
  const [k, n] = [kernel.height, input[0].width];
  const { stride, padding, dilation } = asked;
  return {
    "input-note": `Input ${size(input[0])}${look.note}`,
    "output-note": `Output ${size(output[0])}, [${number(low)}, ${number(high)}]`,
    formula:
      "Output width: ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1 = " +
      `⌊(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${output[0].width}, in pixels. ` +
      "Sizes are width × height.",
    range: isGrid ? "" : scaleNote(result, look),
    kind: kindNote(kernel, look.before),
  };
}
