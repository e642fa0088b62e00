/** What a map shows and what is chosen on it; the panels beside it listen. */

import { along, movedTo } from "./known/axes.js";
import { codeOf, nearestCodes, placeOf } from "./known/blend.js";
import { choices } from "./known/colouring.js";
import { codeAt, worldOf } from "./known/world.js";

/** @typedef {import("./known/world.js").World} World */
/** @typedef {import("./known/world.js").Layout} Layout */
/** @typedef {[number, number]} Point */
/** @typedef {"world" | "layout" | "colour" | "selected" | "chosen" | "you" | "walk"} What has changed */

/**
 * @typedef {object} You the visitor's image
 * @property {number[]} code
 * @property {string} image address of what the model sees of it
 * @property {number | null} mse of its reconstruction; null while it is drawn
 * @property {string} note what to think of it; "" for nothing
 *
 * @typedef {object} Chosen
 * @property {number | null} index of a point; null: a place between, or the visitor's image
 * @property {boolean} yours
 * @property {number[]} code
 */

export class State {
  constructor() {
    /** @type {World | null} */
    this.world = null;
    /** @type {Layout | null} */
    this.layout = null;
    this.colour = "";
    this.asked = ""; // the model that was asked for last
    /** @type {Set<number>} classes that are not shown */
    this.hidden = new Set();
    /** @type {number[]} points of the group that was drawn around */
    this.selected = [];
    this.grouped = { of: this.selected, set: new Set(this.selected) };
    /** @type {Chosen | null} */
    this.chosen = null;
    /** @type {You | null} */
    this.you = null;
    /** @type {{map: Point[], code: Point[], codes: number[][]} | null} two walks, as places on the layout, and the codes of the second */
    this.walk = null;
    /** @type {((what: What) => void)[]} */
    this.takers = [];
  }

  /** Calls `take` when something has changed, and for all there is now. @param {(what: What) => void} take */
  on(take) {
    this.takers.push(take);
    if (this.world) for (const what of /** @type {What[]} */ (["world", "layout", "selected", "chosen"])) take(what);
  }

  /** @param {What} what */
  tell(what) {
    for (const take of this.takers) take(what);
  }

  /** Another model's gallery, or the visitor's other image. @param {string} model @param {string} first what points are coloured by at first @param {You} you */
  async show(model, first, you) {
    this.asked = model;
    const world = await worldOf(model);
    if (this.asked !== model) return; // another model was chosen meanwhile
    this.you = you;
    if (this.world !== world) {
      this.world = world;
      this.hidden = new Set();
      [this.selected, this.layout, this.walk] = [[], world.layouts[0], null];
      this.colour = choices(world).includes(first) ? first : choices(world)[0];
      this.tell("world");
      this.tell("selected");
    }
    this.chosen = { index: null, yours: true, code: you.code };
    this.tell("you");
    this.tell("chosen");
  }

  /** The same as a set. */
  get group() {
    if (this.grouped.of !== this.selected) this.grouped = { of: this.selected, set: new Set(this.selected) };
    return this.grouped.set;
  }

  /** @param {Layout} layout */
  lay(layout) {
    [this.layout, this.walk] = [layout, null];
    this.tell("layout");
  }

  /** @param {string} colour */
  colourBy(colour) {
    this.colour = colour;
    this.tell("colour");
  }

  /** @param {number[]} selected */
  select(selected) {
    this.selected = selected;
    this.tell("selected");
  }

  /** @param {number} index */
  choose(index) {
    if (this.world) this.chosen = { index, yours: false, code: codeAt(this.world, index) };
    this.tell("chosen");
  }

  /** @param {Layout} layout @param {Point} place on it */
  chooseAt(layout, place) {
    const code = this.codeAt(layout, place);
    if (code) this.chooseCode(code);
  }

  /** @param {number[]} code */
  chooseCode(code) {
    this.chosen = { index: null, yours: false, code };
    this.tell("chosen");
  }

  /** The visitor's image moves. @param {You} you */
  move(you) {
    this.you = you;
    this.chosen = { index: null, yours: true, code: you.code };
    this.tell("you");
    this.tell("chosen");
  }

  /** What is shown of the points. @param {number} i */
  seen(i) {
    return !this.world?.classes || !this.hidden.has(this.world.labels[i]);
  }

  /** Whether a layout's places are codes. @param {Layout} layout */
  exact(layout) {
    return this.world?.dims === 2 && layout === this.world.layouts[0];
  }

  /** The code that a place suggests: the neighbours' mean, on a layout with axes moved along them to lie there. @param {Layout} layout @param {Point} place @returns {number[] | null} */
  codeAt(layout, place) {
    if (!this.world) return null;
    if (this.exact(layout)) return layout.own(place);
    const code = codeOf(layout, this.world.codes, place);
    return layout.axes ? movedTo(layout.axes, code, layout.own(place)) : code;
  }

  /** Where a code lies. @param {Layout} layout @param {number[]} code @returns {Point} */
  placeOf(layout, code) {
    if (layout.axes) return layout.put(along(layout.axes, code));
    return this.world ? placeOf(layout, this.world.codes, code) : [0, 0];
  }

  /** Distance and index of the codes nearest to the chosen one, itself not counted. @param {number} n */
  near(n) {
    if (!this.world || !this.chosen) return [];
    return nearestCodes(this.world.codes, this.chosen.code, n, this.chosen.index ?? -1);
  }
}

/** The page's one map. */
export const state = new State();
