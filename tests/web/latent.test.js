import assert from "node:assert/strict";
import { test } from "node:test";
import { cases, near } from "./page.js";

const { NEAR, spread, View, wheelZoom } = await import("../../latentdemo/web/latent/map/known/view.js");
const { catchUp, hear } = await import("../../latentdemo/web/latent/edit/handles.js");
const { codeAt, startOf } = await import("../../latentdemo/web/latent/canvas.js");
const { cells, placeOf, stepsAt } = await import("../../latentdemo/web/latent/perturb/pad.js");
const { traversed, withStep } = await import("../../latentdemo/web/latent/perturb/traversals.js");
const { change, moved, Past, walked } = await import("../../latentdemo/web/latent/perturb/history.js");
const { normal, seeded } = await import("../../latentdemo/web/latent/chance.js");
const { decodeAll } = await import("../../latentdemo/web/latent/sheet.js");
const { nearest, nearestCalled, numbers } = await import("../../latentdemo/web/latent/gallery.js");
const { sideFor } = await import("../../latentdemo/web/latent/decode.js");
const blend = await import("../../latentdemo/web/latent/map/known/blend.js");
const { visible } = await import("../../latentdemo/web/latent/map/points.js");
const { boxed, plane, unpacked } = await import("../../latentdemo/web/latent/map/known/world.js");
const { Cells, keptBy } = await import("../../latentdemo/web/latent/map/known/neighbours.js");
const colours = await import("../../latentdemo/web/latent/map/known/colouring.js");
const { box, enclosed, inside } = await import("../../latentdemo/web/latent/map/known/lasso.js");
const { State } = await import("../../latentdemo/web/latent/map/state.js");
const { compared, mainAxis } = await import("../../latentdemo/web/latent/beside/statistics.js");
const own = await import("../../latentdemo/web/latent/beside/own.js");
const { agreement } = await import("../../latentdemo/web/latent/beside/trust.js");
const walk = await import("../../latentdemo/web/latent/beside/walk.js");
const { film } = await import("../../latentdemo/web/latent/edit/source.js");
const { lines, npy } = await import("../../latentdemo/web/latent/edit/files.js");
const { summed } = await import("../../latentdemo/web/latent/edit/arithmetic.js");
const { stretch } = await import("../../latentdemo/web/latent/edit/extra.js");
const { reaches } = await import("../../latentdemo/web/latent/perturb/reach.js");
const { called, nameOf, rename } = await import("../../latentdemo/web/latent/perturb/names.js");
const { centred, inkBox } = await import("../../latentdemo/web/pixels/digit.js");

/** @typedef {import("../../latentdemo/web/latent/map/known/world.js").Layout} Layout */

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
  const told = { usual: { far: 9, length: 5.5555, distance: 0.0123456 }, note: "Draw 3.", span: 3 };
  assert.equal(
    numbers(told, [3.3, 4.4], [1, -3], nearest(codes, [3.3, 4.4]).distance),
    "Draw 3. Length of the latent code ‖z‖: 5.5 (half of the gallery's: above 5.56). " +
      "Nearest code of a gallery image: 0.5 away (median among themselves: 0.0123).",
  );
  assert.match(numbers(told, [0, 0], [-9], null), /beyond ±3 is taken as ±3/);
  assert.match(numbers(told, [0, 0], [9], null), /beyond ±3 is taken as ±3\. Length of the latent code ‖z‖: 0 /);
  assert.doesNotMatch(numbers({ ...told, span: null }, [0, 0], [9], null), /beyond|Nearest/);
  assert.match(numbers(told, [0, 0], [1], 9.01), /beyond the data: 99 % of them lie nearer to each other\.$/);
  assert.doesNotMatch(numbers(told, [0, 0], [1], 9), /beyond the data/);
});

test("small pictures are enlarged in whole steps", () => {
  assert.deepEqual([28, 32, 64].map(sideFor), [504, 512, 256]);
});

const PAPER = { width: 300, height: 200 };

test("points are drawn while a part of them is on the canvas", () => {
  assert.ok(visible(0, 0, PAPER) && visible(300, 200, PAPER) && visible(-5, 205, PAPER));
  for (const [x, y] of [
    [-30, 100],
    [330, 100],
    [100, -30],
    [100, 230],
  ])
    assert.ok(!visible(x, y, PAPER), `${x}, ${y}`);
});

test("what lies between points is decoded from the code that Python finds, and codes are placed as Python does", () => {
  const { codes, places, asked, found, codes_asked, placed } = cases.blends;
  const [x, y] = [0, 1].map(k => Float32Array.from(places, (/** @type {number[]} */ place) => place[k]));
  const flat = Float32Array.from(codes.flat());
  asked.forEach((/** @type {[number, number]} */ place, /** @type {number} */ i) => {
    assert.ok(near(1e-5)(blend.codeOf({ x, y }, flat, place), found[i]), `place ${i}`);
  });
  codes_asked.forEach((/** @type {number[]} */ code, /** @type {number} */ i) => {
    assert.ok(near(1e-5)(blend.placeOf({ x, y }, flat, code), placed[i]), `code ${i}`);
  });
  const close15 = blend.nearestCodes(flat, codes[3], 4, 3);
  assert.equal(close15.length, 4);
  assert.ok(close15.every(([, i]) => i !== 3));
  assert.equal(blend.nearestCodes(flat, codes[3], 1)[0][1], 3);
});

/** @param {number} seed */
function randomly(seed) {
  let value = seed;
  return () => {
    value = (value * 16807) % 2147483647;
    return value / 2147483647;
  };
}

/** A small gallery: two clouds in three dimensions, of two classes. */
function small() {
  const random = randomly(7);
  const n = 60;
  const codes = Float32Array.from({ length: 3 * n }, (_, k) => random() + (k < 90 && k % 3 === 0 ? 5 : 0));
  const labels = Uint8Array.from({ length: n }, (_, i) => (i < 30 ? 0 : 1));
  const distance = (/** @type {number} */ i, /** @type {number} */ j) =>
    Math.hypot(...[0, 1, 2].map(d => codes[3 * i + d] - codes[3 * j + d]));
  const order = (/** @type {number} */ i) =>
    Array.from({ length: n }, (_, j) => j)
      .filter(j => j !== i)
      .sort((a, b) => distance(i, a) - distance(i, b))
      .slice(0, 15);
  const world = /** @type {any} */ ({
    model: "m",
    n,
    dims: 3,
    k: 15,
    codes,
    names: ["left", "right"],
    classes: true,
    labels,
    errors: Float32Array.from({ length: n }, (_, i) => i / n),
    near: Uint16Array.from(Array.from({ length: n }, (_, i) => order(i)).flat()),
    layouts: [],
    order: [2, 0, 1],
    mean: [0, 0],
    sd: [1, 1],
  });
  return { world, distance };
}

test("a layout fills a box of its own and knows its own unit", () => {
  const [x, y] = [Float32Array.from([10, 20, 30]), Float32Array.from([0, 1, 2])];
  const layout = boxed("l", x, y, null, null);
  assert.deepEqual([...layout.x], [-1, 0, 1]);
  assert.ok(near(1e-6)(layout.y, [-0.1, 0, 0.1]));
  assert.ok(near(1e-6)(layout.own([-1, 0.1]), [10, 2]) && near(1e-6)(layout.put([10, 2]), [-1, 0.1]));
  assert.deepEqual(spread(Float32Array.from([3, 1, 2])), [1, 3]);
});

test("two dimensions are a layout, and how many neighbours it keeps is counted", () => {
  const { world } = small();
  const made = plane(world, 2, 0);
  assert.equal(made.title, "z2 and z0");
  assert.deepEqual(made.dims, [2, 0]);
  const point = made.own([made.x[4], made.y[4]]);
  assert.ok(near(1e-5)(point, [world.codes[14], world.codes[12]]));
  const brute = Array.from({ length: world.n }, (_, i) => {
    const far = (/** @type {number} */ j) => Math.hypot(made.x[i] - made.x[j], made.y[i] - made.y[j]);
    const here = Array.from({ length: world.n }, (_, j) => j)
      .filter(j => j !== i)
      .sort((a, b) => far(a) - far(b))
      .slice(0, 15);
    return [...world.near.slice(15 * i, 15 * i + 15)].filter(j => here.includes(j)).length;
  });
  assert.deepEqual([...(made.kept ?? [])], brute);
  assert.deepEqual(keptBy(world, made), made.kept);
});

test("cells find the nearest points, from outside and in clusters too", () => {
  const random = randomly(3);
  const places = {
    x: Float32Array.from({ length: 300 }, (_, i) => (i % 2 ? random() : 100 + random())),
    y: Float32Array.from({ length: 300 }, random),
  };
  const cells = new Cells(places);
  for (const place of /** @type {[number, number][]} */ ([
    [0.5, 0.5],
    [-9, 4],
    [50, 0],
    [101, 7],
    [1e4, 1e4],
  ])) {
    const far = (/** @type {number} */ i) => Math.hypot(places.x[i] - place[0], places.y[i] - place[1]);
    const brute = [...places.x.keys()].sort((a, b) => far(a) - far(b)).slice(0, 5);
    assert.deepEqual(
      cells.nearest(place, 5).map(([, i]) => i),
      brute,
      `${place}`,
    );
  }
  assert.equal(cells.nearest([places.x[8], places.y[8]], 1, 8)[0][1] === 8, false);
});

test("points are coloured by class, by a number's share of its range, and told apart", () => {
  const { world } = small();
  const layout = plane(world, 0, 1);
  const byClass = colours.colouring(world, layout, "class", false);
  assert.deepEqual(
    byClass.groups.map(group => group.length),
    [30, 30],
  );
  assert.deepEqual(byClass.glyphs, ["le", "ri"]);
  assert.deepEqual(colours.glyphs(["Sandal", "Sneaker", "Sand"]), ["Sandal", "Sn", "Sand"]);
  assert.deepEqual(colours.glyphs(["0", "1", "4", "7"]), ["0", "1", "4", "7"]);
  assert.deepEqual(colours.glyphs(["class 1", "class 2", "class 4"]), ["c1", "c2", "c4"]);
  assert.deepEqual(colours.glyphs(["10", "100", "101"]), ["10", "100", "101"]);
  const byError = colours.colouring(world, layout, "reconstruction error", false);
  assert.deepEqual(byError.range, ["0", "0.983"]);
  assert.ok(byError.groups[0].includes(0) && byError.groups[31].includes(59) && byError.glyphs === null);
  assert.deepEqual(colours.choices(world), ["class", "reconstruction error", "length of the code", "neighbours kept"]);
  const lengths = colours.valuesOf(world, layout, "length of the code");
  assert.ok(Math.abs((lengths?.[7] ?? 0) - Math.hypot(...world.codes.slice(21, 24))) < 1e-5);
  assert.equal(colours.valuesOf(world, layout, "neighbours kept"), layout.kept);
  const labels = Float32Array.from({ length: world.n }, (_, i) => (i % 6 ? i : Number.NaN));
  const blanks = colours.colouring({ ...world, classes: false, names: ["age"], labels }, layout, "age", false);
  assert.deepEqual(blanks.range, ["1", "59"]);
  assert.equal(blanks.groups.length, 33);
  assert.ok(blanks.groups[32].length === 10 && blanks.groups[32].includes(6) && blanks.groups[0].includes(1));
  const [day, night] = [false, true].map(dark => colours.colouring(world, layout, "class", dark).colours[0]);
  assert.equal(day, "rgb(0,0,0)");
  assert.equal(night, "rgb(102,102,102)"); // black would not be seen on dark paper
});

test("an outline holds what lies inside it, however it bends", () => {
  const notch = /** @type {[number, number][]} */ ([
    [0, 0],
    [10, 0],
    [10, 10],
    [5, 2],
    [0, 10],
  ]);
  assert.ok(inside([2, 2], notch) && inside([8, 2], notch) && !inside([5, 5], notch) && !inside([-1, 2], notch));
  const view = new View();
  Object.assign(view, { scale: 10, x: 0, y: 100 });
  const places = { x: Float32Array.from([1, 5, 9]), y: Float32Array.from([1, 5, 9]) };
  assert.deepEqual(
    enclosed(places, view, box([0, 100], [60, 40]), () => true),
    [0, 1],
  );
  assert.deepEqual(
    enclosed(places, view, box([60, 40], [0, 100]), i => i > 0),
    [1],
  );
});

test("what is chosen on a map has a code, and a code has a place", async () => {
  const { world } = small();
  const state = new State();
  const layout = plane(world, 0, 1);
  Object.assign(state, { world: { ...world, layouts: [layout] }, layout });
  /** @type {string[]} */
  const told = [];
  state.on(what => told.push(what));
  assert.deepEqual(told.splice(0), ["world", "layout", "selected", "chosen"]);
  state.choose(5);
  assert.deepEqual(state.chosen?.code, [...world.codes.slice(15, 18)]);
  assert.equal(
    state.near(3).some(([, i]) => i === 5),
    false,
  );
  assert.ok(near(1e-5)(state.placeOf(layout, [...world.codes.slice(15, 18)]), [layout.x[5], layout.y[5]]));
  state.chooseAt(layout, [layout.x[9], layout.y[9]]);
  assert.ok(near(1e-5)(state.chosen?.code ?? [], world.codes.slice(27, 30))); // a point itself
  state.select([1, 2]);
  assert.deepEqual([...state.group], [1, 2]);
  state.hidden.add(1);
  assert.ok(state.seen(3) && !state.seen(40));
  assert.ok(!state.exact(layout)); // three numbers are no place
  assert.deepEqual(told, ["chosen", "chosen", "selected"]);
});

test("what is edited does not count as near to itself, and ends of ranges are as fine as matters", () => {
  const codes = Float32Array.from([0, 0, 1, 0, 3, 0]);
  assert.deepEqual(nearest(codes, [0.1, 0], [0]), { index: 1, distance: Math.hypot(1 - 0.1, 0) });
  assert.equal(nearest(codes, [0.1, 0]).index, 0);
  assert.equal(colours.rangeEnd(0.0000557, 1), "0");
  assert.equal(colours.rangeEnd(0.00023456, 0.001), "0.00023");
  assert.equal(colours.rangeEnd(123.456, 200), "123");
});

test("a principal component map places a code as Python projects it, and every place has a code that lies there", () => {
  const { codes, projected, ...components } = cases.components;
  const packed = (/** @type {number[]} */ values) =>
    Buffer.from(new Uint8Array(Float32Array.from(values).buffer)).toString("base64");
  const [x, y] = [0, 1].map(k => packed(projected.map((/** @type {number[]} */ place) => place[k])));
  const layout = unpacked({ title: "PCA", x, y, kept: "", trust: 1, components });
  assert.deepEqual(layout.axes?.titles, ["PC1, 79 % of variance", "PC2, 17 % of variance"]);
  const state = new State();
  const flat = Float32Array.from(codes.flat());
  const world = /** @type {any} */ ({ ...small().world, codes: flat, n: codes.length, dims: 4, layouts: [layout] });
  Object.assign(state, { world, layout });
  codes.forEach((/** @type {number[]} */ code, /** @type {number} */ i) => {
    assert.ok(near(1e-5)(layout.own(state.placeOf(layout, code)), projected[i]), `code ${i}`);
  });
  const far = [9, -7, 5, 11]; // unlike all others: neighbours would keep it among them
  const exact = components.axes.map((/** @type {number[]} */ row) =>
    row.reduce((sum, value, d) => sum + value * (far[d] - components.mean[d]), 0),
  );
  assert.ok(near(1e-6)(layout.own(state.placeOf(layout, far)), exact));
  const place = /** @type {[number, number]} */ ([0.37, -0.21]);
  assert.ok(near(1e-6)(state.placeOf(layout, state.codeAt(layout, place) ?? []), place));
});

test("a group is compared with all others", () => {
  const { world } = small();
  const group = [0, 1, 2, 30];
  const first = compared(world, group).find(({ name }) => name === "left") ?? assert.fail();
  assert.ok(Math.abs(first.here - 0.75) < 1e-12 && Math.abs(first.there - 27 / 56) < 1e-12);
  const factors = {
    ...world,
    classes: false,
    names: ["a", "b"],
    sd: [2, 1],
    labels: Float32Array.from({ length: 120 }, (_, k) => (k % 2 ? 0 : k / 2)),
  };
  const [a, b] = compared(factors, [58, 59]);
  assert.equal(a.name, "a");
  assert.ok(Math.abs(a.difference - (58.5 - 28.5) / 2) < 1e-9 && b.difference === 0);
  const blank = {
    ...factors,
    labels: Float32Array.from(factors.labels, (/** @type {number} */ value, /** @type {number} */ k) =>
      k % 2 || k === 116 ? Number.NaN : value,
    ),
  };
  const [one, none] = compared(blank, [58, 59]);
  assert.ok(Math.abs(one.difference - (59 - 28.5) / 2) < 1e-9 && none.name === "b" && none.difference === 0);
  const axis = mainAxis({ ...world, codes: Float32Array.from([0, 0, 0, 3, 4, 0, 6, 8, 0]), n: 3 }, [0, 1, 2]);
  assert.ok(
    near(1e-4)(
      axis.map(Math.abs),
      [0.6, 0.8, 0].map(value => value * Math.sqrt(50 / 3)),
    ),
  );
});

test("an attribute of one's own is the difference of two means", () => {
  const { world } = small();
  const mean = (/** @type {number[]} */ points) =>
    [0, 1, 2].map(d => points.reduce((sum, i) => sum + world.codes[3 * i + d], 0) / points.length);
  const made = own.made(world, [0, 1], [30, 31, 1]);
  assert.deepEqual(made.without, [30, 31]); // who has it does not lack it
  assert.ok(
    near(1e-5)(
      made.vector,
      mean([0, 1]).map((value, d) => value - mean([30, 31])[d]),
    ),
  );
  assert.equal(own.made(world, [0, 1], []).without.length, 58);
  let heard = 0;
  own.onOwn(() => {
    heard++;
  });
  own.keep(made);
  assert.equal(own.ownOf("m"), made);
  assert.equal(heard, 1);
});

test("the nearest gallery image is called real only where it is shown itself", () => {
  assert.equal(nearestCalled(true), "nearest real image");
  assert.equal(nearestCalled(false), "nearest gallery image, decoded");
});

test("the start image is the one with all sliders at 0, or the one that Python set", () => {
  const state = { origin: [0, 0], start: [1, 2] };
  assert.deepEqual(
    [startOf(state, "origin"), startOf(state, undefined)],
    [
      [0, 0],
      [1, 2],
    ],
  );
});

test("maps agree with themselves and not with another", () => {
  const { world } = small();
  const [one, other] = [plane(world, 0, 1), plane(world, 1, 2)];
  assert.equal(agreement(one, one, 15), 1);
  const random = seeded(3);
  const line = (/** @type {number[]} */ x) => ({ ...one, x: Float32Array.from(x), y: new Float32Array(x.length) });
  const row = Array.from({ length: 1200 }, () => 1000 * random());
  const moved = row.map((x, i) => (i % 2 ? x : 1000 * random()));
  const [first, second] = [line(row), line(moved)];
  const near = (/** @type {Float32Array} */ on, /** @type {number} */ i) =>
    on.reduce((best, x, j) => (j !== i && Math.abs(x - on[i]) < Math.abs(on[best] - on[i]) ? j : best), i ? 0 : 1);
  const kept = row.filter((_, i) => near(first.x, i) === near(second.x, i)).length;
  assert.ok(Math.abs(agreement(first, second, 1) - kept / row.length) < 1e-9); // every point counts
  const mixed = agreement(one, other, 15);
  const near15 = (/** @type {Layout} */ on, /** @type {number} */ i) =>
    [...on.x.keys()]
      .filter(j => j !== i)
      .sort(
        (a, b) => Math.hypot(on.x[a] - on.x[i], on.y[a] - on.y[i]) - Math.hypot(on.x[b] - on.x[i], on.y[b] - on.y[i]),
      )
      .slice(0, 15);
  const shared = [...one.x.keys()].map(i => near15(one, i).filter(j => near15(other, i).includes(j)).length);
  assert.ok(Math.abs(mixed - shared.reduce((sum, n) => sum + n, 0) / (15 * shared.length)) < 1e-12, `${mixed}`);
});

test("walks and films go from end to end", () => {
  assert.deepEqual(walk.between([0, 10], [4, 20], 0.25), [1, 12.5]);
  assert.ok(walk.shares[0] === 0 && walk.shares.at(-1) === 1 && walk.shares.length === 8);
  const codes = film([0, 1], [15, 1]);
  assert.equal(codes.length, 16);
  assert.deepEqual(
    [codes[0], codes[3], codes[15]],
    [
      [0, 1],
      [3, 1],
      [15, 1],
    ],
  );
});

test("a vector is saved as numpy reads it, and the lines make the very code", async () => {
  const bytes = new Uint8Array(await npy([1.5, -2, 0.1]).arrayBuffer());
  const length = bytes[8] + 256 * bytes[9];
  assert.equal((10 + length) % 64, 0);
  const header = new TextDecoder().decode(bytes.slice(10, 10 + length));
  assert.match(header, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3,\), \} *\n$/);
  assert.deepEqual([...new Float32Array(bytes.slice(10 + length).buffer)], [1.5, -2, Math.fround(0.1)]);
  const text = lines("faces-vae", [Math.fround(0.1), -1 / 3, 1e-9, 2]);
  const code = /\[(.*)\], np\.float32/.exec(text)?.[1].split(", ").map(Number) ?? [];
  assert.deepEqual(code.map(Math.fround), [0.1, -1 / 3, 1e-9, 2].map(Math.fround));
  assert.match(text, /0\.1, -0\.33333333, 1e-9, 2\]/);
});

test("codes are added and taken away", () => {
  assert.deepEqual(
    summed([
      [5, 1],
      [2, 4],
      [1, 1],
    ]),
    [4, -2],
  );
});

test("how far the data reach along a slider is marked", () => {
  const codes = Float32Array.from({ length: 202 }, (_, k) => (k % 2 ? 7 : (k / 2 - 50) / 10)); // −5 … 5 in the first
  const way = {
    origin: [1, 7],
    directions: [
      [2, 0],
      [0, 1],
    ],
  };
  const [[low, high], across] = reaches(way, codes);
  assert.ok(Math.abs(low - (-4.9 - 1) / 2) < 1e-5 && Math.abs(high - (4.9 - 1) / 2) < 1e-5);
  assert.deepEqual(across, [0, 0]);
  const there = Float32Array.from([0, 0, 1, 0, 2, 0]);
  const found = stretch(
    {
      origin: [0, 0],
      directions: [
        [1, 0],
        [0, 1],
      ],
      span: 3,
    },
    0,
    there,
    0.5,
  );
  assert.deepEqual(found, [-0.5, 2.5]);
  assert.deepEqual(
    stretch(
      {
        origin: [0, 0],
        directions: [
          [1, 0],
          [0, 1],
        ],
        span: 3,
      },
      1,
      there,
      0.25,
    ),
    [-0.25, 0.25],
  );
});

test("dimensions keep the names they are given, model by model", () => {
  rename("m", "z3", " smile ");
  assert.equal(nameOf("m", "z3"), "smile");
  assert.equal(called("m", "z3"), "smile (z3)");
  assert.equal(called("other", "z3"), "z3");
  rename("m", "z3", "");
  assert.equal(called("m", "z3"), "z3");
});

test("the slider that was moved last is the one that loops", () => {
  assert.equal(moved([0, 1, 2], [0, 1.5, 2.1]), 1);
  assert.equal(moved([0, 1], [0, 1]), undefined);
});

test("a drawing is cropped to its ink and centred by its mass", () => {
  const page = new Float32Array(100);
  for (const [x, y] of [
    [3, 4],
    [4, 4],
    [4, 5],
  ])
    page[10 * y + x] = 1;
  page[99] = 0.25; // too faint
  assert.deepEqual(inkBox(page, 10, 10), [3, 4, 2, 2]);
  assert.equal(inkBox(new Float32Array(100), 10, 10), null);
  const out = centred(Uint8Array.from([0, 255, 0, 255]), 2, 2); // mass at (1, 0.5)
  assert.equal(out[13 * 28 + 13], 255); // 13.5 − 1 is rounded to the even number, as Python does
  assert.equal(out[14 * 28 + 13], 255);
  assert.equal(
    out.reduce((sum, value) => sum + value, 0),
    510,
  );
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
  for (let i = 0; i < 50; i++) steps = walked(steps, normal(4000, random), { n: 4000, sd: 1 });
  const variance = steps.reduce((sum, value) => sum + value ** 2, 0) / steps.length;
  assert.ok(Math.abs(variance - 1) < 0.08, `${variance}`);
  for (let i = 0; i < 200; i++) steps = walked(steps, normal(4000, random), { n: 2000, sd: 0.5 });
  const half = steps.slice(0, 2000).reduce((sum, value) => sum + value ** 2, 0) / 2000;
  assert.ok(Math.abs(half - 0.25) < 0.03, `${half}`);
  assert.deepEqual(walked([1, 2, 3], [0, 0, 0], { n: 1, sd: 1 }).slice(1), [2, 3]); // the others stand still
});

test("what has changed is the largest of a pixel's channels", () => {
  const pixels = Uint8Array.from([0, 0, 0, 10, 10, 10, 51, 0, 0, 10, 112, 20]);
  const shares = change({ n: 2, side: 1, channels: 6, pixels });
  assert.ok(Math.abs(shares[0] - 102 / 255) < 1e-6);
});

/** @type {(string | null)[]} by slider; null: not in the page */
let fields = [];
/** @type {(event: {target: object}) => void} */
let input = () => undefined;
const page = /** @type {any} */ ({
  querySelector: (/** @type {string} */ where) => {
    const value = fields[Number(/-step-(\d)/.exec(where)?.[1])];
    return value === null ? null : { value, step: "0.05" };
  },
  addEventListener: (/** @type {string} */ _, /** @type {typeof input} */ take) => {
    input = take;
  },
});
const later = () => new Promise(done => setTimeout(done, 150));

test("a slider that was moved since Python was asked counts as it stands", async () => {
  globalThis.document = page;
  fields = ["3", "0.041", "-0.94", null, ""]; // moved; rounded; moved a little; not in the page; emptied
  const told = [1, 0.001, -1, 2, 0.5];
  assert.deepEqual(await new Promise(take => catchUp("first", told, take)), [3, 0.001, -0.94, 2, 0.5]);
  fields = ["1", "0.001", "-1", "2", "0.5"];
  catchUp("other", told, () => assert.fail("nothing was moved"));
  await later();
});

test("once somebody listens, only sliders that were moved since the last telling count", async () => {
  globalThis.document = page;
  /** @type {[string, number, number][]} */
  const heard = [];
  hear((...move) => heard.push(move));
  input({ target: { value: "2", closest: () => ({ id: "pad-step-1" }) } });
  input({ target: { value: "7", closest: () => null } });
  assert.deepEqual(heard, [["pad", 1, 2]]);
  fields = ["5", "2"]; // the first is one that Gradio has not set yet
  assert.deepEqual(await new Promise(take => catchUp("pad", [0, 0], take)), [0, 2]);
  /** @type {number[][]} */
  const taken = [];
  catchUp("pad", [1, 1], steps => taken.push(steps));
  input({ target: { value: "2", closest: () => ({ id: "pad-step-1" }) } });
  catchUp("pad", [1, 0], steps => taken.push(steps)); // in place of the one before
  await later();
  assert.deepEqual(taken, [[1, 2]]);
});
