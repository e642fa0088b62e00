/** The loss of one image, as `models/losses.py` defines it: sums over pixels and dimensions, in nats. */

/**
 * @typedef {object} Likelihood
 * @property {string} name "bernoulli" or "gaussian"
 * @property {number} variance of every pixel, for "gaussian"
 * @property {Float32Array | null} weight how much each pixel counts (side · side); null: 1
 */

/**
 * −log p(x | z) of an image.
 *
 * @param {Likelihood} likelihood
 * @param {Float32Array} logits (side · side · channels)
 * @param {Uint8Array} seen the same, 0 … 255
 */
export function reconstruction({ name, variance, weight }, logits, seen) {
  const channels = weight ? logits.length / weight.length : 1;
  const constant = 0.5 * Math.log(2 * Math.PI * variance);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const [l, x] = [logits[i], seen[i] / 255];
    if (name === "bernoulli") {
      total += Math.max(l, 0) - l * x + Math.log1p(Math.exp(-Math.abs(l)));
    } else {
      const error = 1 / (1 + Math.exp(-l)) - x;
      total += (error ** 2 / (2 * variance) + constant) * (weight ? weight[Math.floor(i / channels)] : 1);
    }
  }
  return total;
}

/** ½ (μ² + σ² − 1 − log σ²) of each dimension. @type {(mu: Float32Array, logvar: Float32Array) => number[]} */
export const divergences = (mu, logvar) =>
  Array.from(mu, (m, i) => 0.5 * (m ** 2 + Math.exp(logvar[i]) - 1 - logvar[i]));

/** @type {(numbers: number[]) => number} */
export const sum = numbers => numbers.reduce((total, value) => total + value, 0);
