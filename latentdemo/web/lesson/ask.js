/** A question that is answered before it is seen: of several, by a number, or by a place of the picture. */

import { make, sharesAt } from "../core/dom.js";
import { number } from "../core/numerals.js";

/**
 * @typedef {object} Ask
 * @property {"choice" | "number" | "point"} kind
 * @property {string} question
 * @property {string} why
 * @property {string[]} [options]
 * @property {any} answer number of the option; the number; [left, top, right, bottom] as shares of the picture
 * @property {number} [least]
 * @property {number} [most]
 * @property {number} [within] how far from the answer still counts as right
 * @property {string} [unit]
 * @property {string} [on] selector of the picture
 */

const STEPS = 100; // of the slider of a number

/** Whether an answer is right. @type {(ask: Ask, given: any) => boolean} */
export function isRight(ask, given) {
  if (ask.kind === "choice") return given === ask.answer;
  if (ask.kind === "number") return Math.abs(given - ask.answer) <= (ask.within ?? 0);
  const [left, top, right, bottom] = ask.answer;
  return given[0] >= left && given[0] <= right && given[1] >= top && given[1] <= bottom;
}

/** What is right, in words. @param {Ask} ask */
export function rightAnswer(ask) {
  if (ask.kind === "choice") return ask.options?.[ask.answer] ?? "";
  if (ask.kind === "number") return `${number(ask.answer)}${ask.unit ? ` ${ask.unit}` : ""}`;
  return "the marked place";
}

/** @param {Ask} ask @param {(given: number) => void} take */
function choices(ask, take) {
  const buttons = (ask.options ?? []).map((option, i) => {
    const button = make("button", { "aria-pressed": "false" }, option);
    button.onclick = () => {
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
      take(i);
    };
    return button;
  });
  return [make("div", { class: "row options" }, ...buttons)];
}

/** @param {Ask} ask @param {(given: number) => void} take */
function scale(ask, take) {
  const [least, most] = [ask.least ?? 0, ask.most ?? 1];
  const told = make("output", {}, number(least));
  const whole = [least, most, ask.answer].every(Number.isInteger) && most - least <= STEPS;
  const step = `${whole ? 1 : (most - least) / STEPS}`;
  const slider = make("input", { type: "range", min: `${least}`, max: `${most}`, step, "aria-label": ask.question });
  const button = make("button", { disabled: true }, "That is my guess");
  button.onclick = () => take(Number(slider.value));
  slider.value = `${least}`;
  slider.oninput = () => {
    button.disabled = false;
    told.textContent = `${number(Number(slider.value))}${ask.unit ? ` ${ask.unit}` : ""}`;
  };
  return [make("div", { class: "row options" }, slider, told, button)];
}

/** Ends waiting for a click on a picture. */
let waiting = new AbortController();

/** The picture that a question is about. @param {Ask} ask @returns {HTMLElement | null} */
const picture = ask =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(ask.on ?? "")]).find(one => one.offsetParent) ?? null;

/** A frame over the picture. @param {Ask} ask @param {number[]} box shares @param {string} css */
export function mark(ask, [left, top, right, bottom], css) {
  const found = picture(ask);
  if (!found) return;
  const at = found.getBoundingClientRect();
  const spot = make("div", { class: `asked ${css}` });
  Object.assign(spot.style, {
    left: `${at.left + scrollX + left * at.width}px`,
    top: `${at.top + scrollY + top * at.height}px`,
    width: `${(right - left) * at.width}px`,
    height: `${(bottom - top) * at.height}px`,
  });
  document.body.append(spot);
}

/** Takes all frames away. */
export function unmark() {
  waiting.abort();
  for (const spot of document.querySelectorAll(".asked")) spot.remove();
}

/** @param {Ask} ask @param {(given: number[]) => void} take */
function place(ask, take) {
  const button = make("button", {}, "Point at it");
  button.onclick = () => {
    const found = picture(ask);
    if (!found) return;
    button.textContent = "Now click the place on the picture";
    const choose = (/** @type {PointerEvent} */ event) => {
      if (!found.contains(/** @type {Node} */ (event.target))) return;
      waiting.abort();
      event.stopPropagation();
      event.preventDefault();
      const given = sharesAt(event, found);
      unmark();
      mark(ask, [given[0] - 0.01, given[1] - 0.01, given[0] + 0.01, given[1] + 0.01], "given");
      button.textContent = "Point again";
      take(given);
    };
    waiting.abort();
    waiting = new AbortController();
    document.addEventListener("pointerdown", choose, { capture: true, signal: waiting.signal });
  };
  return [make("div", { class: "row options" }, button)];
}

/**
 * The question, and what it is answered with.
 *
 * @param {Ask} ask
 * @param {(given: any) => void} take
 */
export function question(ask, take) {
  const kinds = { choice: choices, number: scale, point: place };
  return [make("p", {}, make("b", {}, ask.question)), ...kinds[ask.kind](ask, take)];
}
