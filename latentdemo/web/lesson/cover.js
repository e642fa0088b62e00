/** What of the page a step covers until it is answered, and what it brings into view. */

import { make } from "../core/dom.js";
import { slug, within } from "../link/tabs.js";

/** @typedef {import("./lesson.js").Told} Told */

const ID = "covered";
const LATE = 6000; // milliseconds in which what is to be seen comes

/** @param {string} selector of what is not to be read yet; "": nothing */
export function cover(selector) {
  document.getElementById(ID)?.remove();
  if (!selector || /[{}<@\\]/.test(selector)) return;
  const rule = `:is(${selector}) { filter: blur(14px) !important; user-select: none; }`;
  document.head.append(make("style", { id: ID }, rule));
}

/** Scrolls to it, once it has come. @param {string} selector */
export async function see(selector) {
  try {
    const found = await within(LATE, () => {
      const one = document.querySelector(selector);
      return one?.getBoundingClientRect().height ? one : null;
    });
    found?.scrollIntoView({ block: "center", behavior: "smooth" });
  } catch {
    // no selector: nothing to see
  }
}

/**
 * Of lessons those steps whose tab there is in this copy.
 *
 * @param {Record<string, Told>} lessons
 */
export function shownHere(lessons) {
  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-tab]")]);
  const paths = sections.map(section => {
    const outer = /** @type {HTMLElement | null} */ (section.parentElement?.closest("[data-tab]"));
    return [outer, section]
      .map(one => slug(one?.dataset.tab ?? ""))
      .filter(Boolean)
      .join("/");
  });
  const here = (/** @type {{link: string}} */ step) => paths.includes(new URLSearchParams(step.link).get("tab") ?? "");
  /** @type {Record<string, Told>} */
  const kept = {};
  for (const [name, told] of Object.entries(lessons)) {
    const steps = told.steps.filter(here);
    if (steps.length) kept[name] = { ...told, steps };
  }
  return kept;
}
