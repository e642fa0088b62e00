/** A training that everybody watches: asked for every 0.7 seconds while the panel is in view. */

import { plot } from "../charts/plot.js";
import { make, options, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { newestLast } from "../core/requests.js";
import { drawable } from "../page/pad.js";
import { give, look, start, steer } from "./asked.js";
import { figureOf, SLIDERS, settingOf, tenthsOf } from "./chart.js";
import { drawPlane } from "./plane.js";

const PAUSE = 700; // milliseconds between two looks
const WORDS = {
  none: "No training is running. Press Start; every open page shows its progress.",
  starting: "Starting: loading images …",
  training: "Training",
  stopping: "Stopping: saving the state …",
  measuring: "Measuring the trained model …",
  stopped: "Stopped",
  done: "Done. Press Keep it to add the model to the menu on the left.",
  failed: "Training failed",
};
const RUNNING = ["starting", "training", "stopping", "measuring"];

/** @param {import("./asked.js").Told} told */
function words({ state, step = 0, steps = 0, beta = 1, learning_rate = 0, name = "", problem = "", kept }) {
  if (state === "failed") return `${WORDS.failed}${problem ? `: ${problem}` : "; see the server log"}.`;
  if (state === "done" && kept) return `Done and kept: ${name} is in the menu on the left.`;
  if (state !== "training" && state !== "stopped") return WORDS[state];
  const rate = `β ${rounded(beta, 2)}, learning rate up to ${rounded(learning_rate, 2)}`;
  const end = state === "stopped" ? " Only a finished training can be kept." : "";
  return `${WORDS[state]}: step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}; ${rate}.${end}`;
}

class Train {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor({ element, trigger }) {
    this.element = element;
    this.trigger = trigger;
    this.role = roles(element);
    this.seen = { run: 0, step: -1, kept: false };
    this.chart = make("div", { class: "plot", role: "figure", "aria-label": "Losses over steps" });
    this.role.chart.append(this.chart);
    this.busy = false;
    this.running = false;
    /** @type {Map<string, number>} values of sliders that were sent and that the run does not show yet */
    this.wanted = new Map();
    /** @type {Map<string, number>} the run's values that the sliders were last set to */
    this.followed = new Map();
    this.wire();
    setInterval(() => this.look(), PAUSE);
    this.look();
  }

  wire() {
    const { role } = this;
    const wish = (/** @type {() => Promise<any>} */ ask) => () => this.attempt(ask);
    role.start.onclick = wish(() => start(role.recipe.value));
    for (const name of ["stop", "resume", "keep"]) role[name].onclick = wish(() => steer({ [name]: true }));
    const settings = newestLast(steer);
    for (const { slider, name } of SLIDERS) {
      const wanted = () => settingOf(Number(role[slider].value));
      role[slider].oninput = () => {
        this.wanted.set(slider, wanted());
        this.settings();
      };
      role[slider].onchange = wish(() => settings({ [name]: wanted() }));
    }
    const clear = drawable(role.pad);
    role.clear.onclick = clear;
    options(
      role.digit,
      Array.from({ length: 10 }, (_, i) => `${i}`),
    );
    role.give.onclick = async () => {
      try {
        await give(role.pad.toDataURL("image/png"), Number(role.digit.value));
        clear();
        role.given.textContent = "Given. Draw another one.";
      } catch (error) {
        role.given.textContent = /** @type {Error} */ (error).message;
      }
      this.look();
    };
    this.settings();
  }

  settings() {
    const { role } = this;
    for (const { slider } of SLIDERS) {
      role[`${slider}-value`].textContent = rounded(settingOf(Number(role[slider].value)), 2);
    }
  }

  /** @param {() => Promise<any>} ask */
  async attempt(ask) {
    this.role.refusal.textContent = "";
    try {
      await ask();
      await this.look();
    } catch (error) {
      this.wanted.clear();
      this.followed.clear();
      this.role.refusal.textContent = /** @type {Error} */ (error).message;
    }
  }

  async look() {
    if (this.busy || !this.element.offsetParent || document.hidden) return;
    this.busy = true;
    try {
      await this.show(await look());
    } catch (error) {
      this.role.state.textContent = /** @type {Error} */ (error).message;
      this.role.start.disabled = true;
    } finally {
      this.busy = false;
    }
  }

  /** @param {import("./asked.js").Told} told */
  async show(told) {
    const { role, seen } = this;
    this.controls(told);
    const { run = 0, step = -1, kept = false } = told;
    if (kept && !seen.kept) this.trigger("input", {});
    const fresh = run !== seen.run || step !== seen.step;
    this.seen = { run, step, kept };
    if (!told.codes || !fresh) return;
    const image = new Image();
    image.src = `pixels/train/plane?${run}.${step}`;
    role.pictures.src = `pixels/train/pictures?${run}.${step}`;
    await image.decode().catch(() => undefined);
    const copies = told.recipe === "drawn" ? " (drawings moved and turned a little)" : "";
    const limit = drawPlane(role.plane, image, told);
    role["plane-note"].textContent =
      `Codes of ${told.codes.length} test images${copies} over what the decoder makes of ±${told.reach}, the middle of N(0, I); ` +
      `the sides lie at ±${rounded(limit, 2)}, and a few codes beyond. Colours: ${told.grouped_by ? `four groups, by ${told.grouped_by}` : "the classes"}.`;
    await plot(this.chart, figureOf(told));
  }

  /** Sets each slider to the run's value, unless the run has yet to take over a newer one. @param {import("./asked.js").Told} told */
  follow(told) {
    for (const { slider, name, least } of SLIDERS) {
      const value = told[name];
      if (value === undefined) continue;
      if (told.state !== "training" || value === this.wanted.get(slider)) this.wanted.delete(slider);
      if (this.wanted.has(slider) || value === this.followed.get(slider)) continue;
      this.followed.set(slider, value);
      this.role[slider].value = tenthsOf(Math.max(value, least));
      this.role[`${slider}-value`].textContent = rounded(value, 2); // the slider's step may hide the exact value
    }
  }

  /** Before there is anything of a run: what it learns from, or would. @param {import("./asked.js").Told} told */
  examples({ state, codes, drawn, given, recipe }) {
    const { role } = this;
    const wanted = RUNNING.includes(state) ? recipe : role.recipe.value;
    const own = wanted === "drawn";
    role.learns.hidden = Boolean(codes) || (own && !drawn);
    const address = `pixels/train/examples/${wanted}?${own ? given : ""}`;
    if (role.learns.hidden || role.examples.dataset.address === address) return;
    role.examples.dataset.address = role.examples.src = address;
    role.examples.onerror = () => delete role.examples.dataset.address; // asked for again
    role.examples.alt = role["examples-note"].textContent = own
      ? "What the class drew, the newest first. A training makes many of each, moved and turned a little."
      : "Some of the images that it learns from: a VAE of two latent dimensions is to draw them again.";
  }

  /** @param {import("./asked.js").Told} told */
  controls(told) {
    const { role } = this;
    const { state, recipes, drawn, wanted } = told;
    const enough = drawn >= wanted;
    if (role.recipe.options.length !== Object.keys(recipes).length) {
      role.recipe.replaceChildren(
        ...Object.entries(recipes).map(([key, title]) => make("option", { value: key }, title)),
      );
    }
    role.state.textContent = words(told);
    const running = RUNNING.includes(state);
    role.start.disabled = running || (role.recipe.value === "drawn" && !enough);
    role.stop.disabled = !(told.yours && state === "training");
    role.resume.disabled = !(told.yours && state === "stopped");
    role.keep.disabled = !(told.yours && state === "done" && !told.kept);
    for (const name of ["beta", "rate"]) role[name].disabled = role.stop.disabled;
    this.follow(told);
    role.shown.hidden = !told.codes;
    this.examples(told);
    role.pictures.classList.toggle("hard", told.recipe === "drawn");
    if (running && !this.running) role.class.open = false;
    this.running = running;
    role.count.textContent = `${drawn} so far${enough ? "" : `, ${wanted} are enough to train on`}`;
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Train(panel);
}
