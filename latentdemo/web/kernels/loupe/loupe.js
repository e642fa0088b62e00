/** An image is numbers: the values around the pointer as a grid. */

import { options, roles, sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { number } from "../../core/numerals.js";
import { keep, list, touch } from "../../link/keep.js";
import { plane, range } from "../../pixels/arithmetic.js";
import { CHANNELS, draw } from "../../pixels/paint.js";
import { join, sizeNote } from "../stage.js";
import { busiest, columnsFor, format, MOST, ROWS, SCALES, table } from "./values.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

const ALL = "grey";

class Loupe {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.role = roles(element);
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    this.columns = MOST;
    this.at = [0, 0];
    /** @type {import("../stage.js").Stage | null} */
    this.stage = null;
    options(this.role.scale, Object.keys(SCALES), "0 … 255");
    this.canvas.onpointermove = this.canvas.onpointerdown = event => this.point(event);
    onArrows(this.canvas, (down, right) => this.walk(this.at[0] + down, this.at[1] + right));
    this.role.channel.onchange = this.role.scale.onchange = () => {
      this.paint();
      this.show();
    };
    new ResizeObserver(() => this.show()).observe(this.role.grid);
    join(stage => this.take(stage));
  }

  get scale() {
    return SCALES[this.role.scale.value];
  }

  /** Index of the chosen channel; −1: grey. */
  get channel() {
    return CHANNELS.indexOf(this.role.channel.value);
  }

  /** @returns {Plane | undefined} */
  get chosen() {
    const picture = this.stage?.picture;
    return this.channel < 0 || picture?.planes.length === 1 ? picture?.grey : picture?.planes[this.channel];
  }

  /** @param {import("../stage.js").Stage} stage */
  take(stage) {
    this.stage = stage;
    options(this.role.channel, stage.picture.planes.length === 3 ? [ALL, ...CHANNELS] : [ALL], ALL);
    this.paint();
    const first = busiest(stage.picture.grey);
    this.move(...first);
    keep("loupe.at", this.canvas, text => {
      const [row, column] = list.read(text ?? "", 2) ?? first;
      this.move(row, column);
    });
  }

  paint() {
    const { picture } = /** @type {import("../stage.js").Stage} */ (this.stage);
    const black = plane(picture.height, picture.width);
    const planes = CHANNELS.map((_, c) => (c === this.channel ? picture.planes[c] : black));
    draw(this.canvas, this.channel < 0 ? [picture.grey] : planes);
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.stage) return;
    const [x, y] = sharesAt(event, this.canvas);
    this.walk(Math.floor(y * this.stage.picture.height), Math.floor(x * this.stage.picture.width));
  }

  /** @param {number} row @param {number} column */
  walk(row, column) {
    this.move(row, column);
    touch("loupe.at", list.write(this.at));
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  move(row, column) {
    if (!this.stage) return;
    const { height, width } = this.stage.picture;
    this.at = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    this.show();
  }

  show() {
    if (!this.stage || !this.chosen) return;
    const wide = this.role.grid.clientWidth; // 0 while hidden
    if (wide) this.columns = columnsFor(wide, this.scale.cell);
    const { height, width } = this.stage.picture;
    const [top, left] = [this.at[0] - (ROWS - 1) / 2, this.at[1] - (this.columns - 1) / 2];
    this.role.grid.replaceChildren(table(this.chosen, [top, left], this.at, this));
    Object.assign(this.role.spot.style, {
      left: `${(100 * left) / width}%`,
      top: `${(100 * top) / height}%`,
      width: `${(100 * this.columns) / width}%`,
      height: `${(100 * ROWS) / height}%`,
    });
    this.tell(this.stage, range(this.chosen));
  }

  /**
   * @param {import("../stage.js").Stage} stage
   * @param {{low: number, high: number}} ends
   */
  tell(stage, { low, high }) {
    const { scale, channel, role } = this;
    const { picture } = stage;
    const [row, column] = this.at;
    const depth = picture.planes.length;
    const n = picture.height * picture.width * depth;
    const values = picture.planes.map(one => format(scale, one.values[row * picture.width + column]));
    const name = channel < 0 ? "Grey" : role.channel.value.replace(/^./, (/** @type {string} */ c) => c.toUpperCase());
    role.place.textContent = `Row ${row}, column ${column}: ${depth === 3 ? "(red, green, blue) = " : ""}(${values.join(", ")})`;
    role.shape.textContent =
      `Shape (${depth}, ${picture.height}, ${picture.width}) = channels × height × width, as in PyTorch; dtype ${scale.dtype}; ` +
      `${n.toLocaleString("en")} numbers, ${(n * scale.bytes).toLocaleString("en")} bytes. ` +
      `${name} runs from ${format(scale, low)} to ${format(scale, high)}; ${scale.limits.map(number).join(" … ")} is possible.`;
    role.scales.textContent =
      `${sizeNote(stage)} ${scale.formula}. ` +
      "The scale changes the numbers, their dtype and the memory they take; shape, order and picture stay the same.";
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open({ element }) {
  new Loupe(element);
}
