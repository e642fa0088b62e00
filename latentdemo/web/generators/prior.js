/** Images written index by index: at each place the prior's draw, and how likely it was. */

import { floats } from "../core/base64.js";
import { count, make, pen, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { latest } from "../core/requests.js";
import { shared } from "../core/shared.js";
import { paint } from "../latent/decode.js";
import { blank, decodeAll, paintAll } from "../latent/sheet.js";
import { keep, keepSeed, touch } from "../link/keep.js";
import { css, luminance, ramp } from "../pixels/colours.js";
import { askGrids, vectorsOf } from "./ask.js";

const [SAMPLES, CELL, PACE] = [8, 64, 150];

/** @typedef {{model: string, decoder: string, grid: number, entries: number, dims: number, codebook: string, note: string}} Told by Python */

/**
 * A grid as far as it is written: what comes later is empty.
 *
 * @param {number[]} vectors (g · g · D)
 * @param {number} written places
 * @param {number} dims
 */
export const upTo = (vectors, written, dims) => vectors.map((value, i) => (i < written * dims ? value : 0));

/** Bits that places took: −log₂ of their shares. @param {number[]} shares */
export const bits = shares => shares.reduce((sum, share) => sum - Math.log2(Math.max(share, 1e-4)), 0);

class Prior {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    const role = roles(panel.element);
    this.role = role;
    this.ask = latest();
    this.draw = latest();
    this.seed = 0;
    this.images = Array.from({ length: SAMPLES }, (_, i) => blank(`image ${i + 1}`));
    role.tiles.replaceChildren(...this.images.map(image => make("figure", {}, image)));
    keepSeed("prior.seed", panel.element, role.again, seed => {
      this.seed = seed;
      return this.write();
    });
    role.heat.oninput = () => this.say();
    role.heat.onchange = () => {
      touch("prior.heat", role.heat.value);
      this.write();
    };
    keep("prior.heat", panel.element, text => {
      role.heat.value = text ?? "1";
      return this.write();
    });
    role.t.oninput = () => this.show();
    player(role.play, () => this.step(), PACE);
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  receive(told) {
    this.told = told;
    this.book = floats(told.codebook);
    this.role.note.textContent = told.note;
    return this.write();
  }

  say() {
    this.role["heat-shown"].textContent = this.role.heat.value;
  }

  async write() {
    const { role, told, book } = this;
    this.say();
    if (!told || !book) return;
    const isLast = this.ask();
    try {
      const found = await askGrids(told.model, { seed: this.seed, n: SAMPLES, temperature: role.heat.value });
      if (!isLast()) return;
      this.found = found;
      this.vectors = vectorsOf(found.grids, book, told.dims);
      role.t.max = `${told.grid ** 2}`;
      role.t.value = role.t.max;
      await this.show();
      role.status.textContent = "";
    } catch (error) {
      role.status.textContent = /** @type {Error} */ (error).message;
    }
  }

  step() {
    advance(this.role.t);
    this.show();
  }

  async show() {
    const { role, told, found, vectors } = this;
    if (!told || !found || !vectors) return;
    const isLast = this.draw();
    const written = Number(role.t.value);
    role.where.textContent = `${written} of ${told.grid ** 2} indices`;
    role.told.textContent =
      `Indices of the first image, coloured by how likely each was: ${rounded(bits(found.shares[0].slice(0, written)), 3)} ` +
      "bits so far.";
    this.drawGrid(written);
    const pictures = await decodeAll(
      told.decoder,
      vectors.map(one => upTo(one, written, told.dims)),
    );
    if (!isLast()) return;
    paint(role.large, pictures);
    await paintAll(this.images, pictures);
  }

  /** @param {number} written */
  drawGrid(written) {
    const { role, told, found } = this;
    if (!told || !found) return;
    const side = CELL * told.grid;
    Object.assign(role.first, { width: side, height: side });
    const context = pen(role.first);
    Object.assign(context, { font: "bold 22px sans-serif", textAlign: "center", textBaseline: "middle" });
    found.grids[0].slice(0, written).forEach((k, i) => {
      const [x, y] = [(i % told.grid) * CELL, Math.floor(i / told.grid) * CELL];
      const colour = ramp(shared.viridis, found.shares[0][i]);
      context.fillStyle = css(colour);
      context.fillRect(x + 1, y + 1, CELL - 2, CELL - 2);
      context.fillStyle = luminance(colour) > 0.18 ? "#000" : "#fff";
      context.fillText(`${k}`, x + CELL / 2, y + CELL / 2);
    });
    count(role.first);
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Prior(panel);
}
