import assert from "node:assert/strict";
import { test } from "node:test";
import { cases, near } from "./page.js";

const { place, toWeights } = await import("../../latentdemo/web/reconstructions/barycentric.js");
const { floats } = await import("../../latentdemo/web/core/base64.js");
const { cellOf, codeAt, limitOf, toPlane } = await import("../../latentdemo/web/reconstructions/plane.js");
const { filmSteps } = await import("../../latentdemo/web/reconstructions/between.js");

const { fromPlane, withBar, medians } = await import("../../latentdemo/web/reconstructions/machine/code.js");
const { component, drawn: drawnCode, normal, reparametrised } = await import("../../latentdemo/web/latent/chance.js");
const { differences } = await import("../../latentdemo/web/reconstructions/draws/posterior.js");
const { codeAt: placeOf, middles } = await import("../../latentdemo/web/reconstructions/draws/cells.js");
const { faded } = await import("../../latentdemo/web/reconstructions/frames.js");
const { divergences, reconstruction } = await import("../../latentdemo/web/reconstructions/machine/loss.js");
const { sizeOf, strongest } = await import("../../latentdemo/web/reconstructions/machine/stack.js");

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

test("the loss in the page is that of models/losses.py", () => {
  const { logits, seen, weight, mu, logvar, kl, bernoulli, gaussian, weighted } = cases.losses;
  const [values, bytes] = [Float32Array.from(logits), Uint8Array.from(seen)];
  const terms = [
    [{ name: "bernoulli", variance: 1, weight: null }, bernoulli],
    [{ name: "gaussian", variance: 0.08, weight: null }, gaussian],
    [{ name: "gaussian", variance: 0.08, weight: Float32Array.from(weight) }, weighted],
  ];
  for (const [likelihood, oracle] of terms) {
    const found = reconstruction(likelihood, values, bytes);
    assert.ok(Math.abs(found - oracle) < 1e-4 * Math.abs(oracle), `${likelihood.name}: ${found} is not ${oracle}`);
  }
  assert.ok(near(1e-5)(divergences(Float32Array.from(mu), Float32Array.from(logvar)), kl));
});

test("throws of ε have mean 0 and variance 1", () => {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647; // Lehmer's generator, so that the test is the same each time
    return state / 2147483647;
  };
  const drawn = normal(20000, random);
  const mean = drawn.reduce((total, value) => total + value, 0) / drawn.length;
  const variance = drawn.reduce((total, value) => total + (value - mean) ** 2, 0) / drawn.length;
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.03);
  assert.ok(Math.abs(drawn.filter(value => Math.abs(value) < 1).length / drawn.length - 0.6827) < 0.01);
});

test("a code is set where it is pointed at", () => {
  const limit = 3;
  const [x, y] = toPlane([1.2, -0.7], limit, 200);
  assert.ok(near(1e-9)(fromPlane([x / 200, y / 200], limit), [1.2, -0.7]));
  const axes = { order: [2, 0, 1], origin: [0, 1, 0], unit: [1, 2, 0.5] };
  assert.deepEqual(withBar([0, 0, 0], [0.1, 0], axes), [0, 0, 1.5]); // the first bar is dimension 2: +3 σ
  assert.deepEqual(withBar([0, 0, 0], [0.99, 1], axes), [0, -5, 0]); // the last is dimension 1: 1 − 3 · 2
  assert.deepEqual(withBar([7, 0, 0], [1.4, 0.5], axes), [7, 1, 0]); // beyond the border: the last
});

test("of a layer the maps that speak most are shown, large ones larger", () => {
  const values = Float32Array.from([1, -9, 0, 4, 5, 1, -8, 0, 4, 5]); // two pixels, five channels
  assert.deepEqual(strongest({ side: 1, channels: 5, values }), [0, 1, 3, 4]);
  assert.ok(sizeOf(32, 32) > sizeOf(16, 32) && sizeOf(16, 32) > sizeOf(4, 32) && sizeOf(2, 32) === sizeOf(2, 64));
});

test("codes are drawn as the server's densities draw them", () => {
  for (const { weights, means, factors, share, epsilon, code } of cases.drawn) {
    const found = drawnCode({ weights, means, factors }, component(weights, share), epsilon);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - code[i]) < 1e-5, `${found} is not ${code}`);
    });
  }
  assert.equal(component([0.5, 0.5], 1), 1); // rounding must not fall off the end
  assert.deepEqual(reparametrised([1, 2], [0.5, 2], [2, -1]), [2, 0]);
});

test("how far redrawn pictures differ is what numpy says", () => {
  const { n, side, channels, pixels, spread, deviation } = cases.differences;
  const found = differences({ n, side, channels, pixels: Uint8Array.from(pixels) });
  assert.ok(Math.abs(found.spread - spread) < 1e-9);
  deviation.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
    assert.ok(Math.abs(found.deviation[i] - value) < 1e-6);
  });
});

test("the plane's cells are decoded at their middles, the second number upwards", () => {
  const told = /** @type {{low: [number, number], high: [number, number], cells: number}} */ ({
    low: [-3, -1],
    high: [1, 3],
    cells: 20,
  });
  const codes = middles(told);
  assert.equal(codes.length, 400);
  const [x, y] = codes[18 * 20 + 4]; // fifth from the left, second from below
  assert.ok(Math.abs(x - (-3 + (4 * 4.5) / 20)) < 1e-9 && Math.abs(y - (-1 + (4 * 1.5) / 20)) < 1e-9);
  assert.deepEqual(
    [placeOf([0, 0], told), placeOf([1, 1], told)],
    [
      [-3, 3],
      [1, -1],
    ],
  );
});

test("pixels fade evenly from all of a to all of b, halves upwards", () => {
  const made = faded(Uint8Array.from([0, 255, 10]), Uint8Array.from([255, 0, 11]), 3);
  assert.deepEqual([...made], [0, 255, 10, 128, 128, 11, 255, 0, 11]);
});

test("a class's name stands at the median of its codes", () => {
  const codes = Float32Array.from([0, 9, 1, 1, 2, 5, 7, 7]);
  assert.deepEqual(medians(codes, [3, 3, 3, 1], ["0", "1", "4", "7"]), [
    ["1", [7, 7]],
    ["7", [1, 5]],
  ]);
});
