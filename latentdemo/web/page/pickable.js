/**
 * Tiles that are clicked, or chosen with Enter or the space bar: Python is told the number of the tile.
 *
 * @param {Pick<import("../core/panel.js").Panel, "element" | "trigger">} panel
 */
export function open({ element, trigger }) {
  const pick = (/** @type {Event} */ event) => {
    const tile = /** @type {HTMLElement} */ (event.target).closest("[data-pick]");
    if (!tile || (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    trigger("select", { index: Number(/** @type {HTMLElement} */ (tile).dataset.pick) });
  };
  element.addEventListener("click", pick);
  element.addEventListener("keydown", pick);
}
