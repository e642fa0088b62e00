import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { fromRows, map, plane } = await import("../../latentdemo/web/pixels/arithmetic.js");
const { busiest, columnsFor } = await import("../../latentdemo/web/kernels/loupe/values.js");
const { steps } = await import("../../latentdemo/web/kernels/chain.js");
const { filtered } = await import("../../latentdemo/web/kernels/channels.js");
const { both, largest } = await import("../../latentdemo/web/kernels/shift.js");
const { middle, note, overlaps } = await import("../../latentdemo/web/kernels/transposed/overlaps.js");
const { big, countRows, indexAt, memory, ordinal } = await import("../../latentdemo/web/kernels/dense/counts.js");
const settings = await import("../../latentdemo/web/kernels/bench/settings.js");
const { under } = await import("../../latentdemo/web/kernels/bench/place.js");
const { code } = await import("../../latentdemo/web/kernels/bench/code.js");
const { words } = await import("../../latentdemo/web/kernels/bench/words.js");

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

test("copies of a kernel meet evenly where the stride divides its size", () => {
  const ones = map(plane(4, 4), () => 1);
  const three = overlaps(
    ones,
    map(plane(3, 3), () => 0),
    2,
    0,
  );
  assert.deepEqual([...new Set(middle(three, 3))].sort(), [1, 2, 4]);
  const four = overlaps(
    ones,
    map(plane(4, 4), () => 0),
    2,
    0,
  );
  assert.deepEqual([...new Set(middle(four, 4))], [4]);
});

test("what is said of the copies is true of every stride, size and border", () => {
  const ones = (/** @type {number} */ n) => map(plane(n, n), () => 1);
  for (const k of [1, 2, 3, 4])
    for (const stride of [1, 2, 3])
      for (const padding of [0, 1].filter(cut => 2 * cut < stride + k)) {
        const overlap = overlaps(ones(2), ones(k), stride, padding);
        const said = note(ones(2), overlap, overlap, { k, stride, padding });
        assert.equal(said.includes("no multiple"), k % stride > 0, said);
        assert.equal(said.includes("is a multiple"), stride > 1 && k % stride === 0, said);
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

test("the words fit the numbers", () => {
  const output = fromRows([
    [-100, 0],
    [300, 50],
  ]);
  const look = { signed: false, isGrid: false, camera: "" };
  const told = words([ramp(5, 5)], [output], SOBEL, ASKED, look);
  assert.match(told.range, /Black is 0, white 255; 25 % of the values lie below and are black, 25 % above/);
  assert.match(told["output-note"], /2 × 2, \[−100, 300\]/);
  assert.match(told.kind, /cross-correlation/);
  assert.match(words([ramp(5, 5)], [output], SOBEL, ASKED, { ...look, signed: true }).range, /full colour at ±300/);
  assert.match(words([ramp(5, 5)], [output], SOBEL, ASKED, { ...look, turned: "S" }).kind, /true convolution with S/);
  assert.match(words([ramp(5, 5)], [output], fromRows([[1]]), ASKED, look).kind, /the same/);
});
