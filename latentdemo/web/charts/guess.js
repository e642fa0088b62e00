/** What a classifier answers: its best class by name, and a bar for each. */

import { make } from "../core/dom.js";

export const percent = (/** @type {number} */ share, digits = 0) => `${(100 * share).toFixed(digits)} %`;

/**
 * @param {string} title of the network
 * @param {string} css class that says its colour
 * @param {number[]} found probabilities, 0 … 1
 * @param {string[]} names of the classes
 */
export function guess(title, css, found, names) {
  const best = found.indexOf(Math.max(...found));
  const bars = found.map((share, i) =>
    make("i", {
      style: `height:${100 * share}%`,
      title: `${names[i]}: ${percent(share)}`,
      class: i === best ? "best" : "",
    }),
  );
  const label = `Probabilities: ${found.map((share, i) => `${names[i]} ${percent(share)}`).join(", ")}`;
  return make(
    "div",
    { class: `guess ${css}` },
    make("b", {}, `${title}: ${names[best]}, ${percent(found[best])}`),
    make("div", { class: "bars", role: "img", "aria-label": label }, ...bars),
    make("div", { class: "ticks" }, ...names.map(name => make("span", {}, name))),
  );
}
