/** Moving several of a canvas's sliders at once, as a visitor would move each: they, and the canvas, follow. */

import { together } from "../canvas.js";

/** @param {string} id of the canvas @param {number} i */
const field = (id, i) =>
  /** @type {HTMLInputElement | null} */ (
    document.getElementById(`${id}-step-${i}`)?.querySelector("input[type=range]")
  );

/**
 * @param {string} id of the canvas
 * @param {[number, number][]} changes which slider, to which value
 */
export function move(id, changes) {
  together(id, () => {
    for (const [i, value] of changes) {
      const slider = field(id, i);
      if (!slider) continue;
      slider.value = `${value}`;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

/**
 * Calls `draw` when a stream of calls has paused: what costs more than the picture waits until the pointer rests.
 *
 * @param {() => void} draw
 * @param {number} milliseconds
 */
export function rested(draw, milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(draw, milliseconds);
  };
}

/**
 * Calls `draw` whenever an element comes into view: what is hidden is not drawn.
 *
 * @param {HTMLElement} element
 * @param {() => void} draw
 */
export function whenSeen(element, draw) {
  new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting)) draw();
  }).observe(element);
}
