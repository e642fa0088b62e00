/** Elements that Python writes into its HTML, and that a module fills once they come into view. */

const NEAR = "300px"; // around the window: what will be scrolled to next
const ROUNDS = 3; // an element that changes while it is filled is filled anew, at most so often at a stretch

/**
 * Gradio does not replace a panel's HTML: it makes the old elements like the new ones, and so takes away whatever a
 * script has put there. What was filled is marked with data-painted, which goes with the rest; so it is noticed.
 *
 * @typedef {object} Kind of element
 * @property {string} selector
 * @property {(element: HTMLElement) => string} told what it is filled from
 * @property {(element: HTMLElement) => boolean} whole whether it still holds what it was filled with
 * @property {(element: HTMLElement) => Promise<unknown>} fill
 */

/** Elements that have come, or whose attributes have changed. @param {MutationRecord[]} changes @returns {Set<Element>} */
function touched(changes) {
  const nodes = changes.flatMap(({ type, target, addedNodes }) => (type === "attributes" ? [target] : [...addedNodes]));
  return new Set(nodes.flatMap(node => (node instanceof Element && node.isConnected ? [node] : [])));
}

class Filler {
  /** @param {Kind} kind */
  constructor(kind) {
    this.kind = kind;
    this.busy = new WeakSet();
    /** @type {WeakSet<Element>} elements in view */
    this.near = new WeakSet();
    this.known = new WeakSet();
    this.inView = new IntersectionObserver(entries => this.seen(entries), { rootMargin: NEAR });
  }

  /** @param {IntersectionObserverEntry[]} entries */
  seen(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.near.add(target);
      else this.near.delete(target);
      if (isIntersecting) this.work(/** @type {HTMLElement} */ (target));
    }
  }

  /** @param {HTMLElement} element */
  async work(element) {
    const { told, whole, fill } = this.kind;
    if (this.busy.has(element) || whole(element)) return;
    this.busy.add(element);
    for (let round = 0; round < ROUNDS; round++) {
      const from = told(element);
      await fill(element);
      if (told(element) === from && whole(element)) break;
    }
    this.busy.delete(element);
  }

  /** @param {Element} element */
  take(element) {
    if (!this.known.has(element)) this.inView.observe(element);
    else if (this.near.has(element)) this.work(/** @type {HTMLElement} */ (element));
    this.known.add(element);
  }

  /** @param {Element} root what has come or changed */
  look(root) {
    for (const element of root.querySelectorAll(this.kind.selector)) this.take(element);
    const around = root.closest(this.kind.selector);
    if (around) this.take(around);
  }
}

/** @param {Kind} kind */
export function alive(kind) {
  const filler = new Filler(kind);
  new MutationObserver(changes => {
    for (const root of touched(changes)) filler.look(root);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-painted", "data-figure", "data-codes"],
  });
  filler.look(document.documentElement);
}
