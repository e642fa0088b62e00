/** The same decoder taught by reconstruction and by a critic: samples, their sharpness, and which classes they show. */

import { make, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { latest } from "../core/requests.js";
import { normal, seeded } from "../latent/chance.js";
import { blank, decodeAll, paintAll } from "../latent/sheet.js";
import { keepSeed } from "../link/keep.js";

const SAMPLES = 12;

/**
 * @typedef {{title: string, name: string, dims: number, metrics: Record<string, number | null>,
 *   counts: number[] | null, names: string[] | null}} Side told by Python
 * @typedef {{side: Side, images: HTMLImageElement[], sharp: HTMLElement}} Block
 */

/**
 * Mean over pictures of the variance of the Laplacian of their grey values in 0 … 1, as `measuring.metrics.sharpness`.
 *
 * @param {import("../engine/engine.js").Pictures} pictures
 */
export function sharpness({ n, side, channels, pixels }) {
  let total = 0;
  for (let k = 0; k < n; k++) {
    const grey = new Float32Array(side * side);
    for (let i = 0; i < grey.length; i++)
      for (let c = 0; c < channels; c++) grey[i] += pixels[(k * side * side + i) * channels + c] / 255 / channels;
    let [sum, squares, places] = [0, 0, 0];
    for (let row = 1; row < side - 1; row++)
      for (let i = row * side + 1; i < (row + 1) * side - 1; i++) {
        const value = grey[i - 1] + grey[i + 1] + grey[i - side] + grey[i + side] - 4 * grey[i];
        sum += value;
        squares += value * value;
        places++;
      }
    total += squares / places - (sum / places) ** 2;
  }
  return total / n;
}

class Duel {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.ask = latest();
    this.seed = 0;
    /** @type {Block[]} */
    this.blocks = [];
    keepSeed("duel.seed", panel.element, this.role.again, seed => {
      this.seed = seed;
      return this.sample();
    });
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {{note: string, sampled: string, sides: Side[]}} told sampled: how many samples were measured */
  receive({ note, sampled, sides }) {
    const { role } = this;
    role.status.textContent = note;
    this.blocks = sides.map(side => ({
      side,
      images: Array.from({ length: SAMPLES }, (_, i) => blank(`${side.title}: sample ${i + 1}`)),
      sharp: make("b", {}),
    }));
    role.sides.replaceChildren(...this.blocks.map(block => this.element(block, sampled)));
    role.note.textContent =
      "All get the same noise from N(0, I) through decoders of the same layers and as many weights. The VAE's must " +
      "reconstruct every image and is left with the mean of what it cannot know: blur. The GAN's must only be taken " +
      "for real by a critic that is trained against it, and nothing says that it must be able to make every image: " +
      "read recall beside precision. Precision itself says only that an image lies near real ones in the features of a " +
      "judge: a scribble, always the same, can lie there too.";
    this.sample();
  }

  /** @param {Block} block @param {string} sampled */
  element({ side, images, sharp }, sampled) {
    const { frechet, precision, recall, sharpness: stored } = side.metrics;
    const told = (/** @type {number | null} */ value, digits = 3) => (value === null ? "—" : rounded(value, digits));
    const measured =
      `Fréchet distance ${told(frechet)}, precision ${told(precision, 2)}, recall ${told(recall, 2)}, ` +
      `sharpness ${told(stored)} over ${sampled}. Sharpness of these ${SAMPLES}: `;
    const grid = make(
      "div",
      { class: "tiles samples", style: `--columns:${SAMPLES}` },
      ...images.map(i => make("figure", {}, i)),
    );
    const bars = side.counts && side.names ? counted(side.counts, side.names) : "";
    return make("section", {}, make("h3", {}, side.title), make("p", {}, measured, sharp), grid, bars);
  }

  async sample() {
    const isLast = this.ask();
    try {
      for (const { side, images, sharp } of this.blocks) {
        const random = seeded(this.seed);
        const codes = Array.from({ length: SAMPLES }, () => normal(side.dims, random));
        const pictures = await decodeAll(side.name, codes);
        if (!isLast()) return;
        sharp.textContent = rounded(sharpness(pictures), 3);
        await paintAll(images, pictures);
      }
    } catch (error) {
      this.role.status.textContent = /** @type {Error} */ (error).message;
    }
  }
}

/** How many of so many images a classifier takes for each class. @param {number[]} counts @param {string[]} names */
function counted(counts, names) {
  const [most, all] = [Math.max(...counts), counts.reduce((a, b) => a + b, 0)];
  const bars = counts.map(n => make("i", { style: `height:${(100 * n) / most}%`, title: `${n}` }));
  const ticks = names.map((name, i) => make("span", {}, name, make("br"), `${counts[i]}`));
  const label = names.map((name, i) => `${name}: ${counts[i]}`).join(", ");
  return make(
    "div",
    { class: "guess counts" },
    make("p", { class: "note" }, `What our classifier takes ${all.toLocaleString("en")} of them for:`),
    make("div", { class: "bars", role: "img", "aria-label": label }, ...bars),
    make("div", { class: "ticks" }, ...ticks),
  );
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Duel(panel);
}
