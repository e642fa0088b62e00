/** One model of the machine: its row of pictures, and what it does when the image or the code changes. */

import { make } from "../../core/dom.js";
import { fixed, number, rounded } from "../../core/numerals.js";
import { decode, encode, facts, inside } from "../../engine/engine.js";
import { normal } from "../../latent/chance.js";
import { paint } from "../../latent/decode.js";
import { keep, list, touch } from "../../link/keep.js";
import { barAt, drawBars, drawPlane, fromPlane, onDrag, SPAN, withBar } from "./code.js";
import { divergences, reconstruction, sum } from "./loss.js";
import { drawStack, strongest, TALL, WIDE } from "./stack.js";

/**
 * @typedef {import("./code.js").Axes & {
 *   css: string, title: string, model: string, variance: number, beta: number | null, behind: import("./code.js").Behind | null,
 * }} Told
 */

const [CODE, PICTURE] = [220, 256]; // pixels

/** @param {string} label @param {number} width @param {number} height */
const drawing = (label, width, height) => make("canvas", { role: "img", "aria-label": label, width, height });

export class Side {
  /**
   * @param {Told} told
   * @param {import("./loss.js").Likelihood} likelihood
   * @param {() => void} changed
   * @param {(share: number) => void} tell how much of the weights is here
   */
  constructor(told, likelihood, changed, tell) {
    this.told = told;
    this.likelihood = likelihood;
    this.changed = changed;
    this.tell = tell;
    this.encoder = drawing(`${told.title}: maps of the encoder`, WIDE, TALL);
    this.code = drawing(`${told.title}: the code; drag it`, CODE, CODE);
    this.code.classList.add("handle");
    this.decoder = drawing(`${told.title}: maps of the decoder`, WIDE, TALL);
    this.picture = drawing(`${told.title}: the reconstruction`, PICTURE, PICTURE);
    this.caption = make("figcaption");
    const scale = told.behind ? `2-D, ±${rounded(told.behind.limit, 2)}` : `${told.order.length}-D, ±${SPAN} σ`;
    this.where = make("figcaption", {}, `code z, ${scale}`);
    this.css = "#000";
    /** @type {import("./code.js").State} */
    this.state = { mu: [], sigma: null, z: [] };
    this.loss = { reconstruction: 0, kl: 0, total: 0 };
    /** @type {number[]} */
    this.divergences = [];
    /** @type {number[][]} */
    this.chosen = [];
    this.dimension = told.order[0]; // whose numbers are written out
    this.named = false; // whether a bar was dragged, and the caption tells its number
    this.busy = false;
    this.again = false;
    onDrag(this.code, place => this.drag(place));
  }

  /** The row of this model. */
  row() {
    const figure = (/** @type {HTMLElement} */ canvas, /** @type {Node | string} */ text) =>
      make("figure", {}, canvas, typeof text === "string" ? make("figcaption", {}, text) : text);
    return make(
      "section",
      { class: this.told.css },
      make("h3", {}, this.told.title),
      make(
        "div",
        { class: "rail" },
        figure(this.encoder, "encoder"),
        figure(this.code, this.where),
        figure(this.decoder, "decoder"),
        figure(this.picture, this.caption),
      ),
    );
  }

  /** @param {[number, number]} place as shares of the canvas */
  drag(place) {
    const { behind } = this.told;
    if (!behind) {
      this.dimension = barAt(place, this.told);
      this.named = true;
    }
    this.walk(behind ? fromPlane(place, behind.limit) : withBar(this.state.z, place, this.told));
  }

  get key() {
    return `machine.${this.told.css}`;
  }

  /** To a code of the visitor's choice, which a link tells. @param {number[]} z */
  walk(z) {
    touch(this.key, list.write(z));
    return this.go(z);
  }

  /** z = μ + σ · ε with a new ε; z = μ of an autoencoder. */
  throw() {
    const { mu, sigma } = this.state;
    const noise = normal(mu.length);
    this.walk(Array.from(mu, (value, i) => value + (sigma ? sigma[i] * noise[i] : 0)));
  }

  mean() {
    touch(this.key, null);
    this.go(Array.from(this.state.mu));
  }

  /** @param {Uint8Array} seen the image */
  async look(seen) {
    this.seen = seen;
    const { model } = this.told;
    const found = (await inside(model, { pixels: seen }, this.tell)) || { ...(await encode(model, seen)), maps: [] };
    if (this.seen !== seen) return; // another image came meanwhile
    const mu = /** @type {Float32Array} */ (found.mu);
    this.divergences = found.logvar ? divergences(mu, found.logvar) : [];
    this.state = { mu, sigma: found.logvar ? Array.from(found.logvar, v => Math.exp(v / 2)) : null, z: Array.from(mu) };
    this.encoderMaps = found.maps;
    if (found.maps.length) drawStack(this.encoder, found.maps, found.maps.map(strongest));
    await this.go(this.state.z);
    keep(this.key, this.code, text => this.go(list.read(text ?? "", mu.length) ?? Array.from(mu)));
  }

  /** The decoder's half, for the newest code. @param {number[]} z */
  async go(z) {
    this.state = { ...this.state, z };
    this.drawCode();
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    while (this.again) {
      this.again = false;
      await this.follow(this.state.z);
    }
    this.busy = false;
  }

  /** @param {number[]} z */
  async follow(z) {
    const { model, beta } = this.told;
    const found = await inside(model, { code: Float32Array.from(z) }, this.tell);
    const pictures = found?.pixels ? { ...(await facts(model)), n: 1, pixels: found.pixels } : await decode(model, [z]);
    paint(this.picture, pictures, PICTURE);
    if (!found?.logits || !this.seen) return;
    if (!this.chosen.length) this.chosen = found.maps.map(strongest);
    drawStack(this.decoder, found.maps, this.chosen);
    const [error, kl] = [reconstruction(this.likelihood, found.logits, this.seen), sum(this.divergences)];
    this.loss = { reconstruction: error, kl, total: error + (beta ?? 0) * kl };
    this.caption.textContent =
      beta === null
        ? `loss: ${number(error)} nats`
        : `loss: ${number(error)} + ${number(beta)} · ${number(kl)} = ${number(this.loss.total)} nats`;
    this.changed();
  }

  drawCode() {
    this.css = getComputedStyle(this.code).color;
    if (this.told.behind) drawPlane(this.code, this.state, this.told.behind, this.css);
    else drawBars(this.code, this.state, this.told, this.css);
    if (this.named) this.where.textContent = `z${this.dimension} = ${fixed(this.state.z[this.dimension], 2)}`;
  }
}
