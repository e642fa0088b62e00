/** The latent map: every point is an image; moved, zoomed, coloured, drawn around and clicked without the server. */

import { options, roles } from "../../core/dom.js";
import { follow } from "../../core/panel.js";
import { MapCanvas } from "./canvas.js";
import { followDrawing } from "./drawn.js";
import { choices, colouring } from "./known/colouring.js";
import { changed, keepMap, looked } from "./known/linked.js";
import { spritesOf } from "./known/sprites.js";
import { plane } from "./known/world.js";
import { legend } from "./legend.js";
import { state } from "./state.js";
import { Tip } from "./tip.js";

/** @typedef {import("./known/view.js").Point} Point */
/** @typedef {import("./known/world.js").Layout} Layout */
/** @typedef {import("./known/colouring.js").Colouring} Colouring */
/** @typedef {LatentMap} Host */
/** @typedef {{model: string, first: string, drawn: boolean, you: import("./state.js").You}} Told by Python */

const [TWO, NONE] = ["two dimensions", "nothing"];

class LatentMap {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.state = state;
    this.role = roles(panel.element);
    this.tip = new Tip(panel.element);
    this.hovered = -1;
    this.takesDrawings = false;
    /** @type {import("./points.js").Sprites | null} */
    this.sheet = null;
    /** @type {WeakMap<Layout, Colouring>} of the present colour */
    this.colourings = new WeakMap();
    const [first, second] = /** @type {HTMLCanvasElement[]} */ ([...panel.element.querySelectorAll("canvas.points")]);
    this.main = new MapCanvas(first, this);
    this.other = new MapCanvas(second, this);
    this.wire();
    state.on(what => this.changed(what));
    new MutationObserver(() => this.recolour()).observe(document.body, { attributeFilter: ["class"] });
    followDrawing(() => this.takesDrawings && this.main.canvas.offsetParent !== null);
    follow(panel, told => this.receive(told));
  }

  wire() {
    const { layout, across, upwards, colour, second } = this.role;
    layout.onchange = () => this.lay();
    across.onchange = upwards.onchange = () => this.lay();
    colour.onchange = () => state.colourBy(colour.value);
    second.onchange = () => this.beside();
  }

  /** @param {Told} told */
  async receive(told) {
    if (!told.model) return;
    this.takesDrawings = told.drawn;
    try {
      await state.show(told.model, told.first, told.you);
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {import("./state.js").What} what */
  changed(what) {
    if (what === "world") this.newWorld();
    else if (what === "layout") this.newLayout();
    else if (what === "colour") this.recolour();
    else this.redraw();
  }

  newWorld() {
    const { world, colour } = state;
    if (!world) return;
    this.colourings = new WeakMap();
    this.hovered = -1;
    this.sheet = null;
    const dims = world.order.map(d => `z${d}`);
    options(this.role.across, dims, dims[0]);
    options(this.role.upwards, dims, dims[1]);
    options(this.role.colour, choices(world), colour);
    this.listLayouts();
    spritesOf(world.model).then(sheet => {
      if (state.world === world) this.sheet = sheet;
      this.redraw();
    });
    if (state.layout) this.main.show(state.layout, true);
    this.beside();
    this.describe();
    keepMap(this.main, state, () => this.recolour());
  }

  /** What can be chosen: layouts that came with the model, and those that were fitted since. */
  listLayouts() {
    const { world, layout } = state;
    if (!world) return;
    const titles = world.layouts.map(one => one.title);
    const more = world.dims > 2 ? [TWO] : [];
    options(this.role.layout, [...titles, ...more], layout?.dims && world.dims > 2 ? TWO : layout?.title);
    options(this.role.second, [NONE, ...titles], this.role.second.value || NONE);
    if (!titles.includes(this.role.second.value)) this.role.second.value = NONE;
    for (const axes of [this.role.axes, this.role.axes2]) axes.hidden = this.role.layout.value !== TWO;
  }

  lay() {
    const { world } = state;
    const { layout, across, upwards } = this.role;
    if (!world) return;
    const dims = [across, upwards].map(select => world.order[select.selectedIndex]);
    state.lay(layout.value === TWO ? plane(world, dims[0], dims[1]) : world.layouts[layout.selectedIndex]);
  }

  newLayout() {
    this.listLayouts();
    if (state.layout) this.main.show(state.layout, false);
    looked(null);
    this.describe();
  }

  /** A second map beside the first. */
  beside() {
    const found = state.world?.layouts.find(one => one.title === this.role.second.value);
    this.role.other.hidden = !found;
    this.role.maps.classList.toggle("pair", Boolean(found));
    if (found) this.other.show(found, this.other.now?.x.length !== found.x.length);
    else this.other.layout = null;
  }

  recolour() {
    this.colourings = new WeakMap();
    this.redraw();
    this.describe();
  }

  redraw() {
    this.main.redraw();
    this.other.redraw();
  }

  dark = () => document.body.classList.contains("dark");

  tool = () => this.role.tool.value;

  sprites = () => this.sheet;

  /** @param {Layout} layout @returns {Colouring | null} */
  colours(layout) {
    if (!state.world) return null;
    const found = this.colourings.get(layout) ?? colouring(state.world, layout, state.colour, this.dark());
    this.colourings.set(layout, found);
    return found;
  }

  describe() {
    const { world, layout } = state;
    const colours = layout && this.colours(layout);
    if (!world || !layout || !colours) return;
    legend(this.role.legend, colours, () => changed(state) ?? this.redraw());
    const placed = layout.dims
      ? `at z${layout.dims[0]} (across) and z${layout.dims[1]} (upwards) of their ${world.dims}-D latent codes`
      : `by ${layout.title} of their ${world.dims}-D latent codes; its axes ${layout.axes ? "are the two directions of most variance" : "mean nothing"}`;
    this.role.note.textContent =
      `${world.n.toLocaleString("en")} test images, placed ${placed}. ✕: your image` +
      `${layout.axes ? "" : ", at the weighted mean of its 15 nearest codes"}. Point, click, turn the wheel (few points ` +
      "become pictures), 0 for the whole map.";
  }

  /** @param {MapCanvas} on @param {Point} pixels */
  hover(on, pixels) {
    const { world } = state;
    if (!world || !on.layout) return;
    const i = on.pointAt(pixels);
    const left = on.canvas.offsetLeft;
    this.tip.place([pixels[0] + left, pixels[1]], left + on.size.width, this.words(i));
    if (i >= 0) this.tip.point(world.model, i, this.sheet);
    else this.tip.between(world.model, state.codeAt(on.layout, on.view.toPlace(pixels)) ?? []);
    if (i !== this.hovered) {
      this.hovered = i;
      this.redraw();
    }
  }

  /** @param {number} i */
  words(i) {
    if (i < 0) return "decoded";
    return state.world?.classes ? state.world.names[state.world.labels[i]] : `image ${i}`;
  }

  leave() {
    this.tip.hide();
    if (this.hovered < 0) return;
    this.hovered = -1;
    this.redraw();
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new LatentMap(panel);
}
