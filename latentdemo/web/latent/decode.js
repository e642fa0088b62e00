/** A code becomes a picture on a canvas. */

import { count, pen } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { decode as decoded, isLoading } from "../engine/engine.js";

const SIDE = 512; // pixels

/** @typedef {{model: string, code: number[]}} Wanted */

/**
 * One picture under way; while it is made only the newest code is kept.
 */
class Queue {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.busy = false;
    /** @type {Wanted | null} */
    this.next = null;
  }

  /** @param {Wanted} wanted */
  async ask(wanted) {
    this.next = wanted;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.next) {
        const { model, code } = this.next;
        this.next = null;
        paint(this.canvas, await decoded(model, [code], share => say(this.canvas, progress(share))));
        if (!isLoading(model)) say(this.canvas, "");
      }
    } catch (error) {
      say(this.canvas, /** @type {Error} */ (error).message);
    } finally {
      this.busy = false;
    }
  }
}

/** What is said while a model's weights are on their way; nothing when they are here. @param {number} share */
const progress = share => (share < 1 ? `The model is on its way into this page: ${Math.round(100 * share)} %` : "");

/** @type {WeakMap<HTMLCanvasElement, Queue>} */
const queues = new WeakMap();

/**
 * Shows decode(code) on a canvas, as soon as it can; of codes that come faster than pictures only the newest.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} model
 * @param {number[]} code
 */
export function decode(canvas, model, code) {
  const queue = queues.get(canvas) || new Queue(canvas);
  queues.set(canvas, queue);
  return queue.ask({ model, code });
}

const SMOOTHED = 4; // times as wide, by the canvas; the rest of the way the browser enlarges it while it composes

/**
 * Side of the canvas for a picture: whole steps where its pixels are kept.
 *
 * @param {number} width of the picture, pixels
 */
export const sideFor = width =>
  width <= shared.hard ? Math.floor(SIDE / width) * width : Math.min(SIDE, SMOOTHED * width);

/**
 * One of some pictures as the browser draws it.
 *
 * @param {import("../engine/engine.js").Pictures} pictures
 */
export function imageData({ side, channels, pixels }, which = 0) {
  const image = new ImageData(side, side);
  const start = which * side * side;
  for (let i = 0; i < side * side; i++)
    for (let k = 0; k < 4; k++)
      image.data[4 * i + k] = k === 3 ? 255 : pixels[channels * (start + i) + (channels === 3 ? k : 0)];
  return image;
}

/**
 * One of some pictures on a canvas of its own size.
 *
 * @param {import("../engine/engine.js").Pictures} pictures
 */
export function onSheet(pictures, which = 0) {
  const sheet = new OffscreenCanvas(pictures.side, pictures.side);
  /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(
    imageData(pictures, which),
    0,
    0,
  );
  return sheet;
}

/**
 * One of some pictures on a canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("../engine/engine.js").Pictures} pictures
 * @param {number} side of the canvas, pixels
 */
export function paint(canvas, pictures, side = sideFor(pictures.side), which = 0) {
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const context = pen(canvas);
  context.imageSmoothingEnabled = pictures.side > shared.hard; // digits keep their pixels, faces are smoothed
  context.imageSmoothingQuality = "high";
  context.drawImage(onSheet(pictures, which), 0, 0, side, side);
  count(canvas);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} text
 */
function say(canvas, text) {
  const place = canvas.parentElement?.querySelector("[role=status]");
  if (place && place.textContent !== text) place.textContent = text;
}
