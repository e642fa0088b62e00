/** The latent map: every point is an image; moved, zoomed, hovered and clicked without asking the server. */

import { count, pen, sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { follow } from "../../core/panel.js";
import { drawCross, drawPoints, drawRing, unpack } from "./points.js";
import { Tip } from "./tip.js";
import { clicked, View, wheelZoom } from "./view.js";

/** @typedef {import("./view.js").Point} Point */

const STILL = 4; // pixels: a pointer that moved less has clicked
const KEY_STEP = 40; // pixels

class LatentMap {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.canvas = /** @type {HTMLCanvasElement} */ (panel.element.querySelector("canvas.points"));
    this.tip = new Tip(panel.element);
    this.trigger = panel.trigger;
    this.view = new View();
    this.size = { width: 0, height: 0 };
    /** @type {import("./points.js").Points | null} */
    this.points = null;
    /** @type {Point | null} the place that was clicked */
    this.chosen = null;
    /** @type {Point | null} where the pointer was, while it is down */
    this.drag = null;
    this.moved = false;
    this.frame = 0;
    this.wirePointer();
    this.wireKeys();
    new ResizeObserver(() => this.resize()).observe(this.canvas); // fires, too, when a hidden tab is shown
    follow(panel, told => this.receive(told));
  }

  /** @param {import("./points.js").Told} told */
  receive(told) {
    const other = this.points?.model !== told.model;
    this.points = unpack(told);
    if (other) {
      this.chosen = null;
      this.fit();
    }
    this.redraw();
  }

  fit() {
    const { width, height } = this.size;
    if (this.points && width) this.view.fit(this.points, width, height);
  }

  resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    const other = this.size.width !== width || this.size.height !== height;
    this.size = { width, height };
    [this.canvas.width, this.canvas.height] = [width * ratio, height * ratio];
    pen(this.canvas).setTransform(ratio, 0, 0, ratio, 0, 0);
    if (other) this.fit();
    this.draw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { width, height } = this.size;
    if (!this.points || !width) return;
    const context = pen(this.canvas);
    drawPoints(context, this.points, this.view, width, height);
    drawCross(context, this.view.toPixels(this.points.you));
    if (this.chosen) drawRing(context, this.view.toPixels(this.chosen));
    count(this.canvas);
  }

  /** @param {PointerEvent | WheelEvent} event @returns {Point} */
  at(event) {
    const [x, y] = sharesAt(event, this.canvas);
    return [x * this.size.width, y * this.size.height];
  }

  /** @type {(pixels: Point, factor: number) => void} */
  zoom(pixels, factor) {
    this.view.zoom(pixels, factor);
    this.redraw();
  }

  /** @type {(right: number, down: number) => void} */
  move(right, down) {
    this.view.move(right, down);
    this.redraw();
  }

  /** @param {Point} pixels */
  hover(pixels) {
    const { points, tip } = this;
    if (points) tip.show(points, this.view.nearest(points, pixels), this.view.toPlace(pixels), pixels, this.size.width);
  }

  /** @param {Point} pixels */
  pick(pixels) {
    if (!this.points) return;
    const { place, told } = clicked(this.view, this.points, pixels);
    this.chosen = place;
    this.trigger("select", told);
    this.redraw();
  }

  wirePointer() {
    const { canvas } = this;
    canvas.onpointerdown = event => {
      this.drag = this.at(event);
      this.moved = false;
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.onpointermove = event => {
      const now = this.at(event);
      if (!this.drag) return this.hover(now);
      const [dx, dy] = [now[0] - this.drag[0], now[1] - this.drag[1]];
      if (!this.moved && Math.hypot(dx, dy) < STILL) return;
      this.moved = true;
      this.tip.hide();
      this.drag = now;
      this.move(dx, dy);
    };
    canvas.onpointerup = event => {
      if (this.drag && !this.moved) this.pick(this.at(event));
      this.drag = null;
    };
    canvas.onpointerleave = () => {
      this.tip.hide();
    };
    const wheel = (/** @type {WheelEvent} */ event) => {
      event.preventDefault();
      this.zoom(this.at(event), wheelZoom(event.deltaY));
    };
    canvas.addEventListener("wheel", wheel, { passive: false });
  }

  wireKeys() {
    const middle = () => /** @type {Point} */ ([this.size.width / 2, this.size.height / 2]);
    const whole = () => {
      this.fit();
      this.redraw();
    };
    onArrows(this.canvas, (down, right) => this.move(-KEY_STEP * right, -KEY_STEP * down)); // the view moves, not the map
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => this.zoom(middle(), 1.25),
      "-": () => this.zoom(middle(), 0.8),
      0: whole,
      Home: whole,
      Enter: () => this.pick(middle()),
    };
    this.canvas.addEventListener("keydown", event => {
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new LatentMap(panel);
}
