/** The plane of two-number codes, every cell decoded at its middle, real codes over it, and any place of it larger. */

import { floats } from "../../core/base64.js";
import { count, make, pen, roles, sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { shared } from "../../core/shared.js";
import { decode, onSheet } from "../../latent/decode.js";
import { decodeAll } from "../../latent/sheet.js";
import { keep, list, touch } from "../../link/keep.js";

const ENLARGED = 2; // canvas pixels a pixel
const MOST = 2048; // canvas pixels along a side
const DOT = 2.5; // canvas pixels
const KEY = 0.02; // of the plane's side

/**
 * @typedef {object} Told of one model, by Python
 * @property {string} css
 * @property {string} title
 * @property {string} model
 * @property {[number, number]} low lower corner of the square
 * @property {[number, number]} high
 * @property {number} cells along each side
 * @property {string} codes base64 of (n, 2) float32
 * @property {number[] | null} labels (n)
 * @property {string} caption
 */

/** The code at a place, given as shares from the left and from the top. @type {(place: [number, number], told: Pick<Told, "low" | "high">) => [number, number]} */
export const codeAt = ([right, down], { low, high }) => [
  low[0] + right * (high[0] - low[0]),
  low[1] + (1 - down) * (high[1] - low[1]),
];

/** Codes of all cells' middles, row by row from the top. @param {Pick<Told, "low" | "high" | "cells">} told */
export const middles = told =>
  Array.from({ length: told.cells ** 2 }, (_, i) =>
    codeAt([((i % told.cells) + 0.5) / told.cells, (Math.floor(i / told.cells) + 0.5) / told.cells], told),
  );

class Plane {
  /** @param {Told} told */
  constructor(told) {
    this.told = told;
    this.place = /** @type {[number, number]} */ ([0.5, 0.5]);
    /** @type {import("../../engine/engine.js").Pictures | null} one for each cell, once they are decoded */
    this.pictures = null;
    const label = `${told.title}: the plane of codes; move the pointer or press arrow keys to decode a place`;
    this.canvas = make("canvas", { class: "handle hard", role: "img", tabindex: "0", "aria-label": label });
    this.large = make("canvas", { class: "latent hard", role: "img", "aria-label": "The place, decoded" });
    this.caption = make("figcaption", {});
    this.canvas.onpointermove = event => this.walk(sharesAt(event, this.canvas));
    this.canvas.onpointerdown = event => this.walk(sharesAt(event, this.canvas));
    onArrows(this.canvas, (down, right) => this.walk([this.place[0] + KEY * right, this.place[1] + KEY * down]));
  }

  element() {
    const { css, title, caption } = this.told;
    const map = make("figure", { class: "plane" }, this.canvas, make("figcaption", {}, caption));
    const view = make(
      "figure",
      { class: "place" },
      this.large,
      this.caption,
      make("p", { class: "note", role: "status" }),
    );
    return make("section", { class: css }, make("h3", {}, title), make("div", { class: "placed" }, map, view));
  }

  /** @param {boolean} over whether real codes are drawn */
  async draw(over) {
    const { told, canvas } = this;
    this.pictures ??= await decodeAll(told.model, middles(told));
    const { pictures } = this;
    const step = Math.min(ENLARGED * pictures.side, Math.floor(MOST / told.cells));
    Object.assign(canvas, { width: told.cells * step, height: told.cells * step });
    const context = pen(canvas);
    context.imageSmoothingEnabled = false;
    for (let i = 0; i < told.cells ** 2; i++)
      context.drawImage(onSheet(pictures, i), (i % told.cells) * step, Math.floor(i / told.cells) * step, step, step);
    if (over) this.dots(context);
    count(canvas);
  }

  /** @param {CanvasRenderingContext2D} context */
  dots(context) {
    const { codes, labels, low, high } = this.told;
    const [flat, side] = [floats(codes), this.canvas.width];
    for (let i = 0; i < flat.length / 2; i++) {
      const [x, y] = [0, 1].map(k => (flat[2 * i + k] - low[k]) / (high[k] - low[k]));
      context.fillStyle = labels ? shared.classes[labels[i] % shared.classes.length] : shared.classes[1];
      context.beginPath();
      context.arc(x * side, (1 - y) * side, DOT, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** The visitor goes there. @param {[number, number]} place as shares */
  walk(place) {
    touch(`cells.${this.told.css}`, list.write(place));
    return this.go(place);
  }

  /** @param {[number, number]} place as shares */
  go(place) {
    this.place = /** @type {[number, number]} */ (place.map(share => Math.max(0, Math.min(1, share))));
    const code = codeAt(this.place, this.told);
    this.caption.textContent = `z = (${code.map(number).join(", ")})`;
    return decode(this.large, this.told.model, code);
  }
}

class Cells {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Plane[]} */
    this.planes = [];
    this.role.over.onchange = () => this.draw();
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {{note: string, planes: Told[]}} told */
  receive({ note, planes }) {
    this.role.note.textContent = note;
    this.planes = planes.map(one => new Plane(one));
    this.role.halves.replaceChildren(...this.planes.map(plane => plane.element()));
    this.role.over.parentElement.hidden = planes.length === 0;
    this.draw();
    for (const plane of this.planes) {
      plane.go([0.5, 0.5]);
      keep(`cells.${plane.told.css}`, plane.canvas, text => {
        const [right, down] = list.read(text ?? "", 2) ?? [0.5, 0.5];
        plane.go([right, down]);
      });
    }
  }

  async draw() {
    try {
      for (const plane of this.planes) await plane.draw(this.role.over.checked);
      this.role.status.textContent = "";
    } catch (error) {
      this.role.status.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Cells(panel);
}
