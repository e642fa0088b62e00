/** One image moved, turned and mirrored before four networks that differ in what they were shown in training. */

import { guess, percent } from "../charts/guess.js";
import { lineChart } from "../charts/lines.js";
import { count, pen, roles } from "../core/dom.js";
import { number } from "../core/numerals.js";
import { follow } from "../core/panel.js";

/**
 * @typedef {object} Answers of one network
 * @property {string} title how its training images were shown
 * @property {number[][]} shares hundredths, in each position
 * @property {number[]} shifted accuracy at each shift
 * @property {number[]} turned accuracy at each angle
 * @property {number} mirrored accuracy
 *
 * @typedef {object} Told by Python
 * @property {string} sheet the image in every position
 * @property {number} side pixels of one
 * @property {string} note
 * @property {string} noun
 * @property {string[]} names of the classes
 * @property {number} reach largest shift, pixels
 * @property {number[]} turns degrees
 * @property {number} n test images
 * @property {Answers[]} networks
 */

const DASHES = ["solid", "dash", "dot", "dashdot"];

/** Column and row of a position on the sheet. @type {(told: Told, right: number, turn: number, mirrored: boolean) => [number, number]} */
export const place = ({ reach, turns }, right, turn, mirrored) => [
  right + reach,
  (mirrored ? turns.length : 0) + turn + (turns.length >> 1),
];

/** Its number among the answers. @type {(told: Told, right: number, turn: number, mirrored: boolean) => number} */
export const indexOf = (told, right, turn, mirrored) => {
  const [column, row] = place(told, right, turn, mirrored);
  return row * (2 * told.reach + 1) + column;
};

/**
 * @param {Told} told
 * @param {"shifted" | "turned"} what
 * @param {number[]} along values of the axis
 * @param {string} title
 */
function chart({ networks }, what, along, title) {
  const last = along.length - 1;
  const ticks = [0, last / 4, last / 2, (3 * last) / 4, last].filter(Number.isInteger);
  return lineChart({
    label: `Share of test images that are right, against ${title}`,
    title,
    n: along.length,
    most: 1,
    lines: networks.map((network, i) => ({
      title: network.title,
      values: network[what],
      css: `lane${i}`,
      dash: DASHES[i],
    })),
    ticks: ticks.map(at => ({ at, text: number(along[at]) })),
    format: ".0%",
    legend: false,
    height: 190,
  });
}

class Augmented {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    /** @type {Told | null} */
    this.told = null;
    this.image = new Image();
    this.marks = [(/** @type {number} */ _at) => {}, (/** @type {number} */ _at) => {}];
    for (const name of ["right", "turn", "mirrored"]) this.role[name].oninput = () => this.move();
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  async receive(told) {
    const { role } = this;
    const image = new Image();
    image.src = told.sheet;
    await image.decode();
    this.told = told;
    this.image = image;
    const middle = told.turns.length >> 1;
    Object.assign(role.right, { min: -told.reach, max: told.reach });
    Object.assign(role.turn, { min: -middle, max: middle });
    role["digit-note"].textContent = told.note;
    const shifts = Array.from({ length: 2 * told.reach + 1 }, (_, i) => i - told.reach);
    const charts = [
      chart(told, "shifted", shifts, "moved right (px)"),
      chart(told, "turned", told.turns, "turned left (°)"),
    ];
    role.shifted.replaceChildren(charts[0].element);
    role.turned.replaceChildren(charts[1].element);
    this.marks = charts.map(({ mark }) => mark);
    this.move();
  }

  move() {
    const { told, role } = this;
    if (!told) return;
    const [right, turn] = ["right", "turn"].map(name => Number(role[name].value));
    const { checked } = role.mirrored;
    role["right-value"].textContent = `${number(right)} px`;
    role["turn-value"].textContent = `${number(told.turns[turn + (told.turns.length >> 1)])}°`;
    this.draw(place(told, right, turn, checked));
    const at = indexOf(told, right, turn, checked);
    const titled = told.networks.map(({ title, shares }, i) =>
      guess(
        `${title[0].toUpperCase()}${title.slice(1)}`,
        `lane${i}`,
        shares[at].map(share => share / 100),
        told.names,
      ),
    );
    role.guesses.replaceChildren(...titled);
    this.marks[0](right + told.reach);
    this.marks[1](turn + (told.turns.length >> 1));
    role.note.textContent = note(told);
  }

  /** @param {[number, number]} where */
  draw([column, row]) {
    const { digit } = this.role;
    const { side } = /** @type {Told} */ (this.told);
    Object.assign(digit, { width: side, height: side });
    pen(digit).drawImage(this.image, column * side, row * side, side, side, 0, 0, side, side);
    count(digit);
  }
}

/** What the charts do not show. @param {Told} told */
function note({ networks, n, noun, reach, turns }) {
  const shares = networks.map(({ title, shifted, mirrored }) => [title, shifted[reach], mirrored]);
  const upright = shares.map(([title, share]) => `${title} ${percent(Number(share), 1)}`).join(", ");
  const mirrored = shares.map(([title, , share]) => `${title} ${percent(Number(share), 1)}`).join(", ");
  return (
    `The same network four times, trained on ${noun}s as they are; moved by up to 4 px each way; turned by up to 30°; ` +
    `half of them mirrored. Of ${n.toLocaleString("en")} upright test ${noun}s each has right: ${upright}; of the same ` +
    `mirrored: ${mirrored}. The charts move or turn all of them, unmirrored, by up to ` +
    `${turns[turns.length - 1]}°, in the colours of the bars.`
  );
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Augmented(panel);
}
