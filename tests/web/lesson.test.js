import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { near } from "./page.js";

const { isRight, rightAnswer } = await import("../../latentdemo/web/lesson/ask.js");
const { histogram } = await import("../../latentdemo/web/lesson/room.js");
const { entryAt, learn } = await import("../../latentdemo/web/lesson/glossary.js");
const { lerp, slerp } = await import("../../latentdemo/web/alone/lanes.js");
const { inChannels } = await import("../../latentdemo/web/pixels/resize.js");
const { base64, channelsOf, meanSquare } = await import("../../latentdemo/web/alone/seen.js");

const base = { question: "", why: "" };

test("answers are right by option, by distance, and by place", () => {
  const choice = { ...base, kind: /** @type {const} */ ("choice"), options: ["a", "b"], answer: 1 };
  assert.deepEqual([isRight(choice, 1), isRight(choice, 0), rightAnswer(choice)], [true, false, "b"]);
  const number = {
    ...base,
    kind: /** @type {const} */ ("number"),
    least: 0,
    most: 9,
    answer: 5,
    within: 0.5,
    unit: "px",
  };
  assert.deepEqual([isRight(number, 5.5), isRight(number, 5.6), rightAnswer(number)], [true, false, "5 px"]);
  const point = { ...base, kind: /** @type {const} */ ("point"), on: "#x", answer: [0.2, 0.4, 0.6, 0.8] };
  assert.deepEqual(
    [isRight(point, [0.2, 0.8]), isRight(point, [0.1, 0.5]), isRight(point, [0.3, 0.9])],
    [true, false, false],
  );
});

test("a histogram counts every answer once, the ends included", () => {
  assert.deepEqual(histogram([0, 0.1, 5, 10, -3, 99], 0, 10, 5), [3, 0, 1, 0, 2]);
});

test("words are found where they stand alone, the longest first", () => {
  const told = JSON.parse(readFileSync(new URL("../../latentdemo/web/lesson/glossary.json", import.meta.url), "utf8"));
  learn(told);
  const text = "The KL term draws latent codes to N(0, I); σ, 2μ and zebra.";
  const at = (/** @type {string} */ part) => entryAt(text, text.indexOf(part) + 1)?.name;
  assert.deepEqual(
    [at("KL"), at("latent"), at("codes"), at("N(0"), at("σ")],
    ["KL", "latent", "latent", "N(0, I)", "σ"],
  );
  assert.deepEqual([at("zebra"), at("draws")], [undefined, undefined]);
  assert.equal(entryAt("Kernels are small", 2)?.name, "kernel");
  for (const [name, [names, meaning]] of Object.entries(told))
    assert.ok(names.includes(name) && meaning.length > 15, name);
});

test("straight and great-circle ways meet their ends, and keep their lengths", () => {
  const [a, b] = [
    [3, 0, 0],
    [0, 4, 0],
  ];
  assert.deepEqual([slerp(a, b, 0).map(Math.round), slerp(a, b, 1).map(Math.round)], [a, b]);
  assert.ok(near(1e-9)(lerp(a, b, 0.5), [1.5, 2, 0]));
  const middle = slerp([1, 0], [0, 1], 0.5);
  assert.ok(near(1e-9)(middle, [Math.SQRT1_2, Math.SQRT1_2]));
  assert.ok(near(1e-9)(slerp([1, 1], [2, 2], 0.5), [1.5, 1.5]));
});

test("grey is BT.601, as Python has it", () => {
  const data = new Uint8ClampedArray([255, 0, 0, 255, 10, 20, 30, 255]);
  const image = { width: 2, height: 1, ...channelsOf(data) };
  assert.deepEqual([...image.pixels], [255, 0, 0, 10, 20, 30]);
  assert.deepEqual([...inChannels(image, 1).pixels], [76, 18]);
  const grey = { width: 2, height: 1, ...channelsOf(new Uint8ClampedArray([7, 7, 7, 255, 9, 9, 9, 255])) };
  assert.equal(grey.channels, 1);
  assert.deepEqual([...inChannels(grey, 3).pixels], [7, 7, 7, 9, 9, 9]);
  assert.equal(meanSquare(Uint8Array.from([0, 255]), Uint8Array.from([0, 0])), 0.5);
  assert.equal(base64(new Uint8Array([0, 255, 16])), Buffer.from([0, 255, 16]).toString("base64"));
});
