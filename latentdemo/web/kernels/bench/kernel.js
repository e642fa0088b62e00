/** The bench's kernel: its cells, its divisor, and the preset that it is. */

import { options } from "../../core/dom.js";
import { number, parse, write } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { fromRows } from "../../pixels/arithmetic.js";
import { NumberGrid } from "../../pixels/numbergrid.js";
import { OWN, recognise } from "./settings.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 * @typedef {import("../stage.js").Preset} Preset
 */

const { kernel: MOST, value: REACH } = shared.most;
const BAD = `A cell of the kernel does not hold a number within ±${number(REACH)}, or what was pasted is not a square matrix of at most ${MOST} × ${MOST}.`;

export class Kernel {
  /**
   * @param {Record<string, any>} role
   * @param {() => void} changed
   * @param {(sentence: string) => void} refuse
   */
  constructor(role, changed, refuse) {
    this.role = role;
    /** @type {Preset[]} */
    this.presets = [];
    const square = (/** @type {number[][]} */ rows) => rows.length === rows[0].length && rows.length <= MOST;
    this.cells = new NumberGrid(role.cells, "Kernel", square, (values, good) => {
      if (!good) return refuse(BAD);
      role.size.value = String(values.height);
      this.recognise();
      changed();
    });
  }

  /** The numbers before they are divided. */
  get values() {
    return this.cells.values;
  }

  /**
   * @param {Plane} values
   * @param {number} divisor
   */
  set(values, divisor) {
    this.cells.set(values);
    this.role.divisor.value = write(divisor);
    this.role.size.value = String(values.height);
    this.recognise();
  }

  /** @param {string} name */
  takePreset(name) {
    const preset = this.presets.find(one => one.name === name);
    if (preset) this.set(fromRows(preset.rows), preset.divisor);
  }

  /** The preset that these numbers are, and the one that they are when turned by 180°. */
  get known() {
    return recognise(this.presets, this.values, parse(this.role.divisor.value));
  }

  /** Shows what the kernel is called and what it is for. */
  recognise() {
    const { found, turned } = this.known;
    options(this.role.preset, [...this.presets.map(one => one.name), OWN], found?.name || OWN);
    const own = turned ? `${turned.name}, turned by 180°.` : "A matrix of your own.";
    this.role.meaning.textContent = found ? found.meaning : own;
  }
}
