/** Arrow keys, the same everywhere. */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Walks by the arrow keys: `walk` is told rows down and columns to the right, −1 … 1; other keys are left alone.
 *
 * @param {Element} element
 * @param {(down: number, right: number) => void} walk
 */
export function onArrows(element, walk) {
  element.addEventListener("keydown", event => {
    const by = ARROWS[/** @type {KeyboardEvent} */ (event).key];
    if (!by) return;
    event.preventDefault();
    walk(...by);
  });
}
