/** No encoder: the visitor's image is looked for in the GAN by descent, beside the VAE's one pass. */

import { roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { latest } from "../core/requests.js";
import { shared } from "../core/shared.js";
import { decodeAll, paintAll } from "../latent/sheet.js";
import { askSearch } from "./ask.js";

/** @typedef {{note: string, starts: number, picture: string, vae: string, gan: string, code: number[],
 *   steps: number, seed: number, first: {code: number[], mse: number}}} Told by Python */

/** Mean squared difference of bytes, in units of 0 … 1. @param {Uint8Array} a @param {Uint8Array} b */
export const mse = (a, b) => a.reduce((sum, value, i) => sum + ((value - b[i]) / 255) ** 2, 0) / a.length;

class Search {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.element = panel.element;
    this.ask = latest();
    this.role.start.onclick = () => this.search();
    this.role.stop.onclick = () => this.control?.abort();
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  async receive(told) {
    const { role } = this;
    const isLast = this.ask();
    this.control?.abort();
    this.control = undefined;
    role.status.textContent = told.note;
    role["vae-caption"].textContent = role["gan-caption"].textContent = "";
    for (const image of [role.vae, role.gan]) {
      image.removeAttribute("src");
      delete image.dataset.painted;
    }
    role.start.disabled = role.stop.disabled = true;
    this.told = told;
    role.picture.src = told.picture;
    role.picture.dataset.painted = "1";
    try {
      const pictures = await decodeAll(told.vae, [told.code]);
      const pixels = await bytesOf(role.picture, pictures);
      if (!isLast()) return;
      this.pixels = pixels;
      role.picture.classList.toggle("hard", pictures.side <= shared.hard);
      role["vae-caption"].textContent = `VAE, one pass: MSE ${rounded(mse(pictures.pixels, pixels), 3)}`;
      await paintAll([role.vae], pictures);
      await this.show({ step: 0, steps: told.steps, ...told.first });
      if (isLast()) role.start.disabled = false;
    } catch (error) {
      role.status.textContent = /** @type {Error} */ (error).message;
    }
  }

  async search() {
    const { role, told, pixels } = this;
    if (!told || !pixels) return;
    const control = new AbortController();
    this.control = control;
    role.start.disabled = true;
    role.stop.disabled = false;
    role.status.textContent = `${told.starts} codes from N(0, I) walk downhill on the squared error; the best one is shown.`;
    try {
      let taken = 0;
      const take = (/** @type {Parameters<Search["show"]>[0]} */ found) => {
        taken = found.step;
        return this.control === control ? this.show(found) : undefined; // another picture may have come
      };
      await askSearch(told.gan, told.seed, pixels, take, control.signal);
      role.status.textContent =
        `Done: ${taken} steps of descent, where an encoder needs one pass. What is not found was never learned, or ` +
        "lies behind a hill.";
    } catch (error) {
      if (this.control === control)
        role.status.textContent = control.signal.aborted ? "Stopped." : /** @type {Error} */ (error).message;
    } finally {
      if (this.control === control) {
        role.start.disabled = false;
        role.stop.disabled = true;
      }
    }
  }

  /** @param {{step: number, steps: number, code: number[], mse: number}} found */
  async show({ step, steps, code, mse: error }) {
    const { role, told } = this;
    role.bar.value = step / steps;
    role["gan-caption"].textContent = `GAN, ${step} of ${steps} steps: MSE ${rounded(error, 3)}`;
    if (told) await paintAll([role.gan], await decodeAll(told.gan, [code]));
  }
}

/**
 * What an image shows, as the engine lays pixels out.
 *
 * @param {HTMLImageElement} image
 * @param {{side: number, channels: number}} shape
 */
async function bytesOf(image, { side, channels }) {
  await image.decode();
  const canvas = new OffscreenCanvas(side, side);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, side, side);
  return Uint8Array.from(
    { length: side * side * channels },
    (_, i) => data[4 * Math.floor(i / channels) + (i % channels)],
  );
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Search(panel);
}
