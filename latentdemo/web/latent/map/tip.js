/** What lies under the pointer on the map: the image of a point, or what the decoder makes of the place between. */

import { pen } from "../../core/dom.js";
import { shared } from "../../core/shared.js";
import { decode } from "../decode.js";
import { drawSprite } from "./known/sprites.js";

const [ROOM, WIDE] = [150, 140]; // pixels

/** @typedef {import("./known/view.js").Point} Point */

export class Tip {
  /** @param {Element} element the panel's markup */
  constructor(element) {
    this.box = /** @type {HTMLElement} */ (element.querySelector(".tip"));
    this.image = /** @type {HTMLImageElement} */ (this.box.querySelector("img"));
    this.canvas = /** @type {HTMLCanvasElement} */ (this.box.querySelector("canvas"));
    this.words = /** @type {HTMLElement} */ (this.box.querySelector("figcaption"));
    this.image.onload = () => {
      this.image.classList.toggle("hard", this.image.naturalWidth <= shared.hard);
      this.image.hidden = this.box.dataset.kind !== "point";
    };
  }

  hide() {
    this.box.hidden = true;
    this.box.dataset.kind = "";
  }

  /** @param {Point} pixels of the pointer @param {number} width of the map @param {string} words */
  place(pixels, width, words) {
    this.box.hidden = false;
    this.box.style.left = `${Math.max(0, Math.min(pixels[0] + 16, width - ROOM))}px`;
    this.box.style.top = `${Math.max(0, pixels[1] - ROOM - 36)}px`;
    this.words.textContent = words;
  }

  /**
   * The picture of a point: at once from the sheet, then as it is.
   *
   * @param {string} model
   * @param {number} i
   * @param {import("./points.js").Sprites | null} sprites
   */
  point(model, i, sprites) {
    const address = `pixels/gallery/${encodeURIComponent(model)}/${i}`;
    if (this.box.dataset.kind === "point" && this.box.dataset.address === address) return;
    this.box.dataset.kind = "point";
    this.box.dataset.address = address;
    this.image.hidden = true;
    if (this.canvas.width !== WIDE) Object.assign(this.canvas, { width: WIDE, height: WIDE });
    if (sprites) drawSprite(pen(this.canvas), sprites, i, WIDE);
    this.image.src = address;
  }

  /** What the decoder makes of a code. @param {string} model @param {number[]} code */
  between(model, code) {
    this.box.dataset.kind = "between";
    this.image.hidden = true;
    decode(this.canvas, model, code);
  }
}
