/** The bench's kernel: its cells, its divisor, and the preset that it is. */

import { options } from "../../core/dom.js";
import { number, parse, write } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { fromRows, turn } from "../../pixels/arithmetic.js";
import { resized } from "../../pixels/layers.js";
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
    this.flipped = false; // an odd number of flips since the numbers were last set
    const square = (/** @type {number[][]} */ rows) => rows.length === rows[0].length && rows.length <= MOST;
    this.cells = new NumberGrid(role.cells, "Kernel", square, (values, good) => {
      if (!good) return refuse(BAD);
      role.size.value = String(values.height);
      this.flipped = false;
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
    this.flipped = false;
    this.recognise();
  }

  flip() {
    this.cells.edit(turn(this.values));
    this.flipped = !this.flipped;
  }

  /** @param {number} k */
  resize(k) {
    this.cells.edit(resized(this.values, k));
    this.flipped = false;
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

  /** What the kernel is for, in one sentence. */
  get meaning() {
    const { found, turned } = this.known;
    if (found) return found.meaning;
    return turned ? `${turned.name}, turned by 180°.` : "A matrix of your own.";
  }

  /** What the kernel was before Flip: a preset's name, or words; "" where the kernel is used as it was written. */
  get before() {
    const { found, turned } = this.known;
    if (found) return "";
    return turned?.name || (this.flipped ? "the kernel before Flip" : "");
  }

  /** Shows what the kernel is called. */
  recognise() {
    options(this.role.preset, [...this.presets.map(one => one.name), OWN], this.known.found?.name || OWN);
  }
}
