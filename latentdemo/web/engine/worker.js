/** The engine's thread. */

import { answer } from "./answers.js";

const kernel = new URL("kernel/kernel.wasm", location.href).href;

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, answer: await answer(kernel, data) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error) });
  }
});
