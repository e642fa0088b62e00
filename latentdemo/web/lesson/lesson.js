/** A lecture, step by step: what to do, a prediction, then what is to be noticed; each step opens its own state. */

import { make, roles } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { openState } from "../link/history.js";
import { keep, touch } from "../link/keep.js";
import { isRight, mark, question, rightAnswer, unmark } from "./ask.js";
import { askClass, join, look, send } from "./class.js";
import { cover, see, shownHere } from "./cover.js";
import { Room } from "./room.js";

/**
 * @typedef {{do: string, notice: string, link: string, cover: string, see: string, ask: import("./ask.js").Ask | null}} Step
 * @typedef {{title: string, lecture: string, steps: Step[]}} Told
 */

const PAUSE = 1500; // milliseconds between two looks at the class's answers

export class Lesson {
  /** @param {import("../core/panel.js").Panel} panel */
  constructor(panel) {
    this.role = roles(panel.element);
    this.name = "";
    this.at = 0;
    /** @type {Record<string, Told>} */
    this.all = {};
    this.room = new Room();
    /** @type {unknown} */
    this.given = null;
    this.wire();
    keep("lesson", document.body, text => this.restore(text));
    keep("room", document.body, text => join(this, text ?? ""));
    document.addEventListener("open-lessons", () => this.choose());
    setInterval(() => look(this), PAUSE);
  }

  wire() {
    const { role } = this;
    role.on.onclick = () => this.go(this.at + 1);
    role.back.onclick = () => this.go(this.at - 1);
    role.close.onclick = () => this.close();
    role.class.onclick = () => this.run(() => askClass(this));
    role.leave.onclick = () => role.choose.close();
    role.join.onclick = () => this.run(() => join(this, role.code.value.trim()));
    new ResizeObserver(() => {
      const tall = role.card.hidden ? 0 : role.card.offsetHeight;
      document.body.style.setProperty("--foot", `${tall}px`);
    }).observe(role.card);
  }

  /** @param {() => Promise<void>} action */
  async run(action) {
    try {
      await action();
    } catch (error) {
      const { said, answers } = this.role;
      (this.role.choose.open ? said : answers).textContent = /** @type {Error} */ (error).message;
    }
  }

  async load() {
    const { whole, problems } = await (await fetch("lessons")).json();
    this.all = shared.alone ? shownHere(whole) : whole;
    this.role.problems.replaceChildren(...problems.map((/** @type {string} */ text) => make("li", {}, text)));
    this.role.rooms.hidden = this.role.join.hidden = Boolean(shared.alone);
  }

  async choose() {
    const { role } = this;
    role.said.textContent = "";
    role.choose.showModal();
    await this.run(() => this.load());
    const rows = Object.entries(this.all).map(([name, { title, lecture, steps }]) => {
      const button = make("button", {}, `${title} · ${steps.length} steps`);
      button.onclick = () => {
        role.choose.close();
        this.name = name;
        this.go(0);
      };
      return make("div", {}, button, make("p", { class: "note" }, lecture));
    });
    role.choices.replaceChildren(...rows);
  }

  get step() {
    return Object.hasOwn(this.all, this.name) ? this.all[this.name].steps[this.at] : undefined;
  }

  /** Opens a step, and the state that it is about. @param {number} at */
  async go(at) {
    const steps = this.all[this.name]?.steps ?? [];
    this.at = Math.max(0, Math.min(steps.length - 1, at));
    this.show();
    if (this.step?.link) await openState(`${this.step.link}&${this.extra()}`);
    touch("lesson", this.key);
    if (this.step?.see) see(this.step.see);
  }

  get key() {
    return `${this.name}/${this.at + 1}`;
  }

  /** What an address tells of the lesson; of the room only where it is not the teacher's. */
  extra() {
    const { code, key } = this.room;
    return `${new URLSearchParams({ lesson: this.key, ...(code && !key ? { room: code } : {}) })}`;
  }

  /** As an address says; the state that belongs to it stands there too. @param {string | null} text */
  async restore(text) {
    const slash = (text ?? "").lastIndexOf("/");
    const [name, at] = [(text ?? "").slice(0, slash), (text ?? "").slice(slash + 1)];
    if (text === null) return this.hide();
    if (name === this.name && Number(at) - 1 === this.at && !this.role.card.hidden) return;
    await this.run(() => this.load());
    if (!Object.hasOwn(this.all, name)) return this.hide();
    this.name = name;
    this.at = Math.max(0, Math.min(this.all[name].steps.length - 1, Number(at) - 1 || 0));
    if (/[#&]tab=/.test(location.hash)) this.show();
    else await this.invited();
  }

  /** An invitation names the step, and perhaps a room, alone. */
  async invited() {
    const room = new URLSearchParams(location.hash.slice(1)).get("room");
    if (room) await join(this, room);
    await this.go(this.at);
  }

  show() {
    const { role, step } = this;
    if (!step) return;
    unmark();
    const { title, steps } = this.all[this.name];
    role.card.hidden = false;
    role.title.textContent = title;
    role.place.textContent = `${this.at + 1} of ${steps.length}`;
    role.do.textContent = step.do;
    role.notice.textContent = step.ask ? "" : step.notice;
    role.answers.replaceChildren();
    role.back.disabled = this.at === 0;
    role.on.disabled = this.at === steps.length - 1;
    role.class.textContent = this.room.key ? `Room ${this.room.code}` : "Ask the class";
    role.class.hidden = Boolean(shared.alone || (this.room.code && !this.room.key));
    cover(step.ask ? step.cover : "");
    this.given = null;
    role.ask.replaceChildren(...(step.ask ? this.asked(step.ask) : []));
  }

  /** @param {import("./ask.js").Ask} ask */
  asked(ask) {
    const reveal = make("button", { disabled: !this.room.key }, "Show the answer");
    reveal.onclick = () => this.reveal(ask);
    const { key } = this;
    const take = (/** @type {any} */ given) => {
      if (key !== this.key) return; // another step is shown since
      this.given = given;
      reveal.disabled = false;
      if (this.room.code && !this.room.key) this.run(() => send(this, key, given));
    };
    return [...question(ask, take), reveal];
  }

  /** @param {import("./ask.js").Ask} ask */
  reveal(ask) {
    const right = this.given === null ? "" : isRight(ask, this.given) ? "Right. " : "Not quite. ";
    cover("");
    this.role.notice.textContent = `${right}Answer: ${rightAnswer(ask)}. ${ask.why} ${this.step?.notice ?? ""}`;
    if (ask.kind === "point") mark(ask, ask.answer, "right");
  }

  hide() {
    this.role.card.hidden = true;
    cover("");
    unmark();
  }

  close() {
    this.hide();
    touch("lesson", null);
  }
}

/** @param {import("../core/panel.js").Panel} panel */
export function open(panel) {
  new Lesson(panel);
}
