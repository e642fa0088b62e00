/** A lesson with a class: its room is opened, joined, answered in, and looked at. */

import { make } from "../core/dom.js";
import { touch } from "../link/keep.js";
import { chart } from "./room.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */

/** A pupil's answer. @param {Lesson} lesson @param {string} key @param {any} given */
export async function send(lesson, key, given) {
  const { counts } = await lesson.room.send(key, given);
  lesson.role.answers.textContent = counts ? "Sent." : "Your first answer to this question counts.";
}

/** A room is opened, and its code shown; once it is open, closed. @param {Lesson} lesson */
export async function askClass(lesson) {
  lesson.role.invitation.replaceChildren();
  lesson.role.card.classList.remove("inviting");
  if (lesson.room.key && !confirm(`Close room ${lesson.room.code}? Its answers are gone then.`)) return;
  if (lesson.room.key) await lesson.room.close();
  else await lesson.room.open();
  touch("room", null); // the teacher's address does not carry it: who opens it later shall not be a pupil
  lesson.show();
  if (!lesson.room.code) return;
  const told = new URLSearchParams({ lesson: lesson.key, room: lesson.room.code });
  const link = `${location.origin}${location.pathname}#${told}`;
  const qr = make("img", {
    class: "qr",
    alt: "QR code of the room",
    src: `pixels/qr?text=${encodeURIComponent(link)}`,
  });
  const words = `Room ${lesson.room.code}. Others open Lessons and type the code, or follow this link, and go on by themselves; answers are kept in memory alone and are gone with the room.`;
  lesson.role.card.classList.add("inviting"); // it needs room for the code
  lesson.role.invitation.replaceChildren(make("p", {}, words), make("a", { href: link, target: "_blank" }, link), qr);
}

/** @param {Lesson} lesson @param {string} code */
export async function join(lesson, code) {
  if (lesson.room.key || code.toUpperCase() === lesson.room.code) return; // a teacher stays in the own room
  if (!code) {
    lesson.room.leave();
    return touch("room", null);
  }
  await lesson.run(async () => {
    await lesson.room.join(code);
    touch("room", lesson.room.code);
    lesson.role.said.textContent = "You are in. Open the lesson that your teacher names.";
    if (lesson.name) lesson.show();
  });
}

/** The class's answers so far, on the teacher's page. @param {Lesson} lesson */
export async function look(lesson) {
  const { room, step, role } = lesson;
  if (!room.key || !step?.ask || role.card.hidden || document.hidden) return;
  const ask = step.ask;
  await lesson.run(async () => {
    const told = await room.answers(lesson.key, ask.kind).catch(error => {
      room.leave(); // it is gone: after a restart, or for too many others
      lesson.show();
      throw error;
    });
    if (told.n && lesson.step === step) role.answers.replaceChildren(...chart(ask, told));
  });
}
