/** Pointer, wheel, two fingers and keys on a map's canvas. */

import { sharesAt } from "../../core/dom.js";
import { onArrows } from "../../core/keys.js";
import { looked } from "./known/linked.js";
import { wheelZoom } from "./known/view.js";

/** @typedef {import("./known/view.js").Point} Point */
/** @typedef {import("./canvas.js").MapCanvas} MapCanvas */

const STILL = 4; // pixels: a pointer that moved less has clicked
const KEY_STEP = 40; // pixels

class Gestures {
  /** @param {MapCanvas} map */
  constructor(map) {
    this.map = map;
    /** @type {Map<number, Point>} where each pointer that is down was */
    this.down = new Map();
    this.moved = false;
  }

  /** @param {PointerEvent | WheelEvent} event @returns {Point} */
  at(event) {
    const [x, y] = sharesAt(event, this.map.canvas);
    return [x * this.map.size.width, y * this.map.size.height];
  }

  /** @param {PointerEvent} event */
  press(event) {
    this.moved &&= this.down.size > 0;
    this.down.set(event.pointerId, this.at(event));
    this.map.outline = [];
    this.map.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { map, down } = this;
    const [now, before] = [this.at(event), down.get(event.pointerId)];
    if (!before) return map.host.hover(map, now);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (!this.moved && Math.hypot(dx, dy) < STILL) return;
    this.moved = true;
    map.host.leave();
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.pinch(before, now, other);
    else if (map.host.tool() === "move") map.move(dx, dy);
    else map.around(before, now);
    down.set(event.pointerId, now);
  }

  /** Two fingers: what lies between them stays there. @param {Point} before @param {Point} now @param {Point} other */
  pinch(before, now, other) {
    const apart = (/** @type {Point} */ [x, y]) => Math.max(1, Math.hypot(x - other[0], y - other[1]));
    this.map.outline = [];
    this.map.zoom([(now[0] + other[0]) / 2, (now[1] + other[1]) / 2], apart(now) / apart(before));
  }

  /** @param {PointerEvent} event */
  lift(event) {
    const { map, down } = this;
    if (down.delete(event.pointerId) && !this.moved && event.type === "pointerup") map.pick(this.at(event));
    if (!down.size) map.release();
  }
}

/** @param {MapCanvas} map */
export function listen(map) {
  const { canvas } = map;
  const gestures = new Gestures(map);
  canvas.onpointerdown = event => gestures.press(event);
  canvas.onpointermove = event => gestures.drag(event);
  canvas.onpointerup = canvas.onpointercancel = event => gestures.lift(event);
  canvas.onpointerleave = () => map.host.leave();
  const wheel = (/** @type {WheelEvent} */ event) => {
    event.preventDefault();
    map.zoom(gestures.at(event), wheelZoom(event.deltaY));
  };
  canvas.addEventListener("wheel", wheel, { passive: false });
  onKeys(map);
}

/** @param {MapCanvas} map */
function onKeys(map) {
  const middle = () => /** @type {Point} */ ([map.size.width / 2, map.size.height / 2]);
  const whole = () => {
    map.look(null);
    looked(null);
  };
  onArrows(map.canvas, (down, right) => map.move(-KEY_STEP * right, -KEY_STEP * down)); // the view moves, not the map
  /** @type {Record<string, () => void>} */
  const keys = {
    "+": () => map.zoom(middle(), 1.25),
    "-": () => map.zoom(middle(), 0.8),
    0: whole,
    Home: whole,
    Enter: () => map.pick(middle()),
  };
  map.canvas.addEventListener("keydown", event => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}
