/** Elements that Python writes into its HTML, and that a module brings to life once they come into view. */

const NEAR = "300px"; // around the window: what will be scrolled to next

/**
 * @param {string} selector
 * @param {(element: HTMLElement) => void} bring is called once for each
 */
export function alive(selector, bring) {
  const known = new WeakSet();
  const inView = new IntersectionObserver(
    entries => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        inView.unobserve(target);
        bring(/** @type {HTMLElement} */ (target));
      }
    },
    { rootMargin: NEAR },
  );
  const take = (/** @type {Element} */ element) => {
    if (known.has(element)) return;
    known.add(element);
    inView.observe(element);
  };
  const look = (/** @type {Element} */ root) => {
    if (root.matches(selector)) take(root);
    for (const element of root.querySelectorAll(selector)) take(element);
  };
  new MutationObserver(changes => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) look(node);
  }).observe(document.documentElement, { childList: true, subtree: true });
  look(document.documentElement);
}
