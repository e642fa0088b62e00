/** A − B + C with codes: each an image of the gallery, or the mean of a group; the sum is decoded. */

import { make, options, roles } from "../../core/dom.js";
import { rounded } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { decode } from "../decode.js";
import { codesOf, nearest, nearestCalled } from "../gallery.js";
import { whenSeen } from "../perturb/moves.js";

const IMAGE = "image number";
const SIGNS = ["", "−", "+"];
const DIGITS = 3;

/**
 * @typedef {object} Told by Python
 * @property {string} model
 * @property {number} n images of the gallery
 * @property {boolean} real whether the gallery shows the images themselves, not their decoded codes
 * @property {{name: string, code: number[]}[]} means of groups
 * @property {number} usual median distance of a code to its nearest other one
 *
 * @typedef {{what: HTMLSelectElement, which: HTMLInputElement, canvas: HTMLCanvasElement, words: HTMLElement}} Term
 */

/** Σ sign · code. @param {number[][]} codes three @returns {number[]} */
export const summed = ([a, b, c]) => a.map((value, d) => value - b[d] + c[d]);

class Arithmetic {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Told | null} */
    this.told = null;
    /** @type {Float32Array | null} */
    this.codes = null;
    this.terms = SIGNS.map((_, i) => this.term("ABC"[i]));
    this.canvas = make("canvas", { class: "latent", role: "img", "aria-label": "A − B + C, decoded" });
    this.near = make("img", { alt: "The gallery image whose code is nearest", class: "near", hidden: true });
    this.words = make("figcaption");
    this.called = make("figcaption");
    this.lay();
    whenSeen(this.role.sum, () => this.paint());
    follow(panel, told => this.receive(told));
  }

  /** @param {string} letter @returns {Term} */
  term(letter) {
    const what = make("select", { "aria-label": `${letter} is` });
    const which = make("input", { type: "number", min: "0", step: "1", "aria-label": `${letter}: image number` });
    const canvas = make("canvas", { class: "latent", role: "img", "aria-label": `${letter}, decoded` });
    what.onchange = which.oninput = () => this.paint();
    return { what, which, canvas, words: make("figcaption") };
  }

  lay() {
    const parts = this.terms.flatMap(({ what, which, canvas, words }, i) => [
      make("span", { class: "operator" }, SIGNS[i]),
      make("figure", { class: "view" }, canvas, words, what, which),
    ]);
    const sum = make("figure", { class: "view" }, this.canvas, this.words);
    const near = make("figure", { class: "view" }, this.near, this.called);
    this.role.sum.replaceChildren(...parts.slice(1), make("span", { class: "operator" }, "="), sum, near);
  }

  /** @param {Told} told */
  receive(told) {
    this.told = told;
    this.codes = null;
    this.called.textContent = nearestCalled(told.real);
    const names = [IMAGE, ...told.means.map(({ name }) => name)];
    const first = [1, 2, 0].map(at => names[at] ?? IMAGE); // with − without + an image: what the sliders do
    this.terms.forEach(({ what, which }, i) => {
      options(what, names, first[i]);
      which.max = `${told.n - 1}`;
      which.value = `${i}`;
    });
    this.paint();
  }

  /** Code of a term. @param {Term} term @param {Float32Array} codes @param {Told} told */
  code({ what, which }, codes, told) {
    if (what.selectedIndex > 0) return told.means[what.selectedIndex - 1].code;
    const i = Math.max(0, Math.min(told.n - 1, Math.round(Number(which.value) || 0)));
    const dims = codes.length / told.n;
    return [...codes.subarray(i * dims, (i + 1) * dims)];
  }

  async paint() {
    const { told, role } = this;
    if (!told || !role.sum.offsetParent) return;
    const codes = await codesOf(told.model);
    if (!codes || told !== this.told) return;
    const parts = this.terms.map(term => this.code(term, codes, told));
    this.terms.forEach(({ what, which, canvas, words }, i) => {
      words.textContent = what.selectedIndex > 0 ? what.value : `image ${which.value}`;
      which.hidden = what.selectedIndex > 0;
      decode(canvas, told.model, parts[i]);
    });
    const sum = summed(parts);
    decode(this.canvas, told.model, sum);
    const used = this.terms.flatMap(({ what, which }) => (what.selectedIndex > 0 ? [] : [Number(which.value)]));
    const { index, distance } = nearest(codes, sum, used);
    this.near.hidden = false;
    this.near.src = `pixels/gallery/${encodeURIComponent(told.model)}/${index}`;
    this.words.textContent = "A − B + C, decoded";
    role.note.textContent =
      `Nearest code of another gallery image: ${rounded(distance, DIGITS)} away (median among themselves: ` +
      `${rounded(told.usual, DIGITS)}). With the means of two groups as A and B this is one step along their vector.`;
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Arithmetic(panel);
}
