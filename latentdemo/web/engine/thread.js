/** The engine's worker, as promises. */

import { lookAt } from "../core/shared.js";

export class Thread {
  constructor() {
    this.asked = 0;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    this.worker = new Worker(lookAt("look/engine/worker.js"), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.waiting.get(data.id) || {};
      this.waiting.delete(data.id);
      if (data.error) reject?.(new Error(data.error));
      else resolve?.(data.answer);
    };
    this.worker.onerror = event => {
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "the worker has stopped"));
      this.waiting.clear();
    };
  }

  /** @param {object} message @param {Transferable[]} given @returns {Promise<any>} */
  ask(message, given = []) {
    return new Promise((resolve, reject) => {
      this.waiting.set(++this.asked, { resolve, reject });
      this.worker.postMessage({ id: this.asked, ...message }, given);
    });
  }
}
