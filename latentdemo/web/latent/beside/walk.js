/** Two walks between the same two points: straight across the map, and straight in code space. */

import { make, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { latest } from "../../core/requests.js";
import { nearestCodes } from "../map/known/blend.js";
import { state } from "../map/state.js";
import { rested, whenSeen } from "../perturb/moves.js";
import { blank, decodeAll, paintAll } from "../sheet.js";

const [REST, STOPS] = [60, 8];

/** @typedef {[number, number]} Point */

const short = (/** @type {number} */ value) => number(Number(value.toPrecision(3)));

/** Shares of the way, the ends included. */
export const shares = Array.from({ length: STOPS }, (_, k) => k / (STOPS - 1));

/** @template {number[]} T @param {T} from @param {T} to @param {number} t */
export const between = (from, to, t) => /** @type {T} */ (from.map((value, d) => (1 - t) * value + t * to[d]));

class Walk {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Record<"from" | "to", number[] | null>} codes of both ends */
    this.ends = { from: null, to: null };
    this.ask = latest();
    const draw = rested(() => this.paint(), REST);
    for (const end of /** @type {("from" | "to")[]} */ (["from", "to"]))
      this.role[end].onclick = () => {
        this.ends[end] = state.chosen?.code ?? null;
        draw();
      };
    state.on(what => {
      if (what === "world") this.begin();
      if (what === "world" || what === "layout") draw();
    });
    whenSeen(this.role.ends, draw);
  }

  /** At first from one point to one that is far from it. */
  begin() {
    const { world } = state;
    if (!world) return;
    const at = (/** @type {number} */ i) => [...world.codes.subarray(i * world.dims, (i + 1) * world.dims)];
    const all = nearestCodes(world.codes, at(0), world.n);
    this.ends = { from: at(0), to: at(all[Math.floor(0.9 * all.length)][1]) };
  }

  async paint() {
    const { world, layout } = state;
    const { from, to } = this.ends;
    if (!world || !layout || !from || !to || !this.role.ends.offsetParent) return;
    const isLast = this.ask();
    const [start, end] = [state.placeOf(layout, from), state.placeOf(layout, to)];
    const places = shares.map(t => between(start, end, t));
    const across = places.map((place, k) =>
      k === 0 ? from : k === STOPS - 1 ? to : (state.codeAt(layout, place) ?? from),
    );
    const straight = shares.map(t => between(from, to, t));
    state.walk = { map: [start, end], code: straight.map(code => state.placeOf(layout, code)), codes: straight };
    state.tell("walk");
    const same = state.exact(layout) ? " On this map they are the same: its places are the codes." : "";
    this.role.ends.textContent =
      "Click a point or a place on the map, then a button: it becomes an end. Both walks are drawn on the map: dashed " +
      `the straight line across it, dotted where the straight line in code space lies.${same}`;
    const [pathLength, lineLength] = [across, straight].map(codes =>
      codes.slice(1).reduce((sum, code, k) => sum + Math.hypot(...code.map((value, d) => value - codes[k][d])), 0),
    );
    this.role.note.textContent =
      `Below each: the distance to the nearest real code. In code space the walk across the map is ` +
      `${short(pathLength)} long, the straight one ${short(lineLength)}.`;
    await Promise.all([this.strip(this.role.map, across, isLast), this.strip(this.role.code, straight, isLast)]);
  }

  /** @param {HTMLElement} place @param {number[][]} codes @param {() => boolean} isLast */
  async strip(place, codes, isLast) {
    const { world } = state;
    if (!world) return;
    const images = codes.map((_, k) => blank(`stop ${k + 1}`));
    try {
      await paintAll(images, await decodeAll(world.model, codes));
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
      return;
    }
    if (!isLast()) return; // other ends were chosen meanwhile
    const words = codes.map(code => short(nearestCodes(world.codes, code, 1)[0][0]));
    place.replaceChildren(...images.map((image, k) => make("figure", {}, image, make("figcaption", {}, words[k]))));
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Walk(panel);
}
