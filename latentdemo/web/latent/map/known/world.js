/** What is known of a model's gallery: maps of its codes, and of each point its labels, error and neighbours. */

import { bytes, floats } from "../../../core/base64.js";
import { codesOf } from "../../gallery.js";
import { dimensions, ofComponents } from "./axes.js";
import { keptBy } from "./neighbours.js";
import { spread } from "./view.js";

/** @typedef {{x: Float32Array, y: Float32Array}} Places */

/**
 * @typedef {object} Layout
 * @property {string} title
 * @property {Float32Array} x moved and scaled as one whole with y, so that all layouts fill the same box
 * @property {Float32Array} y
 * @property {(place: [number, number]) => [number, number]} own a place in the layout's own unit
 * @property {(own: [number, number]) => [number, number]} put back
 * @property {[number, number] | null} dims dimensions of the code that are its own unit; null: others, or none
 * @property {Uint8Array | null} kept how many of a point's 15 nearest codes are among its 15 nearest here; null: unknown
 * @property {number | null} trust trustworthiness
 * @property {import("./axes.js").Axes | null} axes directions in code space that places are coordinates along; null: there are none
 *
 * @typedef {object} World
 * @property {string} model
 * @property {number} n points
 * @property {number} dims of a code
 * @property {Float32Array} codes (n · dims)
 * @property {boolean} real whether the gallery shows the images themselves, not their decoded codes
 * @property {string[]} names of classes, or of factors
 * @property {boolean} classes whether labels are classes
 * @property {Uint16Array | Float32Array} labels (n) or (n · factors)
 * @property {Float32Array} errors (n)
 * @property {Uint16Array} near (n · k) each code's nearest others
 * @property {number} k
 * @property {Layout[]} layouts
 * @property {number[]} mean of each factor
 * @property {number[]} sd
 * @property {number[]} order of the dimensions
 */

/** @type {Map<string, Promise<World>>} */
const worlds = new Map();

/** Fetched once; asked again if that failed. @param {string} model @returns {Promise<World>} */
export function worldOf(model) {
  const found = worlds.get(model);
  if (found) return found;
  const asked = fetched(model);
  asked.catch(() => worlds.delete(model));
  worlds.set(model, asked);
  return asked;
}

/** @param {string} model @returns {Promise<World>} */
async function fetched(model) {
  const [answer, codes] = await Promise.all([fetch(`pixels/map/${encodeURIComponent(model)}`), codesOf(model)]);
  if (!answer.ok || !codes) throw new Error("The map did not arrive; load the page again.");
  const told = await answer.json();
  const near = new Uint16Array(bytes(told.near).buffer);
  const dims = codes.length / told.n;
  const layouts = told.layouts.map(unpacked);
  if (dims === 2) Object.assign(layouts[0], { dims: [0, 1], axes: dimensions(2, [0, 1]) });
  return {
    ...told,
    model,
    codes,
    near,
    k: near.length / told.n,
    dims,
    labels: told.classes ? new Uint16Array(bytes(told.labels).buffer) : floats(told.labels),
    errors: floats(told.errors),
    layouts,
  };
}

/** @param {{title: string, x: string, y: string, kept: string, trust: number, components?: import("./axes.js").Components | null}} told @returns {Layout} */
export function unpacked({ title, x, y, kept, trust, components }) {
  const axes = components ? ofComponents(components) : null;
  return { ...boxed(title, floats(x), floats(y), bytes(kept), trust), axes };
}

/**
 * A layout whose points, but for outliers, lie within −1 … 1 of its longer side.
 *
 * @param {string} title
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {Uint8Array | null} kept
 * @param {number | null} trust
 * @returns {Layout}
 */
export function boxed(title, x, y, kept, trust) {
  const [[left, right], [low, high]] = [spread(x), spread(y)];
  const half = Math.max(right - left, high - low, 1e-9) / 2;
  const [cx, cy] = [(left + right) / 2, (low + high) / 2];
  return {
    title,
    x: x.map(value => (value - cx) / half),
    y: y.map(value => (value - cy) / half),
    own: ([u, v]) => [cx + half * u, cy + half * v],
    put: ([a, b]) => [(a - cx) / half, (b - cy) / half],
    dims: null,
    axes: null,
    kept,
    trust,
  };
}

/** Two dimensions of the codes as a layout. @param {World} world @param {number} across @param {number} upwards */
export function plane(world, across, upwards) {
  const column = (/** @type {number} */ d) =>
    Float32Array.from({ length: world.n }, (_, i) => world.codes[i * world.dims + d]);
  const made = boxed(`z${across} and z${upwards}`, column(across), column(upwards), null, null);
  const dims = /** @type {[number, number]} */ ([across, upwards]);
  return { ...made, kept: keptBy(world, made), dims, axes: dimensions(world.dims, dims) };
}

/** A point's value of a factor. @type {(world: World, i: number, factor: number) => number} */
export const factorOf = ({ labels, names }, i, factor) => labels[i * names.length + factor];

/** A point's code. @type {(world: World, i: number) => number[]} */
export const codeAt = ({ codes, dims }, i) => [...codes.subarray(i * dims, (i + 1) * dims)];
