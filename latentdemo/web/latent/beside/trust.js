/** How far a map can be trusted: what each layout keeps of the neighbourhoods, and the same codes under three seeds. */

import { count, make, pen, roles } from "../../core/dom.js";
import { rounded } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { colouring } from "../map/known/colouring.js";
import { cellsOf, keptBy } from "../map/known/neighbours.js";
import { View } from "../map/known/view.js";
import { drawPoints, drawRings } from "../map/points.js";
import { state } from "../map/state.js";
import { rested, whenSeen } from "../perturb/moves.js";

const [REST, SIDE] = [80, 220]; // milliseconds; pixels

/** @typedef {import("../map/known/world.js").Layout} Layout */

/** Mean share of a point's k nearest on one map that are among its k nearest on another. @param {Layout} a @param {Layout} b @param {number} k */
export function agreement(a, b, k) {
  const n = a.x.length;
  const near = new Uint16Array(n * k);
  for (let i = 0; i < n; i++)
    near.set(
      cellsOf(a)
        .nearest([a.x[i], a.y[i]], k, i)
        .map(([, j]) => j),
      i * k,
    );
  return keptBy({ n, k, near }, b).reduce((sum, kept) => sum + kept, 0) / (n * k);
}

/** @type {WeakMap<import("../map/known/world.js").World, number[]>} */
const agreements = new WeakMap();

/** Agreement of a gallery's first map with its others of the same method, computed once. @param {import("../map/known/world.js").World} world @param {Layout[]} maps */
function agreed(world, maps) {
  const known = agreements.get(world) ?? maps.slice(1).map(other => agreement(maps[0], other, world.k));
  agreements.set(world, known);
  return known;
}

class Trust {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    const draw = rested(() => this.paint(), REST);
    state.on(draw);
    whenSeen(this.role.table, draw);
  }

  paint() {
    const { world, layout } = state;
    if (!world || !layout || !this.role.table.offsetParent) return;
    const all = world.layouts.includes(layout) ? world.layouts : [...world.layouts, layout];
    this.role.table.replaceChildren(table(all, layout, world.k));
    this.role.note.textContent =
      `Trustworthiness: 1 if whoever is among a point's ${world.k} nearest on the map is near by code, too; intruders ` +
      `count against it by how far they are (Venna & Kaski 2001). Neighbours kept: share of the ${world.k} nearest ` +
      "codes that are among the nearest on the map. Colour the map by “neighbours kept” to see where not to believe it.";
    this.seeds();
  }

  seeds() {
    const { world } = state;
    const maps = (world?.layouts ?? []).filter(({ title }) => title === "UMAP" || title.startsWith("UMAP, seed"));
    if (!world || maps.length < 2) {
      this.role.seeds.replaceChildren();
      this.role.same.textContent = world?.dims === 2 ? "Two-dimensional codes are their own map: nothing is lost." : "";
      return;
    }
    this.role.seeds.replaceChildren(...maps.map(drawn));
    const shares = agreed(world, maps).map(share => `${rounded(100 * share, 3)} %`);
    this.role.same.textContent =
      "The same codes by UMAP from three seeds, each moved, turned, mirrored and scaled as a whole onto the first. What differs between them is " +
      `chance: of a point's ${world.k} nearest on the first map ${shares.join(" and ")} are its nearest on the others.`;
  }
}

/** @param {Layout[]} layouts @param {Layout} present @param {number} k */
function table(layouts, present, k) {
  const cell = (/** @type {string} */ words) => make("td", {}, words);
  const rows = layouts.map(one => {
    const kept = one.kept ? [...one.kept].reduce((sum, value) => sum + value, 0) / (k * one.kept.length) : null;
    const numbers = [
      one.trust === null ? "–" : one.trust.toFixed(3),
      kept === null ? "–" : `${(100 * kept).toFixed(1)} %`,
    ];
    return make("tr", { class: one === present ? "here" : "" }, make("th", {}, one.title), ...numbers.map(cell));
  });
  const head = make("tr", {}, ...["map", "trustworthiness", "neighbours kept"].map(words => make("th", {}, words)));
  return make("table", { class: "matrix scores" }, head, ...rows);
}

/** A small map. @param {Layout} layout */
function drawn(layout) {
  const { world, chosen } = state;
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": `${layout.title}, small` });
  const view = new View();
  view.fit(layout, SIDE, SIDE);
  const dark = document.body.classList.contains("dark");
  if (world) {
    const colours = { ...colouring(world, layout, state.colour, dark), glyphs: null };
    drawPoints(
      canvas,
      layout,
      colours,
      view,
      { width: SIDE, height: SIDE, dark },
      { sprites: null, seen: i => state.seen(i), group: state.group },
    );
  }
  const at = (/** @type {number} */ i) => view.toPixels([layout.x[i], layout.y[i]]);
  if (chosen?.index != null) drawRings(pen(canvas), [at(chosen.index)], 9, shared.you);
  count(canvas);
  return make("figure", {}, canvas, make("figcaption", {}, layout.title));
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Trust(panel);
}
