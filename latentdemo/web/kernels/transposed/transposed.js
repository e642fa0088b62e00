/** Transposed convolution: every input pixel lays down a copy of the kernel, times its value; the copies add up. */

import { make, options, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { player } from "../../core/player.js";
import { shared } from "../../core/shared.js";
import { fromRows, range } from "../../pixels/arithmetic.js";
import { signedCell } from "../../pixels/colours.js";
import { copies, transposedConvolve } from "../../pixels/layers.js";
import { NumberGrid } from "../../pixels/numbergrid.js";
import { matrix, size } from "../../pixels/paint.js";
import { join } from "../stage.js";
import { note, overlaps, sheet } from "./overlaps.js";

/**
 * @typedef {import("../../pixels/arithmetic.js").Plane} Plane
 * @typedef {ReturnType<typeof copies>[number]} Copy
 */

const MOST_DRAWN = 900; // cells of all copies together; beyond that they fill several screens
const MOST = 4; // stride, and what is cut off
const MOST_CELLS = 8; // a side of the input
const BAD = `A cell does not hold a number within ±${number(shared.most.value)}, or what was pasted does not fit.`;

class Transposed {
  /** @param {HTMLElement} element */
  constructor(element) {
    const role = roles(element);
    this.role = role;
    this.element = element;
    this.current = 0; // the copy that is marked
    /** @type {import("../stage.js").Example[]} */
    this.examples = [];
    const small = (/** @type {number} */ most) => (/** @type {number[][]} */ rows) =>
      Math.max(rows.length, rows[0].length) <= most;
    const changed = (/** @type {Plane} */ _, /** @type {boolean} */ good) =>
      good ? this.edited() : this.complain(BAD);
    this.input = new NumberGrid(role.input, "Input", small(MOST_CELLS), changed);
    const square = (/** @type {number[][]} */ rows) =>
      small(shared.most.kernel)(rows) && rows.length === rows[0].length;
    this.kernel = new NumberGrid(role.kernel, "Kernel", square, changed);
    role.input.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => this.point(event));
    role.stride.oninput = role.padding.oninput = () => this.edited();
    role.example.onchange = () => this.take();
    player(role.play, () => this.go(this.current + 1), 900);
    join(stage => this.receive(stage));
  }

  /** @param {import("../stage.js").Stage} stage */
  receive(stage) {
    if (this.examples.length) return; // they do not depend on the picture
    this.examples = stage.transposed;
    const names = this.examples.map(example => example.name);
    options(this.role.example, names);
    this.take();
  }

  take() {
    const { role } = this;
    const example = this.examples.find(one => one.name === role.example.value) || this.examples[0];
    this.input.set(fromRows(example.image));
    this.kernel.set(fromRows(example.kernel));
    role.stride.value = example.stride;
    role.padding.value = example.padding;
    role.meaning.textContent = example.meaning;
    this.go(example.image.flat().findIndex(value => value !== 0)); // a copy of zeros shows nothing
  }

  edited() {
    this.role.meaning.textContent = ""; // it is true of the example alone
    this.show();
  }

  /** @param {number} current */
  go(current) {
    this.current = current % this.input.values.values.length;
    this.show();
  }

  /** @param {PointerEvent} event */
  point(event) {
    const cell = /** @type {Element} */ (event.target).closest("td");
    if (!cell) return;
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement).rowIndex;
    this.go(row * this.input.values.width + cell.cellIndex);
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.role.problem.textContent = `${sentence} The result is still the one before.`;
    this.role.problem.hidden = false;
  }

  /**
   * @param {string} name
   * @param {number} least
   * @param {string} what
   */
  whole(name, least, what) {
    const field = this.role[name].value;
    const value = Number(field);
    if (field === "" || !Number.isInteger(value) || value < least || value > MOST)
      throw new RangeError(`${what} is ${field || "empty"}; it must be a whole number of ${least} … ${MOST}.`);
    return value;
  }

  show() {
    try {
      const stride = this.whole("stride", 1, "The stride");
      const padding = this.whole("padding", 0, "What is cut off");
      const [input, kernel] = [this.input.values, this.kernel.values];
      if (kernel.height !== kernel.width)
        throw new RangeError(`The kernel has ${kernel.height} rows of ${kernel.width} numbers; it must be square.`);
      const output = transposedConvolve(input, kernel, stride, padding);
      this.role.problem.hidden = true;
      this.draw(input, kernel, output, { k: kernel.height, stride, padding });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.complain(error.message);
    }
  }

  /**
   * @param {Plane} input
   * @param {Plane} kernel
   * @param {Plane} output
   * @param {{k: number, stride: number, padding: number}} settings
   */
  draw(input, kernel, output, settings) {
    const { role } = this;
    const { k, stride, padding } = settings;
    const all = copies(input, kernel, stride);
    const copy = all[Math.min(this.current, all.length - 1)];
    const overlap = overlaps(input, kernel, stride, padding);
    const under = (/** @type {number} */ at) => {
      const y = Math.floor(at / output.width) + padding - copy.top;
      const x = (at % output.width) + padding - copy.left;
      return y >= 0 && x >= 0 && y < k && x < k ? "under" : "";
    };
    for (const [place, values] of /** @type {[string, Plane][]} */ ([
      ["output", output],
      ["overlap", overlap],
    ])) {
      const { limit } = range(values);
      role[place].replaceChildren(matrix(values, size(values), value => signedCell(value, limit), under));
    }
    this.element.querySelectorAll("[data-role=input] td").forEach((cell, i) => {
      cell.classList.toggle("under", all[i] === copy);
    });
    const whole = { height: output.height + 2 * padding, width: output.width + 2 * padding };
    const shown = all.length * whole.height * whole.width > MOST_DRAWN ? [] : all;
    this.tell(copy, all, shown.length > 0, input.width, padding);
    const sheets = shown.map(one => sheet(one, k, whole, range(output).limit));
    sheets[all.indexOf(copy)]?.classList.add("current");
    const plus = () => make("span", { class: "operator" }, "+");
    role.copies.replaceChildren(...sheets.flatMap((table, i) => (i ? [plus(), table] : [table])));
    role.note.textContent = note(input, kernel, output, settings);
  }

  /**
   * @param {Copy} copy
   * @param {Copy[]} all
   * @param {boolean} drawn whether they are
   * @param {number} width
   * @param {number} padding
   */
  tell(copy, all, drawn, width, padding) {
    const i = all.indexOf(copy);
    const factor = number(copy.factor);
    const cut = padding ? ` (before ${padding} are cut off on every side). ` : ". ";
    this.role.copy.textContent =
      `Input pixel row ${Math.floor(i / width)}, column ${i % width} is ${factor}: ${factor} × kernel is laid at row ` +
      `${copy.top}, column ${copy.left}${cut}${drawn ? "The copies before they are added:" : ""}`;
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open({ element }) {
  new Transposed(element);
}
