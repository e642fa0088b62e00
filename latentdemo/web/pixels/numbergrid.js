/** A matrix that is edited cell by cell, or pasted whole. */

import { make } from "../core/dom.js";
import { parse, write } from "../core/numerals.js";
import { keep, touch } from "../link/keep.js";
import { fromRows, plane } from "./arithmetic.js";

/** @typedef {import("./arithmetic.js").Plane} Plane */

const MANY = 5; // columns from which on cells are narrow

/**
 * Rows of numbers out of pasted text: lines or semicolons between rows, spaces, commas or brackets between numbers.
 *
 * @param {string} text
 * @returns {number[][]} NaN where there is no number
 */
export function readRows(text) {
  const rows = text.split(/[;\n]/).map(row => row.replace(/[[\],]/g, " ").trim());
  return rows.filter(Boolean).map(row => row.split(/\s+/).map(parse));
}

/**
 * Which cell a key goes to, down or up its column; undefined for other keys. Left and right stay in the text.
 *
 * @param {string} key
 * @param {number} i
 * @param {number} width
 */
export function nextCell(key, i, width) {
  /** @type {Record<string, number>} */
  const by = { ArrowUp: -width, ArrowDown: width, Enter: width };
  return by[key] === undefined ? undefined : i + by[key];
}

export class NumberGrid {
  /**
   * @param {HTMLElement} place
   * @param {string} label for screen readers
   * @param {(rows: number[][]) => boolean} fits what may be pasted
   * @param {(values: Plane, good: boolean) => void} changed `good` is false where a cell holds no number
   */
  constructor(place, label, fits, changed) {
    this.place = place;
    this.label = label;
    this.fits = fits;
    this.changed = changed;
    this.values = plane(1, 1);
    place.dataset.unkept = ""; // as a whole it is kept, not cell by cell
    this.key = `${place.closest(".block")?.id}.${label.toLowerCase()}`;
    this.isKept = false;
    place.addEventListener("input", () => this.read());
    place.addEventListener("paste", event => this.paste(/** @type {ClipboardEvent} */ (event)));
    place.addEventListener("keydown", event => this.walk(/** @type {KeyboardEvent} */ (event)));
    place.addEventListener("focusin", event => /** @type {HTMLInputElement} */ (event.target).select?.());
  }

  /** @returns {HTMLInputElement[]} */
  get inputs() {
    return [...this.place.querySelectorAll("input")];
  }

  /**
   * @param {Plane} next
   * @param {number} ring a border of so many cells that are not edited
   */
  set(next, ring = 0) {
    this.values = next;
    touch(this.key, null);
    if (!this.isKept) setTimeout(() => keep(this.key, this.place, text => this.put(text))); // once its panel stands
    this.isKept = true;
    const rows = Array.from({ length: next.height + 2 * ring }, (_, i) => {
      const cells = Array.from({ length: next.width + 2 * ring }, (_, j) => this.cell(i - ring, j - ring));
      return make("tr", {}, ...cells);
    });
    const css = `matrix numbers ${next.width > MANY ? "many" : ""}`;
    this.place.replaceChildren(make("table", { class: css, "data-ring": `${ring}` }, ...rows));
  }

  /** The visitor's doing, by a button. @param {Plane} next */
  edit(next) {
    this.set(next);
    touch(this.key, this.text());
  }

  /**
   * @param {number} i
   * @param {number} j
   */
  cell(i, j) {
    const { height, width, values } = this.values;
    if (i < 0 || j < 0 || i >= height || j >= width) return make("td", { class: "padding" });
    const name = `${this.label}, row ${i}, column ${j}`;
    return make("td", {}, make("input", { value: write(values[i * width + j]), "aria-label": name }));
  }

  read() {
    let good = true;
    this.inputs.forEach((input, i) => {
      const value = parse(input.value);
      input.setAttribute("aria-invalid", String(Number.isNaN(value)));
      if (Number.isNaN(value)) good = false;
      else this.values.values[i] = value;
    });
    this.changed(this.values, good);
    if (good) touch(this.key, this.text());
  }

  /** Rows between semicolons, as they can be pasted. */
  text() {
    const { width, values } = this.values;
    const rows = Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
    return rows.map(row => Array.from(row, value => Number(value.toPrecision(6))).join(" ")).join(";");
  }

  /** What a link tells. @param {string | null} text */
  put(text) {
    if (text !== null) this.take(readRows(text));
  }

  /** @param {number[][]} rows */
  take(rows) {
    const ragged = rows.some(row => row.length !== rows[0].length);
    const good = !ragged && !rows.flat().some(Number.isNaN) && this.fits(rows);
    if (good) this.set(fromRows(rows));
    this.changed(this.values, good);
    if (good) touch(this.key, this.text());
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const rows = readRows(event.clipboardData?.getData("text") || "");
    if (rows.flat().length < 2) return;
    event.preventDefault();
    this.take(rows);
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const inputs = this.inputs;
    const next = nextCell(event.key, inputs.indexOf(/** @type {any} */ (event.target)), this.values.width);
    if (next === undefined) return;
    event.preventDefault();
    inputs[next]?.focus();
    inputs[next]?.select();
  }
}
