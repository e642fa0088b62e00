import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { indexOf, place } = await import("../../latentdemo/web/features/augmented.js");
const { figureOf, settingOf, tenthsOf } = await import("../../latentdemo/web/train/chart.js");
const { limitFor, toCanvas } = await import("../../latentdemo/web/train/plane.js");
const { percent } = await import("../../latentdemo/web/charts/guess.js");

const told = /** @type {any} */ ({ reach: 2, turns: [-15, 0, 15] });

test("positions lie on the sheet as Python laid them out: shifts in a row, turns below, mirrored ones last", () => {
  let next = 0;
  for (const mirrored of [false, true])
    for (const turn of [-1, 0, 1])
      for (const right of [-2, -1, 0, 1, 2]) {
        assert.equal(indexOf(told, right, turn, mirrored), next);
        assert.deepEqual(place(told, right, turn, mirrored), [next % 5, Math.floor(next / 5)]);
        next += 1;
      }
});

test("sliders of a training stand for tenths of a decade", () => {
  assert.equal(settingOf(0), 1);
  assert.equal(settingOf(10), 10);
  assert.equal(settingOf(-25), 0.0032);
  for (const tenths of [-40, -25, -3, 0, 7, 20]) assert.equal(tenthsOf(settingOf(tenths)), tenths);
});

test("losses are drawn by name, KL on its own axis, changes as lines", () => {
  const { data, layout } = figureOf(
    /** @type {any} */ ({
      names: ["loss", "reconstruction", "kl"],
      losses: [
        [1, 9, 7, 2],
        [3, 6, 5, 1],
      ],
      changes: [[2, "beta", 4]],
      steps: 10,
    }),
  );
  assert.deepEqual(
    data.map(line => [line.name, line.x, line.y, line.yaxis]),
    [
      ["reconstruction", [1, 3], [7, 5], "y"],
      ["KL (right axis)", [1, 3], [2, 1], "y2"],
    ],
  );
  assert.deepEqual([layout.shapes[0].x0, layout.xaxis.range], [2, [0, 10]]);
});

test("codes stand on the plane with the second number upwards, and most of them inside", () => {
  assert.deepEqual(toCanvas([0, 0], 2, 100), [50, 50]);
  assert.deepEqual(toCanvas([2, 2], 2, 100), [100, 0]);
  assert.deepEqual(toCanvas([-2, -1], 2, 100), [0, 75]);
  assert.equal(limitFor([[0.5, 0.1]], 2), 2);
  const codes = /** @type {[number, number][]} */ (Array.from({ length: 100 }, (_, i) => [i / 10, 0]));
  const limit = limitFor(codes, 2);
  assert.ok(codes.filter(([x]) => x <= limit).length >= 95 && limit < 11);
});

test("shares are written in per cent", () => {
  assert.equal(percent(0.123), "12 %");
  assert.equal(percent(0.123, 1), "12.3 %");
});
