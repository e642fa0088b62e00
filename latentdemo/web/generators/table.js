/** Ways to images beside each other: a row of samples and the measured numbers of each, sorted by any column. */

import { floats } from "../core/base64.js";
import { make, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { latest } from "../core/requests.js";
import { component, drawn, normal, seeded } from "../latent/chance.js";
import { blank, decodeAll, paintAll } from "../latent/sheet.js";
import { keep, keepSeed, touch } from "../link/keep.js";
import { askGrids, askWalk, vectorsOf } from "./ask.js";

const SAMPLES = 8;

/**
 * @typedef {"prior" | "mixture" | "walk" | "grids"} Source
 * @typedef {{weights: string, means: string, factors: string}} Density base64 of float32
 * @typedef {{title: string, name: string, decoder: string, source: Source, dims: number, density?: Density,
 *   codebook?: string, cells: Record<string, number | null>}} Row told by Python
 * @typedef {[key: string, title: string, better: number]} Column
 * @typedef {{note: string, missing: string, real: number | null, columns: Column[], rows: Row[]}} Told
 *
 * @typedef {{row: Row, element: HTMLTableSectionElement, images: HTMLImageElement[]}} Line
 */

/** @param {string} key @param {number | null} value */
export function cell(key, value) {
  if (value === null) return "—";
  if (key === "encodes") return value ? "yes" : "no";
  return rounded(value, key === "precision" || key === "recall" ? 2 : 3); // ± 0.01: shares of one draw
}

/**
 * Rows by a column: the better ones first, then the other way round; those without a number last.
 *
 * @template {{cells: Record<string, number | null>}} R
 * @param {R[]} rows
 * @param {string} key
 * @param {number} better −1: less is better
 * @param {boolean} reversed
 */
export function sorted(rows, key, better, reversed) {
  const sign = (better < 0 ? 1 : -1) * (reversed ? -1 : 1);
  return [...rows].sort((a, b) => {
    const [one, other] = [a.cells[key], b.cells[key]];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (one - other);
  });
}

class Table {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.ask = latest();
    this.seed = 0;
    this.by = "";
    this.reversed = false;
    /** @type {Line[]} */
    this.lines = [];
    keepSeed("generators.seed", panel.element, this.role.again, seed => {
      this.seed = seed;
      return this.sample();
    });
    keep("generators.by", panel.element, text => this.sort(text?.replace(/^-/, "") ?? "", text?.startsWith("-")));
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  receive(told) {
    this.told = told;
    this.lines = told.rows.map(row => {
      const images = Array.from({ length: SAMPLES }, (_, i) => blank(`${row.title}: sample ${i + 1}`));
      const strip = make("div", { class: "tiles row8" }, ...images.map(image => make("figure", {}, image)));
      const cells = told.columns.map(([key, title]) =>
        make("td", { class: key, "data-label": title }, cell(key, row.cells[key])),
      );
      const title = make("th", { scope: "rowgroup" }, make("b", {}, row.title));
      const wide = make("td", { class: "samples", colSpan: 1 + cells.length }, strip);
      return { row, images, element: make("tbody", {}, make("tr", {}, title, ...cells), make("tr", {}, wide)) };
    });
    const real = told.real === null ? "" : ` The test images' own sharpness: ${rounded(told.real, 3)}.`;
    this.role.note.textContent = [told.note + real, told.missing].filter(Boolean).join(" ");
    this.sort(this.by, this.reversed);
    this.sample();
  }

  /** @param {string} by @param {boolean} [reversed] */
  sort(by, reversed = false) {
    const { told } = this;
    this.by = by;
    this.reversed = reversed;
    if (!told) return;
    const column = told.columns.find(([key]) => key === by);
    const heads = told.columns.map(([key, title, better]) => {
      const button = make("button", {}, `${title}${better ? (better < 0 ? " ↓" : " ↑") : ""}`);
      button.onclick = () => {
        this.sort(key, key === this.by && !this.reversed);
        touch("generators.by", `${this.reversed ? "-" : ""}${key}`);
      };
      const order = key !== by ? "none" : better < 0 === reversed ? "descending" : "ascending";
      return make("th", { scope: "col", "aria-sort": order }, button);
    });
    const first = make("th", { scope: "col" }, "generator");
    this.role.head.replaceChildren(make("tr", {}, first, ...heads));
    const rows = column ? sorted(told.rows, by, column[2], reversed) : told.rows;
    const lines = rows.map(row => /** @type {Line} */ (this.lines.find(line => line.row === row)));
    this.role.table.replaceChildren(this.role.head, ...lines.map(line => line.element));
  }

  async sample() {
    const isLast = this.ask();
    try {
      for (const { row, images } of this.lines) {
        const pictures = await decodeAll(row.decoder, await codesOf(row, this.seed));
        if (!isLast()) return; // other models, or other samples, came meanwhile
        await paintAll(images, pictures);
      }
      this.role.status.textContent = "";
    } catch (error) {
      this.role.status.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** What the decoder takes: drawn here, or by the server where a network draws it. @param {Row} row @param {number} seed */
async function codesOf(row, seed) {
  if (row.source === "walk") {
    const { codes } = await askWalk(row.name, { seed, n: SAMPLES });
    return codes[codes.length - 1];
  }
  if (row.source === "grids") {
    const { grids } = await askGrids(row.name, { seed, n: SAMPLES });
    return vectorsOf(grids, floats(row.codebook ?? ""), row.dims);
  }
  const random = seeded(seed);
  const epsilons = Array.from({ length: SAMPLES }, () => normal(row.dims, random));
  if (!row.density) return epsilons;
  const [weights, means, factors] = [row.density.weights, row.density.means, row.density.factors].map(floats);
  return epsilons.map(epsilon => drawn({ weights, means, factors }, component(weights, random()), epsilon));
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Table(panel);
}
