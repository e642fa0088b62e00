/** A picture of any kind into what the models of a pair see, and into the address of a smaller one to convolve. */

import { asDigit, SIDE } from "../pixels/digit.js";
import { fitted, resized, shrunk } from "../pixels/resize.js";

/** @typedef {import("../pixels/resize.js").Image} Image */

const [LONGEST, CONVOLVED] = [1024, 640]; // pixels: longest side of what is kept, and of what is convolved

/** @param {number} width @param {number} height */
function sheet(width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  return {
    canvas,
    context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true })),
  };
}

/**
 * A picture as the server opens it: upright, transparency on white, grey in one channel, at most 1,024 pixels a side.
 *
 * @param {string} src
 * @returns {Promise<Image>}
 */
export async function opened(src) {
  const bitmap = await createImageBitmap(await (await fetch(src)).blob());
  const { context } = sheet(bitmap.width, bitmap.height);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  const { width, height, data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  return thumbnail({ width, height, ...channelsOf(data) });
}

/** Red, green and blue; one channel where all are the same. @param {Uint8ClampedArray} data red, green, blue, alpha */
export function channelsOf(data) {
  const n = data.length / 4;
  let grey = true;
  for (let i = 0; i < data.length && grey; i += 4) grey = data[i] === data[i + 1] && data[i] === data[i + 2];
  const channels = grey ? 1 : 3;
  const pixels = new Uint8Array(n * channels);
  for (let i = 0; i < n; i++) for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[4 * i + c];
  return { channels, pixels };
}

/** At most 1,024 pixels a side, in Pillow's `thumbnail` size. @param {Image} image */
function thumbnail(image) {
  const { width, height } = image;
  if (Math.max(width, height) <= LONGEST) return image;
  const aspect = width / height;
  const near = (/** @type {number} */ exact, /** @type {(n: number) => number} */ error) => {
    const [low, high] = [Math.floor(exact), Math.ceil(exact)];
    return Math.max(1, error(high) < error(low) ? high : low);
  };
  return aspect <= 1
    ? resized(
        image,
        near(LONGEST * aspect, n => Math.abs(aspect - n / LONGEST)),
        LONGEST,
      )
    : resized(
        image,
        LONGEST,
        near(LONGEST / aspect, n => (n ? Math.abs(aspect - LONGEST / n) : 0)),
      );
}

/** The picture as an address, at most 640 pixels a side. @param {Image} image */
export function small(image) {
  const { width, height, channels, pixels } = shrunk(image, CONVOLVED);
  return addressOf(pixels, width, height, channels);
}

/**
 * What the models of a pair see.
 *
 * @param {Image} image
 * @param {{side: number, channels: number, drawn: boolean}} shape `drawn`: of digits, white strokes on black
 * @returns {Uint8Array} (side · side · channels)
 */
export function seen(image, { side, channels, drawn }) {
  if (drawn) return asDigit(image) ?? new Uint8Array(SIDE * SIDE);
  return fitted(image, side, channels).pixels;
}

/** Bytes as an address of a picture. @param {Uint8Array} pixels @param {number} width @param {number} height @param {number} channels */
export function addressOf(pixels, width, height, channels) {
  const { canvas, context } = sheet(width, height);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++) image.data[4 * i + c] = c === 3 ? 255 : pixels[i * channels + (channels === 3 ? c : 0)];
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** Mean squared difference of bytes, as values 0 … 1. @param {Uint8Array} one @param {Uint8Array} other */
export const meanSquare = (one, other) => one.reduce((sum, v, i) => sum + ((v - other[i]) / 255) ** 2, 0) / one.length;

/** @param {Uint8Array} bytes */
export const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
