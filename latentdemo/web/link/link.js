/** The window with the link to what is seen, its QR code, and what of the page it hides or locks. */

import { make, roles } from "../core/dom.js";
import { shared } from "../core/shared.js";
import { fieldsIn, titleOf } from "./fields.js";
import { held, hold } from "./held.js";
import { keepUpNow, link } from "./history.js";
import { isOwn } from "./state.js";
import { known } from "./tabs.js";

const [SHOWN, LOCKED, HIDDEN] = ["shown", "locked", "hidden"];

/** @param {HTMLElement} element of the bar */
export async function openLink(element) {
  const { "link-window": dialog } = roles(element);
  const role = roles(dialog);
  role.copy.onclick = () => copy(role);
  role.close.onclick = () => dialog.close();
  role.said.textContent = "";
  dialog.showModal();
  await tell(role);
  list(role);
}

/** @param {Record<string, any>} role */
async function tell(role) {
  await keepUpNow();
  const address = link();
  role.address.value = address;
  role.about.textContent = isOwn()
    ? "Opens the page as it is now, but for your own image, which stays here: others see the first sample instead."
    : "Opens the page as it is now.";
  role.qr.hidden = Boolean(shared.alone);
  role.qr.onerror = () => {
    role.qr.hidden = true;
    role.said.textContent = "The link is too long for a QR code.";
  };
  if (!role.qr.hidden) role.qr.src = `pixels/qr?text=${encodeURIComponent(address)}`;
}

/** @param {Record<string, any>} role */
async function copy(role) {
  role.address.select();
  try {
    await navigator.clipboard.writeText(role.address.value);
    role.said.textContent = "Copied.";
  } catch {
    role.said.textContent = "Press Ctrl+C to copy it.";
  }
}

/** What of the page can be held: tabs, and the controls of the open one. @returns {[string, string][]} key and title */
function holdable() {
  const tabs = known().map(([key, button]) => /** @type {[string, string]} */ ([key, `tab ${button.textContent}`]));
  const panel = [...document.querySelectorAll("[role=tabpanel]")].find(
    one => /** @type {HTMLElement} */ (one).offsetParent,
  );
  const seen = fieldsIn(panel ?? document.body).filter(([, control]) => control.offsetParent);
  const doors = /** @type {[string, string][]} */ ([
    ["door", "your image"],
    ["samples", "samples"],
    ["pair", "models"],
  ]);
  return [
    ...doors,
    ...tabs,
    ...seen.map(([key, control]) => /** @type {[string, string]} */ ([key, titleOf(control) || key])),
  ];
}

/** @param {Record<string, any>} role */
function list(role) {
  const { hidden, locked } = held();
  const rows = holdable().map(([key, title]) => {
    const now = hidden.includes(key) ? HIDDEN : locked.includes(key) ? LOCKED : SHOWN;
    const choices = [SHOWN, LOCKED, HIDDEN].map(name => make("option", { value: name, selected: name === now }, name));
    const select = make("select", {}, ...choices);
    select.onchange = () => change(role, key, select.value);
    return make("label", {}, title, " ", select);
  });
  role.holding.replaceChildren(...rows);
}

/** @param {Record<string, any>} role @param {string} key @param {string} how */
function change(role, key, how) {
  const { hidden, locked } = held();
  const without = (/** @type {string[]} */ keys) => keys.filter(one => one !== key);
  hold({
    hidden: how === HIDDEN ? [...without(hidden), key] : without(hidden),
    locked: how === LOCKED ? [...without(locked), key] : without(locked),
  });
  return tell(role);
}
