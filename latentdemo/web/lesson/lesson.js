/** A lecture, step by step: what to do, a prediction, then what is to be noticed; each step opens its own state. */

import { make, roles } from "../core/dom.js";
import { openState } from "../link/history.js";
import { keep, touch } from "../link/keep.js";
import { isRight, mark, question, rightAnswer, unmark } from "./ask.js";
import { chart, Room } from "./room.js";

/**
 * @typedef {{do: string, notice: string, link: string, ask: import("./ask.js").Ask | null}} Step
 * @typedef {{title: string, lecture: string, steps: Step[]}} Told
 */

const PAUSE = 1500; // milliseconds between two looks at the class's answers

class Lesson {
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
    keep("room", document.body, text => this.join(text ?? ""));
    document.addEventListener("open-lessons", () => this.choose());
    setInterval(() => this.look(), PAUSE);
  }

  wire() {
    const { role } = this;
    role.on.onclick = () => this.go(this.at + 1);
    role.back.onclick = () => this.go(this.at - 1);
    role.close.onclick = () => this.close();
    role.class.onclick = () => this.run(() => this.askClass());
    role.leave.onclick = () => role.choose.close();
    role.join.onclick = () => this.run(() => this.join(role.code.value.trim()));
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
    this.all = whole;
    this.role.problems.textContent = problems.join(" ");
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
    return this.all[this.name]?.steps[this.at];
  }

  /** Opens a step, and the state that it is about. @param {number} at */
  async go(at) {
    const steps = this.all[this.name]?.steps ?? [];
    this.at = Math.max(0, Math.min(steps.length - 1, at));
    this.show();
    const extra = [`lesson=${this.name}/${this.at + 1}`, ...(this.room.code ? [`room=${this.room.code}`] : [])];
    if (this.step?.link) await openState([this.step.link, ...extra].join("&"));
    touch("lesson", `${this.name}/${this.at + 1}`);
  }

  /** As an address says; the state that belongs to it stands there too. @param {string | null} text */
  async restore(text) {
    const [name, at] = (text ?? "").split("/");
    if (text === null) return this.hide();
    if (name === this.name && Number(at) - 1 === this.at && !this.role.card.hidden) return;
    await this.run(() => this.load());
    if (!this.all[name]) return this.hide();
    this.name = name;
    this.at = Math.max(0, Math.min(this.all[name].steps.length - 1, Number(at) - 1 || 0));
    this.show();
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
    role.class.hidden = Boolean(this.room.code && !this.room.key);
    this.given = null;
    role.ask.replaceChildren(...(step.ask ? this.asked(step.ask) : []));
  }

  /** @param {import("./ask.js").Ask} ask */
  asked(ask) {
    const reveal = make("button", { disabled: !this.room.key }, "Show the answer");
    reveal.onclick = () => this.reveal(ask);
    const take = (/** @type {any} */ given) => {
      this.given = given;
      reveal.disabled = false;
      if (this.room.code && !this.room.key) this.run(async () => this.room.send(this.at, given));
    };
    return [...question(ask, take), reveal];
  }

  /** @param {import("./ask.js").Ask} ask */
  reveal(ask) {
    const right = this.given === null ? "" : isRight(ask, this.given) ? "Right. " : "Not quite. ";
    this.role.notice.textContent = `${right}Answer: ${rightAnswer(ask)}. ${ask.why} ${this.step?.notice ?? ""}`;
    if (ask.kind === "point") mark(ask, ask.answer, "right");
  }

  /** A room is opened, and its code shown; once it is open, closed. */
  async askClass() {
    if (this.room.key) await this.room.close();
    else await this.room.open();
    touch("room", null); // the teacher's address does not carry it: who opens it later shall not be a pupil
    this.show();
    if (!this.room.code) return;
    const link = `${location.origin}${location.pathname}#lesson=${this.name}/${this.at + 1}&room=${this.room.code}`;
    const qr = make("img", {
      class: "qr",
      alt: "QR code of the room",
      src: `pixels/qr?text=${encodeURIComponent(link)}`,
    });
    const words = `Room ${this.room.code}. Others open Lessons and type the code, or this link; answers are kept in memory alone and are gone with the room.`;
    this.role.answers.replaceChildren(make("p", {}, words), make("a", { href: link, target: "_blank" }, link), qr);
  }

  /** @param {string} code */
  async join(code) {
    if (!code || code === this.room.code) return;
    await this.run(async () => {
      await this.room.join(code);
      touch("room", this.room.code);
      this.role.said.textContent = "You are in. Open the lesson that your teacher names.";
      if (this.name) this.show();
    });
  }

  /** The class's answers so far, on the teacher's page. */
  async look() {
    const { room, step, role } = this;
    if (!room.key || !step?.ask || role.card.hidden || document.hidden) return;
    const ask = step.ask;
    await this.run(async () => {
      const told = await room.answers(this.at, ask.kind);
      if (told.n && this.step === step) role.answers.replaceChildren(...chart(ask, told));
    });
  }

  hide() {
    this.role.card.hidden = true;
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
