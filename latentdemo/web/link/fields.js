/** The page's ordinary controls: sliders, numbers, choices; each has a key that stands in an address. */

import { slug, within } from "./tabs.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const CONTROLS = "input:not([type=file]), select, textarea";
const STEP = "-canvas-step-"; // in the id of a slider that steers a canvas; see steering.py
const GENERATED = /^(component-|range_id|html-|radio)/; // ids that differ from page to page
const LATE = 3000; // milliseconds in which what can be chosen comes
const DOOR = ["door-told", "door-asked"]; // not in links by themselves, but set and read by them
const OPEN = 1500; // milliseconds in which a list of choices opens

/** The element by whose id a control is found. @param {Element} control */
function anchorOf(control) {
  let at = control.closest("[id]");
  while (at && GENERATED.test(at.id)) at = at.parentElement?.closest("[id]") ?? null;
  return at;
}

/** @param {Element} control */
const roleOf = control =>
  /** @type {HTMLElement} */ (control).dataset.role || slug(control.getAttribute("aria-label") ?? "");

/**
 * @param {Element} control
 * @returns {string | null} null: it has none, or does not go into links
 */
export function keyOf(control) {
  if (!control.matches(CONTROLS) || control.closest("#door, #door-told, #door-asked, #pair, [data-unkept]"))
    return null;
  const anchor = anchorOf(control);
  if (!anchor?.closest(".gradio-container, main")) return null;
  if (!control.closest(".panel")) return anchor.matches(".block, .form") ? anchor.id.replace(STEP, "-") : null;
  const role = roleOf(control);
  return role ? `${anchor.id}.${role}` : null;
}

/** The control of a key. @param {string} key @returns {Control | null} */
export function fieldOf(key) {
  const found = anyFieldOf(key);
  return found && (keyOf(found) === key || DOOR.includes(key)) ? found : null;
}

/** @param {string} key @returns {Control | null} */
function anyFieldOf(key) {
  const dot = key.indexOf(".");
  if (dot > 0) {
    const panel = document.getElementById(key.slice(0, dot));
    const role = key.slice(dot + 1);
    const found = [...(panel?.querySelectorAll(CONTROLS) ?? [])].find(control => roleOf(control) === role);
    return /** @type {Control | null} */ (found ?? null);
  }
  const block = document.getElementById(key.replace(/^(perturb|attribute)-(\d+)$/, `$1${STEP}$2`));
  if (!block || block.classList.contains("panel") || block.querySelector(".panel")) return null;
  const first = block.querySelector("input[type=range]") ?? block.querySelector(CONTROLS);
  return /** @type {Control | null} */ (first);
}

/** @param {Control} control */
const group = control =>
  /** @type {HTMLInputElement[]} */ ([...(control.closest(".block")?.querySelectorAll("input[type=radio]") ?? [])]);

/** What stands in it. @param {Control} control */
export function textOf(control) {
  if (control.type === "radio") return group(control).find(one => one.checked)?.value ?? "";
  if (control.type === "checkbox") return /** @type {HTMLInputElement} */ (control).checked ? "1" : "0";
  return control.value;
}

/**
 * Sets it as a visitor would.
 *
 * @param {Control} control
 * @param {string} value
 */
export async function setField(control, value) {
  if (textOf(control) === value) return;
  if (control.type === "radio")
    group(control)
      .find(one => one.value === value)
      ?.click();
  else if (control.type === "checkbox") (value === "0" || value === "1") && control.click();
  else if (control.getAttribute("role")?.match(/combobox|listbox/)) await choose(control, value);
  else if (!(control instanceof HTMLSelectElement) || (await within(LATE, () => offers(control, value))))
    type(control, value);
}

/** @param {HTMLSelectElement} select @param {string} value */
const offers = (select, value) => [...select.options].some(one => one.value === value);

/** @param {Control} control @param {string} value */
function type(control, value) {
  control.value = value;
  for (const event of ["input", "change", "pointerup"]) control.dispatchEvent(new Event(event, { bubbles: true }));
}

/** One of a list that Gradio opens. @param {Control} control @param {string} value */
async function choose(control, value) {
  control.focus();
  control.dispatchEvent(new FocusEvent("focus"));
  const same = (/** @type {Element} */ option) => slug(option.textContent ?? "") === slug(value);
  const option = await within(OPEN, () => [...document.querySelectorAll("[role=option]")].find(same));
  option?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
  control.blur();
}

/** All controls within an element that have a key, one for each key. @param {Element} root @returns {[string, Control][]} */
export function fieldsIn(root) {
  const found = new Map();
  for (const control of /** @type {NodeListOf<Control>} */ (root.querySelectorAll(CONTROLS))) {
    const key = keyOf(control);
    if (key && !found.has(key)) found.set(key, control);
  }
  return [...found];
}

/** What a control is called on screen. @param {Control} control */
export function titleOf(control) {
  const own = control.closest("label")?.childNodes[0]?.textContent?.trim();
  const block = control.closest(".block")?.querySelector("[data-testid=block-info]")?.textContent?.trim();
  return (control.closest(".panel") ? own || control.getAttribute("aria-label") : block || own) || "";
}
