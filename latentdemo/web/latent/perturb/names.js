/** What a visitor calls the dimensions of a model. */

import { keep, touch } from "../../link/keep.js";

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
  touch("names", written(model));
}

const SEPARATOR = ";";

/** What a link tells of a model's names: "z3:smile;z5:age". @param {string} model */
function written(model) {
  const own = [...names].filter(([of, name]) => of.startsWith(`${model} `) && name);
  const told = own.map(([of, name]) => `${of.slice(model.length + 1)}:${name.replaceAll(SEPARATOR, ",")}`);
  return told.join(SEPARATOR) || null;
}

/**
 * From now on the names of this model are told by links.
 *
 * @param {string} model
 * @param {Element} element where they stand
 */
export function keepNames(model, element) {
  keep("names", element, text => {
    for (const part of (text ?? "").split(SEPARATOR).filter(Boolean)) {
      const at = part.indexOf(":");
      if (at > 0) rename(model, part.slice(0, at), part.slice(at + 1, at + 25));
    }
  });
  touch("names", written(model));
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
