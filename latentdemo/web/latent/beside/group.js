/** The points that were drawn around: their mean, their spread, what they have that others lack; an attribute of them. */

import { make, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { latest } from "../../core/requests.js";
import { state } from "../map/state.js";
import { rested, whenSeen } from "../perturb/moves.js";
import { blank, decodeAll, paintAll } from "../sheet.js";
import { centroid, keep, made } from "./own.js";
import { compared, mainAxis } from "./statistics.js";
import { named, thumb } from "./thumbs.js";

const [REST, ROWS, MEMBERS, LEAST] = [60, 6, 12, 2]; // milliseconds, rows, pictures; points of a group

const short = (/** @type {number} */ value) => number(Number(value.toPrecision(2)));

class Group {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {{with: number[], without: number[]}} */
    this.picked = { with: [], without: [] };
    this.ask = latest();
    const draw = rested(() => this.paint(), REST);
    const { role } = this;
    role.with.onclick = () => this.pick("with");
    role.without.onclick = () => this.pick("without");
    role.make.onclick = () => this.make();
    state.on(what => {
      if (what === "world") {
        this.picked = { with: [], without: [] };
        this.role.made.textContent = "";
      }
      draw();
    });
    whenSeen(role.note, draw);
  }

  /** @param {"with" | "without"} side */
  pick(side) {
    this.picked[side] = state.selected;
    this.paint();
  }

  make() {
    const { world } = state;
    if (!world || !this.picked.with.length) return;
    const own = made(world, this.picked.with, this.picked.without);
    if (!own.without.length) {
      this.role.made.textContent = "Nobody is left who lacks it: pick another group for that.";
      return;
    }
    keep(own);
    this.role.made.textContent =
      `Attribute made: ${own.with.length} images with it, ${own.without.length} without, length ‖v‖ = ` +
      `${short(Math.hypot(...own.vector))}. It is the last slider of the tab “Attributes”.`;
  }

  async paint() {
    const { world, selected } = state;
    const { role, picked } = this;
    if (!world || !role.note.offsetParent) return;
    const enough = selected.length >= LEAST;
    for (const button of [role.with, role.without]) button.disabled = !enough;
    role.make.disabled = !picked.with.length;
    role.with.textContent = `These have it${picked.with.length ? ` (${picked.with.length} picked)` : ""}`;
    role.without.textContent = `These lack it${picked.without.length ? ` (${picked.without.length} picked)` : " (else: all others)"}`;
    role.note.textContent = enough
      ? `${selected.length.toLocaleString("en")} of ${world.n.toLocaleString("en")} points chosen.`
      : "No group yet: set “Drag to” above the map to “draw around” or “draw a box”, and drag around some points. Five are enough for an attribute.";
    for (const part of [role.means, role.facts, role.members]) if (!enough) part.replaceChildren();
    if (enough) await this.describe();
  }

  async describe() {
    const { world, selected } = state;
    if (!world) return;
    this.role.facts.replaceChildren(...this.rows());
    const step = Math.max(1, Math.floor(selected.length / MEMBERS));
    const few = selected.filter((_, k) => k % step === 0).slice(0, MEMBERS);
    this.role.members.replaceChildren(...few.map(i => thumb(world.model, i, named(i))));
    const isLast = this.ask();
    const [middle, axis] = [centroid(world, selected), mainAxis(world, selected)];
    const codes = [-2, 0, 2].map(t => middle.map((value, d) => value + t * axis[d]));
    const words = ["mean − 2 sd of its main axis", "mean code, decoded", "mean + 2 sd"];
    const images = words.map(blank);
    const figures = images.map((image, k) => make("figure", {}, image, make("figcaption", {}, words[k])));
    try {
      await paintAll(images, await decodeAll(world.model, codes));
      if (!isLast()) return; // another group was drawn meanwhile
      this.role.means.replaceChildren(...figures);
    } catch (error) {
      this.role.made.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** A bar for each of the largest differences. */
  rows() {
    const { world, selected } = state;
    if (!world) return [];
    const found = compared(world, selected).slice(0, ROWS);
    const most = Math.max(...found.map(({ difference }) => Math.abs(difference)), 1e-9);
    return found.map(({ name, here, there, difference }) => {
      const bar = make("i", { class: difference < 0 ? "below" : "" });
      const axis = make("span", { class: "axis" }, bar);
      bar.style.setProperty("--share", `${(100 * Math.abs(difference)) / most}%`);
      const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
      const words = world.classes
        ? `${percent(here)} here, ${percent(there)} of the others`
        : `${difference < 0 ? "" : "+"}${short(difference)} sd`;
      return make("div", {}, make("span", {}, name), axis, make("b", {}, words));
    });
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Group(panel);
}
