/** Sliders of canvases, as the browser tells of them. */

const HANDLE = /^(.+)-step-(\d+)$/; // id of a slider: which canvas, which step
const FLUSHED = 100; // milliseconds until what Gradio changes beside a canvas stands in the page

let hears = false;

/**
 * Calls `move` whenever a slider was moved or typed into, once for the whole page. Heard from the browser itself: an
 * event of Gradio's collects the values of all components of the page first, which took longer than the picture.
 *
 * @param {(id: string, i: number, value: number) => void} move
 */
export function hear(move) {
  if (hears) return;
  hears = true;
  document.addEventListener("input", ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    const [, id, at] = HANDLE.exec(field.closest("[id*='-step-']")?.id ?? "") ?? [];
    if (id) move(id, Number(at), Number(field.value));
  });
}

/**
 * Calls `take` with the steps as the page has them. What Python tells answers the sliders as they stood when it was
 * asked; one that stands elsewhere, by a step of its own or more, was moved since then.
 *
 * @param {string} id
 * @param {number[]} told steps
 * @param {(steps: number[]) => void} take not called where nothing was moved
 */
export function catchUp(id, told, take) {
  setTimeout(() => {
    const steps = told.map((step, i) => {
      const field = document.querySelector(`[id="${id}-step-${i}"] input[type=number]`);
      const { value, step: least } = /** @type {HTMLInputElement} */ (field ?? { value: step, step: 1 });
      return Math.abs(Number(value) - step) > 0.99 * Number(least) ? Number(value) : step;
    });
    if (steps.some((step, i) => step !== told[i])) take(steps);
  }, FLUSHED);
}
