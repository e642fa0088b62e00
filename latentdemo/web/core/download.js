/** A file to take home: it comes with the panel's value, is saved at once, and lies in no folder of the server. */

import { make } from "./dom.js";
import { follow } from "./panel.js";

/** @param {{name: string, src: string}} told the file's name and its data address */
async function save({ name, src }) {
  const href = URL.createObjectURL(await (await fetch(src)).blob());
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser reads it after the click
}

/** @param {import("./panel.js").Panel} panel */
export function open(panel) {
  follow(panel, save, { large: true });
}
