import assert from "node:assert/strict";
import { test } from "node:test";
import { cases } from "./page.js";

const { number, parse, rounded, write } = await import("../../latentdemo/web/core/numerals.js");
const { scales } = await import("../../latentdemo/web/core/linechart.js");
const { follow } = await import("../../latentdemo/web/core/panel.js");
const { latest } = await import("../../latentdemo/web/core/latest.js");
const { advance } = await import("../../latentdemo/web/core/player.js");
const { onArrows } = await import("../../latentdemo/web/core/keys.js");

test("numbers are written as Python writes them", () => {
  for (const [value, text] of cases.written) assert.equal(number(value), text);
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

test("a chart's places go right, its values up from 0", () => {
  const { x, y } = scales({ width: 700, height: 300, left: 80, right: 20, bottom: 50, top: 10 }, 7, 2);
  assert.deepEqual([x(0), x(3), x(6)], [80, 380, 680]);
  assert.deepEqual([y(0), y(1), y(2)], [250, 130, 10]);
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
