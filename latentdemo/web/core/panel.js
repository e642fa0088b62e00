/** Panels: the value that Python tells, and a sentence in place of what cannot be shown. */

import { make } from "./dom.js";

/**
 * What Gradio hands to a panel's `open`.
 *
 * @typedef {object} Panel
 * @property {HTMLElement} element the panel's markup
 * @property {{value: any}} props Python's value
 * @property {(name: string, take: () => void) => void} watch
 * @property {(event: string, data?: object) => void} trigger tells Python
 * @property {string | null} id of the component
 */

/**
 * Calls `take` with Python's value, now and whenever another one comes; not while there is none. Where Python tells a
 * `problem`, that sentence stands in place of the whole panel.
 *
 * Gradio carries every component's value along with every event: 200 KB in one of them cost a third of a drag's
 * pictures per second. So what is `large` leaves the component once it is read.
 *
 * @param {Pick<Panel, "props" | "watch"> & Partial<Panel>} panel
 * @param {(value: any) => void} take
 * @param {{large?: boolean}} options
 */
export function follow({ props, watch, element }, take, { large = false } = {}) {
  const read = () => {
    if (!props.value) return;
    const value = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
    if (large) props.value = null;
    if (!refused(element, value.problem)) take(value);
  };
  watch("value", read);
  read();
}

/** Whether a sentence stands in place of the panel. @param {HTMLElement | undefined} element @param {string} [problem] */
function refused(element, problem = "") {
  const panel = element?.querySelector(".panel");
  if (!panel) return false;
  panel.classList.toggle("refused", Boolean(problem));
  panel.querySelector(":scope > .whole")?.remove();
  if (problem) panel.append(make("p", { class: "problem whole" }, problem));
  return Boolean(problem);
}
