/** Why not connect everything: counts for the image on screen, and two networks whose image is moved. */

import { guess, percent } from "../../charts/guess.js";
import { lineChart } from "../../charts/lines.js";
import { make, roles } from "../../core/dom.js";
import { number } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { fromRows, map, scale, shift } from "../../pixels/arithmetic.js";
import { draw } from "../../pixels/paint.js";
import { join, reduced } from "../stage.js";
import { countRows, indexAt, KERNEL, ordinal } from "./counts.js";

/**
 * @typedef {object} Answers of one network
 * @property {string} title
 * @property {string} css
 * @property {number[][]} shares probabilities at each shift, row by row
 * @property {number[]} accuracy on the test set, at each shift to the right
 *
 * @typedef {object} Told by Python
 * @property {number[][]} digit 0 … 255
 * @property {string} note
 * @property {string} noun what the images show
 * @property {string[]} names of the classes
 * @property {number} reach largest shift, pixels
 * @property {number} n test images
 * @property {number[]} ink share of brightness that is still inside
 * @property {Answers[]} networks
 */

/** @type {Record<string, {css: string, dash: string}>} */
const LOOKS = { dense: { css: "lane0", dash: "solid" }, conv: { css: "lane1", dash: "dash" } };

/** @param {Told} told */
function accuracyChart({ networks, reach }) {
  const shifts = [-reach, -reach / 2, 0, reach / 2, reach];
  return lineChart({
    label: "Share of test images that are right, against their shift to the right",
    title: "shift to the right (pixels)",
    n: 2 * reach + 1,
    most: 1,
    lines: networks.map(({ css, title, accuracy }) => ({ title, values: accuracy, ...LOOKS[css] })),
    ticks: shifts.map(by => ({ at: by + reach, text: number(by) })),
    format: ".0%",
  });
}

/**
 * @param {Told} told
 * @param {number} right
 */
function note({ networks, n, noun, ink, reach }, right) {
  const i = right + reach;
  const now = networks.map(({ title, accuracy }) => `the ${title} has ${percent(accuracy[i], 1)} right`);
  const unmoved = networks.map(({ accuracy }) => percent(accuracy[reach], 1));
  return (
    `Of ${n.toLocaleString("en")} test ${noun}s, all moved ${number(right)} px to the right (and not down), ` +
    `${now.join(", ")}; unmoved, ${unmoved.join(" and ")}. Neither saw a moved ${noun} in training. ` +
    `${percent(ink[i])} of the ${noun}s' ink is still in the picture.`
  );
}

/** @param {import("../stage.js").Stage} stage */
export const shapeNote = stage => {
  const { height, width, planes } = stage.picture;
  const sizes = reduced(stage) && `, size ${width} × ${height} (width × height)${reduced(stage)}`;
  return (
    `For your image${sizes}: ${planes.length} × ${height} × ${width} numbers (channels × height × width); ` +
    "weights without biases, 4 bytes each"
  );
};

class Dense {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {import("../stage.js").Stage | null} */
    this.stage = null;
    /** @type {Told | null} */
    this.told = null;
    this.chart = { element: make("div"), mark: (/** @type {number} */ _place) => {} };
    this.role.depth.oninput = () => this.reach();
    this.role.right.oninput = this.role.down.oninput = () => this.move();
    follow(panel, told => this.receive(told));
    join(stage => {
      this.stage = stage;
      this.counts(stage);
      this.reach();
    });
  }

  /** @param {Told} told */
  receive(told) {
    const { role } = this;
    this.told = told;
    for (const name of ["right", "down"]) Object.assign(role[name], { min: -told.reach, max: told.reach });
    role["digit-note"].textContent = told.note;
    const chart = accuracyChart(told);
    role.curve.replaceChildren(chart.element);
    Object.assign(this.chart, chart);
    this.move();
  }

  /** @param {import("../stage.js").Stage} stage */
  counts(stage) {
    const { height, width, planes } = stage.picture;
    const rows = countRows(height, width, planes.length).map((row, i) =>
      make("tr", {}, ...row.map((text, j) => make(i && j ? "td" : "th", {}, text))),
    );
    const caption = shapeNote(stage);
    this.role.counts.replaceChildren(...rows, make("caption", {}, caption));
  }

  reach() {
    if (!this.stage) return;
    const { height, width, planes } = this.stage.picture;
    const depth = Number(this.role.depth.value);
    const [y, x] = [height >> 1, width >> 1];
    const near = (/** @type {number} */ i) =>
      Math.abs(Math.floor(i / width) - y) <= depth && Math.abs((i % width) - x) <= depth;
    const reach = 2 * depth + 1;
    draw(this.role.dense, planes);
    draw(
      this.role.local,
      planes.map(one => map(one, (value, i) => (near(i) ? value : 0.25 * value))),
    );
    this.role["depth-value"].textContent = depth;
    this.role["local-note"].textContent =
      `One unit of the ${ordinal(depth)} convolution sees ${reach} × ${reach} pixels, the bright ones` +
      `${reach > Math.min(height, width) ? " and padding beyond the border" : ""}; the same ${KERNEL * KERNEL} numbers a channel are used at every place.`;
  }

  move() {
    if (!this.told) return;
    const { digit, names, networks, reach } = this.told;
    const [right, down] = ["right", "down"].map(name => Number(this.role[name].value));
    this.role["right-value"].textContent = `${number(right)} px`;
    this.role["down-value"].textContent = `${number(down)} px`;
    draw(this.role.digit, [shift(scale(fromRows(digit), 1 / 255), down, right)]);
    const at = indexAt(down, right, reach);
    this.role.guesses.replaceChildren(
      ...networks.map(({ title, css, shares }) => guess(title, css, shares[at], names)),
    );
    this.chart.mark(right + reach);
    this.role.note.textContent = note(this.told, right);
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new Dense(panel);
}
