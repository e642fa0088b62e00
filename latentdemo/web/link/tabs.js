/** Which tab is open, and which section of it; by names that stand in an address. */

import { shared } from "../core/shared.js";

/** A title as it stands in an address: "Size × β" -> "size-beta". @param {string} title */
export const slug = title =>
  title
    .toLowerCase()
    .replaceAll("β", "beta")
    .replaceAll("−", "-")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

const ROW = ":scope > .tab-wrapper";

const COPY = `${ROW} .tab-container.visually-hidden > [role=tab]`; // all tabs in their order: Gradio measures them

/**
 * The tabs of a set, in its row and in its menu, in the order in which they were declared: Gradio moves a chosen one
 * from the menu into the row.
 *
 * @param {Element} set
 */
function buttons(set) {
  const row = `${ROW} .tab-container:not(.visually-hidden) > [role=tab], ${ROW} .overflow-dropdown > button`;
  const declared = [...set.querySelectorAll(COPY)].map(button => button.textContent?.trim());
  const place = (/** @type {Element} */ button) => declared.indexOf(button.textContent?.trim());
  const all = /** @type {HTMLElement[]} */ ([...set.querySelectorAll(row)]);
  return all.sort((a, b) => place(a) - place(b));
}

/** @param {HTMLElement} button */
export const isOpen = button =>
  button.getAttribute("aria-selected") === "true" || button.matches(".overflow-dropdown > .selected");

/** All sets of tabs that are seen, the outer one first. */
const sets = () => [...document.querySelectorAll(".tabs")].filter(set => /** @type {HTMLElement} */ (set).offsetParent);

/** @param {HTMLElement} button */
const name = button => slug(button.textContent ?? "");

/** "tab" or "tab/section". */
export function here() {
  return sets()
    .slice(0, 2)
    .map(set => buttons(set).find(isOpen))
    .map(button => (button ? name(button) : ""))
    .join("/");
}

/** All tabs of the outer set and of the open one, as "tab" or "tab/section", with their buttons. */
export function known() {
  const [outer, inner] = sets();
  if (!outer) return [];
  const [open] = here().split("/");
  return [
    ...buttons(outer).map(button => /** @type {const} */ ([name(button), button])),
    ...(inner ? buttons(inner).map(button => /** @type {const} */ ([`${open}/${name(button)}`, button])) : []),
  ];
}

/** A path as it is now, of one that an earlier version's link may name. @param {string} path */
export const current = path => shared.former?.[path] ?? path;

/**
 * Opens a tab, and the section in it.
 *
 * @param {string} named also by a name that it had in an earlier version
 * @returns {Promise<boolean>} whether there is such a tab
 */
export async function open(named) {
  const path = current(named);
  const [tab, section] = path.split("/");
  for (const wanted of [tab, section ? path : ""].filter(Boolean)) {
    const found = await within(2000, () => known().find(([name]) => name === wanted)?.[1]);
    if (!found) return false;
    const opened = () => known().some(([name, button]) => name === wanted && isOpen(button));
    if (!opened()) found.click();
    await within(2000, opened);
  }
  return true;
}

/**
 * What `find` finds, as soon as it does.
 *
 * @template T
 * @param {number} milliseconds
 * @param {() => T} find
 */
export async function within(milliseconds, find) {
  const until = Date.now() + milliseconds;
  for (;;) {
    const found = find();
    if (found || Date.now() > until) return found;
    await new Promise(resolve => setTimeout(resolve, 30));
  }
}
