/** Projector mode: large letters, one idea a screen, keys of a presenter; what is shown is made to fit the screen. */

import { here, isOpen, known } from "../link/tabs.js";
import { screens } from "./screens.js";

const [LEAST, STEPS] = [0.3, 7]; // pictures shrink to that share, in so many halvings of the range
const ENOUGH = 0.62; // share at which pictures are still large: below it notes go, or a second screen is opened
const REST = 250; // milliseconds without a change, after which it is made to fit again
const SLACK = 2; // pixels
const SPARE = "spare"; // without the long notes
const LONG = 110; // characters

/** @type {((on: boolean) => void)[]} */
const takers = [];

/** Calls `take` when the mode begins and ends. @param {(on: boolean) => void} take */
export const onPresent = take => takers.push(take);

const isOn = () => document.body.classList.contains("present");

/** @param {boolean} on */
export function present(on) {
  document.body.classList.toggle("present", on);
  clear();
  for (const take of takers) take(on);
  if (!on) forgetMode();
  dispatchEvent(new Event("resize")); // charts and canvases measure themselves anew
  if (on) fit();
}

/** The address no longer asks for it. */
function forgetMode() {
  const search = new URLSearchParams(location.search);
  if (!search.has("mode")) return;
  search.delete("mode");
  history.replaceState(null, "", `${location.pathname}${search.size ? `?${search}` : ""}${location.hash}`);
}

function clear() {
  screens.clear();
  document.body.classList.remove(SPARE);
  document.body.style.removeProperty("--shrink");
}

const fits = () => document.documentElement.scrollHeight <= innerHeight + SLACK;

/** @param {number} share */
const shrink = share => document.body.style.setProperty("--shrink", `${share}`);

/** Gives pictures the largest share of their size at which everything is on the screen; which one; 0: there is none. */
function shrunk() {
  shrink(1);
  if (fits()) return 1;
  let [low, high] = [LEAST, 1];
  shrink(low);
  if (!fits()) return 0;
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2;
    shrink(middle);
    if (fits()) low = middle;
    else high = middle;
  }
  shrink(low);
  return low;
}

/** The open section, or the tab that has none. */
function openPanel() {
  const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tabpanel]")]);
  const seen = panels.filter(panel => panel.offsetParent);
  return seen.find(panel => !panel.querySelector("[role=tabpanel]")) ?? seen[0];
}

/** With all words; if pictures became too small, in several screens; if that does not help, without the notes. */
export function fit() {
  if (!isOn()) return;
  watching.disconnect();
  clear();
  grown = false;
  const path = here();
  if (path !== lastPath) screens.at = 0;
  lastPath = path;
  if (shrunk() < ENOUGH) {
    const panel = openPanel();
    shrink(ENOUGH);
    if (panel) screens.divide(panel, refine);
    if (screens.all.length < 2) refine();
  }
  watching.observe(document.body, { childList: true, subtree: true, attributeFilter: ["class", "hidden"] });
}

/** Makes the present screen fit. */
function refine() {
  document.body.classList.remove(SPARE);
  if (shrunk() >= ENOUGH) return;
  for (const text of openPanel()?.querySelectorAll(".note") ?? [])
    text.classList.toggle("long", (text.textContent ?? "").length > LONG);
  document.body.classList.add(SPARE);
  shrunk();
}

let lastPath = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

let grown = false; // whether elements have come, which may need room

function soon() {
  clearTimeout(timer);
  if (isOn()) timer = setTimeout(() => (here() === lastPath && fits() && !grown ? null : fit()), REST);
}

const watching = new MutationObserver(changes => {
  grown ||= changes.some(({ addedNodes }) => [...addedNodes].some(node => node instanceof Element));
  soon();
});

/** The tab, or the section of it, before or after the open one. @param {number} by −1 or 1 */
function step(by) {
  const all = known();
  const inner = all.filter(([name]) => name.includes("/"));
  const row = (inner.length ? inner : all).map(([, button]) => button);
  const at = row.findIndex(isOpen);
  const next = row[at + by];
  if (next) return next.click();
  const outer = all.filter(([name]) => !name.includes("/")).map(([, button]) => button);
  const place = outer.findIndex(isOpen);
  outer[place + by]?.click();
}

/** Presses the button of the open section that plays something. */
function play() {
  const buttons = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tabpanel] button")]);
  const found = buttons.find(button => button.offsetParent && /^[▶❚]/.test(button.textContent ?? ""));
  found?.click();
  return Boolean(found);
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  ArrowRight: () => step(1),
  PageDown: () => screens.turn(1) || step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => screens.turn(1),
  ArrowUp: () => screens.turn(-1),
  PageUp: () => screens.turn(-1) || step(-1),
  " ": play,
  Escape: () => present(false),
};

const OWN = "input, textarea, select, [contenteditable], [role=listbox], [role=slider], dialog";
const ACROSS = ["ArrowLeft", "ArrowRight"]; // walk along a row of tabs: see access.js

/** What a key does where it is pressed, so that it does nothing here. @param {string} key */
function taken(key) {
  if (key === " ") return `${OWN}, button:not([role=tab]), a, [role=button], summary`;
  return ACROSS.includes(key) ? `${OWN}, canvas, svg, [role=tab]` : `${OWN}, canvas, svg`;
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const at = /** @type {Element} */ (event.target);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (at.closest?.(taken(event.key))) return;
  if (event.key.toLowerCase() === "p") return present(!isOn());
  if (!isOn() || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

/** Begins to listen; `?mode=present` in the address begins the mode. */
export function awaitPresent() {
  document.addEventListener("keydown", pressed);
  addEventListener("resize", soon);
  new ResizeObserver(soon).observe(document.body);
  document.addEventListener("click", soon);
  const told = `${location.search}&${location.hash.slice(1)}`;
  if (/[?&]mode=present(&|$)/.test(told)) present(true);
}
