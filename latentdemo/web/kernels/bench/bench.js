/** One kernel on one image: any setting, the whole result, and the arithmetic of the place under the pointer. */

import { options, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { shared } from "../../core/shared.js";
import { convolve, fromRows, map, scale, strongest } from "../../pixels/arithmetic.js";
import { Camera } from "../../pixels/camera.js";
import { NumberGrid } from "../../pixels/numbergrid.js";
import { CHANNELS } from "../../pixels/paint.js";
import { join } from "../stage.js";
import { Kernel } from "./kernel.js";
import { imageNote, offer } from "./offer.js";
import { explain, frame, sheets } from "./place.js";
import { forget, showResult } from "./result.js";
import { agree, GREY, GRID, PHOTO, read, WEBCAM } from "./settings.js";
import { fill, keepPlace, wire } from "./wiring.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

const MOST_CELLS = 10; // a side
const BAD_IMAGE = `A cell of the image does not hold a number within ±${number(shared.most.value)}, or what was pasted has more than ${MOST_CELLS} × ${MOST_CELLS} numbers.`;

export class Bench {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.role = roles(element);
    /** @type {import("../stage.js").Stage | null} */
    this.stage = null;
    /** @type {import("../../pixels/paint.js").Picture | null} the visitor's picture, or the camera's */
    this.live = null;
    /** @type {import("./place.js").Result | null} */
    this.result = null;
    /** @type {unknown} the picture that the result is of */
    this.source = null;
    /** @type {[number, number]} */
    this.at = [0, 0];
    this.rate = 0;
    this.kernel = new Kernel(
      this.role,
      () => this.show(),
      sentence => this.refuse(sentence),
    );
    const small = (/** @type {number[][]} */ rows) => Math.max(rows.length, rows[0].length) <= MOST_CELLS;
    this.image = new NumberGrid(this.role["input-sheet"], "Image", small, (_, good) => {
      if (!good) return this.refuse(BAD_IMAGE);
      this.show();
    });
    this.camera = new Camera(
      picture => this.see(picture),
      sentence => this.lose(sentence),
      rate => {
        this.rate = rate;
      },
    );
    fill(this.role);
    wire(this);
    join(stage => this.receive(stage));
  }

  get isGrid() {
    return this.role.source.value === GRID;
  }

  /** @param {import("../stage.js").Stage} stage */
  receive(stage) {
    const first = !this.stage;
    this.stage = stage;
    this.live = stage.picture;
    if (first) {
      options(
        this.role.example,
        stage.examples.map(example => example.name),
      );
      this.kernel.presets = stage.kernels;
      this.kernel.takePreset(stage.first);
    }
    if (this.role.source.value === PHOTO) this.showStrongest();
  }

  /** @param {import("../../pixels/paint.js").Picture} picture the camera's */
  see(picture) {
    this.live = picture;
    this.show();
  }

  /** @param {"outside" | "padding"} changed */
  agree(changed) {
    const { outside, padding } = this.role;
    const now = agree(changed, { outside: outside.value, padding: padding.value });
    [outside.value, padding.value] = [now.outside, now.padding];
  }

  takeExample() {
    const { role, stage } = this;
    const example = stage?.examples.find(one => one.name === role.example.value);
    if (!example) return;
    this.image.set(fromRows(example.image));
    role.stride.value = example.stride;
    role.padding.value = example.padding;
    this.agree("padding");
    role.dilation.value = 1;
    role.bias.value = "0";
    this.at = [0, 0];
    this.kernel.set(fromRows(example.kernel), 1);
    this.show();
  }

  /** The camera delivers nothing: the visitor's image is shown, and chosen. @param {string} sentence why; "": all is well */
  lose(sentence) {
    if (sentence && this.role.source.value === WEBCAM) {
      this.role.source.value = PHOTO;
      this.takeSource();
    }
    this.complain(sentence);
  }

  takeSource() {
    const { role, stage } = this;
    role["example-label"].hidden = !this.isGrid;
    this.element.querySelector(".panel")?.classList.toggle("grid", this.isGrid);
    this.at = [0, 0];
    if (role.source.value === WEBCAM) this.camera.start(this.element);
    else this.camera.stop();
    this.live = stage?.picture || null;
    if (this.isGrid) this.takeExample();
    else this.showStrongest();
  }

  /** The planes that are convolved, in the unit of the values: bytes as whole numbers, so that sums are exact. */
  planes(/** @type {number} */ unit) {
    if (this.isGrid) return [this.image.values];
    const live = /** @type {import("../../pixels/paint.js").Picture} */ (this.live);
    const planes = this.role.colour.value === GREY ? [live.grey] : live.planes;
    return unit === 1 ? planes : planes.map(one => map(one, value => Math.round(255 * value)));
  }

  show() {
    if (!this.stage) return;
    offer(this);
    try {
      const { divisor, ...asked } = read(this.role);
      const kernel = scale(this.kernel.values, 1 / divisor);
      const input = this.planes(asked.unit);
      const source = this.role.source.value === WEBCAM ? WEBCAM : this.live;
      if (this.result && this.source !== source) {
        this.result = null;
        forget(this.role, input, asked.unit, this.isGrid);
      }
      this.source = source;
      const output = input.map(one => map(convolve(one, kernel, asked), value => value + asked.bias));
      const channel = input.length === 3 ? CHANNELS.indexOf(this.role.channel.value) : 0;
      this.result = { input, output, kernel, asked, isGrid: this.isGrid, channel };
      this.role.problem.hidden = true;
      const { values: typed, before } = this.kernel;
      showResult(this.role, this.result, { typed, divisor, note: imageNote(this), before });
      this.go(...this.at);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const hint = error.message.startsWith("The kernel reaches") ? " Add padding, or choose a smaller kernel." : "";
      this.complain(`${error.message}${this.result ? " The result is still the one before." : hint}`);
    }
  }

  /** @param {string} sentence "" when all is well */
  complain(sentence) {
    this.role.problem.textContent = sentence;
    this.role.problem.hidden = !sentence;
  }

  /** @param {string} sentence */
  refuse(sentence) {
    this.complain(`${sentence} The result is still the one before.`);
  }

  /**
   * @param {number} row
   * @param {number} column of the output
   */
  go(row, column) {
    if (!this.result) return;
    const { height, width } = this.result.output[0];
    this.at = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    explain(this.role, this.result, this.at);
    if (this.result.isGrid) sheets(this.role, this.result, this.at, this.image);
    else frame(this.role, this.result, this.at);
  }

  /** Begins where the result is farthest from 0, not in a corner. */
  showStrongest() {
    this.show();
    if (this.result) this.go(...strongest(this.result.output[this.result.channel]));
    keepPlace(this);
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open({ element }) {
  new Bench(element);
}
