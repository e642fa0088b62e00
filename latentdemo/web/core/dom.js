/** Making elements, and finding those of a panel. Text goes through `textContent` alone. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} attributes strings become attributes, other values properties where there are such
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && typeof value !== "string") /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * The elements of a panel by their data-role.
 *
 * @param {HTMLElement} element
 * @returns {Record<string, any>}
 */
export function roles(element) {
  return new Proxy({}, { get: (_, name) => element.querySelector(`[data-role="${String(name)}"]`) });
}

/**
 * @param {HTMLSelectElement} select
 * @param {string[]} names
 * @param {string} [chosen]
 */
export function options(select, names, chosen) {
  select.replaceChildren(...names.map(name => make("option", { value: name, selected: name === chosen }, name)));
}

/**
 * Counts how often an element was painted: tests wait for it.
 *
 * @param {HTMLElement} element
 */
export function count(element) {
  element.dataset.painted = `${1 + Number(element.dataset.painted || 0)}`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function pen(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Where an element was pointed at, as shares of its width and height.
 *
 * @param {PointerEvent | WheelEvent} event
 * @param {Element} element
 * @returns {[number, number]} from the left, from the top
 */
export function sharesAt(event, element) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}
