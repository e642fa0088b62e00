/** What panels add to a link: each keeps something of its own under a key, as text. */

/**
 * @typedef {object} Kept
 * @property {Element} element where it is seen: what is hidden is not in a link
 * @property {(text: string | null) => unknown} write sets it; null: as it was at first
 * @property {string | null} text null: as at first
 */

/** @type {Map<string, Kept>} */
const kept = new Map();

/** @type {Map<string, string>} told by a link, for panels that are not ready yet */
const waiting = new Map();

/** @type {(() => void)[]} */
const takers = [];

/** Calls `take` whenever something was touched. @param {() => void} take */
export const onTouch = take => takers.push(take);

/**
 * A panel is ready: what it shows is as at first, and can be set.
 *
 * @param {string} key
 * @param {Element} element
 * @param {(text: string | null) => unknown} write
 */
export function keep(key, element, write) {
  kept.set(key, { element, write, text: null });
  const text = waiting.get(key);
  waiting.delete(key);
  if (text !== undefined) put(key, text);
}

/** The visitor changed it. @param {string} key @param {string | null} text null: it is as at first again */
export function touch(key, text) {
  const found = kept.get(key);
  if (!found || found.text === text) return;
  found.text = text;
  kept.delete(key); // so that the latest stands last
  kept.set(key, found);
  for (const take of takers) take();
}

/**
 * A button that draws anew: the seed counts up from 0, and is part of a link.
 *
 * @param {string} key
 * @param {Element} element of the panel
 * @param {HTMLElement} button
 * @param {(seed: number) => unknown} sow
 */
export function keepSeed(key, element, button, sow) {
  let seed = 0;
  const set = (/** @type {number} */ value) => {
    seed = Math.max(0, Math.trunc(value) || 0);
    return sow(seed);
  };
  button.onclick = () => {
    set(seed + 1);
    touch(key, `${seed}`);
  };
  keep(key, element, text => set(Number(text ?? 0)));
}

/**
 * Sets it as a link says, now or once the panel is ready; what a link says wrongly is left as it was.
 *
 * @param {string} key
 * @param {string | null} text
 */
export async function put(key, text) {
  const found = kept.get(key);
  if (!found) {
    if (text !== null) waiting.set(key, text);
    return;
  }
  found.text = text;
  try {
    await found.write(text);
  } catch {
    found.text = null;
  }
}

/** Whether a panel keeps something under that key. @param {string} key */
export const isKept = key => kept.has(key);

/** Keys that a link told and no panel has asked for. */
export const missed = () => [...waiting.keys()];

/** Nothing more is waited for. */
export const give = () => waiting.clear();

/** What is kept and seen. @param {(element: Element) => boolean} seen @returns {[string, string][]} */
export const all = seen =>
  [...kept].flatMap(([key, { element, text }]) => (text !== null && seen(element) ? [[key, text]] : []));

/** Numbers as text, and back; null unless there are as many as wanted and all are finite. */
export const list = {
  /** @param {ArrayLike<number>} values @param {number} digits behind the point */
  write: (values, digits = 3) => Array.from(values, value => `${Number(value.toFixed(digits))}`).join(","),
  /** @param {string} text @param {number} [n] */
  read(text, n) {
    const values = text.split(",").map(Number);
    return values.every(Number.isFinite) && text !== "" && (n === undefined || values.length === n) ? values : null;
  },
};
