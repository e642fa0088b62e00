/** The maps of a network as stacks that shrink or grow: of every layer the maps that speak most, on the signed scale. */

import { count, pen } from "../../core/dom.js";
import { SIGNED_TABLE, signedIndex } from "../../pixels/colours.js";

/** @typedef {import("../../engine/network.js").Maps} Maps */

const SHOWN = 4; // maps of each layer
const [TALLEST, SHORTEST] = [52, 22]; // pixels: side of a map on screen, of the largest and of the smallest layer
const GAP = 4; // pixels
export const [WIDE, TALL] = [230, SHOWN * (TALLEST + GAP)];

/** Channels whose values are largest on average, of a layer. @param {Maps} maps */
export function strongest({ channels, values }) {
  const totals = new Float64Array(channels);
  for (let i = 0; i < values.length; i += channels)
    for (let c = 0; c < channels; c++) totals[c] += Math.abs(values[i + c]); // a loop: this runs at every stroke
  const order = Array.from(totals, (_, c) => c).sort((a, b) => totals[b] - totals[a]);
  return order.slice(0, SHOWN).sort((a, b) => a - b);
}

/** Side on screen of a layer's maps, pixels. @param {number} side @param {number} largest of all layers */
export const sizeOf = (side, largest) =>
  Math.round(SHORTEST + ((TALLEST - SHORTEST) * Math.log2(side / 2)) / Math.max(1, Math.log2(largest / 2)));

/** Largest magnitude of a layer. @param {ArrayLike<number>} values */
function most(values) {
  let found = 1e-9;
  for (let i = 0; i < values.length; i++) found = Math.max(found, Math.abs(values[i]));
  return found;
}

/** One map in colours. @param {Maps} maps @param {number} channel @param {number} limit */
function coloured({ side, channels, values }, channel, limit) {
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const at = signedIndex(values[i * channels + channel] / limit);
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = SIGNED_TABLE[at + k];
    image.data[4 * i + 3] = 255;
  }
  return image;
}

const sheet = typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Maps[]} layers
 * @param {number[][]} chosen channels of each
 */
export function drawStack(canvas, layers, chosen) {
  const context = pen(canvas);
  const largest = Math.max(...layers.map(layer => layer.side));
  const sizes = layers.map(layer => sizeOf(layer.side, largest));
  const gap = (canvas.width - sizes.reduce((total, size) => total + size, 0)) / Math.max(1, layers.length - 1);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  const step = Math.min(gap, 24);
  const used = sizes.reduce((total, size) => total + size, 0) + step * (layers.length - 1);
  let left = (canvas.width - used) / 2;
  layers.forEach((layer, k) => {
    const limit = most(layer.values);
    const top = (canvas.height - chosen[k].length * (sizes[k] + GAP)) / 2;
    chosen[k].forEach((channel, row) => {
      if (!sheet) return;
      Object.assign(sheet, { width: layer.side, height: layer.side });
      /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(
        coloured(layer, channel, limit),
        0,
        0,
      );
      context.drawImage(sheet, left, top + row * (sizes[k] + GAP), sizes[k], sizes[k]);
    });
    left += sizes[k] + step;
  });
  count(canvas);
}
