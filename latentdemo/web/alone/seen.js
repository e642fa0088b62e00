/** A picture of any kind into what the models of a pair see, and into the address of a smaller one to convolve. */

import { shared } from "../core/shared.js";

const MOST = 640; // pixels: longest side of what is convolved

/** @param {number} width @param {number} height */
function sheet(width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  return {
    canvas,
    context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true })),
  };
}

/** @param {string} src @returns {Promise<ImageBitmap>} */
export const opened = async src => createImageBitmap(await (await fetch(src)).blob());

/** The picture as an address, at most 640 pixels a side. @param {ImageBitmap} picture */
export function small(picture) {
  const scale = Math.min(1, MOST / Math.max(picture.width, picture.height));
  const { canvas, context } = sheet(Math.round(picture.width * scale), Math.round(picture.height * scale));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL();
}

/**
 * The middle square at the models' size, by the browser's way of shrinking: it differs a little from the app's.
 *
 * @param {ImageBitmap} picture
 * @param {number} side
 * @param {number} channels 1: grey, by BT.601
 * @returns {Uint8Array} (side · side · channels)
 */
export function seen(picture, side, channels) {
  const square = Math.min(picture.width, picture.height);
  const { context } = sheet(side, side);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(picture.width - square) / 2, (picture.height - square) / 2];
  context.drawImage(picture, left, top, square, square, 0, 0, side, side);
  return bytesOf(context.getImageData(0, 0, side, side).data, channels);
}

/** @param {Uint8ClampedArray} data red, green, blue, alpha @param {number} channels */
export function bytesOf(data, channels) {
  const n = data.length / 4;
  const out = new Uint8Array(n * channels);
  for (let i = 0; i < n; i++) {
    if (channels === 3) for (let c = 0; c < 3; c++) out[3 * i + c] = data[4 * i + c];
    else out[i] = Math.floor((shared.luma.reduce((sum, weight, c) => sum + weight * data[4 * i + c], 0) + 500) / 1000);
  }
  return out;
}

/** Bytes as an address of a picture. @param {Uint8Array} pixels @param {number} side @param {number} channels */
export function pictureOf(pixels, side, channels) {
  const { canvas, context } = sheet(side, side);
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++)
    for (let c = 0; c < 4; c++) image.data[4 * i + c] = c === 3 ? 255 : pixels[i * channels + (channels === 3 ? c : 0)];
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** @param {Uint8Array} bytes */
export const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
