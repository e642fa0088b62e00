/** What each of the first sliders does to the present code, from −3 to 3: a row each; a click sets the slider. */

import { make, roles, sharesAt } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { codeAt, onSteer } from "../canvas.js";
import { decodeAll, paintGrid } from "../sheet.js";
import { move, rested, whenSeen } from "./moves.js";

export const STEPS = [-3, -2, -1, 0, 1, 2, 3];
const REST = 90; // milliseconds

/** @typedef {import("../canvas.js").Steered} Steered */
/** @typedef {{canvas: string, names: string[], note: string}} Told by Python; a name for each row */

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
    this.draw = rested(() => this.paint(), REST);
    whenSeen(this.role.canvas, this.draw);
    this.role.canvas.onclick = (/** @type {MouseEvent} */ event) => this.take(event);
    follow(panel, told => this.receive(told));
  }

  /** @param {Told} told */
  receive(told) {
    const first = this.told === null;
    this.told = told;
    this.role.note.textContent = told.note;
    if (first)
      onSteer(told.canvas, state => {
        this.state = state;
        this.name();
        this.draw();
      });
    this.draw();
  }

  name() {
    const { told, state } = this;
    if (!told || !state) return;
    const names = told.names.map((name, i) =>
      make("span", {}, `${name}: ${number(Number(state.steps[i].toFixed(2)))}`),
    );
    this.role.names.replaceChildren(...names);
  }

  async paint() {
    const { told, state } = this;
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
