/** What lies under the pointer on the map: the image of a point, or what the decoder makes of the place between. */

import { shared } from "../../core/shared.js";
import { decode } from "../decode.js";
import { codesOf } from "../gallery.js";
import { codeOf } from "./blend.js";

const ROOM = 150; // pixels

export class Tip {
  /** @param {Element} element the panel's markup */
  constructor(element) {
    this.box = /** @type {HTMLElement} */ (element.querySelector(".tip"));
    this.image = /** @type {HTMLImageElement} */ (this.box.querySelector("img"));
    this.canvas = /** @type {HTMLCanvasElement} */ (this.box.querySelector("canvas"));
    this.image.onload = () => this.image.classList.toggle("hard", this.image.naturalWidth <= shared.hard);
  }

  hide() {
    this.box.hidden = true;
  }

  /**
   * @param {import("./points.js").Points} points
   * @param {number} i of the point under the pointer; below 0: none is
   * @param {import("./view.js").Point} place on the map
   * @param {import("./view.js").Point} pixels of the pointer
   * @param {number} width of the map, pixels
   */
  show(points, i, place, pixels, width) {
    this.box.hidden = false;
    this.box.style.left = `${Math.min(pixels[0] + 16, width - ROOM)}px`;
    this.box.style.top = `${Math.max(0, pixels[1] - ROOM - 36)}px`;
    this.box.dataset.kind = i < 0 ? "between" : "point";
    if (i < 0) this.between(points, place);
    else this.point(`pixels/gallery/${encodeURIComponent(points.model)}/${i}`);
  }

  /** @param {string} address */
  point(address) {
    if (this.box.dataset.address === address) return;
    this.box.dataset.address = address;
    this.image.src = address;
  }

  /** @param {import("./points.js").Points} points @param {import("./view.js").Point} place */
  async between(points, place) {
    const codes = await codesOf(points.model);
    if (codes && this.box.dataset.kind === "between") decode(this.canvas, points.model, codeOf(points, codes, place));
  }
}
