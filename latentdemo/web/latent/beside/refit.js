/** Another map of the same codes, fitted by the server in the background, with progress, and a way to call it off. */

import { roles } from "../../core/dom.js";
import { unpacked } from "../map/known/world.js";
import { state } from "../map/state.js";

const POLL = 400; // milliseconds
const VISITOR = Math.random().toString(36).slice(2); // tells who waits for a fit

class Refit {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.job = ""; // address of the fit that is waited for
    this.run = 0; // how often one was asked for, or called off
    this.wire();
  }

  wire() {
    const { role } = this;
    role.start.onclick = () => this.start();
    role.cancel.onclick = () => this.cancel();
    role.method.onchange = () => {
      const tsne = role.method.value === "t-SNE";
      role["for-tsne"].hidden = !tsne;
      role["for-umap"].hidden = role["for-umap2"].hidden = tsne;
    };
    state.on(what => {
      if (what !== "world") return;
      const plane = (state.world?.dims ?? 0) <= 2;
      role.start.disabled = plane || this.job !== "";
      if (!this.job) this.say(plane ? "Codes of one or two numbers are their own map: there is nothing to fit." : "");
    });
  }

  /** What is asked for. */
  settings() {
    const { role } = this;
    const value = (/** @type {string} */ name) => Number(role[name].value);
    const common = { method: role.method.value, seed: value("seed"), visitor: VISITOR };
    return common.method === "UMAP"
      ? { ...common, n_neighbors: value("n_neighbors"), min_dist: value("min_dist") }
      : { ...common, perplexity: value("perplexity") };
  }

  async start() {
    const { world } = state;
    if (!world || this.job) return;
    const query = new URLSearchParams(Object.entries(this.settings()).map(([key, value]) => [key, `${value}`]));
    const address = `pixels/refit/${encodeURIComponent(world.model)}?${query}`;
    this.waits(address);
    const mine = this.run;
    try {
      while (this.run === mine) {
        const answer = await fetch(address, { method: "POST" });
        const told = await answer.json();
        if (!answer.ok) throw new Error(told.error);
        if (this.run !== mine) return;
        if (told.layout) return this.take(world, told.layout);
        this.say(told.stage, told.share);
        await new Promise(resolve => setTimeout(resolve, POLL));
      }
    } catch (error) {
      if (this.run !== mine) return;
      this.waits("");
      this.say(/** @type {Error} */ (error).message);
    }
  }

  /** @param {import("../map/known/world.js").World} world @param {any} layout */
  take(world, layout) {
    this.waits("");
    this.say(`${layout.title}: fitted in ${layout.seconds} s.`);
    let found = world.layouts.find(({ title }) => title === layout.title);
    if (!found) {
      found = unpacked(layout);
      world.layouts.push(found);
    }
    if (state.world === world) state.lay(found);
  }

  async cancel() {
    const address = this.job;
    this.waits("");
    this.say("Called off.");
    this.role.start.disabled = true; // until the server has let go of it
    await fetch(address, { method: "DELETE" }).catch(() => {});
    this.role.start.disabled = this.job !== "";
  }

  /** @param {string} address */
  waits(address) {
    this.job = address;
    this.run++;
    this.role.cancel.disabled = !address;
    this.role.start.disabled = Boolean(address);
    this.role.bar.hidden = !address;
    if (address) this.say("Asked for.", 0);
  }

  /** @param {string} words @param {number} [share] */
  say(words, share = 0) {
    this.role.note.textContent = words;
    this.role.bar.value = share;
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Refit(panel);
}
