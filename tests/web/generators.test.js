import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { momentsOf, nearest, stages, vectorsOf } = await import("../../latentdemo/web/generators/ask.js");
const { sharpness } = await import("../../latentdemo/web/generators/duel.js");
const { bits, upTo } = await import("../../latentdemo/web/generators/prior.js");
const { mse } = await import("../../latentdemo/web/generators/search.js");
const { cell, sorted } = await import("../../latentdemo/web/generators/table.js");

const rowsOf = (/** @type {(number | null)[]} */ ...values) => values.map(a => ({ cells: { a } }));
const order = (/** @type {{cells: Record<string, number | null>}[]} */ rows) => rows.map(row => row.cells.a);

test("a table is sorted with the better ones first, and what has no number last", () => {
  const rows = rowsOf(3, null, 1, 2);
  assert.deepEqual(order(sorted(rows, "a", -1, false)), [1, 2, 3, null]);
  assert.deepEqual(order(sorted(rows, "a", 1, false)), [3, 2, 1, null]);
  assert.deepEqual(order(sorted(rows, "a", 1, true)), [1, 2, 3, null]);
  assert.deepEqual(order(rows), [3, null, 1, 2]);
});

test("a cell says what was measured", () => {
  assert.equal(cell("frechet", 54.4467), "54.4");
  assert.equal(cell("encodes", 0), "no");
  assert.equal(cell("encodes", 1), "yes");
  assert.equal(cell("recall", null), "—");
  assert.equal(cell("recall", 0.8765), "0.88"); // a share of 2,000 images is known to ± 0.01
  assert.equal(cell("precision", 0.1234), "0.12");
});

test("the nearest entry is the one at the smallest distance", () => {
  const book = [0, 0, 1, 0, 0, 2];
  assert.deepEqual(nearest([0.4, 0, 0.6, 0.1, 0, 1.1, -5, -5], book, 2), [0, 1, 2, 0]);
  assert.deepEqual(
    vectorsOf(
      [
        [2, 0],
        [1, 1],
      ],
      book,
      2,
    ),
    [
      [0, 2, 0, 0],
      [1, 0, 1, 0],
    ],
  );
});

test("a way that begins with an image goes into the noise first", () => {
  const moments = momentsOf({ left: [1, 0], codes: [[[7]], [[8]]], out: [[5], [6]], outLeft: [0, 2] });
  assert.deepEqual(
    moments.map(({ title, codes }) => [title, codes[0][0]]),
    [
      ["into the noise: 0 steps", 5],
      ["into the noise: 2 steps", 6],
      ["1 step of noise left", 7],
      ["0 steps of noise left", 8],
    ],
  );
  assert.deepEqual(stages(41), [0, 5, 10, 15, 20, 25, 30, 35, 40]);
  assert.deepEqual(stages(6), [0, 1, 1, 2, 3, 3, 4, 4, 5]);
});

test("sharpness is the variance of the Laplacian, a worked example", () => {
  // 4 × 4, one white pixel inside: the four places see −4, 1, 1, 0, mean −0.5, mean of squares 4.5
  const pixels = new Uint8Array(16);
  pixels[5] = 255;
  assert.ok(Math.abs(sharpness({ n: 1, side: 4, channels: 1, pixels }) - 4.25) < 1e-6);
  const colours = Uint8Array.from({ length: 48 }, (_, i) => pixels[Math.floor(i / 3)]);
  assert.ok(Math.abs(sharpness({ n: 1, side: 4, channels: 3, pixels: colours }) - 4.25) < 1e-6);
  const two = new Uint8Array(32);
  two[5] = 255; // the other picture is black: no edges
  assert.ok(Math.abs(sharpness({ n: 2, side: 4, channels: 1, pixels: two }) - 2.125) < 1e-6);
});

test("what is not written yet is empty, and bits add up", () => {
  assert.deepEqual(upTo([1, 2, 3, 4, 5, 6], 2, 2), [1, 2, 3, 4, 0, 0]);
  assert.equal(bits([0.5, 0.25, 1]), 3);
});

test("errors are in units of 0 … 1", () => {
  assert.equal(mse(Uint8Array.from([0, 255]), Uint8Array.from([0, 0])), 0.5);
});
