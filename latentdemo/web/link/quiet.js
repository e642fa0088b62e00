/** Whether the server still owes answers. */

const SETTLED = 120; // milliseconds without a question after which the page counts as quiet
const PATIENCE = 20_000; // milliseconds; an answer that is lost must not hold anything up for ever
const LOOK = 30; // milliseconds between two looks

let posting = 0;
let last = 0;
/** @type {Set<string>} questions that were taken and not yet answered */
const open = new Set();
/** @type {Set<string>} answers may be quicker than the receipt of their question */
const done = new Set();

/** A question is on its way to the server. */
export function asked() {
  posting++;
}

/** The server has taken it, under that id; null: it has not. @param {string | null} id */
export function taken(id) {
  posting--;
  last = Date.now();
  if (id !== null && !done.delete(id)) open.add(id);
}

/** It was answered. @param {string} id */
export function answered(id) {
  if (!open.delete(id)) done.add(id);
  last = Date.now();
}

/** None of those taken so far will be answered any more. */
export function ended() {
  open.clear();
  last = Date.now();
}

/** Resolves when nothing was asked for a moment and everything is answered. */
export async function quiet() {
  const until = Date.now() + PATIENCE;
  let since = Date.now();
  while (Date.now() < until) {
    if (open.size + posting > 0) since = Date.now();
    else if (Date.now() - Math.max(last, since) >= SETTLED) return;
    await new Promise(resolve => setTimeout(resolve, LOOK));
  }
}
