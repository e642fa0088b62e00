/** What each of the first sliders does to the present code, from −3 to 3: a row each; a click sets the slider. */

import { make, roles, sharesAt } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { codeAt, onSteer } from "../canvas.js";
import { decodeAll, paintGrid } from "../sheet.js";
import { move, rested, whenSeen } from "./moves.js";
import { keepNames, label, nameOf, onNames, rename } from "./names.js";
import { markAll } from "./reach.js";

export const STEPS = [-3, -2, -1, 0, 1, 2, 3];
const REST = 90; // milliseconds

/** @typedef {import("../canvas.js").Steered} Steered */
/** @typedef {{canvas: string, names: string[], note: string, renamed: boolean}} Told by Python; a name for each row, and whether visitors may give it another */

/** Steps with one of them set. @param {number[]} steps @param {number} i @param {number} value */
export const withStep = (steps, i, value) => steps.map((step, k) => (k === i ? value : step));

/** Codes of all rows, one after the other. @param {Steered} state @param {number} rows */
export const traversed = (state, rows) =>
  Array.from({ length: rows }, (_, i) => STEPS.map(step => codeAt(state, withStep(state.steps, i, step)))).flat();

class Traversals {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Told | null} */
    this.told = null;
    /** @type {Steered | null} */
    this.state = null;
    /** @type {HTMLElement[]} where each row's value stands */
    this.values = [];
    this.named = ""; // what the rows' names were made from
    this.draw = rested(() => this.paint(), REST);
    whenSeen(this.role.canvas, this.draw);
    this.role.canvas.onclick = (/** @type {MouseEvent} */ event) => this.take(event);
    onNames(() => this.relabel());
    follow(panel, told => this.receive(told));
  }

  /** @param {Told} told */
  receive(told) {
    const first = this.told === null;
    this.told = told;
    this.role.note.textContent = told.note;
    if (first)
      onSteer(told.canvas, state => {
        if (told.renamed && this.state?.directions !== state.directions) markAll(told.canvas, state);
        this.state = state;
        this.name();
        this.draw();
      });
    this.name();
    this.draw();
  }

  name() {
    const { told, state } = this;
    if (!told || !state) return;
    const from = `${state.model} ${told.names.join()}`;
    if (from !== this.named) this.rows(told, state.model);
    this.named = from;
    this.values.forEach((place, i) => {
      place.textContent = number(Number((state.steps[i] ?? 0).toFixed(2)));
    });
  }

  /** A name and a value for each row. @param {Told} told @param {string} model */
  rows(told, model) {
    this.values = told.names.map(() => make("span"));
    const rows = told.names.map((name, i) => make("span", {}, this.title(told, model, name), " ", this.values[i]));
    this.role.names.replaceChildren(...rows);
    this.relabel();
    const canvas = document.getElementById(told.canvas);
    if (told.renamed && canvas) keepNames(model, canvas);
  }

  /** @param {Told} told @param {string} model @param {string} name */
  title(told, model, name) {
    if (!told.renamed) return make("span", {}, name);
    const title = "Name it by what it changes";
    const field = make("input", {
      placeholder: name,
      "aria-label": `Name of ${name}`,
      title,
      maxlength: "24",
      "data-unkept": "",
    });
    field.value = nameOf(model, name);
    field.onchange = () => rename(model, name, field.value);
    return field;
  }

  relabel() {
    const { told, state } = this;
    if (!told?.renamed || !state) return;
    label(told.canvas, state.model, told.names);
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (this.role.names.querySelectorAll("input"));
    fields.forEach((field, i) => {
      if (field !== document.activeElement) field.value = nameOf(state.model, told.names[i]);
    });
  }

  async paint() {
    const { told, state } = this;
    this.relabel(); // Python may have written the labels anew
    if (!told || !state || !this.role.canvas.offsetParent) return;
    try {
      paintGrid(this.role.canvas, await decodeAll(state.model, traversed(state, told.names.length)), STEPS.length);
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {MouseEvent} event */
  take(event) {
    const { told } = this;
    if (!told) return;
    const [right, down] = sharesAt(/** @type {PointerEvent} */ (event), this.role.canvas);
    const at = (/** @type {number} */ share, /** @type {number} */ n) =>
      Math.max(0, Math.min(n - 1, Math.floor(share * n)));
    move(told.canvas, [[at(down, told.names.length), STEPS[at(right, STEPS.length)]]]);
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Traversals(panel);
}
