// The page's own convolution: what follows the pointer cannot wait for a server. latentdemo/convolution.py is the
// reference; a browser test compares the two. A plane is {height, width, values: Float64Array}, row by row.
"use strict";
latentdemo.arithmetic = (() => {
  const plane = (height, width) => ({height, width, values: new Float64Array(height * width)});

  function fromRows(rows) {
    const out = plane(rows.length, rows[0].length);
    rows.forEach((row, i) => row.forEach((value, j) => { out.values[i * out.width + j] = value; }));
    return out;
  }

  // ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1; a sentence is thrown where that cannot be.
  function outputSize(n, k, {stride, padding, dilation, outside}) {
    const reach = dilation * (k - 1) + 1;
    if (reach > n + 2 * padding) throw new RangeError(`The kernel reaches over ${reach} pixels; the padded image has ${n + 2 * padding}.`);
    if (stride > n) throw new RangeError(`The stride of ${stride} is larger than the image (${n} pixels).`);
    if (outside === "reflect" && padding >= n) throw new RangeError(`The padding of ${padding} cannot mirror an image of ${n} pixels; the limit is ${n - 1}.`);
    return Math.floor((n + 2 * padding - reach) / stride) + 1;
  }

  // Which pixel stands at place i of a row of n: i itself, its stand-in in the padding, or −1 for a zero.
  function source(i, n, outside) {
    if (i >= 0 && i < n) return i;
    if (outside === "replicate") return i < 0 ? 0 : n - 1;
    if (outside === "reflect") return i < 0 ? -i : 2 * (n - 1) - i;
    return -1;
  }

  function convolve(input, kernel, settings) {
    const {stride, padding, dilation, outside} = settings, k = kernel.height;
    const out = plane(outputSize(input.height, k, settings), outputSize(input.width, k, settings));
    const places = (n, m, tap) => Int32Array.from({length: m}, (_, i) => source(i * stride - padding + tap * dilation, n, outside));
    for (let a = 0; a < k; a++) {
      const rows = places(input.height, out.height, a);
      for (let b = 0; b < k; b++) {
        const weight = kernel.values[a * k + b];
        if (weight === 0) continue;
        const columns = places(input.width, out.width, b);
        for (let i = 0; i < out.height; i++) if (rows[i] >= 0) addRow(out, i, input, rows[i] * input.width, columns, weight);
      }
    }
    return out;
  }

  function addRow(out, i, input, from, columns, weight) {
    const to = i * out.width, read = input.values, write = out.values;
    for (let j = 0; j < out.width; j++) if (columns[j] >= 0) write[to + j] += weight * read[from + columns[j]];
  }

  // The k × k products behind one output value, their sum, and which pixels lie in the padding.
  function step(input, kernel, row, column, {stride, padding, dilation, outside}) {
    const k = kernel.height, patch = plane(k, k), products = plane(k, k), inside = [];
    let total = 0;
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) {
      const y = row * stride - padding + a * dilation, x = column * stride - padding + b * dilation;
      const i = source(y, input.height, outside), j = source(x, input.width, outside);
      const value = i < 0 || j < 0 ? 0 : input.values[i * input.width + j];
      patch.values[a * k + b] = value;
      products.values[a * k + b] = value * kernel.values[a * k + b];
      inside.push(y >= 0 && x >= 0 && y < input.height && x < input.width);
      total += products.values[a * k + b];
    }
    return {patch, products, inside, total};
  }

  const map = (input, f) => ({...input, values: input.values.map(f)});
  const turn = kernel => ({...kernel, values: kernel.values.slice().reverse()}); // by 180°
  const relu = input => map(input, value => Math.max(0, value));
  const add = (one, other) => ({...one, values: one.values.map((value, i) => value + other.values[i])});
  const scale = (input, factor) => map(input, value => value * factor);

  function pool(input, size, kind) {
    const out = plane(Math.floor(input.height / size), Math.floor(input.width / size));
    for (let i = 0; i < out.height; i++) for (let j = 0; j < out.width; j++) {
      let most = -Infinity, sum = 0;
      for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) {
        const value = input.values[(i * size + a) * input.width + j * size + b];
        most = Math.max(most, value);
        sum += value;
      }
      out.values[i * out.width + j] = kind === "max" ? most : sum / (size * size);
    }
    return out;
  }

  // One copy of the kernel per pixel, times that pixel: their places in the result before its border is cut off.
  function copies(input, kernel, stride) {
    const out = [];
    for (let i = 0; i < input.height; i++) for (let j = 0; j < input.width; j++)
      out.push({top: i * stride, left: j * stride, factor: input.values[i * input.width + j],
                values: scale(kernel, input.values[i * input.width + j])});
    return out;
  }

  function transposedConvolve(input, kernel, stride, padding) {
    const k = kernel.height, [height, width] = [input.height, input.width].map(n => (n - 1) * stride + k - 2 * padding);
    if (Math.min(height, width) < 1) throw new RangeError(`The padding of ${padding} cuts off the whole result.`);
    const out = plane(height, width);
    for (const copy of copies(input, kernel, stride))
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) {
        const y = copy.top + a - padding, x = copy.left + b - padding;
        if (y >= 0 && x >= 0 && y < height && x < width) out.values[y * width + x] += copy.values.values[a * k + b];
      }
    return out;
  }

  // The one kernel that does what two do one after the other.
  const compose = (first, second) => transposedConvolve(second, first, 1, 0);

  // Column and row whose product is the kernel, or null if no such pair exists.
  function separate(kernel) {
    const k = kernel.height, at = (i, j) => kernel.values[i * k + j];
    const top = kernel.values.reduce((best, value, i) => Math.abs(value) > Math.abs(kernel.values[best]) ? i : best, 0);
    const [r, c] = [Math.floor(top / k), top % k], largest = at(r, c);
    if (largest === 0) return null;
    const column = Array.from({length: k}, (_, i) => at(i, c) / largest), row = Array.from({length: k}, (_, j) => at(r, j));
    const rest = Math.max(...kernel.values.map((value, i) => Math.abs(value - column[Math.floor(i / k)] * row[i % k])));
    return rest <= 1e-9 * Math.abs(largest) ? {column, row} : null;
  }

  // Moved by whole pixels; what comes in at the border is 0.
  function shift(input, down, right) {
    const out = plane(input.height, input.width);
    for (let i = 0; i < out.height; i++) for (let j = 0; j < out.width; j++) {
      const y = i - down, x = j - right;
      if (y >= 0 && x >= 0 && y < input.height && x < input.width) out.values[i * out.width + j] = input.values[y * input.width + x];
    }
    return out;
  }

  function range(input) {
    let low = Infinity, high = -Infinity;
    for (const value of input.values) { if (value < low) low = value; if (value > high) high = value; }
    return {low, high, limit: Math.max(Math.abs(low), Math.abs(high))};
  }

  // As figures.number writes it: whole numbers whole, others with four digits, a true minus sign.
  function number(value) {
    const size = Math.abs(value);
    const text = size < 1e6 && (Number.isInteger(value) || size >= 1000) ? value.toFixed(0) : String(Number(value.toPrecision(4)));
    return (text === "-0" ? "0" : text).replace(/-/g, "−");
  }

  // A number for a field that is edited: nothing is lost of it.
  const write = value => String(Number(value.toPrecision(12)));

  // A number as people type it, 1/9 too; NaN if it is none.
  function parse(text) {
    const parts = text.trim().replace("−", "-").split("/");
    if (parts.length > 2 || parts.some(part => part.trim() === "")) return NaN;
    const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
    return Math.abs(value) <= 1000 ? value : NaN;
  }

  return {plane, fromRows, outputSize, convolve, step, turn, relu, add, scale, map, pool, copies, transposedConvolve,
          compose, separate, shift, range, number, write, parse};
})();
