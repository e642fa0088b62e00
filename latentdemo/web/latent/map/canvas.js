/** One canvas of the map: a layout that is moved, zoomed, pointed at and drawn around; it morphs into the next one. */

import { count, pen } from "../../core/dom.js";
import { shared } from "../../core/shared.js";
import { listen } from "./gestures.js";
import { box, enclosed } from "./known/lasso.js";
import { changed, looked } from "./known/linked.js";
import { View } from "./known/view.js";
import { drawCross, drawPath, drawPoints, drawRings, drawTitles } from "./points.js";

/** @typedef {import("./known/view.js").Point} Point */
/** @typedef {import("./known/world.js").Layout} Layout */
/** @typedef {import("./map.js").Host} Host what the map lends its canvases */

const MORPH = 900; // milliseconds

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const eased = (/** @type {number} */ t) => t * t * (3 - 2 * t);

export class MapCanvas {
  /** @param {HTMLCanvasElement} canvas @param {Host} host */
  constructor(canvas, host) {
    this.canvas = canvas;
    this.host = host;
    this.view = new View();
    this.size = { width: 0, height: 0 };
    /** @type {Layout | null} */
    this.layout = null;
    /** @type {{x: Float32Array, y: Float32Array} | null} where points are now */
    this.now = null;
    /** @type {Point[]} an outline being drawn */
    this.outline = [];
    this.frame = 0;
    this.morphs = 0;
    listen(this);
    new ResizeObserver(() => this.resize()).observe(canvas); // fires, too, when a hidden tab is shown
  }

  /** Shows a layout: at once if it is of other points, else each point walks there. @param {Layout} layout @param {boolean} other */
  show(layout, other) {
    const from = this.now;
    this.layout = layout;
    if (other || !from || !this.size.width || calm()) {
      this.morphs++;
      this.now = layout;
      this.fit();
      this.redraw();
    } else this.morph(from, layout);
  }

  /** @param {{x: Float32Array, y: Float32Array}} from @param {Layout} to */
  morph(from, to) {
    const mine = ++this.morphs;
    const [before, after] = [Object.assign(new View(), this.view), new View()];
    after.fit(to, this.size.width, this.size.height);
    const begin = performance.now();
    const mixed = (/** @type {"x" | "y"} */ axis, /** @type {number} */ t) =>
      from[axis].map((value, i) => value + t * (to[axis][i] - value));
    const step = () => {
      if (mine !== this.morphs) return;
      const share = Math.min(1, (performance.now() - begin) / MORPH);
      const t = eased(share);
      this.now = share < 1 ? { x: mixed("x", t), y: mixed("y", t) } : to;
      this.view.mix(before, after, t);
      this.draw();
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  fit() {
    const { width, height } = this.size;
    if (this.layout && width) this.view.fit(this.layout, width, height);
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
    const { canvas, layout, now, view, host } = this;
    const colours = layout && host.colours(layout);
    if (!layout || !now || !colours || !this.size.width) return;
    const paper = { ...this.size, dark: host.dark() };
    const seen = (/** @type {number} */ i) => host.state.seen(i);
    drawPoints(canvas, now, colours, view, paper, { sprites: host.sprites(), seen, group: host.state.group });
    this.mark(layout, now, paper.dark);
    if (layout.axes) drawTitles(pen(canvas), layout.axes.titles, paper);
    count(canvas);
  }

  /** What is chosen. @param {Layout} layout @param {{x: Float32Array, y: Float32Array}} now @param {boolean} dark */
  mark(layout, now, dark) {
    const { view, host } = this;
    const { state, hovered } = host;
    const context = pen(this.canvas);
    const at = (/** @type {number} */ i) => view.toPixels([now.x[i], now.y[i]]);
    if (state.walk && layout === state.layout) {
      drawPath(
        context,
        state.walk.map.map(place => view.toPixels(place)),
        [8, 6],
        shared.you,
      );
      drawPath(
        context,
        state.walk.code.map(place => view.toPixels(place)),
        [2, 5],
        shared.you,
      );
    }
    if (state.you) drawCross(context, view.toPixels(state.placeOf(layout, state.you.code)));
    const { chosen } = state;
    if (chosen && !chosen.yours) {
      const place = chosen.index === null ? view.toPixels(state.placeOf(layout, chosen.code)) : at(chosen.index);
      drawRings(context, [place], 13, shared.you);
    }
    if (hovered >= 0) drawRings(context, [at(hovered)], 9, dark ? "#fff" : "#000");
    if (this.outline.length) drawPath(context, [...this.outline, this.outline[0]], [6, 4], shared.you);
  }

  /** Index of the point at a pixel; −1: none. @param {Point} pixels */
  pointAt(pixels) {
    return this.now ? this.view.nearest(this.now, pixels, i => this.host.state.seen(i)) : -1;
  }

  /** @type {(pixels: Point, factor: number) => void} */
  zoom(pixels, factor) {
    this.view.zoom(pixels, factor);
    this.seen();
  }

  /** @type {(right: number, down: number) => void} */
  move(right, down) {
    this.view.move(right, down);
    this.seen();
  }

  seen() {
    if (this === this.host.main) looked(this);
    this.redraw();
  }

  /** The whole map, or what `View.told` has told of a part of it. @param {number[] | null} told */
  look(told) {
    this.morphs++; // points that are on their way arrive at once
    this.now = this.layout;
    this.fit();
    if (told) this.view.go(told, this.size.width, this.size.height);
    this.redraw();
  }

  /** @param {Point} pixels */
  pick(pixels) {
    const { layout, host } = this;
    if (!layout) return;
    const index = this.pointAt(pixels);
    if (index >= 0) host.state.choose(index);
    else host.state.chooseAt(layout, this.view.toPlace(pixels));
    changed(host.state);
  }

  /** @param {Point} from @param {Point} to */
  around(from, to) {
    this.outline = this.host.tool() === "box" ? box(this.outline[0] ?? from, to) : [...this.outline, from, to];
    this.redraw();
  }

  release() {
    if (this.outline.length && this.now) {
      const found = enclosed(this.now, this.view, this.outline, i => this.host.state.seen(i));
      this.outline = [];
      this.host.state.select(found);
      changed(this.host.state);
    }
  }
}
