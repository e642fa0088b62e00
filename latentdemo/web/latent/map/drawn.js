/** While the visitor draws on the pad, the cross on the map moves along. */

import { encode } from "../../engine/engine.js";
import { addressOf, DRAWN } from "../../pixels/digit.js";
import { state } from "./state.js";

/** @param {() => boolean} wanted whether the map is in view, and its model takes drawings */
export function followDrawing(wanted) {
  /** @type {Uint8Array | null} the newest drawing that has no code yet */
  let next = null;
  let busy = false;
  const run = async () => {
    if (busy) return;
    busy = true;
    while (next && state.world) {
      /** @type {[Uint8Array, import("./known/world.js").World]} */
      const [pixels, world] = [next, state.world];
      next = null;
      try {
        const { mu } = await encode(world.model, pixels);
        if (state.world === world) state.move({ code: [...mu], image: addressOf(pixels), mse: null, note: "" });
      } catch {
        break; // the finished drawing goes through the server anyway
      }
    }
    busy = false;
  };
  document.addEventListener(DRAWN, event => {
    if (!wanted()) return;
    next = /** @type {CustomEvent<Uint8Array>} */ (event).detail;
    run();
  });
}
