/** Three images mixed: a point in a triangle is three weights, for their codes and for their pixels. */

import { count, pen, roles, sharesAt } from "../core/dom.js";
import { onArrows } from "../core/keys.js";
import { follow } from "../core/panel.js";
import { latest } from "../core/requests.js";
import { shared } from "../core/shared.js";
import { steer } from "../latent/canvas.js";
import { keep, list, touch } from "../link/keep.js";
import { place, toWeights } from "./barycentric.js";

/** @type {import("./barycentric.js").Point[]} */
const CORNERS = [
  [320, 110],
  [120, 456],
  [520, 456],
]; // of a drawing of 640 × 580
const [WIDE, TALL] = [640, 580];
const STEP = 14; // an arrow key moves the point so far
const CANVAS = "mix-canvas"; // where the mixture of codes is shown
const NAMES = ["a", "b", "c"];

class Triangle {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {import("./barycentric.js").Weights} */
    this.weights = [1 / 3, 1 / 3, 1 / 3];
    /** @type {ImageBitmap[]} */
    this.bitmaps = [];
    this.ask = latest();
    const svg = /** @type {SVGSVGElement} */ (panel.element.querySelector("svg"));
    const drag = (/** @type {PointerEvent} */ event) => {
      const [x, y] = sharesAt(event, svg);
      this.go([x * WIDE, y * TALL]);
    };
    svg.onpointerdown = event => {
      svg.setPointerCapture(event.pointerId);
      drag(event);
    };
    svg.onpointermove = event => {
      if (event.buttons) drag(event);
    };
    onArrows(svg, (down, right) => {
      const [x, y] = place(this.weights, CORNERS);
      this.go([x + STEP * right, y + STEP * down]);
    });
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {import("./barycentric.js").Point} point */
  go(point) {
    this.weights = toWeights(point, CORNERS);
    touch("triangle.weights", list.write(this.weights));
    this.show();
  }

  /** @param {import("./barycentric.js").Weights} weights */
  put(weights) {
    this.weights = weights;
    this.show();
  }

  /** @param {{corners: string[], weights: import("./barycentric.js").Weights}} told addresses of the images */
  async receive(told) {
    const isLast = this.ask();
    NAMES.forEach((name, i) => {
      this.role[name].setAttribute("href", told.corners[i]);
    });
    const unpack = async (/** @type {string} */ src) => createImageBitmap(await (await fetch(src)).blob());
    const bitmaps = await Promise.all(told.corners.map(unpack));
    if (!isLast()) return;
    this.bitmaps = bitmaps;
    for (const name of NAMES) this.role[name].classList.toggle("hard", bitmaps[0].width <= shared.hard);
    this.put(told.weights);
    keep("triangle.weights", this.role.dot, text => {
      const [a, b, c] = list.read(text ?? "", 3) ?? told.weights;
      this.put([a, b, c]);
    });
  }

  show() {
    const { role, weights, bitmaps } = this;
    const [x, y] = place(weights, CORNERS);
    role.dot.setAttribute("cx", x);
    role.dot.setAttribute("cy", y);
    const told = NAMES.map((name, i) => `${name} ${weights[i].toFixed(2)}`).join(", ");
    role.weights.textContent = `Pixels mixed with the same weights: ${told}`;
    const context = pen(role.pixels);
    const side = role.pixels.width;
    context.imageSmoothingEnabled = bitmaps.length > 0 && bitmaps[0].width > shared.hard;
    context.clearRect(0, 0, side, side);
    context.globalCompositeOperation = "lighter"; // weights add up to 1, so nothing is cut off
    bitmaps.forEach((bitmap, i) => {
      context.globalAlpha = weights[i];
      context.drawImage(bitmap, 0, 0, side, side);
    });
    count(role.pixels);
    steer(CANVAS, ...weights);
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Triangle(panel);
}
