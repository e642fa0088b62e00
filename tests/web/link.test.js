import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const address = await import("../../latentdemo/web/link/address.js");
const { list } = await import("../../latentdemo/web/link/keep.js");
const { slug } = await import("../../latentdemo/web/link/tabs.js");
const { grouped } = await import("../../latentdemo/web/page/screens.js");
const quiet = await import("../../latentdemo/web/link/quiet.js");
const keep = await import("../../latentdemo/web/link/keep.js");

test("a state survives its address", () => {
  const state = {
    ...address.nothing(),
    tab: "perturb/pad",
    image: "sample Digit 7",
    models: "Digits · 2-D · β = 10",
    values: new Map([
      ["perturb-0", "-1.5"],
      ["names", "z3:a&b=c;z5:ä/é"],
      ["empty", ""],
    ]),
    hidden: ["cnn-features", "pair"],
    locked: ["perturb-0"],
  };
  const text = address.write(state);
  assert.ok(text.startsWith("tab=perturb/pad&image=sample+Digit+7&models="));
  assert.deepEqual(address.read(`#${text}`), state);
  assert.deepEqual(address.differing(state, address.read(text)), []);
});

test("what belongs to the page, to Gradio or to a Space is no state", () => {
  const read = address.read("?__theme=dark&__sign=abc&mode=present&engine=plain&perturb-0=1");
  assert.deepEqual([...read.values], [["perturb-0", "1"]]);
});

test("the later of two addresses counts, and the mode of the page is no state", () => {
  const state = address.read("?mode=present&tab=kernels", "#tab=perturb");
  assert.equal(state.tab, "perturb");
  assert.equal(state.values.size, 0);
});

test("no key of an address is taken for something else", () => {
  const state = address.read("#__proto__=1&constructor=2&hasOwnProperty=3&toString=4");
  assert.deepEqual([...state.values.keys()], ["__proto__", "constructor", "hasOwnProperty", "toString"]);
});

test("what differs is named once", () => {
  const [one, other] = [address.read("tab=a&x=1&y=2&hide=p"), address.read("tab=b&x=1&z=3&lock=p")];
  assert.deepEqual(address.differing(one, other).sort(), ["hide", "lock", "tab", "y", "z"]);
});

test("titles stand in an address without signs", () => {
  assert.equal(slug("Size × β"), "size-beta");
  assert.equal(slug("A−B+C"), "a-b-c");
  assert.equal(slug("Faces · 32-D · β = 0.01"), "faces-32-d-beta-0-01");
});

test("lists of numbers are read as they were written, or not at all", () => {
  assert.equal(list.write([1, -0.12345, 1e-9]), "1,-0.123,0");
  assert.deepEqual(list.read("1,-0.123,0", 3), [1, -0.123, 0]);
  for (const wrong of ["", "1,x", "1,2", "1,2,3,4", "NaN,1,2", "1e999,1,2"]) assert.equal(list.read(wrong, 3), null);
});

test("what a panel keeps can be told before it is there, and a wrong text is left alone", async () => {
  /** @type {(string | null)[]} */
  const got = [];
  await keep.put("late", "5");
  assert.deepEqual(keep.missed(), ["late"]);
  keep.keep("late", /** @type {any} */ ({}), text => got.push(text));
  assert.deepEqual([got, keep.missed()], [["5"], []]);
  keep.touch("late", "6");
  assert.deepEqual(
    keep.all(() => true),
    [["late", "6"]],
  );
  assert.deepEqual(
    keep.all(() => false),
    [],
  );
  keep.keep("strict", /** @type {any} */ ({}), () => {
    throw new Error("no");
  });
  await keep.put("strict", "x");
  assert.deepEqual(
    keep.all(() => true),
    [["late", "6"]],
  );
});

test("the page is quiet once everything asked is answered, in whatever order", async () => {
  let done = false;
  quiet.asked();
  quiet.answered("early"); // the answer came before the receipt
  const waits = quiet.quiet().then(() => {
    done = true;
  });
  await new Promise(resolve => setTimeout(resolve, 250));
  assert.equal(done, false);
  quiet.taken("early");
  await waits;
  quiet.asked();
  quiet.taken("lost");
  setTimeout(quiet.ended, 50);
  await quiet.quiet();
});

test("parts are put on screens in their order, as many as fit", () => {
  assert.deepEqual(grouped([100, 200, 300, 50], 320), [[0, 1], [2], [3]]);
  assert.deepEqual(grouped([500, 10], 320), [[0], [1]]);
  assert.deepEqual(grouped([], 320), []);
});

test("a seed counts up at each press, stands in the link, and is a whole number whatever a link says", async () => {
  /** @type {number[]} */
  const sown = [];
  const button = /** @type {any} */ ({});
  keep.keepSeed("dice", /** @type {any} */ ({}), button, seed => sown.push(seed));
  button.onclick();
  button.onclick();
  assert.deepEqual(
    keep.all(() => true).filter(([key]) => key === "dice"),
    [["dice", "2"]],
  );
  for (const text of ["7", "-3", "many", "2.9", null]) await keep.put("dice", text);
  button.onclick();
  assert.deepEqual(sown, [1, 2, 7, 0, 0, 2, 0, 1]);
});
