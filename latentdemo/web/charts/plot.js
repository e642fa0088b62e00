/** Charts: a figure, as Plotly's Python package writes it, drawn by the copy of Plotly that came with that package. */

import { make } from "../core/dom.js";
import { shared } from "../core/shared.js";

/** @typedef {{data: any[], layout?: Record<string, any>}} Figure */

const TALL = 320; // pixels
const LEAST_TYPE = 13; // pixels

/** @type {Promise<any> | undefined} */
let library;

/** Plotly itself, fetched when a chart is first seen. */
function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = make("script", { src: new URL(shared.plotly, document.baseURI).href });
    script.onload = () => resolve(/** @type {any} */ (globalThis).Plotly);
    script.onerror = () => {
      library = undefined; // asked again next time
      script.remove();
      reject(new Error("The charts' script did not arrive; open another tab and come back."));
    };
    document.head.append(script);
  });
  return library;
}

/**
 * A value in which colours written var(--name) are those of the page.
 *
 * @param {any} value
 * @param {(name: string) => string} look
 * @returns {any}
 */
export function coloured(value, look) {
  if (typeof value === "string") return value.replace(/^var\((--[\w-]+)\)$/, (_, name) => look(name));
  if (Array.isArray(value))
    return value.length && typeof value[0] === "number" ? value : value.map(one => coloured(one, look));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, look)]));
  return value;
}

/** What all charts share. @param {CSSStyleDeclaration} style of the place they stand in */
function base(style) {
  const size = Math.max(LEAST_TYPE, Number.parseFloat(style.fontSize) || 0);
  const axis = { automargin: true, gridcolor: "rgba(128,128,128,0.35)", zerolinecolor: "rgba(128,128,128,0.7)" };
  return {
    layout: {
      font: { size, family: style.fontFamily, color: style.color },
      hoverlabel: { font: { size } },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 40, r: 16, t: 16, b: 30 },
      height: TALL,
      bargap: 0.2,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
    },
    axis,
  };
}

/**
 * Draws a figure, or the next one in its place.
 *
 * @param {HTMLElement} element
 * @param {Figure} figure
 */
export async function plot(element, { data, layout = {} }) {
  const drawer = await plotly();
  const style = getComputedStyle(element);
  const look = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const { layout: shape, axis } = base(style);
  const [xaxis, yaxis] = [
    { ...axis, ...layout.xaxis },
    { ...axis, ...layout.yaxis },
  ];
  const font = { ...shape.font, ...layout.font };
  const full = coloured({ ...shape, ...layout, font, template: undefined, xaxis, yaxis }, look);
  const middles = data.map(trace => (trace.marker?.symbol === "line-ew-open" ? tinted(trace, style.color) : trace));
  keepWidth(element, drawer);
  await drawer.react(element, coloured(middles, look), full, {
    displaylogo: false,
    displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false, // where nothing hovers it would always lie on the chart
    modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]], // none that would leave this page
    toImageButtonOptions: { format: "png", filename: "latentdemo", scale: 2 },
  });
  element.dataset.painted = `${1 + Number(element.dataset.painted || 0)}`;
}

const kept = new WeakSet();

/**
 * Follows the width of its place for as long as that exists; Plotly's own way holds every figure for ever.
 *
 * @param {HTMLElement} element
 * @param {any} drawer
 */
function keepWidth(element, drawer) {
  if (kept.has(element)) return;
  kept.add(element);
  let width = element.offsetWidth;
  new ResizeObserver(() => {
    if (!element.offsetWidth || element.offsetWidth === width || !element.querySelector(".main-svg")) return;
    width = element.offsetWidth;
    drawer.Plots.resize(element);
  }).observe(element);
}

/** @param {any} trace @param {string} colour */
const tinted = (trace, colour) => ({
  ...trace,
  marker: { ...trace.marker, color: colour, line: { ...trace.marker.line, color: colour } },
});

/**
 * Changes a few values of a figure's layout, where it stands.
 *
 * @param {HTMLElement} element
 * @param {Record<string, any>} changes
 */
export async function relayout(element, changes) {
  await (await plotly()).relayout(element, changes);
}

/** Draws what Python wrote into a place, anew: nothing of an older drawing may be there. @param {HTMLElement} element */
export async function fill(element) {
  try {
    (await plotly()).purge(element);
    await plot(element, JSON.parse(element.dataset.figure || ""));
  } catch (error) {
    element.textContent = /** @type {Error} */ (error).message;
  }
}
