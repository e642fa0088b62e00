/** Sliders of canvases, as the browser tells of them. */

const HANDLE = /^(.+)-step-(\d+)$/; // id of a slider: which canvas, which step
const FLUSHED = 100; // milliseconds until what Gradio changes beside a canvas stands in the page

/** @type {Map<string, Set<number>>} sliders that were moved since Python last told of their canvas */
const moved = new Map();

/** @type {Map<string, ReturnType<typeof setTimeout>>} by canvas */
const waiting = new Map();

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
    if (!id) return;
    moved.set(id, (moved.get(id) ?? new Set()).add(Number(at)));
    move(id, Number(at), Number(field.value));
  });
}

/**
 * Calls `take` with the steps as the page has them. What Python tells answers the sliders as they stood when it was
 * asked; one that was moved since then counts as it stands, once Gradio has set those that it changes. The first time
 * nobody has listened yet: whichever stands elsewhere, by a step of its own or more, was moved.
 *
 * @param {string} id
 * @param {number[]} told steps
 * @param {(steps: number[]) => void} take not called where nothing was moved
 */
export function catchUp(id, told, take) {
  const candidates = moved.get(id);
  moved.set(id, new Set());
  clearTimeout(waiting.get(id));
  const look = () => {
    const steps = told.map((step, i) => (!candidates || candidates.has(i) ? standing(`${id}-step-${i}`, step) : step));
    if (steps.some((step, i) => step !== told[i])) take(steps);
  };
  waiting.set(id, setTimeout(look, FLUSHED));
}

/** Where a slider stands; where it is as good as told, what was told. @param {string} id @param {number} told */
function standing(id, told) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector(`[id="${id}"] input[type=number]`));
  if (!field?.value) return told;
  const value = Number(field.value);
  return Math.abs(value - told) > 0.99 * Number(field.step) ? value : told;
}
