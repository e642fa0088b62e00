/** What the page shows, as a link tells it; and back: a link's state is put onto the page. */

import { differing, nothing } from "./address.js";
import { fieldOf, fieldsIn, keyOf, setField, textOf } from "./fields.js";
import { held, hold } from "./held.js";
import { all, give, isKept, missed, put } from "./keep.js";
import { quiet } from "./quiet.js";
import { here, open, slug, within } from "./tabs.js";

/** @typedef {import("./address.js").State} State */
/** @typedef {import("./fields.js").Control} Control */

const [TOLD, ASKED] = ["door-told", "door-asked"]; // hidden controls: what the door shows, and what it shall show
const OWN = "own"; // as widgets.py says it of an image of the visitor's own
const PLAIN = ["image", "models", "tab", "hide", "lock"];
const LATE = 4000; // milliseconds in which a panel's controls come

/** @type {Map<string, {value: string, before: string}>} what a visitor set, and what stood there before */
const touched = new Map();

/** @type {Map<string, string>} the first value of controls that Python moves too: class "kept" */
const first = new Map();

/** @type {WeakMap<Control, string>} */
const before = new WeakMap();

/** The visitor is about to change something. @param {Event} event */
export function remember({ target }) {
  silent();
  const control = /** @type {Control} */ (target);
  if (control instanceof Element && keyOf(control)) before.set(control, textOf(control));
}

/** The visitor, or a script for them, changed it; whether that goes into a link. @param {Event} event */
export function note({ target }) {
  const control = /** @type {Control} */ (target);
  const key = control instanceof Element ? keyOf(control) : null;
  if (!key || isSilent(control)) return false;
  const was = touched.get(key)?.before ?? before.get(control) ?? "";
  touched.delete(key); // so that the latest stands last, as it must be set after the others
  touched.set(key, { value: textOf(control), before: was });
  return true;
}

/** @param {Element} control */
const isSilent = control => Boolean(control.closest(".kept"));

/** Controls that Python moves, and that are told by what they differ from at first. */
function silent() {
  const found = fieldsIn(document.body).filter(([, control]) => isSilent(control));
  for (const [key, control] of found) if (!first.has(key)) first.set(key, textOf(control));
  return found;
}

/** What stands in controls that the visitor has not touched, so that it can be put back. */
function rememberAll() {
  for (const [key, control] of fieldsIn(document.body)) if (!touched.has(key)) before.set(control, textOf(control));
}

const wish = () => textOf(fieldOf(TOLD) ?? document.createElement("input"));

const models = () => /** @type {HTMLInputElement | null} */ (document.querySelector("#pair input"));

/** Whether an element belongs to what is open: hidden ones of an open section do, those of other sections do not. @param {Element} element */
function belongs(element) {
  const panels = [];
  for (let at = element.closest("[role=tabpanel]"); at; at = at.parentElement?.closest("[role=tabpanel]") ?? null)
    panels.push(/** @type {HTMLElement} */ (at));
  return panels.every(panel => panel.offsetParent !== null || getComputedStyle(panel).display !== "none");
}

/** Controls that Python moves, as far as they are not as at first. @returns {[string, string][]} */
const moved = () =>
  silent().flatMap(([key, control]) => {
    const text = textOf(control);
    return text !== first.get(key) && belongs(control) ? [[key, text]] : [];
  });

/** What the visitor has set, unless Python has set it since. @returns {[string, string][]} */
function set() {
  return [...touched].flatMap(([key, { value }]) => {
    const control = fieldOf(key);
    const stands = control && textOf(control) === value;
    if (!stands) touched.delete(key);
    return stands && belongs(control) ? [[key, value]] : [];
  });
}

/** @returns {State} */
export function current() {
  const state = nothing();
  const [image, label] = [wish(), models()?.value ?? ""];
  first.has("pair") || first.set("pair", label);
  state.tab = here();
  first.has("tab") || first.set("tab", state.tab);
  state.image = image === OWN ? "" : image;
  state.models = image || label !== first.get("pair") ? label : "";
  state.values = new Map([...moved(), ...set(), ...all(belongs)]);
  Object.assign(state, held());
  rememberAll();
  return state;
}

/** Whether the door shows an image of the visitor's own: it is not in a link. */
export const isOwn = () => wish() === OWN;

/**
 * Puts a state onto the page, as a visitor would: image and models, tab, controls; each waits until the one before is
 * answered, for answers set controls too.
 *
 * @param {State} wanted
 * @param {() => boolean} goesOn false once the visitor has taken over
 * @returns {Promise<string[]>} keys of what could not be set
 */
export async function show(wanted, goesOn) {
  const was = current();
  hold(wanted);
  await bring(was, wanted, goesOn);
  if (!goesOn()) return [];
  const tab = wanted.tab || (first.get("tab") ?? "");
  const lost = !tab || (await open(tab)) ? [] : [tab];
  hold(wanted); // what of it is there now
  await quiet();
  lost.push(...(await setAll(differing(was, wanted), wanted, goesOn)));
  await within(LATE, () => !goesOn() || missed().length === 0);
  if (!goesOn()) return [];
  lost.push(...missed());
  give();
  return lost;
}

/** Image and models. @param {State} was @param {State} wanted @param {() => boolean} goesOn */
async function bring(was, wanted, goesOn) {
  if (was.image !== wanted.image) await ask(wanted.image || "sample");
  if (!goesOn()) return;
  const control = models();
  const label = wanted.models || (wanted.image ? "" : (first.get("pair") ?? ""));
  if (!control || !label || slug(control.value) === slug(label)) return;
  await setField(control, label);
  await quiet();
}

let asks = 0;

/** Has the door show a picture; a number makes the same wish another one. @param {string} image */
function ask(image) {
  return enter(ASKED, `${++asks} ${image}`);
}

/** @param {string[]} keys @param {State} wanted @param {() => boolean} goesOn */
async function setAll(keys, wanted, goesOn) {
  const lost = [];
  for (const key of inOrder(keys.filter(key => !PLAIN.includes(key)))) {
    if (!goesOn()) return [];
    const done = await change(key, wanted.values.get(key));
    if (!done && wanted.values.has(key)) lost.push(key);
  }
  return lost;
}

/** Controls that Python answers first: what they bring sets the others. @param {string[]} keys */
function inOrder(keys) {
  const early = (/** @type {string} */ key) => (/^seed-|-start$|-source$|-which$/.test(key) ? 0 : 1);
  return keys.sort((a, b) => early(a) - early(b));
}

/** @param {string} key @param {string | undefined} value undefined: what it was at first */
async function change(key, value) {
  if (value !== undefined) await within(LATE, () => isKept(key) || fieldOf(key));
  const control = isKept(key) ? null : fieldOf(key);
  if (control && value === undefined && !belongs(control)) return true; // of a tab that is left: it stays as it was
  if (!control && value === undefined && !isKept(key)) return true;
  if (!control) {
    await put(key, value ?? null);
    await quiet();
    return true; // if no panel asks for it, `missed` tells
  }
  const text = value ?? touched.get(key)?.before ?? first.get(key) ?? textOf(control);
  await enter(key, text);
  if (value === undefined) touched.delete(key);
  return isSame(textOf(fieldOf(key) ?? control), text);
}

/** Whether a control took what it was given: numbers may be written otherwise, and choices by their slug. @type {(has: string, given: string) => boolean} */
const isSame = (has, given) => has === given || Number(has) === Number(given) || slug(has) === slug(given);

/** @param {string} key @param {string} value */
async function enter(key, value) {
  const control = fieldOf(key);
  if (!control) return;
  silent();
  before.set(control, touched.get(key)?.before ?? textOf(control));
  await setField(control, value);
  await quiet();
}
