/** While the visitor draws on the pad, the cross on the map moves along. */

import { encode } from "../../engine/engine.js";
import { addressOf, DRAWN } from "../../pixels/digit.js";
import { state } from "./state.js";

/** @param {() => boolean} wanted whether the map is in view, and its model takes drawings */
export function followDrawing(wanted) {
  let busy = false;
  document.addEventListener(DRAWN, async event => {
    const { world } = state;
    if (!world || busy || !wanted()) return;
    const pixels = /** @type {CustomEvent<Uint8Array>} */ (event).detail;
    busy = true; // what comes meanwhile is overtaken by what comes after
    try {
      const { mu } = await encode(world.model, pixels);
      if (state.world === world) state.move({ code: [...mu], image: addressOf(pixels), mse: null });
    } finally {
      busy = false;
    }
  });
}
