/** Points drawn: dots, letters, thumbnails; what is chosen marked. */

import { pen } from "../../core/dom.js";
import { shared } from "../../core/shared.js";

const [SMALL, LARGE] = [2.5, 9]; // pixels: radius of a point
const EDGE = 24; // pixels beyond the canvas that are still drawn
const [THUMB, WIDEST] = [26, 64]; // pixels: side of a thumbnail, at least and at most
const FAINT = 0.2; // what is not in the group
const FEW = 160; // points in view: so many are shown as pictures

/** @typedef {import("./known/view.js").View} View */
/** @typedef {import("./known/world.js").Places} Places */
/** @typedef {import("./known/colouring.js").Colouring} Colouring */
/** @typedef {{sheet: ImageBitmap, side: number, columns: number}} Sprites all pictures on one sheet */
/** @typedef {{width: number, height: number, dark: boolean}} Paper */

export const paperOf = (/** @type {boolean} */ dark) => (dark ? "#1c1e24" : "#fff");

/**
 * A dot of one colour, drawn once and then copied: a path for each of 10,000 points took half as long again.
 *
 * @param {string} colour
 * @param {number} size radius, pixels
 * @param {number} scale device pixels a pixel
 */
function dotOf(colour, size, scale) {
  const half = Math.ceil(size + 1);
  const sheet = new OffscreenCanvas(2 * half * scale, 2 * half * scale);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = colour;
  context.arc(half, half, size, 0, 7);
  context.fill();
  return { bitmap: sheet.transferToImageBitmap(), half };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Places} places
 * @param {Colouring} colours
 * @param {View} view
 * @param {Paper} paper
 * @param {{sprites: Sprites | null, seen: (i: number) => boolean, group: Set<number>}} how group: points that stand out; empty: all
 */
export function drawPoints(canvas, places, colours, view, paper, { sprites, seen, group }) {
  const context = pen(canvas);
  context.fillStyle = paperOf(paper.dark);
  context.fillRect(0, 0, paper.width, paper.height);
  if (sprites && drawThumbs(context, places, view, paper, sprites, seen)) return;
  const size = Math.max(SMALL, Math.min(LARGE, view.scale / 90));
  context.font = `bold ${Math.round(Math.max(12, size * 2.4))}px sans-serif`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  const scale = context.getTransform().a;
  const whole = (/** @type {number} */ value) => Math.round(value * scale) / scale; // copied, not resampled
  colours.groups.forEach((members, k) => {
    const shown = members.filter(seen);
    if (!shown.length) return;
    context.fillStyle = colours.colours[k];
    const letter = colours.glyphs?.[k];
    const { bitmap, half } = dotOf(colours.colours[k], size, scale);
    for (const i of shown) {
      const [px, py] = view.toPixels([places.x[i], places.y[i]]);
      if (!visible(px, py, paper)) continue;
      context.globalAlpha = !group.size || group.has(i) ? 1 : FAINT;
      if (letter) context.fillText(letter, px, py);
      else context.drawImage(bitmap, whole(px - half), whole(py - half), 2 * half, 2 * half);
    }
  });
  context.globalAlpha = 1;
}

/**
 * Pictures in place of dots, where few enough are in view.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Places} places
 * @param {View} view
 * @param {Paper} paper
 * @param {Sprites} sprites
 * @param {(i: number) => boolean} seen
 * @returns {boolean} whether they were
 */
function drawThumbs(context, places, view, paper, { sheet, side, columns }, seen) {
  /** @type {[number, number, number][]} */
  const here = [];
  for (let i = 0; i < places.x.length && here.length <= FEW; i++) {
    const [px, py] = view.toPixels([places.x[i], places.y[i]]);
    if (visible(px, py, paper) && seen(i)) here.push([i, px, py]);
  }
  if (here.length > FEW) return false;
  const room = Math.sqrt((paper.width * paper.height) / Math.max(1, here.length));
  const wide = Math.max(THUMB, Math.min(WIDEST, room / 2));
  context.imageSmoothingEnabled = false;
  for (const [i, px, py] of here) {
    const at = /** @type {[number, number]} */ ([(i % columns) * side, Math.floor(i / columns) * side]);
    context.drawImage(sheet, ...at, side, side, Math.round(px - wide / 2), Math.round(py - wide / 2), wide, wide);
  }
  return true;
}

/** @type {(px: number, py: number, paper: {width: number, height: number}) => boolean} */
export const visible = (px, py, { width, height }) =>
  px >= -EDGE && py >= -EDGE && px <= width + EDGE && py <= height + EDGE;

/**
 * Rings around points.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number][]} places pixels
 * @param {number} radius
 * @param {string} colour
 */
export function drawRings(context, places, radius, colour) {
  Object.assign(context, { strokeStyle: colour, lineWidth: radius > 8 ? 3 : 1.5 });
  context.beginPath();
  for (const [x, y] of places) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 7);
  }
  context.stroke();
}

/**
 * Titles of the axes: below, and upwards along the left side.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {[string, string]} titles
 * @param {Paper} paper
 */
export function drawTitles(context, [across, upwards], { width, height, dark }) {
  context.save();
  Object.assign(context, { font: "bold 16px sans-serif", textAlign: "center", textBaseline: "bottom", lineWidth: 4 });
  Object.assign(context, { strokeStyle: paperOf(dark), fillStyle: dark ? "#eee" : "#333" });
  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => {
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };
  write(`${across} →`, width / 2, height - 6);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "top";
  write(`${upwards} →`, -height / 2, 6);
  context.restore();
}

/** The visitor's image. @type {(context: CanvasRenderingContext2D, at: [number, number]) => void} */
export function drawCross(context, [x, y]) {
  for (const [colour, thick] of /** @type {[string, number][]} */ ([
    ["#fff", 9],
    [shared.you, 5],
  ])) {
    Object.assign(context, { strokeStyle: colour, lineWidth: thick });
    context.beginPath();
    context.moveTo(x - 11, y - 11);
    context.lineTo(x + 11, y + 11);
    context.moveTo(x + 11, y - 11);
    context.lineTo(x - 11, y + 11);
    context.stroke();
  }
}

/**
 * A broken line.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number][]} places pixels
 * @param {number[]} dashes
 * @param {string} colour
 */
export function drawPath(context, places, dashes, colour) {
  Object.assign(context, { strokeStyle: colour, lineWidth: 3 });
  context.setLineDash(dashes);
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}
