/** By what points are coloured: classes as letters, numbers as a share of their range on viridis. */

import { number } from "../../../core/numerals.js";
import { shared } from "../../../core/shared.js";
import { ramp } from "../../../pixels/colours.js";
import { lengthOf } from "../../gallery.js";
import { codeAt, factorOf } from "./world.js";

const BANDS = 32; // colours that numbers are told apart by
const MISSING = "#8a8a8a"; // of points without a value
const GLYPH = 2; // characters that fit on a point
const LIGHTER = 0.4; // share of white in a colour on dark paper
export const [CLASSES, ERROR, LENGTH, KEPT] = [
  "class",
  "reconstruction error",
  "length of the code",
  "neighbours kept",
];

/** @typedef {import("./world.js").World} World */
/** @typedef {import("./world.js").Layout} Layout */

/**
 * @typedef {object} Colouring
 * @property {string} by
 * @property {number[][]} groups indices of the points of each colour
 * @property {string[]} colours of the groups
 * @property {string[] | null} glyphs what points are drawn as; null: as dots
 * @property {[string, string] | null} range least and most, in words; null for classes
 */

/** What can be coloured by. @param {World} world @returns {string[]} */
export const choices = world => [...(world.classes ? [CLASSES] : world.names), ERROR, LENGTH, KEPT];

/**
 * What classes are drawn as: their first two letters. Where these are the same, the first letter and the first later one
 * that tells the classes apart; the whole names where no letter does. Never an index, or part of a number: it would
 * read as the name of another class.
 *
 * @param {string[]} names
 */
export function glyphs(names) {
  const short = names.map(name => name.slice(0, GLYPH));
  const made = names.map((name, i) => {
    const alike = names.filter((_, k) => short[k] === short[i]);
    if (alike.length === 1) return short[i];
    const shortest = Math.min(...alike.map(one => one.length));
    for (let at = GLYPH; at < shortest && /\p{L}/u.test(name[0]); at++)
      if (new Set(alike.map(one => one[at])).size === alike.length) return name[0] + name[at];
    return name;
  });
  return names.map((name, i) => (made.filter(other => other === made[i]).length === 1 ? made[i] : name));
}

/** @param {World} world @param {Layout} layout @param {string} by @returns {ArrayLike<number> | null} (n) */
export function valuesOf(world, layout, by) {
  const each = (/** @type {(i: number) => number} */ of) => Float32Array.from({ length: world.n }, (_, i) => of(i));
  if (by === ERROR) return world.errors;
  if (by === LENGTH) return each(i => lengthOf(codeAt(world, i)));
  if (by === KEPT) return layout.kept;
  const factor = world.names.indexOf(by);
  return factor < 0 || world.classes ? null : each(i => factorOf(world, i, factor));
}

/** @param {boolean} dark @param {number[]} colour */
const onPaper = (dark, colour) => `rgb(${colour.map(c => Math.round(dark ? c + LIGHTER * (255 - c) : c)).join()})`;

/** @param {string} hex */
const parts = hex => [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * @param {World} world
 * @param {Layout} layout whose kept neighbours count
 * @param {string} by one of `choices`
 * @param {boolean} dark whether the paper is
 * @returns {Colouring}
 */
export function colouring(world, layout, by, dark) {
  if (by === CLASSES && world.classes) {
    const groups = world.names.map((_, k) => members(world.n, i => world.labels[i] === k));
    const colours = world.names.map((_, k) => onPaper(dark, parts(shared.classes[k % shared.classes.length])));
    return { by, groups, colours, glyphs: glyphs(world.names), range: null };
  }
  const values = valuesOf(world, layout, by) ?? new Float32Array(world.n);
  let [low, high] = [Infinity, -Infinity];
  for (const value of Array.from(values))
    if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) [low, high] = [0, 0];
  const band = (/** @type {number} */ i) =>
    Math.min(BANDS - 1, Math.floor((BANDS * (values[i] - low)) / Math.max(high - low, 1e-12)));
  const groups = Array.from({ length: BANDS + 1 }, () => /** @type {number[]} */ ([])); // the last: without a value
  for (let i = 0; i < world.n; i++) groups[Number.isNaN(values[i]) ? BANDS : band(i)].push(i);
  const colours = groups.map((_, k) => (k < BANDS ? onPaper(dark, ramp(shared.viridis, (k + 0.5) / BANDS)) : MISSING));
  return { by, groups, colours, glyphs: null, range: [rangeEnd(low, high - low), rangeEnd(high, high - low)] };
}

/** An end of a range, as finely as it matters there. @param {number} value @param {number} range */
export const rangeEnd = (value, range) =>
  number(Number(value.toFixed(Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(range || 1)))))));

/** @param {number} n @param {(i: number) => boolean} is */
export const members = (n, is) => Array.from({ length: n }, (_, i) => i).filter(is);
