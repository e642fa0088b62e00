import assert from "node:assert/strict";
import { test } from "node:test";
import { cases } from "./page.js";

const { fixed, number, parse, rounded, write } = await import("../../latentdemo/web/core/numerals.js");
const { figureOf } = await import("../../latentdemo/web/charts/lines.js");
const { coloured } = await import("../../latentdemo/web/charts/plot.js");
const { follow } = await import("../../latentdemo/web/core/panel.js");
const { advance } = await import("../../latentdemo/web/core/player.js");
const { onArrows } = await import("../../latentdemo/web/core/keys.js");
const { fetchWithRetry, latest, newestLast } = await import("../../latentdemo/web/core/requests.js");

test("numbers are written as Python writes them", () => {
  for (const [value, text] of cases.written) assert.equal(number(value), text);
  for (const [value, decimals, text] of cases.fixed) assert.equal(fixed(value, decimals), text);
  assert.equal(rounded(0.123456, 3), "0.123");
  assert.equal(rounded(-2.345, 2), "−2.3");
});

test("what people type is read as Python reads it", () => {
  for (const [text, value] of Object.entries(cases.typed))
    if (value === null) assert.ok(Number.isNaN(parse(text)), text);
    else assert.equal(parse(text), value, text);
});

test("one comma is a decimal point where a single number is typed", () => {
  assert.equal(parse("0,5"), 0.5);
  assert.equal(parse("−1,25"), -1.25);
  for (const text of ["1,5,2", "1.000,5", ","]) assert.ok(Number.isNaN(parse(text)), text);
});

test("nothing is lost of a number that is edited", () => {
  for (const value of [0.1, -1 / 3, 123456.75, 1e-7]) assert.ok(Math.abs(Number(write(value)) - value) < 1e-12 * 1e6);
  assert.equal(write(0.30000000000000004), "0.3");
});

test("arrow keys walk down and right, other keys are left alone", () => {
  const element = new EventTarget();
  /** @type {number[][]} */
  const walked = [];
  onArrows(/** @type {any} */ (element), (down, right) => walked.push([down, right]));
  const press = (/** @type {string} */ key) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { key });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.deepEqual(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "x"].map(press), [
    true,
    true,
    true,
    true,
    false,
  ]);
  assert.deepEqual(walked, [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ]);
});

test("a line chart's figure holds its numbers, and a marker where the slider stands", () => {
  const chart = {
    label: "l",
    title: "step",
    n: 3,
    most: 2,
    lines: [{ css: "lane0", title: "a", values: [0, 1, 2] }],
    ticks: [{ at: 2, text: "end" }],
    levels: [{ value: 1.5, text: "usual" }],
  };
  const { data, layout } = figureOf(chart, 1);
  assert.deepEqual([data[0].x, data[0].y, data[0].line.color], [[0, 1, 2], [0, 1, 2], "var(--lane0)"]);
  const [now, usual] = /** @type {any} */ (layout).shapes;
  assert.deepEqual([now.x0, now.x1, usual.y0, usual.y1], [1, 1, 1.5, 1.5]);
  const { xaxis, yaxis, annotations } = /** @type {any} */ (layout);
  assert.deepEqual([xaxis.tickvals, xaxis.ticktext, yaxis.range], [[2], ["end"], [0, 2]]);
  assert.equal(annotations[0].text, "usual");
});

test("colours are those of the page, wherever they stand in a figure", () => {
  const look = (/** @type {string} */ name) => ({ "--vae": "#12f" })[name] || "?";
  const numbers = [1, 2];
  const found = coloured({ marker: { color: "var(--vae)" }, x: ["var(--vae)", "z0"], y: numbers }, look);
  assert.deepEqual(found, { marker: { color: "#12f" }, x: ["#12f", "z0"], y: [1, 2] });
  assert.equal(found.y, numbers); // not copied
});

test("Python's value is taken now and whenever another one comes; a large one leaves the component", () => {
  /** @type {any[]} */
  const taken = [];
  /** @type {() => void} */
  let changed = () => {};
  const props = /** @type {{value: any}} */ ({ value: '{"a":1}' });
  const watch = (/** @type {string} */ name, /** @type {() => void} */ take) => {
    assert.equal(name, "value");
    changed = take;
  };
  follow({ props, watch }, value => taken.push(value), { large: true });
  assert.equal(props.value, null);
  changed(); // there is none now
  props.value = { a: 2 };
  changed();
  assert.deepEqual(taken, [{ a: 1 }, { a: 2 }]);
  const kept = { value: { b: 1 } };
  follow({ props: kept, watch }, value => taken.push(value));
  assert.deepEqual(kept.value, { b: 1 });
});

test("an answer that was overtaken is known", () => {
  const ask = latest();
  const first = ask();
  assert.ok(first());
  const second = ask();
  assert.ok(!first() && second());
  assert.ok(latest()()()); // another one's count
});

test("Play goes to the end, then begins again", () => {
  const slider = { value: "1", max: "2" };
  advance(slider);
  assert.equal(slider.value, 2);
  advance(slider);
  assert.equal(slider.value, 0);
});

test("a busy server is asked again, five times at most, and not once the request is aborted", async t => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = async (/** @type {number[]} */ statuses, /** @type {AbortSignal} */ signal) => {
    let n = 0;
    t.mock.method(
      globalThis,
      "fetch",
      async () => new Response("", { status: statuses[n++], headers: { "retry-after": "2" } }),
    );
    const answer = fetchWithRetry("a", { signal }).then(
      ({ status }) => status,
      error => error.name,
    );
    for (let i = 0; i < 30; i++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(3000);
    }
    return [await answer, n];
  };
  const { signal } = new AbortController();
  assert.deepEqual(await asked([200], signal), [200, 1]);
  assert.deepEqual(await asked([503, 503, 200], signal), [200, 3]);
  assert.deepEqual(await asked([503, 503, 503, 503, 503, 503, 200], signal), [503, 6]);
  assert.deepEqual(await asked([503, 200], AbortSignal.abort()), ["AbortError", 1]);
});

test("settings are sent one at a time, the newest last", async () => {
  /** @type {object[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const answers = [];
  const send = (/** @type {object} */ settings) => {
    sent.push(settings);
    return new Promise(resolve => answers.push(() => resolve(undefined)));
  };
  const settle = () => new Promise(resolve => setTimeout(resolve));
  const set = newestLast(send);
  const done = [set({ beta: 1 })];
  await settle();
  for (const beta of [2, 3]) done.push(set({ beta }));
  done.push(set({ rate: 5 }));
  await settle();
  assert.deepEqual(sent, [{ beta: 1 }]);
  answers[0]();
  await settle();
  assert.deepEqual(sent, [{ beta: 1 }, { beta: 3, rate: 5 }]);
  answers[1]();
  await Promise.all(done);
  assert.equal(sent.length, 2);
});

test("a refused setting is told and does not stop later ones", async () => {
  const set = newestLast(async settings => {
    if ("bad" in settings) throw new Error("refused");
  });
  await assert.rejects(set({ bad: 1 }), /refused/);
  await set({ good: 1 });
});
