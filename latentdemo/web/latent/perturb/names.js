/** What a visitor calls the dimensions of a model. */

/** @type {Map<string, string>} by model and dimension, "faces-vae z3" */
const names = new Map();

/** @type {(() => void)[]} */
const takers = [];

/** @type {(model: string, dimension: string) => string} */
const key = (model, dimension) => `${model} ${dimension}`;

/** "" until it was named. @type {(model: string, dimension: string) => string} */
export const nameOf = (model, dimension) => names.get(key(model, dimension)) ?? "";

/** @param {string} model @param {string} dimension @param {string} name */
export function rename(model, dimension, name) {
  names.set(key(model, dimension), name.trim());
  for (const take of takers) take();
}

/** Calls `take` whenever something was named. @param {() => void} take */
export const onNames = take => takers.push(take);

/** A dimension with its name, if it has one. @type {(model: string, dimension: string) => string} */
export function called(model, dimension) {
  const name = nameOf(model, dimension);
  return name ? `${name} (${dimension})` : dimension;
}

const MARK = " · "; // between a name and what the slider says of its dimension

/**
 * Writes names before the labels of a canvas's sliders; what Python wrote stays behind them.
 *
 * @param {string} canvas id
 * @param {string} model
 * @param {string[]} dimensions of the sliders
 */
export function label(canvas, model, dimensions) {
  dimensions.forEach((dimension, i) => {
    const words = document.querySelector(`#${canvas}-step-${i} [data-testid=block-info]`);
    if (!words) return;
    const said = words.textContent?.split(MARK).at(-1)?.trim() ?? "";
    const name = nameOf(model, dimension);
    const wanted = name ? `${name}${MARK}${said}` : said;
    if (words.textContent?.trim() !== wanted) words.textContent = wanted;
  });
}
