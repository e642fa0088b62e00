/** What Gradio's own components lack for keyboards and screen readers. */

import { shared } from "../core/shared.js";

const QUIET = 250; // milliseconds without a change: reading texts forces a layout, which a drag cannot spare

const plain = (/** @type {string | null | undefined} */ text) => (text || "").trim().replace(/\s+/g, " ");

/** @param {HTMLElement} button */
function nameButton(button) {
  const text = plain(button.textContent);
  const name = button.getAttribute("aria-label");
  if (!text && !name && !button.title) {
    const label = button.closest(".block")?.querySelector("[data-testid=block-label], .label");
    button.setAttribute("aria-label", plain(/** @type {HTMLElement | null} */ (label)?.textContent) || "Picture");
  } else if (text && name && !name.toLowerCase().includes(text.toLowerCase())) {
    button.setAttribute("aria-label", `${text}, ${name}`);
  }
}

/** @param {HTMLImageElement} image */
function hardenPixels(image) {
  const harden = () => image.classList.toggle("hard", image.naturalWidth <= shared.hard);
  image.onload ||= harden;
  if (image.complete) harden();
}

function improve() {
  for (const button of document.querySelectorAll(".gradio-container button"))
    nameButton(/** @type {HTMLElement} */ (button));
  for (const element of document.querySelectorAll(".gradio-container :is(div, span)[aria-label]:not([role])"))
    element.setAttribute("role", element.querySelector("button, input, a, canvas, [tabindex]") ? "group" : "img");
  for (const image of document.querySelectorAll("#door img, #samples img"))
    hardenPixels(/** @type {HTMLImageElement} */ (image));
}

/** Names buttons, gives roles, and keeps the pixels of small pictures, whenever the page has changed and is quiet. */
export function keepAccessible() {
  let timer = setTimeout(improve, QUIET);
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(improve, QUIET);
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/**
 * Which tab a key goes to; undefined for other keys.
 *
 * @param {string} key
 * @param {number} i the tab that has the focus
 * @param {number} n tabs
 */
export function nextTab(key, i, n) {
  /** @type {Record<string, number>} */
  const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: n - 1 };
  return to[key] === undefined ? undefined : (to[key] + n) % n;
}

/** Arrow keys, Home and End walk through the tabs of a row. */
export function walkTabs() {
  document.addEventListener("keydown", event => {
    const tab = /** @type {Element} */ (event.target).closest?.("[role=tab]");
    if (!tab?.parentElement) return;
    const row = /** @type {NodeListOf<HTMLElement>} */ (tab.parentElement.querySelectorAll("[role=tab]"));
    const tabs = [...row].filter(other => other.offsetParent);
    const next = nextTab(event.key, tabs.indexOf(/** @type {HTMLElement} */ (tab)), tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    tabs[next].click();
    tabs[next].focus();
  });
}
