/** Two dimensions at once: seven by seven pictures around the present code; dragging moves both sliders. */

import { options, roles, sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { codeAt, onSteer } from "../canvas.js";
import { decodeAll, paintGrid } from "../sheet.js";
import { move, rested, whenSeen } from "./moves.js";
import { STEPS, withStep } from "./traversals.js";

const REST = 120; // milliseconds
const SPAN = 3;
const KEY = 0.25; // standard deviations that an arrow key moves

/** @typedef {import("../canvas.js").Steered} Steered */
/** @typedef {{canvas: string, names: string[], unit: string}} Told by Python; a name for each slider to choose from */

const N = STEPS.length;

/** Steps at a place given as shares: cell middles lie at whole steps. @type {(place: [number, number]) => [number, number]} */
export const stepsAt = ([right, down]) => {
  const within = (/** @type {number} */ value) => Math.max(-SPAN, Math.min(SPAN, Math.round(100 * value) / 100));
  return [within(N * right - N / 2), within(N / 2 - N * down)];
};

/** Where steps lie, as shares. @type {(steps: [number, number]) => [number, number]} */
export const placeOf = ([across, upwards]) => [(across + N / 2) / N, (N / 2 - upwards) / N];

/**
 * Codes of all cells, row by row from the top.
 *
 * @param {Steered} state
 * @param {[number, number]} dims across and upwards
 */
export const cells = (state, [across, upwards]) =>
  [...STEPS]
    .reverse()
    .flatMap(up => STEPS.map(step => codeAt(state, withStep(withStep(state.steps, across, step), upwards, up))));

class Pad {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Told | null} */
    this.told = null;
    /** @type {Steered | null} */
    this.state = null;
    this.drawn = ""; // what the pictures were made from
    this.draw = rested(() => this.paint(), REST);
    whenSeen(this.role.canvas, this.draw);
    const { canvas, across, upwards } = this.role;
    const drag = (/** @type {PointerEvent} */ event) => this.go(stepsAt(sharesAt(event, canvas)));
    canvas.onpointerdown = (/** @type {PointerEvent} */ event) => {
      canvas.setPointerCapture(event.pointerId);
      drag(event);
    };
    canvas.onpointermove = (/** @type {PointerEvent} */ event) => {
      if (event.buttons) drag(event);
    };
    onArrows(canvas, (down, right) => {
      const [x, y] = this.here();
      this.go(stepsAt(placeOf([x + KEY * right, y - KEY * down])));
    });
    across.onchange = upwards.onchange = () => this.changed();
    follow(panel, told => this.receive(told));
  }

  /** @param {Told} told */
  receive(told) {
    const first = this.told === null;
    this.told = told;
    const { across, upwards } = this.role;
    options(across, told.names, told.names[0]);
    options(upwards, told.names, told.names[1]);
    if (first)
      onSteer(told.canvas, state => {
        this.state = state;
        this.changed();
      });
    this.changed();
  }

  /** Which sliders are moved. @returns {[number, number]} */
  get dims() {
    return [this.role.across.selectedIndex, this.role.upwards.selectedIndex];
  }

  /** The present steps of both. @returns {[number, number]} */
  here() {
    const [across, upwards] = this.dims;
    const steps = this.state?.steps ?? [];
    return [steps[across] ?? 0, steps[upwards] ?? 0];
  }

  changed() {
    const { role, state } = this;
    if (!state || !this.told) return;
    const [x, y] = placeOf(this.here());
    role.spot.style.left = `${100 * x}%`;
    role.spot.style.top = `${100 * y}%`;
    const told = this.dims.map(
      (i, k) => `${this.told?.names[i]} = ${number(Number(this.here()[k].toFixed(2)))} ${this.told?.unit}`,
    );
    role.note.textContent = this.dims[0] === this.dims[1] ? "Choose two different dimensions." : told.join(", ");
    this.draw();
  }

  /** @param {[number, number]} steps */
  go(steps) {
    const [across, upwards] = this.dims;
    if (this.told && across !== upwards)
      move(this.told.canvas, [
        [across, steps[0]],
        [upwards, steps[1]],
      ]);
  }

  async paint() {
    const { state, role, dims } = this;
    if (!state || !role.canvas.offsetParent || dims[0] === dims[1]) return;
    const others = dims.reduce((steps, i) => withStep(steps, i, 0), state.steps);
    const from = JSON.stringify([state.model, dims, others]);
    if (from === this.drawn) return; // only these two have moved: the pictures stand
    this.drawn = from;
    try {
      paintGrid(role.canvas, await decodeAll(state.model, cells(state, dims)), N);
    } catch (error) {
      role.note.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Pad(panel);
}
