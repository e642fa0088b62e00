/** Undo and redo of slider positions, a random walk, and the difference between the picture and the start image. */

import { roles } from "../../core/dom.js";
import { rounded } from "../../core/numerals.js";
import { follow } from "../../core/panel.js";
import { player } from "../../core/player.js";
import { codeAt, onSteer, startOf } from "../canvas.js";
import { normal } from "../chance.js";
import { decodeAll, paintGrid, paintShares } from "../sheet.js";
import { move, rested, whenSeen } from "./moves.js";

const [REST, SETTLED, PACE] = [60, 400, 70]; // milliseconds: until the change is drawn, is remembered, between steps
const [TURN, SPAN] = [0.06, 3]; // radians a step of the loop; standard deviations at its ends
const KEEP = 0.97; // of each step in the next one of a walk
const MOST = 200; // remembered

/** @typedef {import("../canvas.js").Steered} Steered */

/** A stack of states with a place in it; what is pushed drops what lay ahead. */
export class Past {
  constructor() {
    /** @type {number[][]} */
    this.states = [];
    this.at = -1;
  }

  /** @param {number[]} steps */
  push(steps) {
    if (this.at >= 0 && this.states[this.at].every((value, i) => value === steps[i])) return;
    this.states = [...this.states.slice(Math.max(0, this.at + 2 - MOST), this.at + 1), [...steps]];
    this.at = this.states.length - 1;
  }

  /** The state so many places further, if there is one. @param {number} by */
  go(by) {
    const to = this.at + by;
    if (!this.states[to]) return null;
    this.at = to;
    return this.states[to];
  }

  clear() {
    this.states = [];
    this.at = -1;
  }
}

/**
 * The next steps of a walk: from a draw of N(0, sd² I) another one, not independent of it.
 *
 * @param {number[]} steps
 * @param {number[]} noise
 * @param {{n: number, sd: number}} how so many sliders walk
 */
export const walked = (steps, noise, { n, sd }) =>
  steps.map((step, i) => (i < n ? KEEP * step + Math.sqrt(1 - KEEP ** 2) * sd * noise[i] : step));

/**
 * |now − then| of two pictures, the largest of a pixel's channels, 0 … 1.
 *
 * @param {import("../../engine/engine.js").Pictures} pictures two of them
 */
export function change({ side, channels, pixels }) {
  const out = new Float32Array(side * side);
  const size = side * side * channels;
  for (let i = 0; i < size; i++) {
    const at = Math.floor(i / channels);
    out[at] = Math.max(out[at], Math.abs(pixels[i] - pixels[size + i]) / 255);
  }
  return out;
}

/** Which step changed most; undefined: none. @type {(before: number[], now: number[]) => number | undefined} */
export function moved(before, now) {
  const changes = now.map((value, i) => Math.abs(value - before[i]));
  const most = Math.max(...changes);
  return most > 0 ? changes.indexOf(most) : undefined;
}

class History {
  /** @param {import("../../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.past = new Past();
    /** @type {Steered | null} */
    this.state = null;
    this.canvas = "";
    /** @type {"origin" | undefined} */
    this.base = undefined;
    this.how = { n: 0, sd: 1 };
    /** @type {number[]} */
    this.before = []; // steps, until the next change
    this.last = 0; // the slider moved last
    this.turn = 0; // of the loop, radians
    this.turned = false; // whether the loop moves it
    const draw = rested(() => this.paint(), REST);
    whenSeen(this.role.change, draw);
    const remember = rested(() => this.remember(), SETTLED);
    this.role.undo.onclick = () => this.go(-1);
    this.role.redo.onclick = () => this.go(1);
    player(this.role.play, () => this.walk(), PACE, "Walk");
    player(this.role.loop, () => this.loop(), PACE, "Loop");
    follow(panel, ({ canvas, walk, note, base }) => {
      this.how = walk;
      this.base = base;
      this.role.from.textContent = base === "origin" ? "start image, all sliders at 0" : "start image";
      this.role.note.textContent = note;
      if (this.canvas) return;
      this.canvas = canvas;
      onSteer(canvas, state => {
        if (this.state?.model !== state.model) this.past.clear();
        if (this.state?.start !== state.start) this.past.push(state.steps); // told by Python
        if (state.steps.length === this.before.length && !this.turned)
          this.last = moved(this.before, state.steps) ?? this.last;
        this.before = [...state.steps];
        this.state = state;
        draw();
        remember();
      });
    });
  }

  remember() {
    if (this.state) this.past.push(this.state.steps);
    this.role.undo.disabled = this.past.at < 1;
    this.role.redo.disabled = this.past.at >= this.past.states.length - 1;
  }

  /** @param {number} by */
  go(by) {
    this.remember(); // what has not rested yet, too
    const steps = this.past.go(by);
    if (steps)
      move(
        this.canvas,
        steps.map((value, i) => [i, value]),
      );
    this.remember();
  }

  walk() {
    const steps = this.state?.steps ?? [];
    const next = walked(steps, normal(steps.length), this.how);
    move(
      this.canvas,
      next.map((value, i) => [i, Math.round(100 * value) / 100]),
    );
  }

  loop() {
    this.turn += TURN;
    this.turned = true;
    move(this.canvas, [[this.last, Math.round(100 * SPAN * Math.sin(this.turn)) / 100]]);
    this.turned = false;
  }

  async paint() {
    const { state, role } = this;
    if (!state || !role.change.offsetParent) return;
    const pictures = await decodeAll(state.model, [startOf(state, this.base), codeAt(state, state.steps)]).catch(
      () => null,
    );
    if (!pictures) return; // the large picture says why
    paintGrid(role.start, { ...pictures, n: 1 }, 1);
    const most = paintShares(role.change, change(pictures), pictures.side);
    role.caption.textContent = most
      ? `difference from it, 0 (dark) … ${rounded(most, 3)} (bright)`
      : "no difference from it";
  }
}

/** @param {import("../../core/panel.js").Panel} panel */
export function open(panel) {
  new History(panel);
}
