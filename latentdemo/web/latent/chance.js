/** Random codes, as `codes/densities.py` draws them, and by the reparametrisation of Kingma and Welling (2014). */

/**
 * Numbers in [0, 1) that are the same for the same seed.
 *
 * Source: Mulberry32, Tommy Ettinger, public domain.
 *
 * @param {number} seed a whole number
 */
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers from N(0, 1), by Box and Muller. @param {number} n @param {() => number} random in [0, 1) */
export const normal = (n, random = Math.random) =>
  Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** z = μ + σ · ε. @type {(mu: number[], sigma: number[], epsilon: number[]) => number[]} */
export const reparametrised = (mu, sigma, epsilon) => mu.map((m, i) => m + sigma[i] * epsilon[i]);

/**
 * A mixture of K normal distributions in D dimensions.
 *
 * @typedef {object} Density
 * @property {ArrayLike<number>} weights (K), adding up to 1
 * @property {ArrayLike<number>} means (K · D)
 * @property {ArrayLike<number>} factors (K · D · D) lower triangular, covariance = factor · factorᵀ
 */

/**
 * Which component a number of [0, 1) falls to.
 *
 * @param {ArrayLike<number>} weights
 * @param {number} share
 */
export function component(weights, share) {
  let left = share;
  for (let k = 0; k < weights.length; k++) {
    left -= weights[k];
    if (left < 0) return k;
  }
  return weights.length - 1;
}

/**
 * mean + factor · ε of one component.
 *
 * @param {Density} density
 * @param {number} k
 * @param {number[]} epsilon (D)
 */
export function drawn({ means, factors }, k, epsilon) {
  const dims = epsilon.length;
  return epsilon.map((_, i) => {
    let value = means[k * dims + i];
    for (let j = 0; j <= i; j++) value += factors[(k * dims + i) * dims + j] * epsilon[j];
    return value;
  });
}
