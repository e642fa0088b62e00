/** What a training is set to, and how its losses are drawn. */

/** Sliders of the panel, the settings that they send, and the least value that they show. */
export const SLIDERS = /** @type {const} */ ([
  { slider: "beta", name: "beta", least: 0.01 },
  { slider: "rate", name: "learning_rate", least: 1e-4 },
]);

/** A slider's whole numbers as a setting: tenths of a decade. @param {number} tenths */
export const settingOf = tenths => Number((10 ** (tenths / 10)).toPrecision(2));
/** @param {number} value */
export const tenthsOf = value => Math.round(10 * Math.log10(value));

/** Losses over steps, as Plotly draws them. @param {import("./asked.js").Told} told */
export function figureOf({ names = [], losses = [], changes = [], steps = 1 }) {
  const shown = names.filter(name => name !== "loss");
  const data = shown.map((name, i) => ({
    type: "scatter",
    mode: "lines",
    name: name === "kl" ? "KL (right axis)" : name,
    x: losses.map(point => point[0]),
    y: losses.map(point => point[1 + names.indexOf(name)]),
    yaxis: name === "kl" ? "y2" : "y",
    line: { color: `var(--lane${i})`, width: 2, dash: i ? "dash" : "solid" },
  }));
  const marks = changes.map(([step]) => ({
    type: "line",
    yref: "paper",
    x0: step,
    x1: step,
    y0: 0,
    y1: 1,
    line: { color: "var(--now)", width: 2, dash: "dot" },
  }));
  const layout = {
    xaxis: { title: { text: "step" }, range: [0, steps] },
    yaxis: { title: { text: "nats" }, nticks: 4 },
    yaxis2: { overlaying: "y", side: "right", rangemode: "tozero", nticks: 4, showgrid: false, automargin: true },
    shapes: marks,
    height: 260,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
  };
  return { data, layout };
}
