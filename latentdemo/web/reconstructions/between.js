/** Four ways from a to b, made in the page: pixels are mixed, codes are decoded; scrubbing asks nobody. */

import { lineChart } from "../charts/lines.js";
import { bytes, floats } from "../core/base64.js";
import { count, make, pen, roles } from "../core/dom.js";
import { number, rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { latest } from "../core/requests.js";
import { shared } from "../core/shared.js";
import { facts } from "../engine/engine.js";
import { offerStep } from "../latent/edit/source.js";
import { decodeAll, rows } from "../latent/sheet.js";
import { faded, sheetOf } from "./frames.js";

/**
 * @typedef {object} Lane
 * @property {string} title
 * @property {string | null} codes base64 of (n · D) float32, a frame each; null: pixels are mixed
 * @property {number[]} distances of each frame to the nearest real image; empty without a judge
 *
 * @typedef {object} Told by Python
 * @property {Lane[]} lanes
 * @property {string} model
 * @property {number} n frames of a lane
 * @property {[string, string]} ends base64 of the bytes of a and b
 * @property {number | null} usual distance of real images to their nearest other one
 * @property {number} n_real
 * @property {string} note
 *
 * @typedef {Told & {sheets: OffscreenCanvas[], side: number, steps: number}} Data
 */

const FILM = 9; // frames
const FILM_SIDE = 72; // pixels
const TALL = 320; // pixels, of the frames in view
const PACE = 90; // milliseconds a step
const DASHED = 2; // the lane that runs closest to another one

/** Which steps a film of n frames shows. @type {(steps: number, n: number) => number[]} */
export const filmSteps = (steps, n) => Array.from({ length: n }, (_, k) => Math.round((k * (steps - 1)) / (n - 1)));

/** @param {Data} data */
function chartOf({ lanes, usual, steps }) {
  const typical = usual ?? 0;
  return lineChart({
    label: "Distance to the nearest real image, against the step, for each lane",
    title: "distance to the nearest real image, step by step",
    n: steps,
    most: 1.08 * Math.max(typical, ...lanes.flatMap(lane => lane.distances)),
    lines: lanes.map(({ title, distances }, i) => ({
      css: `lane${i}`,
      title,
      values: distances,
      dash: i === DASHED ? "dash" : "solid",
    })),
    ticks: [
      { at: 0, text: "a" },
      { at: steps - 1, text: "b" },
    ],
    levels: [{ value: typical, text: `among real images: ${rounded(typical, 2)}` }],
    legend: false, // the films beside it have the same colours
  });
}

/** @param {Data} data */
function note({ usual, n_real, note }) {
  if (usual === null) return `The network that measures distances is missing. ${note}`;
  return (
    `Distance: to the nearest of ${n_real.toLocaleString("en")} real images, in the features of our own network for ` +
    `this data set. A real image lies ${number(usual)} from the nearest other one (median; dashed). Near means: this ` +
    `network sees little difference, not: the picture looks right. ${note}`
  );
}

class Between {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Data | null} */
    this.data = null;
    /** @type {{canvas: HTMLCanvasElement, caption: HTMLElement}[]} */
    this.views = [];
    this.mark = (/** @type {number} */ _place) => {};
    this.ask = latest();
    this.role.t.oninput = () => this.show();
    player(this.role.play, () => this.walk(), PACE);
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  async receive(told) {
    const isLast = this.ask();
    try {
      const { side, channels } = await facts(told.model);
      const [a, b] = told.ends.map(bytes);
      const made = told.lanes.map(async ({ codes }) =>
        codes === null
          ? { n: told.n, side, channels, pixels: faded(a, b, told.n) }
          : decodeAll(told.model, rows(floats(codes), floats(codes).length / told.n)),
      );
      const sheets = (await Promise.all(made)).map(sheetOf);
      if (!isLast()) return; // other images were chosen meanwhile
      this.data = { ...told, sheets, side, steps: told.n };
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
      return;
    }
    this.role.t.max = this.data.steps - 1;
    this.lay(this.data);
    this.show();
  }

  /** @param {Data} data */
  lay(data) {
    const { role } = this;
    const css = data.side <= shared.hard ? "hard" : "";
    this.views = data.lanes.map((lane, i) => {
      const size = { width: TALL, height: TALL };
      const canvas = make("canvas", { role: "img", "aria-label": lane.title, class: css, ...size });
      return { canvas, caption: make("figcaption", { class: `lane${i}` }) };
    });
    role.now.replaceChildren(
      ...this.views.map(({ canvas, caption }) => make("figure", { class: "view" }, canvas, caption)),
    );
    role.films.replaceChildren(...data.lanes.map((_, i) => this.film(data, i)));
    role.curve.replaceChildren();
    this.mark = () => {};
    if (data.lanes[0].distances.length) {
      const { element, mark } = chartOf(data);
      role.curve.replaceChildren(element);
      this.mark = mark;
    }
    role.note.textContent = note(data);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} lane
   * @param {number} step
   * @param {number} x
   * @param {number} tall
   */
  frame(context, lane, step, x, tall) {
    const { side, sheets } = /** @type {Data} */ (this.data);
    context.imageSmoothingEnabled = side > shared.hard;
    context.imageSmoothingQuality = "high";
    context.drawImage(sheets[lane], step * side, 0, side, side, x, 0, tall, tall);
  }

  /**
   * @param {Data} data
   * @param {number} lane
   */
  film({ lanes, steps }, lane) {
    const { title, distances } = lanes[lane];
    const size = { width: FILM * FILM_SIDE, height: FILM_SIDE };
    const canvas = make("canvas", { role: "img", "aria-label": `${title}, nine of its steps`, ...size });
    const at = filmSteps(steps, FILM);
    at.forEach((step, k) => {
      this.frame(pen(canvas), lane, step, FILM_SIDE * k, FILM_SIDE);
    });
    count(canvas);
    const ticks = at.map(step => make("span", {}, distances.length ? rounded(distances[step], 2) : ""));
    const caption = make("figcaption", { class: `lane${lane}` }, title);
    return make("figure", { class: "film" }, caption, canvas, make("div", { class: "ticks" }, ...ticks));
  }

  walk() {
    advance(this.role.t);
    this.show();
  }

  show() {
    const { data } = this;
    if (!data) return;
    const step = Number(this.role.t.value);
    this.role.where.textContent = `${step} of ${data.steps - 1}`;
    this.views.forEach(({ canvas, caption }, i) => {
      const { title, distances } = data.lanes[i];
      this.frame(pen(canvas), i, step, 0, TALL);
      count(canvas);
      const far = distances.length ? `: ${rounded(distances[step], 3)} from the nearest real image` : "";
      caption.textContent = title + far;
    });
    this.mark(step);
    const straight = data.lanes.find(({ codes }) => codes !== null)?.codes;
    if (straight) offerStep("between", data.model, rows(floats(straight), floats(straight).length / data.n), step);
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Between(panel);
}
