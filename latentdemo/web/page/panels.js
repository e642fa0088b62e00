/**
 * Which panels are in view, and which of them still show an older picture than the visitor's.
 *
 * A panel's key is "tab" or "tab/section". It is in view if its section is open, and the tab around that.
 *
 * @typedef {Record<string, string>} Texts a text per panel; Python listens to its change
 */

export class Panels {
  constructor() {
    /** @type {Record<string, string>} the open tab of each group; "" is the outer one */
    this.active = {};
    /** @type {Texts} what each panel shows */
    this.shown = {};
    /** @type {Record<string, number>} how often everything ("") or a group has become old */
    this.turns = { "": 0 };
  }

  /**
   * @param {string} key
   * @param {Record<string, string>} first the tab of each group that is open until another one is chosen
   */
  inView(key, first) {
    const [outer, inner] = key.split("/");
    const open = (/** @type {string} */ group) => this.active[group] ?? first[group];
    return open("") === outer && (!inner || open(outer) === inner);
  }

  /**
   * A text per panel: a new one, if it is old, for those in view, the text they have for the others.
   *
   * @param {Texts} initial each panel's first text: "0" if it was filled with the first picture, "" if it is empty
   * @param {Record<string, string>} first
   */
  due(initial, first) {
    return Object.keys(initial).map(key => {
      const [outer] = key.split("/");
      if (this.inView(key, first)) this.shown[key] = String(this.turns[""] + (this.turns[outer] || 0));
      return this.shown[key] ?? initial[key];
    });
  }

  /**
   * Everything, or all of a group, shows something old.
   *
   * @param {string} group
   * @param {Texts} initial
   * @param {Record<string, string>} first
   */
  stale(group, initial, first) {
    this.turns[group] = (this.turns[group] || 0) + 1;
    return this.due(initial, first);
  }

  /**
   * A tab or a section was opened.
   *
   * @param {string} key
   * @param {Texts} initial
   * @param {Record<string, string>} first
   */
  opened(key, initial, first) {
    const [outer, inner] = key.split("/");
    if (inner) this.active[outer] = inner;
    else this.active[""] = outer;
    return this.due(initial, first);
  }
}

const page = new Panels();

/** @type {Panels["stale"]} */
export const stale = (group, initial, first) => page.stale(group, initial, first);

/** @type {Panels["opened"]} */
export const opened = (key, initial, first) => page.opened(key, initial, first);
