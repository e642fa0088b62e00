/** Discrete codes: the entry at each place of the visitor's image, where else it is used, and painting with entries. */

import { floats } from "../core/base64.js";
import { count, make, pen, roles, sharesAt } from "../core/dom.js";
import { onArrows } from "../core/keys.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { shared } from "../core/shared.js";
import { paint } from "../latent/decode.js";
import { blank, decodeAll, paintAll } from "../latent/sheet.js";
import { keep, list, touch } from "../link/keep.js";
import { nearest, vectorsOf } from "./ask.js";

const CELL = 64; // canvas pixels of a place

/**
 * @typedef {object} Told by Python
 * @property {string} model
 * @property {number} grid places along a side
 * @property {number} entries
 * @property {number} dims of an entry
 * @property {string} codebook base64 of (K · D) float32
 * @property {number[]} usage (K) over the test images
 * @property {string} picture data URI
 * @property {string} vector base64 of (g · g · D): what the encoder says
 * @property {string} note
 */

/** The nearest number of 0 … n − 1. @type {(i: number, n: number) => number} */
const within = (i, n) => Math.max(0, Math.min(n - 1, i));

class Codebook {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    const role = roles(panel.element);
    this.role = role;
    this.entry = 0;
    this.at = 0;
    /** @type {number[]} */
    this.own = [];
    /** @type {number[]} */
    this.grid = [];
    role.grid.onpointerdown = (/** @type {PointerEvent} */ event) => this.choose(this.placeAt(event, role.grid));
    onArrows(role.grid, (down, right) => this.step(down, right));
    role.painted.onpointerdown = (/** @type {PointerEvent} */ event) => this.brush(event);
    role.painted.onpointermove = (/** @type {PointerEvent} */ event) => event.buttons && this.brush(event);
    role.reset.onclick = () => this.set([...this.own]);
    role.fill.onclick = () => this.set(this.own.map(() => this.entry));
    keep("codebook.grid", panel.element, text => {
      const cells = text === null ? null : list.read(text, this.own.length);
      this.grid = cells?.map(Number) ?? [...this.own];
      return this.show();
    });
    keep("codebook.entry", panel.element, text => this.take(Number(text ?? this.own[0] ?? 0)));
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  async receive(told) {
    const { role } = this;
    role.status.textContent = "";
    const another = this.told?.model !== told.model;
    this.told = told;
    this.book = floats(told.codebook);
    this.own = nearest(floats(told.vector), this.book, told.dims);
    this.grid = [...this.own];
    role.note.textContent = told.note;
    this.picture = new Image();
    this.picture.src = told.picture;
    await this.picture.decode();
    const entries = another ? this.lay() : [];
    this.choose(Math.floor(this.own.length / 2) + Math.floor(told.grid / 2) * (told.grid % 2 ? 0 : 1), false);
    await this.show(); // before the many pictures of the codebook
    if (this.looks && entries.length && this.told === told)
      await paintAll(this.looks, await decodeAll(told.model, vectorsOf(entries, this.book, told.dims)));
  }

  /** A picture for each entry, a bar of its use beneath; returns the grids that hold it everywhere. */
  lay() {
    const { role, told } = this;
    if (!told) return [];
    const grids = Array.from({ length: told.entries }, (_, k) => Array(told.grid ** 2).fill(k));
    const all = told.usage.reduce((a, b) => a + b, 0);
    const most = Math.max(...told.usage);
    this.looks = grids.map((_, k) => blank(`entry ${k}`));
    const buttons = this.looks.map((image, k) => {
      const share = told.usage[k] / all;
      const bar = make("i", { style: `--share:${told.usage[k] / most}` });
      const button = make("button", { title: `entry ${k}: ${rounded(100 * share, 2)} % of all places` }, image, bar);
      button.onclick = () => {
        this.take(k);
        touch("codebook.entry", `${k}`);
      };
      return button;
    });
    role.entries.replaceChildren(...buttons);
    return grids;
  }

  /** @param {PointerEvent} event @param {HTMLCanvasElement} canvas */
  placeAt(event, canvas) {
    const [right, down] = sharesAt(event, canvas);
    const n = this.told?.grid ?? 1;
    const cell = (/** @type {number} */ share) => within(Math.floor(share * n), n);
    return cell(down) * n + cell(right);
  }

  /** @param {number} down @param {number} right */
  step(down, right) {
    const n = this.told?.grid ?? 1;
    this.choose(within(Math.floor(this.at / n) + down, n) * n + within((this.at % n) + right, n));
  }

  /** The entry at a place of the visitor's image. @param {number} place */
  choose(place, told = true) {
    this.at = place;
    this.take(this.own[place] ?? 0);
    if (told) touch("codebook.entry", `${this.entry}`);
  }

  /** @param {number} entry */
  take(entry) {
    const { role, told } = this;
    if (!told) return;
    this.entry = within(Math.trunc(entry) || 0, told.entries);
    const n = this.own.filter(k => k === this.entry).length;
    const all = told.usage.reduce((a, b) => a + b, 0);
    role.said.textContent =
      `Entry ${this.entry}: ${n} of ${this.own.length} places of your image (marked), ` +
      `${rounded((100 * told.usage[this.entry]) / all, 2)} % of all places of the test images.`;
    [...role.entries.children].forEach((button, k) => {
      button.setAttribute("aria-pressed", `${k === this.entry}`);
    });
    this.drawGrid();
  }

  /** @param {PointerEvent} event */
  brush(event) {
    const place = this.placeAt(event, this.role.painted);
    if (this.grid[place] === this.entry) return;
    this.set(this.grid.map((k, i) => (i === place ? this.entry : k)));
  }

  /** @param {number[]} grid */
  set(grid) {
    this.grid = grid;
    const same = grid.every((k, i) => k === this.own[i]);
    touch("codebook.grid", same ? null : list.write(grid));
    return this.show();
  }

  drawGrid() {
    const { told, picture, own } = this;
    if (!told || !picture) return;
    const canvas = this.role.grid;
    const side = CELL * told.grid;
    Object.assign(canvas, { width: side, height: side });
    const context = pen(canvas);
    context.imageSmoothingEnabled = picture.naturalWidth > shared.hard;
    context.drawImage(picture, 0, 0, side, side);
    Object.assign(context, { font: "bold 22px sans-serif", textAlign: "center", textBaseline: "middle", lineWidth: 4 });
    own.forEach((k, i) => {
      const [x, y] = [(i % told.grid) * CELL, Math.floor(i / told.grid) * CELL];
      Object.assign(context, { lineWidth: 1, strokeStyle: "#8888" });
      context.strokeRect(x, y, CELL, CELL);
      if (k === this.entry) {
        Object.assign(context, { lineWidth: 5, strokeStyle: shared.you });
        context.strokeRect(x + 3, y + 3, CELL - 6, CELL - 6);
      }
      Object.assign(context, { lineWidth: 4, strokeStyle: "#000" });
      context.strokeText(`${k}`, x + CELL / 2, y + CELL / 2);
      context.fillStyle = "#fff";
      context.fillText(`${k}`, x + CELL / 2, y + CELL / 2);
    });
    count(canvas);
  }

  async show() {
    const { role, told, book, grid, own } = this;
    if (!told || !book) return;
    try {
      const pictures = await decodeAll(told.model, vectorsOf([grid], book, told.dims));
      if (grid !== this.grid) return;
      paint(role.painted, pictures);
      const changed = grid.filter((k, i) => k !== own[i]).length;
      role.error.textContent = changed
        ? `${changed} of ${grid.length} places hold another entry than the encoder said.`
        : "All places as the encoder says.";
    } catch (error) {
      role.status.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Codebook(panel);
}
