import assert from "node:assert/strict";
import { test } from "node:test";
import { cases, near } from "./page.js";

const { clicked, NEAR, View, wheelZoom } = await import("../../latentdemo/web/latent/map/view.js");
const { codeAt, numbers } = await import("../../latentdemo/web/latent/canvas.js");
const { cells, placeOf, stepsAt } = await import("../../latentdemo/web/latent/perturb/pad.js");
const { traversed, withStep } = await import("../../latentdemo/web/latent/perturb/traversals.js");
const { change, Past, walked } = await import("../../latentdemo/web/latent/perturb/history.js");
const { normal } = await import("../../latentdemo/web/latent/chance.js");
const { decodeAll } = await import("../../latentdemo/web/latent/sheet.js");
const { nearest } = await import("../../latentdemo/web/latent/gallery.js");
const { sideFor } = await import("../../latentdemo/web/latent/decode.js");
const { codeOf, nearestPlaces } = await import("../../latentdemo/web/latent/map/blend.js");
const { unpack, visible } = await import("../../latentdemo/web/latent/map/points.js");

const PLACES = { x: Float32Array.from([0, 10, 10, 0, 5]), y: Float32Array.from([0, 0, 20, 20, 10]) };

const fitted = () => {
  const view = new View();
  view.fit(PLACES, 400, 400);
  return view;
};

/** @type {(one: number[], other: number[]) => void} */
const close = (one, other) => {
  one.forEach((value, i) => {
    assert.ok(Math.abs(value - other[i]) < 1e-9, `${one} is not ${other}`);
  });
};

test("the whole map fits, its middle in the middle, upwards up", () => {
  const view = fitted();
  close(view.toPixels([5, 10]), [200, 200]);
  assert.ok(view.toPixels([5, 20])[1] < 200 && view.toPixels([10, 10])[0] > 200);
  for (const i of [0, 1, 2, 3])
    for (const end of view.toPixels([PLACES.x[i], PLACES.y[i]])) assert.ok(end > 0 && end < 400);
  close(view.toPlace(view.toPixels([3, 4])), [3, 4]);
});

test("a few points far outside do not shrink the map", () => {
  const x = Float32Array.from({ length: 1000 }, (_, i) => i / 100);
  const wide = x.slice();
  wide[999] = 1e6;
  const [view, other] = [new View(), new View()];
  view.fit({ x, y: x }, 100, 100);
  other.fit({ x: wide, y: x }, 100, 100);
  assert.ok(Math.abs(view.scale / other.scale - 1) < 0.01);
});

test("the map follows the pointer", () => {
  const view = fitted();
  view.move(30, -20);
  close(view.toPixels([5, 10]), [230, 180]);
});

test("zooming keeps what lies under the pointer, and has its limits", () => {
  const view = fitted();
  const under = view.toPlace([120, 80]);
  view.zoom([120, 80], 3);
  close(view.toPixels(under), [120, 80]);
  assert.equal(view.scale, 3 * view.fitted);
  view.zoom([0, 0], 1e9);
  assert.equal(view.scale, 60 * view.fitted);
  view.zoom([0, 0], 1e-9);
  assert.equal(view.scale, 0.7 * view.fitted);
});

test("the wheel turned away comes nearer, turned back goes as far", () => {
  assert.ok(wheelZoom(-100) > 1 && wheelZoom(100) < 1);
  assert.ok(Math.abs(wheelZoom(-100) * wheelZoom(100) - 1) < 1e-12);
});

test("the nearest point within reach is meant, and none beyond", () => {
  const view = fitted();
  const [x, y] = view.toPixels([10, 20]);
  assert.equal(view.nearest(PLACES, [x + 5, y - 5]), 2);
  assert.equal(view.nearest(PLACES, [x + NEAR + 1, y]), -1);
  const close = { x: Float32Array.from([0, 0.01]), y: Float32Array.from([0, 0]) };
  assert.equal(view.nearest(close, view.toPixels([0.009, 0])), 1);
});

test("a code is its origin and steps along directions", () => {
  const steering = {
    origin: [1, 2, 3],
    directions: [
      [1, 0, 0],
      [0, 2, -1],
    ],
    span: null,
  };
  assert.deepEqual(codeAt(steering, [0.5, -1]), [1.5, 0, 4]);
  assert.deepEqual(codeAt(steering, ["2", undefined]), [3, 2, 3]);
  assert.deepEqual(steering.origin, [1, 2, 3]);
  assert.deepEqual(codeAt({ ...steering, span: 3 }, [9, -50]), [4, -4, 6]); // as the sliders show them
});

test("the nearest code is the nearest, wherever it stands", () => {
  const codes = Float32Array.from([5, 5, 1, 1, 1, 1.5, 9, 9]);
  assert.deepEqual([nearest(codes, [1, 1.4]).index, nearest(codes, [8, 8]).index], [2, 3]);
  assert.ok(Math.abs(nearest(codes, [8, 8]).distance - Math.SQRT2) < 1e-6);
});

test("more codes than the server takes at once come back in their order", async () => {
  const given = globalThis.fetch;
  /** @type {number[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {any} */ address, /** @type {any} */ options) => {
      if (`${address}` === "weights")
        return Response.json({ m: { address: "none", side: 1, channels: 1, latent_dim: 1 } });
      if (!`${address}`.includes("decode")) return new Response("", { status: 404 });
      const { codes } = JSON.parse(options.body);
      asked.push(codes.length);
      return new Response(Uint8Array.from(codes.flat()));
    }
  );
  const codes = Array.from({ length: 120 }, (_, i) => [i]);
  const pictures = await decodeAll("m", codes);
  globalThis.fetch = given;
  assert.deepEqual([...pictures.pixels], codes.flat());
  assert.ok(pictures.n === 120 && Math.max(...asked) <= 64);
});

test("the numbers beside a picture are those of its code", () => {
  const codes = Float32Array.from([0, 0, 3, 4, 6, 8]);
  assert.deepEqual(nearest(codes, [3.3, 4.4]), { index: 1, distance: nearest(codes, [3.3, 4.4]).distance });
  assert.ok(Math.abs(nearest(codes, [3.3, 4.4]).distance - 0.5) < 1e-6);
  const told = { usual: { length: 5.5555, distance: 0.0123456 }, note: "Draw 3.", span: 3 };
  assert.equal(
    numbers(told, [3.3, 4.4], [1, -3], codes),
    "Draw 3. Length of the latent code ‖z‖: 5.5 (half of the gallery's: above 5.56). " +
      "Nearest code of a gallery image: 0.5 away (median among themselves: 0.0123).",
  );
  assert.match(numbers(told, [0, 0], [-9], null), /beyond ±3 is taken as ±3/);
  assert.match(numbers(told, [0, 0], [9], null), /beyond ±3 is taken as ±3\. Length of the latent code ‖z‖: 0 /);
  assert.doesNotMatch(numbers({ ...told, span: null }, [0, 0], [9], null), /beyond|Nearest/);
});

test("small pictures are enlarged in whole steps", () => {
  assert.deepEqual([28, 32, 64].map(sideFor), [504, 512, 256]);
});

test("points are grouped by their colour", () => {
  const base64 = (/** @type {ArrayBufferView} */ array) => Buffer.from(array.buffer).toString("base64");
  const told = {
    model: "m",
    x: base64(Float32Array.from([1, 2, 3])),
    y: base64(Float32Array.from([4, 5, 6])),
    colour: base64(Uint8Array.from([7, 0, 7])),
    glyphs: /** @type {string[] | null} */ (["0", "1", "2", "3", "4", "5", "6", "7"]),
    you: /** @type {[number, number]} */ ([0, 0]),
  };
  const points = unpack(told);
  assert.deepEqual([...points.x, ...points.y], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(
    [...points.groups],
    [
      [7, [0, 2]],
      [0, [1]],
    ],
  );
  const shaded = unpack({ ...told, glyphs: null, colour: base64(Uint8Array.from([0, 7, 255])) });
  assert.deepEqual(
    [...shaded.groups],
    [
      [0, [0, 1]],
      [31, [2]],
    ],
  );
  assert.ok(cases.shared.classes.length >= 10);
});

test("a click means the point that is near, or else the place, right and up", () => {
  const view = fitted();
  assert.deepEqual(clicked(view, PLACES, view.toPixels([10, 20])), { place: [10, 20], told: { index: 2 } });
  const { place, told } = clicked(view, PLACES, view.toPixels([7, 4]));
  close(place, [7, 4]);
  close([/** @type {number} */ (told.x), /** @type {number} */ (told.y)], [7, 4]);
  assert.equal(told.index, null);
});

test("points are drawn while a part of them is on the canvas", () => {
  assert.ok(visible(0, 0, 300, 200) && visible(300, 200, 300, 200) && visible(-5, 205, 300, 200));
  for (const [x, y] of [
    [-20, 100],
    [320, 100],
    [100, -20],
    [100, 220],
  ])
    assert.ok(!visible(x, y, 300, 200), `${x}, ${y}`);
});

test("what lies between points is decoded from the code that Python finds", () => {
  const { codes, places, asked, found } = cases.blends;
  const [x, y] = [0, 1].map(k => Float32Array.from(places, (/** @type {number[]} */ place) => place[k]));
  const flat = Float32Array.from(codes.flat());
  asked.forEach((/** @type {[number, number]} */ place, /** @type {number} */ i) => {
    assert.ok(near(1e-5)(codeOf({ x, y }, flat, place), found[i]), `place ${i}`);
  });
  const nearest = nearestPlaces({ x, y }, asked[0]).map(([distance]) => distance);
  assert.ok(nearest.length === 15 && nearest.every((value, k) => !k || value >= nearest[k - 1]));
  assert.deepEqual(codeOf({ x, y }, flat.subarray(0, 80), [0.25, -3]), [0.25, -3]); // two numbers are their own map
});

const state = /** @type {any} */ ({
  origin: [10, 20, 30],
  directions: [
    [0, 1, 0],
    [2, 0, 0],
    [0, 0, 5],
  ],
  span: 3,
  steps: [0.5, -1, 2],
});

test("each traversal moves one step of the present code from −3 to 3", () => {
  const codes = traversed(state, 2);
  assert.equal(codes.length, 14);
  assert.deepEqual(
    [codes[0], codes[6]],
    [
      [8, 17, 40],
      [8, 23, 40],
    ],
  );
  assert.deepEqual(
    [codes[7], codes[13]],
    [
      [4, 20.5, 40],
      [16, 20.5, 40],
    ],
  );
  assert.deepEqual(withStep([1, 2], 1, 5), [1, 5]);
});

test("the pad's cells lie at whole steps, the second dimension upwards, and a pointer finds them again", () => {
  const codes = cells(state, [0, 2]);
  assert.equal(codes.length, 49);
  assert.deepEqual(codes[0], [8, 17, 45]); // top left: −3 across, 3 upwards
  assert.deepEqual(codes[48], [8, 23, 15]);
  const middle = (/** @type {number} */ i) => (i + 0.5) / 7;
  assert.deepEqual(stepsAt([middle(0), middle(0)]), [-3, 3]);
  assert.deepEqual(stepsAt([middle(4), middle(6)]), [1, -3]);
  assert.deepEqual(stepsAt([-1, 2]), [-3, -3]); // beyond the edge
  const [x, y] = placeOf(stepsAt([0.3, 0.6]));
  assert.ok(Math.abs(x - 0.3) < 0.001 && Math.abs(y - 0.6) < 0.001);
});

test("undo and redo go back and forth; a new state drops what lay ahead", () => {
  const past = new Past();
  for (const steps of [[0], [1], [1], [2]]) past.push(steps);
  assert.deepEqual(past.go(-1), [1]);
  assert.deepEqual(past.go(-1), [0]);
  assert.equal(past.go(-1), null);
  assert.deepEqual(past.go(1), [1]);
  past.push([7]);
  assert.equal(past.go(1), null);
  assert.deepEqual(past.go(-1), [1]);
  for (let i = 0; i < 500; i++) past.push([i + 100]);
  assert.ok(past.states.length <= 200);
});

test("a walk keeps the prior's variance", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  let steps = normal(4000, random);
  for (let i = 0; i < 50; i++) steps = walked(steps, normal(4000, random));
  const variance = steps.reduce((sum, value) => sum + value ** 2, 0) / steps.length;
  assert.ok(Math.abs(variance - 1) < 0.08, `${variance}`);
});

test("what has changed is the largest of a pixel's channels", () => {
  const pixels = Uint8Array.from([0, 0, 0, 10, 10, 10, 51, 0, 0, 10, 112, 20]);
  const shares = change({ n: 2, side: 1, channels: 6, pixels });
  assert.ok(Math.abs(shares[0] - 102 / 255) < 1e-6);
});
