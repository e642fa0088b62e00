/** The drawing pad: white strokes on black, sent as PNG whenever the pen is lifted. */

import { sharesAt } from "../core/dom.js";
import { announcer } from "../pixels/digit.js";

const WIDE = 22; // pixels of 280: as thick as a digit's stroke in 28

/** @param {import("../core/panel.js").Panel} panel */
export function open({ element, trigger }) {
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
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
  const announce = announcer(canvas);
  canvas.onpointermove = event => {
    if (!last) return;
    line(last, at(event));
    announce();
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!last) return;
    last = null;
    trigger("input", { png: canvas.toDataURL("image/png") });
  };
  /** @type {HTMLButtonElement} */ (element.querySelector("button.clear")).onclick = clear;
  clear();
}
