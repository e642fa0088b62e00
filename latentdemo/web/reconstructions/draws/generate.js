/** Images out of nothing: codes drawn from N(0, I) and from densities fitted to real codes, through each decoder. */

import { floats } from "../../core/base64.js";
import { make, roles } from "../../core/dom.js";
import { follow } from "../../core/panel.js";
import { latest } from "../../core/requests.js";
import { component, drawn, normal, seeded } from "../../latent/chance.js";
import { blank, decodeAll, paintAll } from "../../latent/sheet.js";
import { keepSeed } from "../../link/keep.js";

const [SAMPLES, COLUMNS] = [16, 8];

/**
 * @typedef {{title: string, quality: string, weights: string, means: string, factors: string}} Source base64 of float32
 * @typedef {{css: string, title: string, model: string, dims: number, sources: Source[]}} Side
 * @typedef {{note: string, sides: Side[]}} Told by Python
 *
 * @typedef {{model: string, dims: number, density: import("../../latent/chance.js").Density, images: HTMLImageElement[]}} Block
 */

class Generate {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Block[]} */
    this.blocks = [];
    this.ask = latest();
    this.seed = 0;
    keepSeed("generate.seed", panel.element, this.role.again, seed => {
      this.seed = seed;
      return this.sample();
    });
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  receive({ note, sides }) {
    this.note = note;
    this.blocks = [];
    this.role.halves.replaceChildren(...sides.map(side => this.half(side)));
    this.sample();
  }

  /** @param {Side} side */
  half({ css, title, model, dims, sources }) {
    const parts = sources.flatMap(({ title, quality, ...told }) => {
      const images = Array.from({ length: SAMPLES }, (_, i) => blank(`sample ${i + 1}`));
      const density = { weights: floats(told.weights), means: floats(told.means), factors: floats(told.factors) };
      this.blocks.push({ model, dims, density, images });
      const tiles = images.map(image => make("figure", { class: css }, image));
      const grid = make("div", { class: "tiles samples", style: `--columns:${COLUMNS}` }, ...tiles);
      return [make("p", {}, make("b", {}, title), `: ${quality}`), grid];
    });
    return make("section", { class: css }, make("h3", {}, title), ...parts);
  }

  /** The same noise for all sources of as many dimensions. */
  async sample() {
    const isLast = this.ask();
    const dims = this.blocks.map(block => block.dims);
    const random = seeded(this.seed);
    const noise = new Map(dims.map(n => [n, Array.from({ length: SAMPLES }, () => normal(n, random))]));
    const shares = Array.from({ length: SAMPLES }, random);
    try {
      for (const { model, dims, density, images } of this.blocks) {
        const epsilons = /** @type {number[][]} */ (noise.get(dims));
        const codes = epsilons.map((epsilon, i) => drawn(density, component(density.weights, shares[i]), epsilon));
        const pictures = await decodeAll(model, codes);
        if (!isLast()) return; // other models, or other samples, came meanwhile
        await paintAll(images, pictures);
      }
      this.role.note.textContent = this.note ?? "";
    } catch (error) {
      this.role.note.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Generate(panel);
}
