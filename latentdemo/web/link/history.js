/** The address follows the page, and the page the address: reload, back and forward walk through its states. */

import { make } from "../core/dom.js";
import { differing, read, write } from "./address.js";
import { holdAgain } from "./held.js";
import { give, onTouch } from "./keep.js";
import { quiet } from "./quiet.js";
import { current, note, remember, show } from "./state.js";
import { here, within } from "./tabs.js";

const REST = 400; // milliseconds after which a drag counts as one change
const PATIENT = 1500; // milliseconds; a link is then written as far as the page has come
const PATIENCE = 30_000; // milliseconds in which the page stands
const HOST = "https://huggingface.co"; // a Space is shown in a frame of that page, whose address can follow

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let busy = false;
let turn = 0; // of what is being put onto the page; the visitor's own click ends it

let shown = read("");
let lastKeys = "";

const text = () => write(shown);

/** Address that shows what the page shows now. */
export const link = () => `${location.origin}${location.pathname}${text() ? `#${text()}` : ""}`;

/** Tells the page of a Space, around this one. */
function tell() {
  if (parent !== window) parent.postMessage({ hash: text() }, HOST);
}

/** Writes the state into the address: a change of the same control takes the place of the last one. */
async function keepUp() {
  if (busy) return;
  await Promise.race([quiet(), new Promise(resolve => setTimeout(resolve, PATIENT))]);
  if (busy) return;
  const state = current();
  const keys = differing(shown, state).join();
  if (!keys) return;
  const address = `#${write(state)}`;
  if (keys === lastKeys && !/tab|image|models/.test(keys)) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  [shown, lastKeys] = [state, keys];
  tell();
}

/** Writes the state into the address now. */
export function keepUpNow() {
  clearTimeout(timer);
  return keepUp();
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(keepUp, REST);
}

/**
 * @param {string} address as `location.hash` has it
 * @param {(lost: string[]) => void} say what could not be shown
 */
export async function open(address, say) {
  const mine = ++turn;
  busy = true;
  document.body.dataset.opening = "1";
  try {
    const lost = await show(read(location.search, address), () => turn === mine);
    if (turn === mine && lost.length) say(lost);
  } finally {
    if (turn === mine) {
      busy = false;
      delete document.body.dataset.opening;
      [shown, lastKeys] = [current(), ""];
      tell();
    }
  }
}

/** Goes on to another state, as if its link had been followed. @param {string} state as `write` makes it */
export function openState(state) {
  history.pushState(null, "", `#${state}`);
  return open(state, complain);
}

/** The visitor takes over: a link that is still being opened is left as far as it came. @param {Event} event */
function interrupt(event) {
  if (!event.isTrusted || !busy) return;
  turn++;
  busy = false;
  give();
  delete document.body.dataset.opening;
}

/** @param {string[]} lost */
function complain(lost) {
  const words = `This link names something that is not here (any more): ${lost.join(", ").slice(0, 120)}.`;
  const box = make("p", { class: "problem", role: "alert" }, words);
  document.querySelector("main")?.prepend(box);
  setTimeout(() => box.remove(), 12_000);
}

/** Begins to follow, once the page stands. */
export async function follow() {
  for (const event of ["focusin", "pointerdown"]) document.addEventListener(event, remember, true);
  for (const event of ["input", "change"]) document.addEventListener(event, event => note(event) && changed(), true);
  for (const event of ["click", "keyup"]) document.addEventListener(event, changed, true);
  for (const event of ["pointerdown", "keydown"])
    document.addEventListener(event, interrupt, { capture: true, passive: true });
  document.addEventListener("click", holdAgain);
  onTouch(changed);
  addEventListener("popstate", () => open(location.hash, complain));
  const told = location.hash.length > 1 || location.search.length > 1;
  if (told) document.body.dataset.opening = "1";
  await within(PATIENCE, here);
  await quiet();
  shown = current();
  if (told) await open(location.hash, complain);
  else changed(); // a visitor may have been quicker
  document.body.dataset.follows = "1"; // tests wait for it
}
