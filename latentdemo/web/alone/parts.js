/** What Gradio would draw: rows of tabs, sliders, and panels that are told values. */

import { make } from "../core/dom.js";
import { fixed } from "../core/numerals.js";

/** @type {Map<string, {props: {value: any}, watchers: (() => void)[]}>} by the panel's id */
const panels = new Map();

/** Tells a panel a value, now or once it is there. @param {string} id @param {any} value */
export function tell(id, value) {
  const panel = panels.get(id) ?? { props: { value: null }, watchers: [] };
  panels.set(id, panel);
  panel.props.value = value;
  for (const take of panel.watchers) take();
}

/**
 * Brings all panels to life.
 *
 * @param {(id: string, event: string, data: any) => void} heard what a panel tells
 * @param {(path: string) => Promise<any>} load a panel's script
 */
export function openAll(heard, load) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-panel]"))) {
    const { id } = element;
    const panel = panels.get(id) ?? { props: { value: null }, watchers: [] };
    panels.set(id, panel);
    const watch = (/** @type {string} */ _, /** @type {() => void} */ take) => panel.watchers.push(take);
    const trigger = (/** @type {string} */ event, data = {}) => heard(id, event, data);
    load(/** @type {string} */ (element.dataset.panel)).then(script =>
      script.open({ element, props: panel.props, watch, trigger, id }),
    );
  }
}

/** Makes of each set of sections a row of tabs, as Gradio has them. */
export function buildTabs() {
  for (const set of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".tabs"))) {
    const sections = /** @type {HTMLElement[]} */ ([...set.querySelectorAll(":scope > [data-tab]")]);
    const buttons = sections.map(section => make("button", { role: "tab" }, section.dataset.tab ?? ""));
    const open = (/** @type {number} */ at) =>
      buttons.forEach((button, i) => {
        button.setAttribute("aria-selected", String(i === at));
        button.classList.toggle("selected", i === at);
        sections[i].style.display = i === at ? "block" : "none";
      });
    sections.forEach((section, i) => {
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-label", section.dataset.tab ?? "");
      section.classList.add("tabitem");
      buttons[i].onclick = () => open(i);
    });
    const row = make("div", { class: "tab-container", role: "tablist" }, ...buttons);
    set.prepend(make("div", { class: "tab-wrapper" }, row));
    open(0);
  }
}

/**
 * Sliders of a canvas, with what each is called.
 *
 * @param {string} place id of what holds them
 * @param {string} canvas id
 * @param {string[]} labels
 * @param {number[]} values
 */
export function sliders(place, canvas, labels, values) {
  const rows = labels.map((label, i) => {
    const range = make("input", { type: "range", min: "-3", max: "3", step: "0.01", "aria-label": label });
    const number = make("output", {}, fixed(values[i], 2));
    range.value = `${values[i]}`;
    range.addEventListener("input", () => {
      number.textContent = fixed(Number(range.value), 2);
    });
    const title = make("label", {}, make("span", { "data-testid": "block-info" }, label), " ", number);
    return make("div", { class: "block", id: `${canvas}-step-${i}` }, title, range);
  });
  document.getElementById(place)?.replaceChildren(...rows);
}

/**
 * Pictures of which one is chosen by a click.
 *
 * @param {string[]} addresses
 * @param {string} css
 * @param {number} picked
 * @param {(i: number) => void} take
 */
export const tiles = (addresses, css, picked, take) =>
  addresses.map((src, i) => {
    const image = make("img", { src, alt: `image ${i + 1}`, class: css });
    const chosen = i === picked ? "picked" : "";
    const tile = make("figure", { "data-pick": `${i}`, role: "button", tabindex: "0", class: chosen }, image);
    tile.onclick = () => take(i);
    return tile;
  });
