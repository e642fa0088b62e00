/** What was clicked on the map: its image, its reconstruction, its factors, its neighbours by code and by place. */

import { roles } from "../../core/dom.js";
import { fixed, number } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { decode } from "../decode.js";
import { offer } from "../edit/source.js";
import { nearestCalled } from "../gallery.js";
import { cellsOf } from "../map/known/neighbours.js";
import { factorOf } from "../map/known/world.js";
import { state } from "../map/state.js";
import { rested, whenSeen } from "../perturb/moves.js";
import { address, thumb } from "./thumbs.js";

const SHOWN = 6; // neighbours
const REST = 40; // milliseconds

const short = (/** @type {number} */ value) => number(Number(value.toPrecision(3)));
const known = (/** @type {number} */ value) => (Number.isNaN(value) ? "without a value" : short(value));

class ChosenPanel {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.role.image.onload = () => {
      this.role.image.classList.toggle("hard", this.role.image.naturalWidth <= shared.hard);
    };
    const draw = rested(() => this.paint(), REST);
    state.on(draw);
    whenSeen(this.role.decoded, draw);
  }

  paint() {
    const { world, chosen, layout } = state;
    const { role } = this;
    if (!world || !chosen || !layout || !role.decoded.offsetParent) return;
    decode(role.decoded, world.model, chosen.code);
    offer("map", { model: world.model, code: chosen.code, film: state.walk?.codes ?? [], vector: null });
    const near = state.near(world.k);
    this.name(near);
    const place = chosen.index === null ? state.placeOf(layout, chosen.code) : this.at(chosen.index);
    const there = cellsOf(layout).nearest(place, world.k, chosen.index ?? -1);
    const [byCode, byPlace] = [near, there].map(found => new Set(found.map(([, i]) => i)));
    const both = [...byCode].filter(i => byPlace.has(i)).length;
    role.near.textContent = "Nearest codes, and how far: those with a frame are near on this map, too.";
    role.there.textContent = `Nearest on this map; ${both} of the ${world.k} nearest there are among the ${world.k} nearest codes.`;
    const tiles = (/** @type {[number, number][]} */ found, /** @type {Set<number>} */ other) =>
      found.slice(0, SHOWN).map(([, i]) => thumb(world.model, i, this.distance(i), other.has(i)));
    role.codes.replaceChildren(...tiles(near, byPlace));
    role.places.replaceChildren(...tiles(there, byCode));
  }

  /** @param {number} i @returns {[number, number]} */
  at(i) {
    return [state.layout?.x[i] ?? 0, state.layout?.y[i] ?? 0];
  }

  /** Distance of a point's code from the chosen one. @param {number} i */
  distance(i) {
    const { world, chosen } = state;
    if (!world || !chosen) return "";
    return short(Math.hypot(...chosen.code.map((value, d) => value - world.codes[i * world.dims + d])));
  }

  /** @param {[number, number][]} near */
  name(near) {
    const { world, chosen, layout, you } = state;
    const { role } = this;
    if (!world || !chosen || !layout) return;
    const { index, yours } = chosen;
    const i = index ?? near[0][1];
    this.picture(yours && you ? you.image : address(world.model, i));
    role.title.textContent = this.title(near);
    role.how.textContent = this.how(index);
    const factors = world.classes ? [] : world.names.map((name, k) => `${name} ${known(factorOf(world, i, k))}`);
    role.unlike.textContent = (yours && you?.note) || "";
    role.facts.textContent =
      world.classes || yours ? "" : `${index === null ? "Of that image: " : ""}${factors.join(" · ")}`;
  }

  /** What the first picture is. @param {[number, number][]} near */
  title(near) {
    const { world, chosen } = state;
    if (!world || !chosen || chosen.yours) return "your image";
    const { index } = chosen;
    if (index === null) return `${nearestCalled(world.real)}, ${short(near[0][0])} away`;
    const decoded = world.real ? "" : ", decoded";
    return `image ${index}${world.classes ? ` (${world.names[world.labels[index]]})` : ""}${decoded}`;
  }

  /** @param {string} src */
  picture(src) {
    const { image } = this.role;
    image.hidden = false;
    if (image.getAttribute("src") !== src) image.src = src;
  }

  /** What the decoded picture is. @param {number | null} index */
  how(index) {
    const { world, chosen, layout, you } = state;
    if (!world || !chosen || !layout) return "";
    if (index !== null) return `its reconstruction, MSE ${fixed(world.errors[index], 4)}`;
    if (chosen.yours) return `its reconstruction${you?.mse == null ? "" : `, MSE ${fixed(you.mse, 4)}`}`;
    if (state.exact(layout)) return "this very code, decoded";
    const moved = layout.axes ? ", moved along both axes to this place" : "";
    return `decoded: weighted mean of the 15 nearest points' codes${moved}`;
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new ChosenPanel(panel);
}
