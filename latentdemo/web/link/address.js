/** A state as the text of an address, and back. */

/**
 * @typedef {object} State of the page, as far as a link tells it
 * @property {string} tab "perturb" or "perturb/pad"; "" for the first one
 * @property {string} image what the door shows: "sample NAME" or "gallery MODEL NUMBER"; "" for the first sample, or
 *   for an image of the visitor's own, which no link carries
 * @property {string} models label of the pair; "" for the first one
 * @property {Map<string, string>} values of controls, and of what panels keep, by their keys
 * @property {string[]} hidden keys of controls and tabs that are not shown
 * @property {string[]} locked keys of controls that cannot be moved
 */

/** @returns {State} */
export const nothing = () => ({ tab: "", image: "", models: "", values: new Map(), hidden: [], locked: [] });

const HOSTS = /^__[a-z]+$/; // what Gradio and Spaces put into an address: __theme, __sign

/** What may stand in an address as it is, besides letters and digits. */
const escaped = (/** @type {string} */ text) =>
  encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");

/** @param {State} state */
export function write({ tab, image, models, values, hidden, locked }) {
  /** @type {[string, string][]} */
  const parts = [
    ["tab", tab],
    ["image", image],
    ["models", models],
    ...values,
    ["hide", hidden.join(",")],
    ["lock", locked.join(",")],
  ];
  return parts
    .flatMap(([key, value], i) => (value || (i > 2 && values.has(key)) ? `${escaped(key)}=${escaped(value)}` : []))
    .join("&");
}

/** Of several addresses' parameters ("?a=1", "#b=2") the last one counts. @param {string[]} texts @returns {State} */
export function read(...texts) {
  const state = nothing();
  const list = (/** @type {string} */ text) => text.split(",").filter(Boolean);
  /** @type {[string, (value: string) => void][]} */
  const known = [
    ["tab", value => Object.assign(state, { tab: value })],
    ["image", value => Object.assign(state, { image: value })],
    ["models", value => Object.assign(state, { models: value })],
    ["hide", value => Object.assign(state, { hidden: list(value) })],
    ["lock", value => Object.assign(state, { locked: list(value) })],
    ["mode", () => {}], // of the page, not of what it shows: see present.js, and engine.js
    ["engine", () => {}],
  ];
  const takers = new Map(known);
  for (const text of texts)
    for (const [key, value] of new URLSearchParams(text.replace(/^[#?]/, "")))
      if (!HOSTS.test(key)) (takers.get(key) ?? (text => state.values.set(key, text)))(value);
  return state;
}

/**
 * Which keys differ between two states.
 *
 * @param {State} one
 * @param {State} other
 */
export function differing(one, other) {
  const plain = /** @type {("tab" | "image" | "models")[]} */ (["tab", "image", "models"]);
  const keys = new Set([...one.values.keys(), ...other.values.keys()]);
  return [
    ...plain.filter(key => one[key] !== other[key]),
    ...[...keys].filter(key => one.values.get(key) !== other.values.get(key)),
    ...(`${one.hidden}` === `${other.hidden}` ? [] : ["hide"]),
    ...(`${one.locked}` === `${other.locked}` ? [] : ["lock"]),
  ];
}
