/** A class's room: the teacher's page opens it and sees how many gave which answer; others send theirs, once. */

import { make } from "../core/dom.js";
import { number } from "../core/numerals.js";
import { browser } from "../core/requests.js";

/** @typedef {import("./ask.js").Ask} Ask */

const BINS = 10;

/** @param {string} address @param {RequestInit} [options] */
async function ask(address, options) {
  const answer = await fetch(address, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

export class Room {
  constructor() {
    this.code = "";
    this.key = ""; // the teacher's
  }

  async open() {
    Object.assign(this, await ask("rooms", { method: "POST", body: JSON.stringify({ browser: browser() }) }));
  }

  /** @param {string} code */
  async join(code) {
    await ask(`rooms/${encodeURIComponent(code)}`);
    [this.code, this.key] = [code.toUpperCase(), ""];
  }

  leave() {
    [this.code, this.key] = ["", ""];
  }

  async close() {
    const [code, headers] = [this.code, { "x-key": this.key }];
    this.leave();
    await ask(`rooms/${code}`, { method: "DELETE", headers });
  }

  /** @param {string} step LESSON/NUMBER @param {number | number[]} answer @returns {Promise<{counts: boolean}>} */
  send(step, answer) {
    const body = JSON.stringify({ step, browser: browser(), answer });
    return ask(`rooms/${this.code}/votes`, { method: "POST", body });
  }

  /** @param {string} step @param {string} kind @returns {Promise<{n: number, answers: any[]}>} */
  answers(step, kind) {
    const asked = new URLSearchParams({ step, kind });
    return ask(`rooms/${this.code}?${asked}`, { headers: { "x-key": this.key } });
  }
}

/**
 * How many answers fall into each of some equal intervals.
 *
 * @param {number[]} values
 * @param {number} least
 * @param {number} most
 */
export function histogram(values, least, most, bins = BINS) {
  const counts = new Array(bins).fill(0);
  for (const value of values)
    counts[Math.max(0, Math.min(bins - 1, Math.floor((bins * (value - least)) / (most - least))))]++;
  return counts;
}

/**
 * Bars with their numbers.
 *
 * @param {Ask} ask
 * @param {{n: number, answers: any[]}} told
 */
export function chart(ask, { n, answers }) {
  const [least, most] = [ask.least ?? 0, ask.most ?? 1];
  const edge = (/** @type {number} */ i) => number(least + (i * (most - least)) / BINS);
  const rows =
    ask.kind === "choice"
      ? (ask.options ?? []).map((option, i) => [option, answers[i] ?? 0])
      : ask.kind === "number"
        ? histogram(answers, least, most).map((count, i) => [`${edge(i)} … ${edge(i + 1)}`, count])
        : [
            ["pointed at the right place", answers.filter(point => inside(ask, point)).length],
            ["elsewhere", answers.filter(point => !inside(ask, point)).length],
          ];
  const bars = rows.map(([title, count]) =>
    make(
      "div",
      {},
      make("span", {}, `${title}`),
      make("i", { style: `width:${(100 * Number(count)) / Math.max(1, n)}%` }),
      make("b", {}, `${count}`),
    ),
  );
  return [
    make("p", { class: "note" }, `${n} ${n === 1 ? "answer" : "answers"}`),
    make("div", { class: "shares" }, ...bars),
  ];
}

/** @param {Ask} ask @param {number[]} point */
const inside = ({ answer: [left, top, right, bottom] }, [x, y]) => x >= left && x <= right && y >= top && y <= bottom;
