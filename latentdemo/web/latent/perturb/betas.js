/** One slider for several models that differ by β: the dimension of the same rank moves in each. */

import { make, options, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { codeAt } from "../canvas.js";
import { decode } from "../decode.js";
import { decodeAll, paintGrid } from "../sheet.js";
import { rested, whenSeen } from "./moves.js";
import { STEPS, withStep } from "./traversals.js";

const REST = 60; // milliseconds

/**
 * @typedef {object} Row a model, told by Python
 * @property {string} model
 * @property {string} title
 * @property {number[]} origin
 * @property {number[][]} directions
 * @property {number[]} steps of the visitor's image
 * @property {string[]} names of the first sliders
 *
 * @typedef {{picture: HTMLCanvasElement, strip: HTMLCanvasElement, words: HTMLElement}} Place
 */

/** Code of a row with one of its sliders set. @param {Row} row @param {number} which @param {number} step @param {number} span */
export const moved = (row, which, step, span) => codeAt({ ...row, span }, withStep(row.steps, which, step));

class Betas {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Row[]} */
    this.rows = [];
    this.span = 3;
    this.touched = false; // before that each model shows its own code
    /** @type {Place[]} */
    this.places = [];
    const strips = rested(() => this.strips(), REST);
    this.role.step.oninput = () => {
      this.touched = true;
      this.move();
    };
    this.role.which.onchange = () => {
      this.touched = false;
      this.move();
      strips();
    };
    whenSeen(this.role.rows, () => {
      this.move();
      strips();
    });
    follow(panel, told => {
      this.receive(told);
      strips();
    });
  }

  /** @param {{rows: Row[], span: number}} told */
  receive({ rows, span }) {
    Object.assign(this, { rows, span });
    const { which, step, note, rows: place } = this.role;
    const n = Math.min(...rows.map(row => row.names.length));
    options(
      which,
      Array.from({ length: n }, (_, i) => `${i + 1}`),
      "1",
    );
    step.value = "0";
    this.touched = false;
    this.places = rows.map(row => {
      const picture = make("canvas", { class: "latent", role: "img", "aria-label": `${row.title}, decoded` });
      const strip = make("canvas", { role: "img", "aria-label": `${row.title}, from −3 to 3` });
      return { picture, strip, words: make("figcaption") };
    });
    const figures = this.places.map(({ picture, strip, words }) =>
      make("div", { class: "lane" }, make("figure", {}, picture, words), strip),
    );
    place.replaceChildren(...figures);
    note.textContent =
      rows.length > 1
        ? "The slider of that rank in each of these VAEs: the dimension that does most to its picture is 1. All start from " +
          "the code of your image; to the right, −3 to 3 standard deviations."
        : "No other VAE of this size was trained on these images; train one with another --beta to compare.";
    this.move();
  }

  move() {
    if (!this.role.rows.offsetParent) return;
    const [which, step] = [this.role.which.selectedIndex, Number(this.role.step.value)];
    this.role.value.textContent = this.touched ? `${number(step)} σ` : "as your image has it";
    this.rows.forEach((row, i) => {
      const { picture, words } = this.places[i];
      const here = this.touched ? step : row.steps[which];
      words.textContent = `${row.title}: ${row.names[which]} = ${number(here)} σ`;
      decode(picture, row.model, moved(row, which, here, this.span));
    });
  }

  async strips() {
    if (!this.role.rows.offsetParent) return;
    const which = this.role.which.selectedIndex;
    for (const [i, row] of this.rows.entries()) {
      const codes = STEPS.map(step => moved(row, which, step, this.span));
      try {
        paintGrid(this.places[i].strip, await decodeAll(row.model, codes), STEPS.length);
      } catch (error) {
        this.role.note.textContent = /** @type {Error} */ (error).message;
      }
    }
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Betas(panel);
}
