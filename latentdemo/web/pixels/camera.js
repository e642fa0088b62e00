/** The visitor's camera, picture by picture, as planes. Nothing of it leaves the page. */

import { pixels } from "./paint.js";

const LONGEST = 320; // pixels
const TIMES = 20; // pictures over which the rate is measured

/**
 * The size that is worked on: of the form that the camera delivers, which an upright phone's is too.
 *
 * @param {{videoWidth: number, videoHeight: number}} video
 */
export function sizeOf({ videoWidth, videoHeight }) {
  const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
  const side = (/** @type {number} */ pixels) => Math.max(1, Math.round(scale * pixels));
  return { width: side(videoWidth), height: side(videoHeight) };
}

/** Pictures per second over the last few. */
export class Rate {
  constructor() {
    /** @type {number[]} milliseconds */
    this.times = [];
  }

  /**
   * @param {number} now milliseconds
   * @returns {number | null} null until there are enough
   */
  tick(now) {
    this.times.push(now);
    if (this.times.length > TIMES) this.times.shift();
    const n = this.times.length;
    return n > 5 ? Math.round((1000 * (n - 1)) / (this.times[n - 1] - this.times[0])) : null;
  }
}

/** Calls `take` with each picture, `tell` with the rate, `complain` with a sentence or, when all is well, "". */
export class Camera {
  /**
   * @param {(picture: import("./paint.js").Picture) => void} take
   * @param {(sentence: string) => void} complain
   * @param {(rate: number) => void} tell
   */
  constructor(take, complain, tell) {
    this.take = take;
    this.complain = complain;
    this.tell = tell;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.running = false;
    this.turn = 0; // of `start`: a permission that comes late must not open a second stream
  }

  /** @param {HTMLElement} element the panel; when it is left, the camera is switched off */
  async start(element) {
    if (!navigator.mediaDevices)
      return this.complain("Browsers lend the camera only to pages that come by https or from this computer.");
    this.running = true;
    const turn = ++this.turn;
    const lent = await this.lend(turn);
    if (!lent) return;
    this.stream = lent;
    this.complain("");
    const video = document.createElement("video");
    Object.assign(video, { srcObject: lent, muted: true, playsInline: true });
    await video.play();
    this.watch(video, element, turn);
  }

  /**
   * @param {number} turn
   * @returns {Promise<MediaStream | null>}
   */
  async lend(turn) {
    try {
      const lent = await navigator.mediaDevices.getUserMedia({ video: { width: LONGEST } });
      if (this.running && turn === this.turn) return lent;
      for (const track of lent.getTracks()) track.stop();
    } catch (error) {
      if (turn === this.turn) this.running = false;
      const { name } = /** @type {Error} */ (error);
      this.complain(`The camera cannot be used (${name}); allow it in the browser, or choose another image.`);
    }
    return null;
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLElement} element
   * @param {number} turn
   */
  watch(video, element, turn) {
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const rate = new Rate();
    const frame = () => {
      if (!this.running || turn !== this.turn || !context) return;
      if (!element.offsetParent) {
        this.stop();
        return this.complain("The camera was switched off when its panel was left; choose it again.");
      }
      if (video.readyState >= 2) {
        const { width, height } = sizeOf(video);
        if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height }); // it turned
        context.drawImage(video, 0, 0, width, height);
        this.take(pixels(context.getImageData(0, 0, width, height), false));
        const now = rate.tick(performance.now());
        if (now !== null) this.tell(now);
      }
      requestAnimationFrame(frame);
    };
    frame();
  }

  stop() {
    this.running = false;
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = null;
  }
}
