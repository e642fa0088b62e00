/** The engine's thread. */

import { answer, compile } from "./network.js";

const kernel = new URL("kernel/kernel.wasm", location.href).href;
compile(kernel).catch(() => {}); // told when a network is loaded

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, answer: await answer(kernel, data) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error) });
  }
});
