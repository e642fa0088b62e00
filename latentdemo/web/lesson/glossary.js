/** Words and symbols that explain themselves where they stand: underlined by dots, told on hover and on tap. */

import { make } from "../core/dom.js";

/** @typedef {{name: string, text: string}} Entry */

const LATE = 600; // milliseconds without a change before words are looked for again
const SKIP = "input, textarea, select, button, option, script, style, svg, pre, .glossed, .bar, [role=tab]";

/** @type {Map<string, Entry>} by each of its names */
const entries = new Map();
/** @type {RegExp | null} */
let pattern = null;

const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Matches any of some names, the longest first, where no letter or digit touches it.
 *
 * @param {string[]} names
 */
export function matcher(names) {
  const sorted = [...names].sort((a, b) => b.length - a.length).map(escaped);
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${sorted.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
}

/** All entries, and how to find them in a text. @param {Record<string, [string[], string]>} told */
export function learn(told) {
  for (const [name, [names, text]] of Object.entries(told)) for (const one of names) entries.set(one, { name, text });
  const capital = [...entries.keys()].filter(one => /^[a-z]{2}/.test(one));
  for (const one of capital) entries.set(one[0].toUpperCase() + one.slice(1), /** @type {Entry} */ (entries.get(one)));
  pattern = matcher([...entries.keys()]);
  return entries;
}

/** The name that stands in a text at a position. @param {string} text @param {number} at @returns {Entry | null} */
export function entryAt(text, at) {
  for (const found of pattern ? text.matchAll(pattern) : [])
    if (found.index <= at && at <= found.index + found[0].length) return entries.get(found[0]) ?? null;
  return null;
}

/** @param {Node} node */
const open = node => !node.parentElement?.closest(SKIP) && node.parentElement?.offsetParent;

/** Dots below the words that are seen; no element of the page is touched. */
function underline() {
  if (!pattern || !CSS.highlights) return;
  const ranges = [];
  const seen = new Set();
  const walker = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? "";
    if (!text.trim() || !open(node)) continue;
    for (const found of text.matchAll(pattern)) {
      const name = entries.get(found[0])?.name;
      if (seen.has(name)) continue; // once for each word is enough to learn that it can be asked
      seen.add(name);
      const range = new Range();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      ranges.push(range);
    }
  }
  CSS.highlights.set("glossary", new Highlight(...ranges));
}

/** @param {PointerEvent} event @returns {Entry | null} */
function under({ clientX, clientY, target }) {
  if (/** @type {Element} */ (target).closest?.(SKIP)) return null;
  const at = document.caretPositionFromPoint?.(clientX, clientY);
  const legacy = at ? null : /** @type {any} */ (document).caretRangeFromPoint?.(clientX, clientY);
  const [node, offset] = at ? [at.offsetNode, at.offset] : [legacy?.startContainer, legacy?.startOffset];
  if (node?.nodeType !== Node.TEXT_NODE || !near(node, clientX, clientY)) return null;
  return entryAt(node.textContent ?? "", offset);
}

/** Whether a text is really under the pointer: the nearest one is found, too, where there is none. @type {(node: Text, x: number, y: number) => boolean} */
function near(node, x, y) {
  const range = new Range();
  range.selectNodeContents(node);
  return [...range.getClientRects()].some(box => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
}

class Told {
  constructor() {
    this.box = make("div", { class: "glossed", role: "tooltip", hidden: true });
    document.body.append(this.box);
    this.name = "";
  }

  /** @param {PointerEvent} event */
  follow(event) {
    const entry = under(event);
    if (!entry) return this.hide();
    if (entry.name === this.name) return;
    this.name = entry.name;
    this.box.replaceChildren(make("b", {}, entry.name), ` ${entry.text}`);
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, innerWidth - width - 8);
    const above = event.clientY + 24 + height > innerHeight;
    this.box.style.left = `${Math.max(8, left)}px`;
    this.box.style.top = `${above ? event.clientY - height - 12 : event.clientY + 24}px`;
  }

  hide() {
    this.box.hidden = true;
    this.name = "";
  }
}

/** Fetches the words and begins to explain them. @returns {Promise<Map<string, Entry>>} */
export async function explain() {
  const told = await (await fetch("look/lesson/glossary.json")).json();
  learn(told);
  const box = new Told();
  let waits = false;
  document.addEventListener("pointermove", event => {
    if (event.buttons || waits) return; // something is dragged, or the last move is not looked at yet
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      box.follow(event);
    });
  });
  document.addEventListener("pointerdown", event => box.follow(event));
  document.addEventListener("keydown", () => box.hide());
  addEventListener("scroll", () => box.hide(), { capture: true, passive: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ("requestIdleCallback" in window ? requestIdleCallback(underline) : underline()), LATE);
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", soon);
  soon();
  return entries;
}
