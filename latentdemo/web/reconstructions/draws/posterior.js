/** Twelve draws of one image's posterior, decoded, and where the pictures differ. */

import { make, roles } from "../../core/dom.js";
import { rounded } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { latest } from "../../core/requests.js";
import { normal, reparametrised, seeded } from "../../latent/chance.js";
import { blank, decodeAll, paintAll, paintShares } from "../../latent/sheet.js";
import { keepSeed } from "../../link/keep.js";

const DRAWS = 12;
const KNOWN = 0.5; // σ below which the image decides a dimension

/** @typedef {import("../../engine/engine.js").Pictures} Pictures */
/** @typedef {{vae: string, mu: number[], sigma: number[], ae: string | null, z: number[] | null}} Told by Python */

/**
 * Mean squared difference of pictures to the first one, and each pixel's standard deviation among the others.
 *
 * @param {Pictures} pictures the first one is decode(μ)
 * @returns {{spread: number, deviation: Float32Array}} values 0 … 1; the deviation is the mean over channels
 */
export function differences({ n, side, channels, pixels }) {
  const size = side * side * channels;
  const deviation = new Float32Array(side * side);
  let squares = 0;
  for (let i = 0; i < size; i++) {
    let [sum, sumOfSquares] = [0, 0];
    for (let k = 1; k < n; k++) {
      const value = pixels[k * size + i] / 255;
      squares += (value - pixels[i] / 255) ** 2;
      sum += value;
      sumOfSquares += value ** 2;
    }
    const variance = sumOfSquares / (n - 1) - (sum / (n - 1)) ** 2;
    deviation[Math.floor(i / channels)] += Math.sqrt(Math.max(0, variance)) / channels;
  }
  return { spread: squares / size / (n - 1), deviation };
}

class Posterior {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.draws = Array.from({ length: DRAWS }, (_, i) => blank(`draw ${i + 1}`));
    this.map = make("canvas", { role: "img", "aria-label": "where they differ" });
    this.point = blank("reconstruction");
    this.ask = latest();
    this.role.draws.append(
      ...this.draws.map(image => make("figure", { class: "vae" }, image)),
      make("figure", {}, this.map),
    );
    this.role.point.append(make("figure", { class: "ae" }, this.point));
    this.seed = 0;
    keepSeed("draws.seed", panel.element, this.role.again, seed => {
      this.seed = seed;
      return this.throw();
    });
    follow(panel, told => this.receive(told));
  }

  /** @param {Told} told */
  receive(told) {
    this.told = told;
    this.role.other.hidden = told.ae === null;
    this.throw();
  }

  async throw() {
    const told = this.told;
    if (!told) return;
    const isLast = this.ask();
    const { role } = this;
    const { vae, mu, sigma } = told;
    const random = seeded(this.seed);
    const codes = [mu, ...this.draws.map(() => reparametrised(mu, sigma, normal(mu.length, random)))];
    try {
      const pictures = await decodeAll(vae, codes);
      const point = told.ae && told.z ? await decodeAll(told.ae, [told.z]) : null;
      if (!isLast()) return; // another image, or another throw, came meanwhile
      await paintAll(this.draws, pictures, 1);
      if (point) await paintAll([this.point], point);
      const { spread, deviation } = differences(pictures);
      const most = paintShares(this.map, deviation, pictures.side);
      const known = sigma.filter(value => value < KNOWN).length;
      role.told.textContent =
        `Twelve draws z = μ + σ · ε, each with a new ε from N(0, I). Mean squared difference to decode(μ): ` +
        `${rounded(spread, 3)}. σ is below ${KNOWN} in ${known} of ${sigma.length} latent dimensions: these the image decides.`;
      role.differ.textContent = `Last: where they differ, σ of a pixel, 0 (dark) … ${rounded(most, 3)} (bright).`;
    } catch (error) {
      role.told.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Posterior(panel);
}
