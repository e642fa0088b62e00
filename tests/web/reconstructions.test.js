import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { place, toWeights } = await import("../../latentdemo/web/reconstructions/barycentric.js");
const { cellOf, codeAt, floats, limitOf, toPlane } = await import("../../latentdemo/web/reconstructions/plane.js");
const { filmSteps } = await import("../../latentdemo/web/reconstructions/between.js");

/** @type {[number, number][]} */
const CORNERS = [
  [320, 110],
  [120, 456],
  [520, 456],
];

test("weights and places are each other's inverse, and add up to 1", () => {
  for (const weights of /** @type {[number, number, number][]} */ ([
    [1, 0, 0],
    [0.2, 0.3, 0.5],
    [1 / 3, 1 / 3, 1 / 3],
  ])) {
    const found = toWeights(place(weights, CORNERS), CORNERS);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - weights[i]) < 1e-12);
    });
  }
  assert.deepEqual(place([0, 1, 0], CORNERS), CORNERS[1]);
});

test("outside the triangle no weight is below 0", () => {
  for (const point of /** @type {[number, number][]} */ ([
    [320, -500],
    [0, 600],
    [900, 300],
    [320, 900],
  ])) {
    const weights = toWeights(point, CORNERS);
    assert.ok(weights.every(value => value >= 0));
    assert.ok(Math.abs(weights.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
  }
  assert.deepEqual(toWeights([320, -500], CORNERS), [1, 0, 0]);
});

test("the second number of a code goes upwards", () => {
  assert.deepEqual(toPlane([0, 0], 3, 500), [250, 250]);
  const [x, y] = toPlane([3, 3], 3, 500);
  assert.ok(x > 480 && x < 500 && y > 0 && y < 20);
  assert.ok(toPlane([-1, 0], 3, 500)[0] < 250 && toPlane([0, -1], 3, 500)[1] > 250);
});

test("a few codes far away do not shrink the plane", () => {
  const codes = Float32Array.from({ length: 2000 }, (_, i) => (i < 2 ? 1e6 : -i / 1000));
  assert.ok(limitOf(codes) <= 2);
  const text = Buffer.from(codes.buffer).toString("base64");
  assert.deepEqual(floats(text), codes);
});

test("a film begins with the first step and ends with the last", () => {
  assert.deepEqual(filmSteps(33, 9), [0, 4, 8, 12, 16, 20, 24, 28, 32]);
  assert.deepEqual(filmSteps(10, 4), [0, 3, 6, 9]);
});

test("codes lie moment by moment, image by image; pictures row by row", () => {
  const codes = Float32Array.from({ length: 2 * 3 * 2 }, (_, i) => i); // two moments, three images
  assert.deepEqual(codeAt(codes, 3, 0, 2), [4, 5]);
  assert.deepEqual(codeAt(codes, 3, 1, 0), [6, 7]);
  assert.deepEqual(cellOf(9, 8, 28), [28, 28]);
  assert.deepEqual(cellOf(7, 8, 28), [196, 0]);
});
