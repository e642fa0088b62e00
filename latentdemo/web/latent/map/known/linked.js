/** What a link tells of a map: which part is seen, what is chosen, which classes are hidden, a small group. */

import { keep, list, touch } from "../../../link/keep.js";

/** @typedef {import("../canvas.js").MapCanvas} MapCanvas */
/** @typedef {import("../state.js").State} State */

const MOST = 100; // points of a group that a link tells; of a larger one it says nothing
const DIGITS = 4;

/** @param {State} state */
function chosen({ chosen }) {
  if (!chosen || chosen.yours) return null;
  return chosen.index === null ? list.write(chosen.code) : `point ${chosen.index}`;
}

/** @param {State} state @param {string | null} text */
function choose(state, text) {
  const { world, you } = state;
  const index = Number(/^point (\d+)$/.exec(text ?? "")?.[1] ?? Number.NaN);
  const code = list.read(text ?? "", world?.dims);
  if (world && index < world.n) state.choose(index);
  else if (code) state.chooseCode(code);
  else if (you) state.move(you);
}

/**
 * A world is there: from now on a link tells of it.
 *
 * @param {MapCanvas} map
 * @param {State} state
 * @param {() => void} redraw everything, the legend too
 */
export function keepMap(map, state, redraw) {
  const { canvas } = map;
  keep("map.view", canvas, text => map.look(list.read(text ?? "", 3)));
  keep("map.chosen", canvas, text => choose(state, text));
  keep("map.group", canvas, text => {
    const wanted = list.read(text ?? "") ?? [];
    state.select(wanted.filter(i => Number.isInteger(i) && i >= 0 && i < (state.world?.n ?? 0)));
  });
  keep("map.hidden", canvas, text => {
    state.hidden = new Set(list.read(text ?? "") ?? []);
    redraw();
  });
}

/** The visitor has moved or zoomed it; null: the whole map is seen. @param {MapCanvas | null} map */
export function looked(map) {
  touch("map.view", map && list.write(map.view.told(map.size.width, map.size.height), DIGITS));
}

/** The visitor has chosen, hidden or drawn around something. @param {State} state */
export function changed(state) {
  const { hidden, selected } = state;
  touch("map.chosen", chosen(state));
  touch("map.hidden", hidden.size ? list.write([...hidden]) : null);
  touch("map.group", selected.length && selected.length <= MOST ? list.write(selected) : null);
}
