/**
 * Tiles that are clicked, or chosen with Enter or the space bar: Python is told the number of the tile.
 */

import { keep, list, touch } from "../link/keep.js";
import { quiet } from "../link/quiet.js";

const MOST = 2; // clicks that a link tells: where the second means something by itself, the first does no harm

/**
 * @param {Pick<import("../core/panel.js").Panel, "element" | "trigger"> & {id: string, above: string[]}} panel
 *   above: ids of other tiles, whose click makes this one's forgotten
 */
export function open({ element, trigger, id, above }) {
  /** @type {number[]} */
  let picked = [];
  let first = 0; // what was chosen before the visitor chose
  const tell = (/** @type {number} */ index) => {
    picked = [...picked, index].slice(-MOST);
    trigger("select", { index });
  };
  const pick = (/** @type {Event} */ event) => {
    const tile = /** @type {HTMLElement} */ (event.target).closest("[data-pick]");
    if (!tile || (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (!picked.length) first = Number(element.querySelector("[data-pick].picked")?.getAttribute("data-pick") ?? 0);
    tell(Number(/** @type {HTMLElement} */ (tile).dataset.pick));
    touch(id, list.write(picked));
  };
  element.addEventListener("click", pick);
  element.addEventListener("keydown", pick);
  const write = async (/** @type {string | null} */ text) => {
    picked = [];
    const wanted = text === null ? [first] : list.read(text);
    if (!wanted) throw new TypeError(`${text} is no list of tiles`);
    for (const index of wanted) {
      tell(index);
      await quiet();
    }
  };
  keep(id, element, write);
  for (const other of above)
    document.getElementById(other)?.addEventListener("click", () => {
      picked = [];
      touch(id, null);
    });
}
