// What stands beside the bench's pictures: sizes, formula, scale, kind of convolution; and the small grid's tables.
"use strict";
latentdemo.benchWords = (input, output, kernel, {stride, padding, dilation, bias, unit}, {signed, isGrid, camera, preset}) => {
  const {average, size} = latentdemo.paint, {range, number, turn} = latentdemo.arithmetic;
  const ends = output.map(range), low = Math.min(...ends.map(one => one.low)), high = Math.max(...ends.map(one => one.high));
  const k = kernel.height, n = input[0].width, count = output.length * output[0].values.length;
  const share = test => `${Math.round(100 * output.reduce((sum, one) => sum + one.values.reduce((m, value) => m + test(value), 0), 0) / count)} %`;
  const mean = output.length === 3 ? " (mean of the three colours)" : "";
  const scale = signed
    ? `Signed scale: full colour at ±${number(range(average(output)).limit)}${mean}${bias ? ", bias included" : ""}.`
    : `${low < 0 ? "" : "No value is negative: drawn as an image. "}Black is 0, white ${unit}; ${share(value => value < 0)} of the values ` +
      `lie below and are black, ${share(value => value > unit)} above and are white.`;
  const same = kernel.values.every((value, i) => Math.abs(value - turn(kernel).values[i]) < 1e-12);
  return {
    "input-note": `Input ${size(input[0])}${camera}`,
    "output-note": `Output ${size(output[0])}, [${number(low)}, ${number(high)}]`,
    formula: "Width of the output: ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1 = " +
      `⌊(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${output[0].width} pixels.`,
    range: isGrid ? "" : scale,
    kind: same ? "Turned by 180° this kernel is the same: correlation and convolution agree."
      : preset ? `Laid on, this is the true convolution with ${preset}, for the kernel is turned by 180°.`
      : "The kernel is laid on as it is written: a cross-correlation, which is what networks compute. Press Flip for the true convolution.",
  };
};

// Input with its padding, and output, as tables whose cells under the kernel are marked.
latentdemo.benchSheets = (role, image, output, kernel, {stride, padding, dilation, outside}, [row, column], editor) => {
  const {matrix, signedCell} = latentdemo.paint, {fromRows, convolve, range, number} = latentdemo.arithmetic;
  const around = convolve(image, fromRows([[1]]), {stride: 1, padding, dilation: 1, outside}); // the image, padded
  const reach = dilation * (kernel.height - 1);
  const under = (i, start) => i >= start && i <= start + reach && (i - start) % dilation === 0;
  if (role["input-sheet"].querySelector("table").dataset.ring !== String(padding)) editor.set(image, padding);
  role["input-sheet"].querySelectorAll("td").forEach((cell, i) => {
    const [y, x] = [Math.floor(i / around.width), i % around.width];
    cell.classList.toggle("under", under(y, row * stride) && under(x, column * stride));
    if (cell.classList.contains("padding")) cell.textContent = number(around.values[i]);
  });
  const {limit} = range(output), here = row * output.width + column;
  role["output-sheet"].replaceChildren(matrix(output, "output", value => signedCell(value, limit), i => i === here ? "here" : ""));
};
