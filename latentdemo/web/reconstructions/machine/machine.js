/** The whole machine: one image, and a row for each model; whatever is drawn or dragged runs on to the loss. */

import { bytes, floats } from "../../core/base64.js";
import { count, make, pen, roles, sharesAt } from "../../core/dom.js";
import { follow } from "../../core/panel.js";
import { facts } from "../../engine/engine.js";
import { imageData } from "../../latent/decode.js";
import { limitOf } from "../plane.js";
import { parts } from "./parts.js";
import { Side } from "./side.js";

/**
 * @typedef {object} Told by Python
 * @property {string} seen base64 of the image's bytes
 * @property {{name: string, weight: string | null}} likelihood
 * @property {boolean} drawn whether white strokes on black are what these models know
 * @property {(import("./side.js").Told & {codes: string | null, labels: number[] | null, names: string[]})[]} sides
 */

const STROKE = 1 / 16; // of the image's side

class Machine {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.told = "";
    /** @type {Side[]} */
    this.sides = [];
    this.canvas = make("canvas", { class: "handle hard", role: "img", "aria-label": "The image; draw on it" });
    this.wire();
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  async receive({ seen, likelihood, drawn, sides }) {
    const told = [seen, ...sides.map(side => side.model)].join();
    if (told === this.told) return; // said twice: what the visitor has drawn meanwhile stays
    this.told = told;
    this.original = bytes(seen);
    this.ink = drawn ? "#fff" : "#111";
    this.paper = drawn ? 0 : 255;
    const { side, channels } = await facts(sides[0].model);
    this.shape = { side, channels };
    const weighed = { ...likelihood, weight: likelihood.weight === null ? null : floats(likelihood.weight) };
    const limits = sides.map(({ codes }) => (codes ? limitOf(floats(codes)) : 0));
    this.sides = sides.map(({ codes, labels, names, ...told }, i) => {
      const behind = codes ? { codes: floats(codes), labels, names, limit: limits[i] } : null;
      return new Side(
        { ...told, behind },
        { ...weighed, variance: told.variance },
        () => this.changed(),
        share => this.tell(share),
      );
    });
    const view = make("figure", { class: "input" }, this.canvas, make("figcaption", {}, `image x, ${side} × ${side}`));
    this.role.sides.replaceChildren(
      make("div", { class: "machine-body" }, view, make("div", {}, ...this.sides.map(one => one.row()))),
    );
    this.role.status.textContent = "Running the models …";
    this.put(this.original);
  }

  /** @param {number} share */
  tell(share) {
    this.role.status.textContent =
      share < 1 ? `The models are on their way into this page: ${Math.round(100 * share)} %` : "";
  }

  changed() {
    const opened = [...this.role.parts.querySelectorAll("details")].map(part => part.open);
    this.role.status.textContent = "";
    const ready = this.sides.filter(one => one.state.mu.length); // the other one may still be on its way
    this.role.parts.replaceChildren(...parts(ready, opened));
  }

  /** Shows an image, and has both models look at it. @param {Uint8Array} seen */
  put(seen) {
    const { side, channels } = /** @type {{side: number, channels: number}} */ (this.shape);
    Object.assign(this.canvas, { width: side, height: side });
    pen(this.canvas).putImageData(imageData({ n: 1, side, channels, pixels: seen }), 0, 0);
    this.look();
  }

  /** The image as it is on screen, for both models. */
  look() {
    const { side, channels } = /** @type {{side: number, channels: number}} */ (this.shape);
    const { data } = pen(this.canvas).getImageData(0, 0, side, side);
    const seen = new Uint8Array(side * side * channels);
    for (let i = 0; i < side * side; i++) for (let c = 0; c < channels; c++) seen[i * channels + c] = data[4 * i + c];
    count(this.canvas);
    for (const one of this.sides) one.look(seen);
  }

  wire() {
    const { canvas, role } = this;
    /** @type {[number, number] | null} */
    let last = null;
    const line = (/** @type {PointerEvent} */ event) => {
      const [x, y] = sharesAt(event, canvas);
      const to = /** @type {[number, number]} */ ([x * canvas.width, y * canvas.height]);
      const context = pen(canvas);
      Object.assign(context, { strokeStyle: this.ink, lineWidth: STROKE * canvas.width, lineCap: "round" });
      context.beginPath();
      context.moveTo(...(last ?? to));
      context.lineTo(...to);
      context.stroke();
      last = to;
      this.look();
    };
    canvas.onpointerdown = event => {
      canvas.setPointerCapture(event.pointerId);
      line(event);
    };
    canvas.onpointermove = event => {
      if (last) line(event);
    };
    canvas.onpointerup = canvas.onpointercancel = () => {
      last = null;
    };
    role.again.onclick = () => this.original && this.put(this.original);
    role.blank.onclick = () => this.original && this.put(new Uint8Array(this.original.length).fill(this.paper ?? 0));
    role.throw.onclick = () => {
      for (const one of this.sides) one.throw();
    };
    role.mean.onclick = () => {
      for (const one of this.sides) one.mean();
    };
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Machine(panel);
}
