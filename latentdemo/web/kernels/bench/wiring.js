/** The bench's fields: what they offer, and what happens when they change. */

import { options, sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { write } from "../../core/numerals.js";
import { player } from "../../core/player.js";
import { shared } from "../../core/shared.js";
import { keep, list, touch } from "../../link/keep.js";
import { onPresent } from "../../page/present.js";
import { normaliser } from "../../pixels/layers.js";
import { CHANNELS } from "../../pixels/paint.js";
import * as settings from "./settings.js";

const WIDE = 1300; // pixels of window; on smaller screens the picture comes first
const PACE = 400; // milliseconds from place to place

/** @param {Record<string, any>} role */
export function fill(role) {
  const sizes = Array.from({ length: shared.most.kernel }, (_, i) => `${i + 1}`);
  const fold = (/** @type {boolean} */ on) => {
    role.more.open = innerWidth >= WIDE && !on;
  };
  fold(document.body.classList.contains("present"));
  onPresent(fold); // there is no room for it beside the pictures
  options(role.source, [settings.PHOTO, settings.WEBCAM, settings.GRID], settings.PHOTO);
  options(role.outside, Object.keys(settings.OUTSIDE), settings.NONE);
  options(role.colour, [settings.GREY, settings.EACH], settings.GREY);
  options(role.unit, Object.keys(settings.UNITS), "0 … 255");
  options(role.channel, CHANNELS);
  options(role.shown, [settings.AUTOMATIC, settings.SIGNED, settings.CLIPPED], settings.AUTOMATIC);
  options(role.size, sizes, "3");
  role.stride.max = role.dilation.max = shared.most.stride;
  role.padding.max = shared.most.padding;
}

/** @param {import("./bench.js").Bench} bench */
export function wire(bench) {
  const { role } = bench;
  wireKernel(bench);
  wireResult(bench);
  const show = () => bench.show();
  for (const name of ["stride", "dilation", "bias"]) role[name].oninput = show;
  for (const name of ["colour", "channel", "unit", "shown"]) role[name].onchange = show;
  role.padding.oninput = () => {
    bench.agree("padding");
    bench.show();
  };
  role.outside.onchange = () => {
    bench.agree("outside");
    bench.show();
  };
  role.example.onchange = () => bench.takeExample();
  role.source.onchange = () => bench.takeSource();
}

/** @param {import("./bench.js").Bench} bench */
function wireKernel(bench) {
  const { role, kernel } = bench;
  const changed = () => {
    kernel.recognise();
    bench.show();
  };
  role.divisor.oninput = changed;
  role.preset.onchange = () => {
    kernel.takePreset(role.preset.value);
    bench.show();
  };
  role.size.onchange = () => {
    kernel.resize(Number(role.size.value));
    changed();
  };
  role.normalise.onclick = () => {
    role.divisor.value = write(normaliser(kernel.values));
    role.divisor.dispatchEvent(new Event("input", { bubbles: true }));
  };
  role.turn.onclick = () => {
    kernel.flip();
    changed();
  };
}

/** The visitor goes to a place of the result. @param {import("./bench.js").Bench} bench @param {number} row @param {number} column */
function walk(bench, row, column) {
  bench.go(row, column);
  touch("bench.at", list.write(bench.at));
}

/** From now on a link tells the place. @param {import("./bench.js").Bench} bench */
export function keepPlace(bench) {
  const { at } = bench;
  keep("bench.at", bench.role.output, text => {
    const [row, column] = list.read(text ?? "", 2) ?? at;
    bench.go(row, column);
  });
}

/** @param {import("./bench.js").Bench} bench */
function wireResult(bench) {
  const { role } = bench;
  role.output.onpointermove = role.output.onpointerdown = (/** @type {PointerEvent} */ event) => {
    if (!bench.result) return;
    const { height, width } = bench.result.output[0];
    const [x, y] = sharesAt(event, role.output);
    walk(bench, Math.floor(y * height), Math.floor(x * width));
  };
  role["output-sheet"].onpointerover = (/** @type {PointerEvent} */ event) => {
    const cell = /** @type {Element} */ (event.target).closest("td");
    if (cell) walk(bench, /** @type {HTMLTableRowElement} */ (cell.parentElement).rowIndex, cell.cellIndex);
  };
  for (const name of ["output", "output-sheet"])
    onArrows(role[name], (down, right) => walk(bench, bench.at[0] + down, bench.at[1] + right));
  const step = () => {
    if (bench.result) bench.go(...settings.nextPlace(bench.at, bench.result.output[0], bench.isGrid));
  };
  player(role.play, step, PACE);
}
