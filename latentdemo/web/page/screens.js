/** What does not fit on one screen is shown in several, each with the controls that stand alone above it. */

import { make } from "../core/dom.js";

const OFF = "off-screen";
const PICTURES = "img, canvas, svg, table, .plot, .plane, pre";
const CONTROLS = "input, select, button, textarea";
const FOOT = 12; // pixels that stay free below

/** @typedef {HTMLElement} Part */

/** @param {Element} element */
const tall = element => element.getBoundingClientRect().height;

/** Children that are seen. @param {Element} at @returns {Part[]} */
const seen = at => /** @type {Part[]} */ ([...at.children].filter(child => tall(child) > 0));

/** Parts that stand below each other, as deep as there is only one. @param {Element} root */
function stack(root) {
  let parts = seen(root);
  while (parts.length === 1) parts = seen(parts[0]);
  const below = parts.every((part, i) => {
    const before = parts[i - 1]?.getBoundingClientRect();
    return !before || part.getBoundingClientRect().top >= before.bottom - 2;
  });
  return below ? parts : [];
}

/** The same, with those that are too tall for a screen taken apart again. @param {Element} root @param {number} room pixels @returns {Part[]} */
function partsOf(root, room) {
  return stack(root).flatMap(part => {
    const inner = tall(part) > room ? partsOf(part, room) : [];
    return inner.length > 1 ? inner : [part];
  });
}

/** @param {Part} part */
const isControl = part => Boolean(part.querySelector(CONTROLS)) && !part.querySelector(PICTURES);

/**
 * As many parts to a screen as fit, in their order.
 *
 * @param {number[]} heights of the parts, pixels
 * @param {number} room pixels
 * @returns {number[][]} positions of the parts
 */
export function grouped(heights, room) {
  /** @type {number[][]} */
  const screens = [];
  let left = 0;
  heights.forEach((height, i) => {
    if (!screens.length || height > left) {
      screens.push([]);
      left = room;
    }
    screens[screens.length - 1].push(i);
    left -= height;
  });
  return screens;
}

class Screens {
  constructor() {
    /** @type {Part[][]} */
    this.all = [];
    this.at = 0;
    /** @type {HTMLButtonElement | null} */
    this.foot = null;
    this.shown = () => {};
  }

  /** Everything on one screen again. */
  clear() {
    for (const part of document.querySelectorAll(`.${OFF}`)) part.classList.remove(OFF);
    this.foot?.remove();
    this.all = [];
  }

  /** @param {Element} panel @param {() => void} shown called when another screen is shown */
  divide(panel, shown) {
    const foot = Number.parseFloat(getComputedStyle(document.body).paddingBottom); // a lesson's card
    const room = innerHeight - panel.getBoundingClientRect().top - FOOT - foot;
    const parts = partsOf(panel, room);
    const first = parts.findIndex(part => !isControl(part));
    const above = parts.slice(0, Math.max(0, first));
    const rest = parts.slice(above.length);
    const used = above.reduce((sum, part) => sum + tall(part), 0);
    const found = grouped(rest.map(tall), room - used);
    this.all = found.map(positions => positions.map(i => rest[i]));
    this.shown = shown;
    if (this.all.length < 2) return;
    this.foot ??= make("button", { class: "screens", title: "Next screen of this section" });
    this.foot.onclick = () => this.turn(1, true);
    document.body.append(this.foot);
    this.at = Math.min(this.at, this.all.length - 1);
    this.show();
  }

  show() {
    this.all.forEach((parts, i) => {
      for (const part of parts) part.classList.toggle(OFF, i !== this.at);
    });
    if (this.foot) this.foot.textContent = `${this.at + 1} / ${this.all.length} ▾`;
    this.shown();
  }

  /** @param {number} by @param {boolean} [round] from the last one on to the first @returns {boolean} whether there was another one */
  turn(by, round = false) {
    const n = this.all.length;
    const to = round ? (this.at + by + n) % n : this.at + by;
    if (n < 2 || to < 0 || to >= n) return false;
    this.at = to;
    this.show();
    return true;
  }
}

export const screens = new Screens();
