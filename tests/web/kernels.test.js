import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { fromRows, map, plane } = await import("../../latentdemo/web/pixels/arithmetic.js");
const { busiest, columnsFor } = await import("../../latentdemo/web/kernels/loupe/values.js");
const { steps } = await import("../../latentdemo/web/kernels/chain.js");
const { filtered, filterOf } = await import("../../latentdemo/web/kernels/channels.js");
const { both, largest } = await import("../../latentdemo/web/kernels/shift.js");
const { note, overlaps } = await import("../../latentdemo/web/kernels/transposed/overlaps.js");
const { transposedConvolve } = await import("../../latentdemo/web/pixels/layers.js");
const { reduced, sizeNote } = await import("../../latentdemo/web/kernels/stage.js");
const { big, countRows, indexAt, memory, ordinal } = await import("../../latentdemo/web/kernels/dense/counts.js");
const settings = await import("../../latentdemo/web/kernels/bench/settings.js");
const { under } = await import("../../latentdemo/web/kernels/bench/place.js");
const { code } = await import("../../latentdemo/web/kernels/bench/code.js");
const { words } = await import("../../latentdemo/web/kernels/bench/words.js");

/** @typedef {import("../../latentdemo/web/pixels/arithmetic.js").Plane} Plane */

const ramp = (/** @type {number} */ height, /** @type {number} */ width) => map(plane(height, width), (_, i) => i * i);
const SOBEL = fromRows([
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
]);
const ASKED = { stride: 2, padding: 1, dilation: 1, outside: "zero", bias: 0, unit: 255 };

test("the loupe begins where brightness changes most", () => {
  const grey = plane(9, 12);
  grey.values[5 * 12 + 7] = 1; // one bright pixel: two to the right and two down of (4, 6), (3, 7) …
  const [row, column] = busiest(grey);
  const change = (/** @type {number} */ i, /** @type {number} */ j) => {
    const at = (/** @type {number} */ y, /** @type {number} */ x) => grey.values[y * 12 + x];
    return Math.abs(at(i + 1, j + 1) - at(i + 1, j - 1)) + Math.abs(at(i + 1, j + 1) - at(i - 1, j + 1));
  };
  assert.equal(change(row, column), 2);
  assert.deepEqual([row, column], [4, 6]);
  const edge = map(plane(8, 8), (_, i) => (i % 8 > 4 ? 1 : 0));
  assert.ok([4, 5].includes(busiest(edge)[1])); // never across the end of a row
});

test("there are as many columns as there is room for, an odd number", () => {
  assert.deepEqual(
    [100, 500, 900, 3000].map(wide => columnsFor(wide, 66)),
    [3, 5, 9, 9],
  );
});

test("a chain keeps the order of its steps", () => {
  const made = steps(
    ramp(8, 8),
    [
      ["a", SOBEL],
      ["b", SOBEL],
    ],
    true,
    "mean of 4 × 4",
  );
  assert.deepEqual(
    made.map(([name]) => name),
    ["Your image, grey", "a", "then b", "ReLU: below 0 becomes 0", "Pooling: mean of 4 × 4"],
  );
  assert.ok(made[3][1].values.every(value => value >= 0));
  assert.deepEqual([made[4][1].height, made[4][1].width], [2, 2]);
  assert.equal(steps(ramp(3, 3), [["a", SOBEL]], false, "max of 4 × 4").length, 2); // too small to be pooled
  assert.equal(steps(ramp(3, 3), [["a", SOBEL]], false, "none").length, 2);
});

test("partial maps add up, with the bias", () => {
  const planes = [1, 2, 3].map(factor => map(plane(4, 4), (_, i) => factor * i));
  const kernels = [1, -1, 2].map(factor => fromRows([[factor]]));
  const { parts, sum } = filtered(planes, kernels, 0.5);
  sum.values.forEach((value, i) => {
    assert.equal(value, i - 2 * i + 6 * i + 0.5);
    assert.equal(
      value,
      parts.reduce((total, one) => total + one.values[i], 0.5),
    );
  });
});

test("inside, moving the image moves its output; at the border and between strides it does not", () => {
  const image = ramp(24, 24);
  const even = both(image, SOBEL, 1, 3, -2);
  const found = largest(even.difference, 3, -2, 1, 3);
  assert.equal(found.inner, 0);
  assert.ok(found.border > 0);
  assert.equal(largest(both(image, SOBEL, 2, 2, 0).difference, 2, 0, 2, 3).inner, 0);
  assert.ok((largest(both(image, SOBEL, 2, 1, 1).difference, 1, 1, 2, 3).inner ?? 0) > 0);
  assert.equal(largest(both(ramp(6, 6), SOBEL, 1, 3, 3).difference, 3, 3, 1, 3).inner, null);
});

/** Values of a sheet away from the border. @type {(sheet: Plane, k: number) => Set<number>} */
const inner = ({ height, width, values }, k) =>
  new Set(
    [...values].filter((_, at) => {
      const [i, j] = [Math.floor(at / width), at % width];
      return Math.min(i, j) >= k && i < height - k && j < width - k;
    }),
  );

test("copies of a kernel meet evenly where the stride divides its size", () => {
  const ones = map(plane(4, 4), () => 1);
  const [three, four] = [3, 4].map(k => overlaps(ones, plane(k, k), 2, 0));
  assert.deepEqual([...inner(three, 2)].sort(), [1, 2, 4]);
  assert.deepEqual([...inner(four, 3)], [4]);
});

test("what is said of the copies is true of every kernel, stride and border", () => {
  const ones = (/** @type {number} */ n) => map(plane(n, n), () => 1);
  const bilinear = fromRows([
    [0.25, 0.5, 0.25],
    [0.5, 1, 0.5],
    [0.25, 0.5, 0.25],
  ]);
  const kernels = [1, 2, 3, 4, 5].map(ones);
  for (const kernel of [...kernels, bilinear, SOBEL, fromRows([[0, 1], [2, 3]])]) // biome-ignore format: a matrix
    for (const stride of [1, 2, 3, 4])
      for (const padding of [0, 1].filter(cut => 2 * cut < kernel.height)) {
        const k = kernel.height;
        const output = transposedConvolve(ones(9), kernel, stride, padding);
        const said = note(ones(9), kernel, output, { stride, padding });
        const counts = inner(overlaps(ones(9), kernel, stride, padding), k);
        const values = inner(output, k);
        assert.equal(said.includes("no multiple"), k % stride > 0, said);
        assert.equal(said.includes("is a multiple"), stride > 1 && k % stride === 0, said);
        assert.equal(said.includes("by turns"), counts.size > 1, said);
        assert.equal(said.includes("everywhere"), values.size === 1, said);
        assert.equal(said.includes("gives a checkerboard"), values.size > 1 && counts.size > 1, said);
      }
});

test("answers to shifts stand row by row, the unmoved one in the middle", () => {
  assert.equal(indexAt(-2, -2, 2), 0);
  assert.equal(indexAt(0, 0, 2), 12);
  assert.equal(indexAt(1, -2, 2), 15);
});

test("connections of a dense layer and of a convolution are counted", () => {
  const rows = countRows(5, 4, 1);
  let connections = 0;
  for (let i = 0; i < 20; i++)
    for (let j = 0; j < 20; j++)
      if (Math.abs(Math.floor(i / 4) - Math.floor(j / 4)) <= 1 && Math.abs((i % 4) - (j % 4)) <= 1) connections++;
  assert.deepEqual(rows[3], ["connections", "400", String(connections)]);
  assert.deepEqual(rows[4], ["different weights", "400", "9"]);
  assert.deepEqual(rows[5], ["memory of the weights", "1.6 kB", "36 B"]);
  assert.deepEqual([big(999_999), big(1_230_000), big(4.5e12)], ["999,999", "1.23 million", "4.50 trillion"]);
  assert.deepEqual([memory(0.5), memory(1.5e9)], ["0.5 B", "1.5 GB"]);
  assert.deepEqual([1, 2, 3, 4, 20].map(ordinal), ["first", "2nd", "3rd", "4th", "20th"]);
});

/** @type {(changes: Record<string, string>) => Record<string, {value: string}>} */
const fields = changes => {
  const values = {
    source: settings.PHOTO,
    stride: "1",
    padding: "0",
    dilation: "1",
    outside: settings.NONE,
    bias: "0",
    unit: "0 … 255",
    divisor: "1",
    ...changes,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
};

test("settings are read, and what cannot be is named", () => {
  assert.deepEqual(settings.read(fields({ stride: "2", outside: "the image mirrored", padding: "1", bias: "−1/2" })), {
    stride: 2,
    padding: 1,
    dilation: 1,
    outside: "reflect",
    bias: -0.5,
    unit: 255,
    divisor: 1,
  });
  assert.equal(settings.read(fields({ source: settings.GRID })).unit, 1);
  const refused = {
    stride: { 0: "The stride is 0; it must be a whole number of 1 … 64", 65: "The stride is 65" },
    padding: { "": "The padding is empty" },
    dilation: { 1.5: "The dilation is 1.5" },
    bias: { x: "The bias is “x”" },
    divisor: { 0: "The divisor is 0" },
  };
  for (const [name, values] of Object.entries(refused))
    for (const [value, sentence] of Object.entries(values))
      assert.throws(
        () => settings.read(fields({ [name]: value })),
        error => error instanceof RangeError && error.message.startsWith(sentence),
      );
  assert.throws(() => settings.read(fields({ source: settings.GRID, padding: "4" })), /at most 3/);
});

test("no padding and a width of 0 follow each other", () => {
  assert.deepEqual(settings.agree("outside", { outside: "zeros", padding: "0" }), { outside: "zeros", padding: "1" });
  assert.deepEqual(settings.agree("outside", { outside: settings.NONE, padding: "2" }).padding, "0");
  assert.deepEqual(settings.agree("padding", { outside: settings.NONE, padding: "2" }).outside, "zeros");
  assert.deepEqual(settings.agree("padding", { outside: "zeros", padding: "0" }).outside, settings.NONE);
  assert.deepEqual(settings.agree("padding", { outside: "zeros", padding: "2" }), { outside: "zeros", padding: "2" });
});

test("presets are recognised, turned ones too, by numbers and divisor", () => {
  const presets = [
    {
      name: "S",
      rows: [
        [-1, 0, 1],
        [-2, 0, 2],
        [-1, 0, 1],
      ],
      divisor: 1,
      meaning: "",
    },
    {
      name: "B",
      rows: [
        [1, 1],
        [1, 1],
      ],
      divisor: 4,
      meaning: "",
    },
  ];
  assert.equal(settings.recognise(presets, SOBEL, 1).found?.name, "S");
  const turned = fromRows([
    [1, 0, -1],
    [2, 0, -2],
    [1, 0, -1],
  ]);
  assert.equal(settings.recognise(presets, turned, 1).found, undefined);
  assert.equal(settings.recognise(presets, turned, 1).turned?.name, "S");
  assert.equal(
    settings.recognise(
      presets,
      fromRows([
        [1, 1],
        [1, 1],
      ]),
      1,
    ).found,
    undefined,
  );
});

test("Play walks a photograph in sixteenths and a grid cell by cell, then begins again", () => {
  assert.deepEqual(settings.nextPlace([0, 0], { height: 320, width: 160 }, false), [0, 10]);
  assert.deepEqual(settings.nextPlace([0, 155], { height: 320, width: 160 }, false), [20, 0]);
  assert.deepEqual(settings.nextPlace([319, 159], { height: 320, width: 160 }, false), [0, 0]);
  assert.deepEqual(settings.nextPlace([1, 2], { height: 3, width: 3 }, true), [2, 0]);
});

test("every dilation-th row lies under the kernel", () => {
  assert.deepEqual(
    Array.from({ length: 8 }, (_, i) => under(i, 1, 3, 2)),
    [false, true, false, true, false, true, false, false],
  );
});

test("the code says every setting", () => {
  const text = code([ramp(4, 4)], SOBEL, 4, { ...ASKED, outside: "reflect", bias: 3 }, true);
  for (const part of ["/ 4", 'mode="reflect"', "stride=2", "dilation=1", "+ 3", "F.pad(x, (1, 1, 1, 1)"])
    assert.ok(text.includes(part), part);
  assert.ok(!code([ramp(4, 4)], SOBEL, 1, { ...ASKED, padding: 0 }, true).includes("F.pad"));
  assert.match(code([ramp(4, 4)], SOBEL, 1, ASKED, false), /299, 587, 114/);
  assert.match(
    code(
      [1, 2, 3].map(() => ramp(4, 4)),
      SOBEL,
      1,
      { ...ASKED, unit: 1 },
      false,
    ),
    /transpose[\s\S]*image \/ 255/,
  );
});

const OUTPUT = fromRows([
  [-100, 0],
  [300, 50],
]);
const LOOK = { signed: false, automatic: false, note: "", before: "" };
/** @type {(changes: Record<string, any>, look?: Record<string, any>) => Record<string, string>} */
const said = (changes, look = {}) => {
  const result = { input: [ramp(5, 5)], output: [OUTPUT], kernel: SOBEL, asked: ASKED, isGrid: false, channel: 0 };
  return words({ ...result, ...changes }, { ...LOOK, ...look });
};

test("the words fit the numbers", () => {
  assert.match(said({}).range, /^Black is 0, white 255; 25 % of the values lie below and are black, 25 % above/);
  assert.match(said({})["output-note"], /2 × 2, \[−100, 300\]/);
  assert.match(said({}).formula, /Sizes are width × height/);
  assert.equal(said({}, { note: ", reduced from 9 × 7" })["input-note"], "Input 5 × 5, reduced from 9 × 7");
  assert.match(said({}, { signed: true }).range, /full colour at ±300/);
  const wide = map(plane(40, 40), (_, i) => (i ? 1 : -1));
  assert.match(said({ output: [wide] }).range, /less than 1 % of the values lie below/);
  const zeros = map(OUTPUT, () => 0);
  assert.match(said({ output: [zeros] }, { signed: true }).range, /every value is 0/);
  assert.match(said({ output: [zeros] }, { automatic: true }).range, /No value is negative: drawn as an image/);
  assert.doesNotMatch(said({ output: [zeros] }).range, /No value is negative/); // the visitor chose an image
});

test("of three channels the signed scale is the chosen one's", () => {
  const output = [1, 2, 3].map(factor => map(OUTPUT, value => factor * value));
  for (const [channel, text] of ["red channel: full colour at ±300", "green channel: full colour at ±600"].entries())
    assert.ok(said({ output, channel }, { signed: true }).range.includes(text));
});

test("what is said of convolution and correlation follows the kernel and its flips", () => {
  assert.match(said({}).kind, /cross-correlation with this kernel/);
  assert.match(said({}, { before: "S" }).kind, /true convolution with S: this kernel is that one turned/);
  assert.match(said({ kernel: fromRows([[1]]) }, { before: "S" }).kind, /the same: cross-correlation and/);
  const nearly = map(SOBEL, (value, i) => 1 + (i ? 0 : 1e-13 * value));
  assert.match(said({ kernel: nearly }).kind, /cross-correlation with this kernel/); // however small a difference is
});

test("an example's sentence holds for its own numbers and settings alone", () => {
  const example = { name: "e", image: [[1, 2]], kernel: [[3]], meaning: "", stride: 2, padding: 1 };
  const set = { stride: "2", padding: "1", outside: "zeros" };
  const [image, kernel] = [fromRows(example.image), fromRows(example.kernel)];
  assert.ok(settings.isExample(example, image, kernel, fields(set)));
  for (const [name, value] of Object.entries({ stride: "1", padding: "0", dilation: "2", bias: "1", divisor: "3" }))
    assert.ok(!settings.isExample(example, image, kernel, fields({ ...set, [name]: value })), name);
  assert.ok(!settings.isExample(example, image, kernel, fields({ ...set, outside: "the border repeated" })));
  assert.ok(!settings.isExample(example, fromRows([[1, 3]]), kernel, fields(set)));
  assert.ok(!settings.isExample(example, fromRows([[1], [2]]), kernel, fields(set)));
  assert.ok(!settings.isExample(example, image, fromRows([[4]]), fields(set)));
});

test("a filter is named by its kernels and factors, whoever set them", () => {
  const pixels = ["Identity", "Identity", "Identity"];
  assert.equal(filterOf(pixels, [1, -1, 0], 0), "red against green");
  assert.equal(filterOf(pixels, [1, -1, 0], 2), "your own");
  assert.equal(filterOf(pixels, [1, 1, 0], 0), "your own");
  assert.equal(filterOf(["Sobel x", "Identity", "Identity"], [1, -1, 0], 0), "your own");
});

test("an image that was shrunk is shown with the size that it had", () => {
  const picture = { height: 498, width: 640, planes: [], grey: plane(1, 1) };
  assert.equal(reduced({ picture, original: [900, 700] }), ", reduced from 900 × 700");
  assert.equal(reduced({ picture, original: [640, 498] }), "");
  assert.equal(reduced({ picture, original: [640, 499] }), ", reduced from 640 × 499"); // one side is enough
  assert.match(
    sizeNote({ picture, original: [900, 700] }),
    /640 × 498 \(width × height, pixels\), reduced from 900 × 700/,
  );
});
