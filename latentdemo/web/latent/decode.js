/** A code becomes a picture, whoever decodes it: today the server's route. */

import { count, pen } from "../core/dom.js";
import { shared } from "../core/shared.js";

const OFFLINE = "The server does not answer; check that it runs, then move the slider again.";
const SIDE = 512; // pixels

/** @typedef {{model: string, code: number[]}} Wanted */

/**
 * One request under way; while it runs only the newest code is kept.
 */
class Queue {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.busy = false;
    /** @type {Wanted | null} */
    this.next = null;
    /** @type {Promise<void>} */
    this.painting = Promise.resolve();
  }

  /** @param {Wanted} wanted */
  async ask(wanted) {
    this.next = wanted;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.next) {
        const asked = this.next;
        this.next = null;
        const bitmap = createImageBitmap(await fetchPicture(asked)); // unpacked while the next code is on its way
        this.painting = this.painting.then(async () => paint(this.canvas, await bitmap));
        this.painting = this.painting.catch(() => say(this.canvas, OFFLINE));
        say(this.canvas, "");
      }
    } catch (error) {
      say(this.canvas, error instanceof TypeError ? OFFLINE : /** @type {Error} */ (error).message);
    } finally {
      this.busy = false;
    }
  }
}

/** @param {Wanted} wanted */
async function fetchPicture(wanted) {
  const answer = await fetch("pixels/decode", { method: "POST", body: JSON.stringify(wanted) });
  if (answer.ok) return answer.blob();
  const refusal = await answer.json().catch(() => ({}));
  throw new Error(refusal.error || OFFLINE);
}

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

/**
 * Side of the canvas for a picture: whole steps where its pixels are kept.
 *
 * @param {number} width of the picture, pixels
 */
export const sideFor = width => (width <= shared.hard ? Math.floor(SIDE / width) * width : SIDE);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} bitmap
 */
function paint(canvas, bitmap) {
  const side = sideFor(bitmap.width);
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const context = pen(canvas);
  context.imageSmoothingEnabled = bitmap.width > shared.hard; // digits keep their pixels, faces are smoothed
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, side, side);
  bitmap.close();
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
