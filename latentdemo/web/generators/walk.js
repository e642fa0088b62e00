/** Out of noise into images: every step of the way in codes and in pictures, scrubbed; towards what is told. */

import { count, make, pen, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { latest } from "../core/requests.js";
import { blank, decodeAll, paintAll } from "../latent/sheet.js";
import { keep, keepSeed, touch } from "../link/keep.js";
import { css, signed } from "../pixels/colours.js";
import { sheetOf } from "../reconstructions/frames.js";
import { askWalk, momentsOf, stages } from "./ask.js";

const [SAMPLES, PACE] = [8, 120];
const LIMIT = 3; // of a code's number, at full colour

/**
 * @typedef {object} Told by Python
 * @property {string} model
 * @property {string} decoder
 * @property {number} dims
 * @property {number} steps
 * @property {[number, number | null][]} fewer steps, and the Fréchet distance of images made in so many
 * @property {{title: string, value: string}[]} told
 * @property {number[]} code of the visitor's image
 * @property {number[]} order of the dimensions
 * @property {string} note
 */

class Walking {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    const role = roles(panel.element);
    this.role = role;
    this.ask = latest();
    this.draw = latest();
    this.seed = 0;
    /** @type {import("./ask.js").Moment[]} */
    this.moments = [];
    /** @type {HTMLImageElement[]} */
    this.images = [];
    for (const name of ["from", "told", "steps", "strength", "first"]) {
      role[name].onchange = () => this.change(name);
      keep(`walk.${name}`, panel.element, text => this.put(name, text));
    }
    role.strength.oninput = () => this.say();
    role.first.oninput = () => this.say();
    keepSeed("walk.seed", panel.element, role.again, seed => {
      this.seed = seed;
      return this.walk();
    });
    role.t.oninput = () => this.show();
    player(role.play, () => this.step(), PACE);
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {string} name */
  change(name) {
    touch(`walk.${name}`, this.role[name].value);
    return this.walk();
  }

  /** @param {string} name @param {string | null} text */
  put(name, text) {
    const control = this.role[name];
    control.value =
      text ?? { from: "noise", strength: "1", first: "100", told: "", steps: `${this.told?.steps}` }[name];
    return this.walk();
  }

  /** @param {Told} told */
  receive(told) {
    const { role } = this;
    const kept = this.told?.model === told.model ? role.told.value : "";
    this.told = told;
    role.told.replaceChildren(
      make("option", { value: "" }, "any image"),
      ...told.told.map(({ title, value }) => make("option", { value, selected: value === kept }, title)),
    );
    const steps = role.steps.value;
    role.steps.replaceChildren(
      ...told.fewer.map(([n, distance]) => {
        const cost = distance === null ? "" : `: Fréchet ${rounded(distance, 3)}`;
        return make(
          "option",
          { value: `${n}`, selected: `${n}` === steps },
          `${n}${n < told.steps ? " (DDIM)" : ""}${cost}`,
        );
      }),
    );
    role.first.max = `${told.steps}`;
    role.note.textContent = told.note;
    this.walk();
  }

  say() {
    const { role } = this;
    role["strength-shown"].textContent = `× ${role.strength.value}`;
    role["first-shown"].textContent = role.first.value;
    role["first-label"].hidden = role.from.value !== "mine";
    role.strength.disabled = role.told.value === "";
  }

  async walk() {
    const { role, told } = this;
    this.say();
    if (!told) return;
    const isLast = this.ask();
    const mine = role.from.value === "mine";
    const { steps, told: wish, strength, first } = role;
    const settings = { seed: this.seed, n: SAMPLES, steps: steps.value, told: wish.value, strength: strength.value };
    try {
      const found = mine
        ? await askWalk(told.model, { ...settings, first: first.value }, told.code)
        : await askWalk(told.model, settings);
      if (!isLast()) return;
      this.moments = momentsOf(found);
      role.t.max = `${this.moments.length - 1}`;
      role.t.value = role.t.max;
      await this.film();
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
    const { role, told } = this;
    const moment = this.moments[Number(role.t.value)];
    if (!moment || !told) return;
    const isLast = this.draw();
    role.where.textContent = `${Number(role.t.value) + 1} of ${this.moments.length}: ${moment.title}`;
    paintCodes(role.codes, moment.codes, told.order);
    const pictures = await decodeAll(told.decoder, moment.codes);
    if (!isLast()) return;
    if (this.images.length !== moment.codes.length) {
      this.images = moment.codes.map((_, i) => blank(`image ${i + 1}`));
      role.now.replaceChildren(...this.images.map(image => make("figure", {}, image)));
    }
    await paintAll(this.images, pictures);
  }

  /** The first image at nine moments. */
  async film() {
    const { role, told, moments } = this;
    if (!told) return;
    const chosen = stages(moments.length).map(i => moments[i]);
    const pictures = await decodeAll(
      told.decoder,
      chosen.map(({ codes }) => codes[0]),
    );
    const sheet = sheetOf(pictures);
    Object.assign(role.film, { width: sheet.width, height: sheet.height });
    pen(role.film).drawImage(sheet, 0, 0);
    role.film.classList.toggle("hard", pictures.side < 40);
    role.ticks.replaceChildren(...chosen.map(({ title }) => make("span", {}, title.replace(/ of noise left$/, ""))));
    count(role.film);
  }
}

/**
 * Codes as rows of coloured cells, dimensions from the one that does most.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number[][]} codes
 * @param {number[]} order
 */
function paintCodes(canvas, codes, order) {
  Object.assign(canvas, { width: order.length, height: codes.length, className: "hard codes" });
  const context = pen(canvas);
  codes.forEach((code, row) => {
    order.forEach((dimension, column) => {
      context.fillStyle = css(signed(code[dimension] / LIMIT));
      context.fillRect(column, row, 1, 1);
    });
  });
  count(canvas);
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Walking(panel);
}
