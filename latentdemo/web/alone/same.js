/** The engine without a thread of its own: a page opened from a disk may start none. */

import { lookAt } from "../core/shared.js";
import { answer } from "../engine/network.js";

export class SameThread {
  /** @param {any} message @returns {Promise<any>} */
  ask(message) {
    return answer(lookAt("look/engine/kernel/kernel.wasm"), message);
  }
}
