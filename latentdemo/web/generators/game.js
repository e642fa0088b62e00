/** The game between generator and critic over a recorded training: samples of the same noise, and both losses. */

import { lineChart } from "../charts/lines.js";
import { count, make, pen, roles } from "../core/dom.js";
import { rounded } from "../core/numerals.js";
import { follow } from "../core/panel.js";
import { advance, player } from "../core/player.js";
import { shared } from "../core/shared.js";
import { keep, touch } from "../link/keep.js";
import { cellOf } from "../reconstructions/plane.js";

const [COLUMNS, PACE] = [4, 800];

/**
 * @typedef {{name: string, epochs: number[], losses: [number | null, number | null][], sheet: string, columns: number}} Game
 * @typedef {{note: string, games: Game[]}} Told by Python
 */

class Replay {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.element = panel.element;
    /** @type {Game[]} */
    this.games = [];
    this.mark = (/** @type {number} */ _place) => {};
    this.role.t.oninput = () => this.show();
    this.role.which.onchange = () => {
      touch("game.which", this.role.which.value);
      this.lay();
    };
    keep("game.which", panel.element, text => {
      if (text !== null) this.role.which.value = text;
      return this.lay();
    });
    player(this.role.play, () => this.walk(), PACE);
    follow(panel, told => this.receive(told), { large: true });
  }

  /** @param {Told} told */
  receive({ games, note }) {
    this.games = games;
    this.first = note;
    this.role.which.replaceChildren(...this.games.map(({ name }) => make("option", { value: name }, name)));
    return this.lay();
  }

  async lay() {
    const { role, games } = this;
    const game = games.find(one => one.name === role.which.value);
    if (!game) return;
    this.game = game;
    this.sheet = await decoded(game.sheet);
    role.t.max = `${game.epochs.length - 1}`;
    role.t.value = role.t.max;
    const players = /** @type {const} */ ([
      ["lane0", "critic"],
      ["lane1", "generator"],
    ]);
    const lines = players.map(([css, title], i) => ({
      css,
      title: `loss of the ${title}`,
      values: game.losses.map(pair => pair[i] ?? Number.NaN),
    }));
    const last = game.epochs.length - 1;
    const guessing = game.epochs.map(() => 2 * Math.LN2);
    const most = 1.1 * Math.max(...guessing, ...lines.flatMap(line => line.values.filter(Number.isFinite)));
    const { element, mark } = lineChart({
      label: "Losses of critic and generator at each moment",
      title: "nats, by epoch",
      n: game.epochs.length,
      most,
      lines: [...lines, { css: "line", title: "of a critic that guesses", values: guessing, dash: "dash" }],
      ticks: game.epochs
        .map((epoch, at) => ({ at, text: rounded(epoch, 2) }))
        .filter(({ at }) => (last - at) % 3 === 0),
    });
    role.curve.replaceChildren(element);
    this.mark = mark;
    role.note.textContent =
      `${this.first} The same sixteen draws at every moment. Neither loss says how good the images are: each measures one player ` +
      "against the other, and where both stand still the game may be even, or over. A critic that only guesses has a " +
      "loss of 2 ln 2 = 1.386 nats, and the generator one of ln 2.";
    this.show();
  }

  walk() {
    advance(this.role.t);
    this.show();
  }

  show() {
    const { role, game, sheet } = this;
    if (!game || !sheet) return;
    const moment = Number(role.t.value);
    const side = sheet.width / game.columns;
    const lines = Math.ceil(game.columns / COLUMNS);
    Object.assign(role.samples, { width: COLUMNS * side, height: lines * side });
    role.samples.classList.toggle("hard", side <= shared.hard);
    for (let i = 0; i < game.columns; i++) {
      const [x, y] = cellOf(i, COLUMNS, side);
      pen(role.samples).drawImage(sheet, i * side, moment * side, side, side, x, y, side, side);
    }
    const [critic, generator] = game.losses[moment];
    const told =
      critic === null || generator === null
        ? "before the first step"
        : `critic ${rounded(critic, 3)}, generator ${rounded(generator, 3)} nats`;
    role.where.textContent = `epoch ${rounded(game.epochs[moment], 2)}: ${told}`;
    this.mark(moment);
    count(role.samples);
  }
}

/** @param {string} address */
async function decoded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Replay(panel);
}
