import assert from "node:assert/strict";
import { test } from "node:test";
import { cases, near } from "./page.js";

const arithmetic = await import("../../latentdemo/web/pixels/arithmetic.js");
const layers = await import("../../latentdemo/web/pixels/layers.js");
const colours = await import("../../latentdemo/web/pixels/colours.js");
const { average, pixels } = await import("../../latentdemo/web/pixels/paint.js");
const { nextCell, readRows } = await import("../../latentdemo/web/pixels/numbergrid.js");
const { asDigit } = await import("../../latentdemo/web/pixels/digit.js");
const { fitted, round, shrunk } = await import("../../latentdemo/web/pixels/resize.js");
const { Rate, sizeOf } = await import("../../latentdemo/web/pixels/camera.js");

const { fromRows } = arithmetic;
const equal = near();

/** @type {(made: {height: number, width: number, values: Float64Array}, oracle: number[][]) => void} */
const assertPlane = (made, oracle) => {
  assert.deepEqual([made.height, made.width], [oracle.length, oracle[0].length]);
  assert.ok(equal(made.values, oracle.flat()));
};

test("convolutions are torch's, and so are the products behind each value", () => {
  for (const one of cases.convolutions) {
    const [image, kernel] = [fromRows(one.image), fromRows(one.kernel)];
    assertPlane(arithmetic.convolve(image, kernel, one.settings), one.output);
    const found = arithmetic.products(image, kernel, one.row, one.column, one.settings);
    assertPlane(found.patch, one.patch);
    assert.ok(Math.abs(found.total - one.total) < 1e-6);
    assert.deepEqual(found.inside, one.inside);
    assert.ok(
      equal(found.products.values, arithmetic.map(fromRows(one.patch), (value, i) => value * kernel.values[i]).values),
    );
  }
});

test("settings that cannot be are refused in a sentence", () => {
  for (const { n, k, word, ...settings } of cases.refused)
    assert.throws(
      () => arithmetic.outputSize(n, k, settings),
      error => error instanceof RangeError && error.message.includes(word),
    );
});

test("pooling, transposed convolution and composed kernels are torch's", () => {
  const [image, kernel, second] = ["image", "kernel", "second"].map(name => fromRows(cases.layers[name]));
  for (const { kind, size, output } of cases.layers.pool) assertPlane(layers.pool(image, size, kind), output);
  for (const { stride, padding, output } of cases.layers.transposed)
    assertPlane(layers.transposedConvolve(image, kernel, stride, padding), output);
  assertPlane(layers.compose(kernel, second), cases.layers.composed);
  assert.throws(() => layers.transposedConvolve(fromRows([[1]]), kernel, 1, 2), /cuts off/);
});

test("a kernel is separable if it is a column times a row", () => {
  const found = layers.separate(
    fromRows([
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ]),
  );
  assert.ok(found);
  found.column.forEach((a, i) => {
    found.row.forEach((b, j) => {
      assert.equal(
        a * b,
        [
          [1, 2, 1],
          [2, 4, 2],
          [1, 2, 1],
        ][i][j],
      );
    });
  });
  assert.equal(
    layers.separate(
      fromRows([
        [0, 1, 0],
        [1, -4, 1],
        [0, 1, 0],
      ]),
    ),
    null,
  );
  assert.equal(layers.separate(fromRows([[0]])), null);
});

test("a kernel of another size keeps its middle", () => {
  const kernel = fromRows([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  assert.deepEqual([...layers.resized(kernel, 1).values], [5]);
  const large = layers.resized(kernel, 5);
  assert.equal(large.values[12], 5);
  assert.equal(
    large.values.reduce((sum, value) => sum + value, 0),
    45,
  );
  assert.deepEqual([...layers.resized(large, 3).values], [...kernel.values]);
  assert.deepEqual([...layers.resized(layers.resized(kernel, 4), 3).values], [...kernel.values]);
});

test("a kernel is normalised by its sum, or by its magnitudes where that is 0", () => {
  assert.equal(
    layers.normaliser(
      fromRows([
        [1, 2],
        [3, -1],
      ]),
    ),
    5,
  );
  assert.equal(
    layers.normaliser(
      fromRows([
        [-1, 1],
        [2, -2],
      ]),
    ),
    6,
  );
  assert.equal(layers.normaliser(fromRows([[0]])), 1);
});

test("planes are moved, turned, rectified and searched", () => {
  const image = fromRows([
    [1, -2, 3],
    [4, 5, -6],
  ]);
  assert.deepEqual([...arithmetic.shift(image, 1, -1).values], [0, 0, 0, -2, 3, 0]);
  assert.deepEqual([...arithmetic.turn(image).values], [-6, 5, 4, 3, -2, 1]);
  assert.deepEqual([...arithmetic.relu(image).values], [1, 0, 3, 4, 5, 0]);
  assert.deepEqual([...arithmetic.add(image, image).values], [2, -4, 6, 8, 10, -12]);
  assert.deepEqual(arithmetic.range(image), { low: -6, high: 5, limit: 6 });
  assert.deepEqual(arithmetic.strongest(image), [1, 2]);
});

test("grey is rounded as Python rounds it, and three planes have their mean", () => {
  const { rgb, grey } = cases.colours;
  const data = Uint8ClampedArray.from(rgb.flatMap((/** @type {number[]} */ colour) => [...colour, 255]));
  const found = pixels({ data, width: rgb.length, height: 1 }, false);
  assert.deepEqual(
    Array.from(found.grey.values, value => Math.round(255 * value)),
    grey,
  );
  assert.deepEqual(
    Array.from(found.planes[2].values, value => Math.round(255 * value)),
    rgb.map((/** @type {number[]} */ c) => c[2]),
  );
  assert.ok(
    equal(
      average(found.planes).values,
      rgb.map((/** @type {number[]} */ c) => (c[0] + c[1] + c[2]) / 765),
    ),
  );
  assert.equal(pixels({ data, width: rgb.length, height: 1 }, true).planes.length, 1);
});

test("signed colours are blue below 0, white at 0, orange above, and even on both sides", () => {
  const { signed } = cases.shared;
  assert.deepEqual([-1, 0, 1, -5].map(colours.signed), [signed[0], [255, 255, 255], signed[4], signed[0]]);
  assert.deepEqual(colours.signed(0.5), signed[3]);
  assert.equal(colours.SIGNED_TABLE.length, 3 * 513);
  assert.deepEqual([...colours.SIGNED_TABLE.slice(3 * 256, 3 * 257)], [255, 255, 255]);
  assert.deepEqual([-1, 0, 1, 7].map(colours.signedIndex), [0, 3 * 256, 3 * 512, 3 * 512]);
  assert.equal(colours.viridis(0), `rgb(${cases.shared.viridis[0].join()})`);
  assert.equal(colours.viridis(1), `rgb(${cases.shared.viridis[9].join()})`);
});

test("cells are written in black on bright ground and in white on dark", () => {
  assert.match(colours.greyCell(1), /rgb\(255,255,255\);color:#000/);
  assert.match(colours.greyCell(0.1), /rgb\(26,26,26\);color:#fff/);
  assert.match(colours.signedCell(3, 3), /color:#fff/);
  assert.match(colours.signedCell(0, 0), /rgb\(255,255,255\)/);
});

test("rows are read as they are pasted", () => {
  assert.deepEqual(readRows("1 2; 3, 4"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(readRows("[[0, −1],\n [1/2, 4]]\n"), [
    [0, -1],
    [0.5, 4],
  ]);
  assert.ok(Number.isNaN(readRows("1 x")[0][1]));
});

test("up, down and Enter walk a column of cells", () => {
  assert.equal(nextCell("ArrowDown", 4, 3), 7);
  assert.equal(nextCell("Enter", 4, 3), 7);
  assert.equal(nextCell("ArrowUp", 4, 3), 1);
  assert.equal(nextCell("ArrowLeft", 4, 3), undefined);
});

test("what the camera delivers keeps its form", () => {
  const size = (/** @type {number} */ videoWidth, /** @type {number} */ videoHeight) => {
    const { width, height } = sizeOf({ videoWidth, videoHeight });
    return [width, height];
  };
  assert.deepEqual(size(320, 240), [320, 240]);
  assert.deepEqual(size(640, 480), [320, 240]);
  assert.deepEqual(size(480, 640), [240, 320]); // a phone held upright
  assert.deepEqual(size(1280, 720), [320, 180]);
  assert.deepEqual(size(100, 50), [100, 50]); // never enlarged
});

test("the camera's rate is that of the last twenty pictures", () => {
  const rate = new Rate();
  const told = Array.from({ length: 60 }, (_, i) => rate.tick(i < 30 ? 100 * i : 3000 + 20 * (i - 30)));
  assert.deepEqual(told.slice(0, 6), [null, null, null, null, null, 10]);
  assert.equal(told[59], 50);
});

/** @param {{image: number[], shape: [number, number, number]}} given */
const imageOf = ({ image, shape: [height, width, channels] }) => ({
  width,
  height,
  channels,
  pixels: Uint8Array.from(image),
});

test("images are resized to the very bytes that Python makes", () => {
  for (const one of cases.resized.fitted) {
    const { pixels } = fitted(imageOf(one), one.as[0], one.as[2]);
    assert.deepEqual([...pixels], one.wanted, `${one.shape}`);
  }
  for (const one of cases.resized.shrunk) {
    const found = shrunk(imageOf(one), Math.max(one.as[0], one.as[1]));
    assert.deepEqual([found.height, found.width, found.channels], one.as);
    assert.deepEqual([...found.pixels], one.wanted, `${one.shape}`);
  }
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(round), [0, 2, 2, 2, 3]);
});

test("digits are brought into the very form that Python makes", () => {
  for (const one of cases.resized.digits)
    assert.deepEqual([...(asDigit(imageOf(one)) ?? [])], one.wanted, `${one.shape}`);
  assert.equal(asDigit(imageOf({ image: new Array(100).fill(9), shape: [10, 10, 1] })), null);
});
