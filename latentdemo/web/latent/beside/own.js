/** Attributes that a visitor makes: two groups of gallery images picked on the map, the difference of their means. */

/** @typedef {import("../map/known/world.js").World} World */

/**
 * @typedef {object} Own
 * @property {string} model
 * @property {number[]} with
 * @property {number[]} without
 * @property {number[]} vector centroid(with) − centroid(without)
 */

/** Mean code of some points. @param {World} world @param {number[]} points @returns {number[]} */
export function centroid({ codes, dims }, points) {
  const out = new Array(dims).fill(0);
  for (const i of points) for (let d = 0; d < dims; d++) out[d] += codes[i * dims + d] / points.length;
  return out;
}

/** @param {World} world @param {number[]} has @param {number[]} lacks empty: all others @returns {Own} */
export function made(world, has, lacks) {
  const chosen = new Set(has);
  const others = Array.from({ length: world.n }, (_, i) => i).filter(i => !chosen.has(i));
  const without = lacks.length ? lacks.filter(i => !chosen.has(i)) : others;
  const [present, absent] = [centroid(world, has), centroid(world, without)];
  return { model: world.model, with: has, without, vector: present.map((value, d) => value - absent[d]) };
}

/** @type {Map<string, Own>} the last one of each model */
const kept = new Map();

/** @type {((own: Own) => void)[]} */
const takers = [];

/** @param {Own} own */
export function keep(own) {
  kept.set(own.model, own);
  for (const take of takers) take(own);
}

/** @param {string} model */
export const ownOf = model => kept.get(model);

/** Calls `take` whenever an attribute was made. @param {(own: Own) => void} take */
export const onOwn = take => takers.push(take);
