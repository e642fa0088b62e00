/** Controls that a teacher's link hides or locks. */

import { fieldOf } from "./fields.js";
import { known, within } from "./tabs.js";

const LATE = 3000; // milliseconds in which a control comes

/** @type {{hidden: string[], locked: string[]}} */
let now = { hidden: [], locked: [] };

export const held = () => now;

/** What of the page a key means: a control with its label, a tab, a whole panel. @param {string} key @returns {HTMLElement | null} */
function partOf(key) {
  const tab = known().find(([name]) => name === key)?.[1];
  if (tab) return tab;
  const control = fieldOf(key);
  if (!control) return document.getElementById(key);
  if (control.closest(".panel")) return control.closest("label") ?? control;
  return control.closest(".block");
}

/** @param {string} key @param {"hide" | "lock" | null} how */
async function mark(key, how) {
  const part = await within(how ? LATE : 0, () => partOf(key));
  if (!part || how !== wantedFor(key)) return; // something else was wanted meanwhile
  part.toggleAttribute("data-hidden", how === "hide");
  part.toggleAttribute("data-locked", how === "lock");
  part.inert = how === "lock";
}

/** @param {string} key */
const wantedFor = key => (now.hidden.includes(key) ? "hide" : now.locked.includes(key) ? "lock" : null);

/** Marks what has come since: sections of a tab that was opened. */
export function holdAgain() {
  for (const key of [...now.hidden, ...now.locked]) mark(key, wantedFor(key));
}

/**
 * Hides and locks these, and no others.
 *
 * @param {{hidden: string[], locked: string[]}} wanted
 */
export function hold({ hidden, locked }) {
  const old = [...now.hidden, ...now.locked];
  now = { hidden: [...hidden], locked: [...locked] };
  for (const key of old) if (!hidden.includes(key) && !locked.includes(key)) mark(key, null);
  for (const key of hidden) mark(key, "hide");
  for (const key of locked) mark(key, "lock");
}
