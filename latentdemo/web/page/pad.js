/** Drawing pads: white strokes on black, sent as PNG whenever the pen is lifted. */

import { sharesAt } from "../core/dom.js";
import { announcer } from "../pixels/digit.js";

const WIDE = 22; // pixels of 280: as thick as a digit's stroke in 28

/**
 * Lets a canvas be drawn on; returns what empties it.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{moved?: () => void, lifted?: () => void}} [then]
 */
export function drawable(canvas, { moved = () => {}, lifted = () => {} } = {}) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {[number, number] | null} */
  let last = null;
  const clear = () => {
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  const at = (/** @type {PointerEvent} */ event) => {
    const [x, y] = sharesAt(event, canvas);
    return /** @type {[number, number]} */ ([x * canvas.width, y * canvas.height]);
  };
  const line = (/** @type {[number, number]} */ from, /** @type {[number, number]} */ to) => {
    Object.assign(context, { strokeStyle: "#fff", lineWidth: WIDE, lineCap: "round", lineJoin: "round" });
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    last = to;
  };
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId);
    line(at(event), at(event));
  };
  canvas.onpointermove = event => {
    if (!last) return;
    line(last, at(event));
    moved();
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!last) return;
    last = null;
    lifted();
  };
  clear();
  return clear;
}

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element, trigger }) {
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
  const lifted = () => trigger("input", { png: canvas.toDataURL("image/png") });
  const clear = drawable(canvas, { moved: announcer(canvas), lifted });
  /** @type {HTMLButtonElement} */ (element.querySelector("button.clear")).onclick = clear;
}
