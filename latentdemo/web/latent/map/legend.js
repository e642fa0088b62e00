/** What a map's colours mean; buttons show and hide classes. */

import { make } from "../../core/dom.js";
import { CLASSES } from "./known/colouring.js";
import { state } from "./state.js";

/** @typedef {import("./known/colouring.js").Colouring} Colouring */

/** @param {HTMLElement} place @param {Colouring} colours @param {() => void} changed */
export function legend(place, colours, changed) {
  place.replaceChildren(...(colours.by === CLASSES ? classes(colours, changed) : scale(colours)));
}

/** @param {Colouring} colours @param {() => void} changed */
function classes({ groups, colours, glyphs }, changed) {
  return (state.world?.names ?? []).map((name, k) => {
    const glyph = make("b", { style: `color:${colours[k]}` }, glyphs?.[k] ?? "●");
    const title = name === glyphs?.[k] ? " " : ` ${name} `;
    const shown = () => `${!state.hidden.has(k)}`;
    const label = `${name}, ${groups[k].length} images: shown or hidden`;
    const size = make("small", {}, `${groups[k].length}`);
    const button = make("button", { "aria-pressed": shown(), "aria-label": label }, glyph, title, size);
    button.onclick = () => {
      if (!state.hidden.delete(k)) state.hidden.add(k);
      button.setAttribute("aria-pressed", shown());
      changed();
    };
    return button;
  });
}

/** The range of a colour. @param {Colouring} colours */
function scale({ by, range, groups }) {
  const [low, high] = range ?? ["", ""];
  const missing = groups.at(-1)?.length;
  const rest = missing ? ` (grey: ${missing} without a value)` : "";
  return [make("span", {}, `${by}: ${low} `), make("span", { class: "scale" }), make("span", {}, ` ${high}${rest}`)];
}
