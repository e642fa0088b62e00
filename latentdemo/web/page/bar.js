/** What stands above everything: the folded door, projector mode, the link, lessons, the guide. */

import { roles } from "../core/dom.js";
import { openLink } from "../link/link.js";
import { onPresent, present } from "./present.js";

/** @param {HTMLElement} element */
function wireFold(element) {
  const { fold, thumb, models } = roles(element);
  const door = () => element.closest(".door");
  const open = (/** @type {boolean} */ wide) => {
    door()?.classList.toggle("open", wide);
    fold.setAttribute("aria-expanded", String(wide));
  };
  fold.onclick = () => open(!door()?.classList.contains("open"));
  document.addEventListener("keydown", event => event.key === "Escape" && open(false));
  document.addEventListener("pointerdown", ({ target }) => {
    const inside = door()?.contains(/** @type {Node} */ (target));
    if (!inside && !(/** @type {Element} */ (target).closest("[role=listbox]"))) open(false);
  });
  const follow = () => {
    const picture = /** @type {HTMLImageElement | null} */ (document.querySelector("#door img"));
    if (picture && thumb.src !== picture.src) thumb.src = picture.src;
    const label = /** @type {HTMLInputElement | null} */ (document.querySelector("#pair input"))?.value ?? "";
    if (models.textContent !== label) models.textContent = label;
  };
  setInterval(() => fold.offsetParent && follow(), 500); // Gradio tells nobody when it has set an input's value
}

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element }) {
  const role = roles(element);
  wireFold(element);
  role.present.onclick = () => present(!document.body.classList.contains("present"));
  onPresent(on => role.present.setAttribute("aria-pressed", String(on)));
  role.link.onclick = () => {
    document.dispatchEvent(new CustomEvent("open-link")); // the guide makes room
    openLink(element);
  };
  for (const name of ["lessons", "guide"])
    role[name].onclick = () => document.dispatchEvent(new CustomEvent(`open-${name}`));
}
