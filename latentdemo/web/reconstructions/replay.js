/** The recorded training of two models: codes of one gallery, samples and losses at each moment, fetched once. */

import { lineChart } from "../charts/lines.js";
import { floats } from "../core/base64.js";
import { count, make, pen, roles } from "../core/dom.js";
import { fixed, rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { shared } from "../core/shared.js";
import { cellOf, codeAt, limitOf, toPlane } from "./plane.js";

/**
 * @typedef {object} Wanted told by Python
 * @property {string} name of the checkpoint
 * @property {string} title
 * @property {string} css
 *
 * @typedef {object} Recorded
 * @property {number[]} epochs of the moments
 * @property {number[]} labels of the images, indices of `names`
 * @property {string[]} names of the classes
 * @property {Float32Array} codes moment by moment, image by image, two numbers each
 * @property {[number, number | null, number | null][]} losses MSE, KL and −ELBO of each moment
 * @property {ImageBitmap} sheet a row of samples for each moment
 *
 * @typedef {Wanted & Recorded & {limit: number, canvas: HTMLCanvasElement, samples: HTMLCanvasElement,
 *   caption: HTMLElement}} Model
 */

const SIDE = 560; // pixels, of a plane
const SAMPLES = 16;
const COLUMNS = 8;
const PACE = 800; // milliseconds a moment

/**
 * @param {Wanted} wanted
 * @returns {Promise<Model>}
 */
async function load(wanted) {
  const answer = await fetch(`pixels/moments/${encodeURIComponent(wanted.name)}`);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  const codes = floats(found.codes);
  const sheet = await createImageBitmap(await (await fetch(found.samples)).blob());
  const side = sheet.width / SAMPLES;
  const plane = { role: "img", "aria-label": `${wanted.title}: codes of test images`, width: SIDE, height: SIDE };
  const drawn = { width: COLUMNS * side, height: (SAMPLES / COLUMNS) * side, class: "hard" };
  return {
    ...wanted,
    ...found,
    codes,
    sheet,
    limit: limitOf(codes),
    canvas: make("canvas", plane),
    samples: make("canvas", { role: "img", "aria-label": `${wanted.title}: sixteen samples`, ...drawn }),
    caption: make("figcaption"),
  };
}

/** @param {Model[]} models */
function chartOf(models) {
  const most = Math.max(...models.flatMap(model => model.losses.map(([mse]) => mse)));
  return lineChart({
    label: "MSE of both models at each moment",
    title: "MSE of the images shown, by epoch",
    n: models[0].epochs.length,
    most: 1.05 * most,
    lines: models.map(({ css, title, losses }) => ({
      css,
      title,
      values: losses.map(([mse]) => mse),
      dash: css === "vae" ? "dash" : "solid",
    })),
    ticks: models[0].epochs.map((epoch, at) => ({ at, text: rounded(epoch, 2) })),
  });
}

/**
 * Codes in the plane, each drawn as the name of its class.
 *
 * @param {Model} model
 * @param {number} moment
 */
function drawCodes({ canvas, labels, names, codes, limit }, moment) {
  const context = pen(canvas);
  const n = labels.length;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  Object.assign(context, { font: "bold 15px sans-serif", textAlign: "center", textBaseline: "middle" });
  labels.forEach((label, i) => {
    context.fillStyle = shared.classes[label % shared.classes.length];
    context.fillText(names[label], ...toPlane(codeAt(codes, n, moment, i), limit, SIDE));
  });
  count(canvas);
}

/**
 * @param {Model} model
 * @param {number} moment
 */
function drawSamples({ samples, sheet }, moment) {
  const side = sheet.width / SAMPLES;
  for (let i = 0; i < SAMPLES; i++) {
    const [x, y] = cellOf(i, COLUMNS, side);
    pen(samples).drawImage(sheet, i * side, moment * side, side, side, x, y, side, side);
  }
  count(samples);
}

/**
 * @param {Model} model
 * @param {number} moment
 */
function caption({ losses, limit }, moment) {
  const [mse, kl, elbo] = losses[moment];
  const terms = kl === null || elbo === null ? "" : `, KL ${fixed(kl, 2)} nats, −ELBO ${fixed(elbo, 1)} nats`;
  return `MSE ${fixed(mse, 4)}${terms}; the plane shows ±${rounded(limit, 2)}`;
}

class Replay {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Model[]} */
    this.models = [];
    this.names = "";
    this.mark = (/** @type {number} */ _place) => {};
    this.role.t.oninput = () => this.show();
    player(this.role.play, () => this.walk(), PACE);
    follow(panel, told => this.receive(told));
  }

  /** @param {{models?: Wanted[], of?: string}} told */
  async receive({ models = [], of = "" }) {
    const names = models.map(model => model.name).join();
    if (names !== this.names) {
      try {
        this.models = await Promise.all(models.map(load));
      } catch (error) {
        return this.complain(/** @type {Error} */ (error).message);
      }
      this.names = names;
      this.lay();
      this.show();
    }
    this.tell(of);
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.role.sides.replaceChildren(make("p", { class: "problem" }, sentence));
  }

  lay() {
    const { role, models } = this;
    role.t.max = models[0].epochs.length - 1; // before the value, which it would cut off
    role.t.value = role.t.max;
    const sections = models.map(({ css, title, canvas, caption, samples }) => {
      const figure = make("figure", { class: "view" }, canvas, caption);
      return make("section", { class: css }, make("h3", {}, title), figure, samples);
    });
    role.sides.replaceChildren(...sections);
    const { element, mark } = chartOf(models);
    role.curve.replaceChildren(element);
    this.mark = mark;
  }

  /** @param {string} of what was learned from */
  tell(of) {
    const n = this.models[0].labels.length.toLocaleString("en");
    this.role.note.textContent =
      `${of} Epochs are passes through the training images; errors are measured on the ${n} test images shown. Each ` +
      "plane keeps one scale; a few codes lie outside.";
  }

  walk() {
    advance(this.role.t);
    this.show();
  }

  show() {
    const { role, models } = this;
    if (!models.length) return;
    const moment = Number(role.t.value);
    const { epochs } = models[0];
    role.where.textContent = `${moment + 1} of ${epochs.length}: epoch ${rounded(epochs[moment], 2)}`;
    this.mark(moment);
    for (const model of models) {
      drawCodes(model, moment);
      drawSamples(model, moment);
      model.caption.textContent = caption(model, moment);
    }
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Replay(panel);
}
