/** The page without a server: the picture at the door goes through the panels, and the models run here. */

import { make } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { encode } from "../engine/engine.js";
import { decodeAll } from "../latent/sheet.js";
import { follow } from "../link/history.js";
import { keepAccessible, walkTabs } from "../page/access.js";
import { awaitPresent } from "../page/present.js";
import { lanes } from "./lanes.js";
import { PANELS } from "./panels.js";
import { buildTabs, openAll, sliders, tell, tiles } from "./parts.js";
import { addressOf, base64, meanSquare, opened, seen, small } from "./seen.js";
import { standAlone } from "./shim.js";

const told = JSON.parse(document.getElementById("told")?.textContent ?? "{}");
const SPAN = 3;

/** @param {string} selector @returns {any} */
const find = selector => document.querySelector(selector);

class Page {
  constructor() {
    this.label = Object.keys(told.pairs)[0];
    this.target = 0;
    this.wish = "";
    this.turn = 0;
    this.picture = /** @type {import("../pixels/resize.js").Image | null} */ (null);
    this.stage = import("../kernels/stage.js");
  }

  get pair() {
    return told.pairs[this.label];
  }

  /** @param {string} src @param {string} wish for a link */
  async take(src, wish) {
    const mine = ++this.turn;
    const picture = await opened(src);
    if (mine !== this.turn) return; // another one was chosen meanwhile
    [this.wish, this.picture] = [wish, picture];
    this.arrive(small(picture));
  }

  /** @param {string} src */
  arrive(src) {
    find("#door img").src = src;
    find("#door-told input").value = this.wish;
    this.stage.then(stage =>
      stage.receive({
        ...told.kernels,
        src,
        grey: false,
        original: [this.picture?.height ?? 0, this.picture?.width ?? 0],
      }),
    );
    this.show();
  }

  /** What the present models see of the picture. */
  look() {
    return seen(/** @type {import("../pixels/resize.js").Image} */ (this.picture), this.pair);
  }

  async show() {
    const { pair } = this;
    const pixels = this.look();
    tell("machine", { ...pair.machine, seen: base64(pixels) });
    const { mu } = await encode(pair.vae, pixels);
    const decoded = await decodeAll(pair.vae, [[...mu]]);
    if (pair !== this.pair) return; // other models were chosen meanwhile
    this.code = [...mu];
    const image = addressOf(pixels, pair.side, pair.side, pair.channels);
    tell("map", { ...pair.map, you: { code: this.code, image, mse: meanSquare(pixels, decoded.pixels), note: "" } });
    this.perturb(this.steps(this.code));
    this.attribute();
    this.between(pixels);
  }

  /** Slider values of a code. @param {number[]} code */
  steps(code) {
    const { origin, directions } = this.pair.perturb.canvas;
    return directions.map((/** @type {number[]} */ axis) => {
      const at = axis.findIndex(Boolean);
      return Math.round(100 * Math.max(-SPAN, Math.min(SPAN, (code[at] - origin[at]) / axis[at]))) / 100;
    });
  }

  /** @param {number[]} steps */
  perturb(steps) {
    const { canvas, labels, legend, rows, pad, history } = this.pair.perturb;
    sliders("perturb-sliders", "perturb-canvas", labels, steps);
    find("#perturb-legend").textContent = legend;
    tell("perturb-canvas", { ...canvas, steps });
    tell("traversals", rows);
    tell("two-dimensions", pad);
    tell("history", history);
  }

  attribute() {
    const { canvas, labels, rows, pad, history } = this.pair.attributes;
    sliders("attribute-sliders", "attribute-canvas", labels, canvas.steps);
    tell("attribute-canvas", { ...canvas, origin: this.code, note: "Your image.", without: [] });
    tell("attribute-strips", rows);
    tell("two-attributes", pad);
    tell("attribute-history", history);
  }

  /** @param {Uint8Array} pixels */
  async between(pixels) {
    const { pair } = this;
    const { targets, n } = pair.between;
    const b = targets[this.target % targets.length];
    const other = seen(await opened(b.src), pair);
    if (pair !== this.pair) return;
    tell("between", lanes(pair.vae, n, { code: this.code ?? [], pixels }, { code: b.code, pixels: other }));
    const take = (/** @type {number} */ i) => {
      this.target = i;
      this.between(this.look());
    };
    const css = pair.side <= shared.hard ? "hard" : "";
    const addresses = targets.map((/** @type {{src: string}} */ one) => one.src);
    find("#between-targets").replaceChildren(...tiles(addresses, css, this.target, take));
  }

  /** @param {string} label */
  choose(label) {
    if (!Object.hasOwn(told.pairs, label)) return;
    [this.label, this.target] = [label, 0];
    find("#pair select").value = find("#pair input").value = label;
    this.show();
  }

  /** @param {string} name */
  sample(name) {
    const { src, dataset } =
      (Object.hasOwn(told.samples, name) && told.samples[name]) || Object.values(told.samples)[0];
    const fitting = Object.keys(told.pairs).find(label => told.pairs[label].dataset === dataset);
    if (fitting && this.pair.dataset !== dataset) {
      this.label = fitting;
      find("#pair select").value = find("#pair input").value = fitting;
    }
    return this.take(src, `sample ${name}`);
  }

  /** @param {string} id @param {string} event @param {any} data */
  heard(id, event, data) {
    if (id !== "pad" || event !== "input") return;
    this.take(data.png, "own").then(() => {
      const digits = Object.keys(told.pairs).find(label => told.pairs[label].channels === 1);
      if (digits && this.pair.channels !== 1) this.choose(digits);
      else this.show();
    });
  }

  wire() {
    find("#pair select").append(...Object.keys(told.pairs).map(label => make("option", { value: label }, label)));
    find("#pair input").value = this.label;
    find("#pair select").onchange = () => this.choose(find("#pair select").value);
    const samples = Object.entries(told.samples).map(([name, { src }]) => {
      const button = make("button", { "aria-label": name }, make("img", { src, alt: "" }));
      button.onclick = () => this.sample(name);
      return button;
    });
    find("#samples").append(...samples);
    find(".own input").onchange = async () => {
      const [file] = find(".own input").files;
      if (file)
        await this.take(URL.createObjectURL(file), "own").catch(() => find(".own").append(" That is no picture."));
    };
    find("#zero").onclick = () => this.perturb(this.steps(this.pair.perturb.canvas.origin));
    find("#mine").onclick = () => this.perturb(this.steps(this.code ?? []));
    find("#door-asked input").addEventListener("change", () => {
      const [, kind, ...rest] = find("#door-asked input").value.split(" ");
      if (kind === "sample") this.sample(rest.join(" "));
    });
  }
}

standAlone();
buildTabs();
const page = new Page();
page.wire();
tell("guide", JSON.parse(document.getElementById("guide-told")?.textContent ?? "{}"));
openAll(
  (id, event, data) => page.heard(id, event, data),
  path => PANELS[path](),
);
keepAccessible();
walkTabs();
page.take(told.kernels.src, "").then(follow);
awaitPresent();
